"""A saved segment is a dimension of every measure that is broken down: each side is what the filter to that side gives."""

import shutil

import polars as pl
import pytest

from churn_dash.measures import Filters
from churn_dash.measures.movement.growth import growth
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.measures.tenure.survival import survival
from churn_dash.segments import Clause, Rule, save_list, save_rule
from tests.asking import asked

RULE = Rule((Clause("aum_end", low=20_000.0), Clause("txn_count", low=2.0)))


@pytest.fixture(params=["rule", "list"])
def ds(bank_data, request):
    if request.param == "rule":
        save_rule(bank_data, "s", RULE)
    else:
        save_list(bank_data, "s", bank_data.table("customers")["customer_id"].to_list()[::3])
    yield bank_data
    (bank_data.root / "records.sqlite").unlink(missing_ok=True)
    shutil.rmtree(bank_data.root / "segments", ignore_errors=True)


def sides():
    return [(side, Filters((("segment:s", (side,)),))) for side in ("in", "out")]


def test_growth_by_a_segment(ds):
    both = growth(asked(ds), by=["segment:s", "quarter"])
    for side, filters in sides():
        mine = both.filter(pl.col("segment:s") == side).drop("segment:s")
        alone = growth(asked(ds, filters=filters), by=["quarter"])
        assert mine.to_dicts() == [pytest.approx(row, nan_ok=True) for row in alone.to_dicts()]


def test_products_lost_by_a_segment(ds):
    names = [n for n in PRODUCT_MEASURES if n in ("account_closure_rate", "card_dormancy_rate")]
    both = product_churn(asked(ds), names, ["segment:s"])
    for side, filters in sides():
        mine = both.filter(pl.col("segment:s") == side).drop("segment:s").to_dicts()
        assert mine == [pytest.approx(row) for row in product_churn(asked(ds, filters=filters), names).to_dicts()]


def test_survival_by_a_segment(ds):
    groups = {g.level: g for g in survival(asked(ds), "segment:s").groups}
    for side, filters in sides():
        alone = survival(asked(ds, filters=filters), None).whole
        assert (groups[side].n, groups[side].n_left) == (alone.n, alone.n_left)
        assert groups[side].at(12) == alone.at(12)
