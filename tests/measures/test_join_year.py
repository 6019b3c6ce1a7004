"""The year of joining as a dimension: a second way from the day each customer joined, in rates, survival and rules."""

import datetime

import numpy as np
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure
from churn_dash.measures.tenure.survival import survival
from churn_dash.store import Workspace, publish
from churn_dash.store.derive.dimensions import join_years
from churn_dash.ui.filtering import limits
from tests.asking import asked


@pytest.fixture
def joined(bank_data):
    """customer → level of the year of joining, by the earliest of the stated day and the first account."""
    last = bank_data.months[-1].year
    opened = {}
    for table in ("customers", "accounts"):
        for customer, day in bank_data.table(table).select("customer_id", "open_date").drop_nulls().iter_rows():
            opened[customer] = min(opened.get(customer, day), day)
    return {c: f"< {last - 5}" if d.year < last - 5 else str(d.year) for c, d in opened.items()}


def test_the_year_of_joining_is_that_of_the_first_day(bank_data, joined):
    sql = "select p.customer_id, CAST(m.d_join_year AS VARCHAR) from month_rows m join people p on p.c = m.c"
    rows = bank_data.cursor().execute(sql).fetchall()
    assert {(c, joined.get(c)) for c, _y in rows} == set(rows)
    dimension = next(d for d in bank_data.dimensions if d.name == "join_year")
    assert list(dimension.values) == sorted(dimension.values, key=lambda v: (not v.startswith("<"), v))
    assert 3 <= len(dimension.values) <= 7


def test_years_before_the_last_six_stand_together_and_an_unknown_day_is_no_year():
    days = [datetime.date(y, m, d).toordinal() - 719_163 for y, m, d in ((2018, 12, 31), (2019, 1, 1), (2024, 12, 31), (1999, 5, 5))]
    last = datetime.date(2024, 6, 30).toordinal() - 719_163
    codes, levels = join_years(np.array([*map(float, days), np.nan]), last)
    assert [levels[c] if c >= 0 else None for c in codes] == ["< 2019", "2019", "2024", "< 2019", None]


def test_churn_by_year_of_joining_adds_up_and_survival_sets_the_years_side_by_side(bank_data):
    rows = measure(asked(bank_data), ["customers", "customers_lost"], ["join_year"])
    whole = measure(asked(bank_data), ["customers", "customers_lost"])
    assert rows["customers"].sum() == whole["customers"][0] and rows["customers_lost"].sum() == whole["customers_lost"][0]
    stay = survival(asked(bank_data), "join_year")
    assert {g.level for g in stay.groups if g.level is not None} <= {*rows["join_year"].cast(str).drop_nulls()} | {
        g.level for g in stay.groups
    }
    assert sum(g.n for g in stay.groups) == stay.whole.n and len(stay.groups) >= 3
    assert "join_year" in limits.groupings(bank_data)


def test_a_rule_may_ask_for_the_year_of_joining(bank_data):
    year = next(d for d in bank_data.dimensions if d.name == "join_year").values[-2]
    rule = f'rule:{{"column": "join_year", "in": ["{year}"]}}'
    there = measure(asked(bank_data, filters=Filters(((rule, ("in",)),))), ["customers"])["customers"][0]
    assert there == measure(asked(bank_data, filters=Filters((("join_year", (year,)),))), ["customers"])["customers"][0] > 0


def test_without_days_of_entry_only_those_seen_to_come_have_a_year(bank, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customer_month": bank.tables["customer_month"]}, "months"))
    ds = workspace.dataset()
    sql = "select p.customer_id, min(m.month), max(CAST(m.d_join_year AS VARCHAR)) from month_rows m join people p on p.c = m.c group by 1"
    for _customer, first, year in ds.cursor().execute(sql).fetchall():
        assert year == (None if first == ds.all_months[0] else str(first.year))
