"""The base rate of a plan, counted a second way from the spells."""

import datetime

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.planner import base_rate
from churn_dash.errors import BadInput, NotPossible
from tests.asking import asked

EVERYTHING = Scope.everything()


def by_hand(ds, day, days, definition, among=None):
    spells = pl.from_arrow(
        ds.cursor()
        .sql("select customer_id, start_date, end_date, form from spells where definition = ?", params=[definition])
        .to_arrow_table()
    )
    at = spells.filter((pl.col("start_date") <= day) & (pl.col("end_date").is_null() | (pl.col("end_date") > day)))
    if among is not None:
        at = at.filter(pl.col("customer_id").is_in(among))
    last = day + datetime.timedelta(days=days)
    gone = at.filter(pl.col("form").is_not_null() & pl.col("end_date").is_between(day, last, closed="right"))
    return at["customer_id"].n_unique(), gone["customer_id"].n_unique()


@pytest.mark.parametrize("days", [30, 90, 180])
def test_the_base_rate_is_that_of_the_latest_customers_whose_horizon_is_over(bank_data, days):
    name = bank_data.default_definition
    found = base_rate(asked(bank_data, scope=EVERYTHING, definition=name), days)
    assert (found.n, found.left) == by_hand(bank_data, found.day, days, name)
    assert found.rate == found.left / found.n and found.low < found.rate < found.high
    assert found.day + datetime.timedelta(days=days) <= bank_data.data_end
    assert 0 < found.eligible <= bank_data.table("customers").height


def test_what_would_need_more_time_or_cannot_be_is_a_sentence(bank_data):
    with pytest.raises(NotPossible, match="too short"):
        base_rate(asked(bank_data, scope=EVERYTHING), 700)
    with pytest.raises(BadInput, match="1 to 730 days"):
        base_rate(asked(bank_data, scope=EVERYTHING), 0)


def test_a_segment_has_its_own_rate_and_a_scope_its_own_customers(bank_data):
    whole = base_rate(asked(bank_data, scope=EVERYTHING), 90)
    branch = bank_data.table("customers")["branch_id"].drop_nulls()[0]
    own = base_rate(asked(bank_data, scope=Scope(frozenset({branch}))), 90)
    assert 0 < own.n < whole.n and own.eligible < whole.eligible
