"""Every split of customers adds up to the whole: every dimension, every definition, every count and amount, on every road to a number."""

import polars as pl
import pytest

from churn_dash.measures import METRICS, Filters, Period, measure
from churn_dash.measures.conditions.groupings import groupings
from churn_dash.measures.movement.growth import growth
from churn_dash.measures.movement.tiers import migration
from churn_dash.measures.tenure.cohorts import cohorts
from churn_dash.segments import members
from tests.asking import asked

ADDITIVE = ("customers", "customers_lost", "customers_new", "aum_start", "aum_lost")


@pytest.mark.parametrize("definition", ["close", "absent", "dormant", "asset_out", "tier_down", "first"])
def test_every_dimension_adds_up_by_every_definition(bank_data, definition):
    whole = measure(asked(bank_data, definition=definition), ADDITIVE).row(0, named=True)
    assert whole["customers"] > 0
    for dim in bank_data.dimensions:
        rows = measure(asked(bank_data, definition=definition), ADDITIVE, [dim.name])
        for name in ADDITIVE:
            assert rows[name].sum() == pytest.approx(whole[name], rel=1e-9), (dim.name, name)


def test_two_dimensions_and_months_add_up_like_one(bank_data):
    by_month = measure(asked(bank_data), ADDITIVE, ["month"])
    crossed = measure(asked(bank_data), ADDITIVE, ["month", "lifecycle", "gender"])
    for name in ADDITIVE:
        summed = crossed.group_by("month").agg(pl.col(name).sum()).sort("month")
        assert summed[name].to_list() == pytest.approx(by_month[name].to_list(), rel=1e-9)


@pytest.mark.parametrize("name", ["tier", "lifecycle", "age_band", "branch_id"])
def test_the_people_behind_a_level_are_as_many_as_it_counts(bank_data, name):
    rows = measure(asked(bank_data), ["customers", "customers_lost"], [name])
    people = members(asked(bank_data))
    for level, n, lost in rows.select(name, "customers", "customers_lost").iter_rows():
        mine = people.filter(people[name].eq_missing(level))
        assert (mine.height, int(mine["left"].sum())) == (n, lost)


@pytest.mark.parametrize("name", ["tier", "lifecycle", "gender"])
def test_growth_adds_up_over_groups(bank_data, name):
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    whole, parts = growth(asked(bank_data, period=period)), growth(asked(bank_data, period=period), [name])
    for column in ("start", "new", "returned", "lost", "end"):
        assert parts[column].sum() == whole[column].sum(), column
    assert parts["moved_in"].sum() == parts["moved_out"].sum()


def test_the_cohorts_and_those_before_are_everybody_who_ever_came(bank_data):
    found = cohorts(asked(bank_data, definition="close"))
    people = bank_data.cursor().execute("select count(distinct customer_id) from spells where definition = 'close'").fetchone()[0]
    assert sum(found.cohorts.values()) + found.n_before + found.n_outside == people


def test_the_partition_of_tiers_is_whole(bank_data):
    found = migration(asked(bank_data))
    assert found.cells["n"].sum() == measure(asked(bank_data, definition=found.definition), ["customers"])["customers"][0]


GROUPS = ("cluster", "loyalty", "orientation", "rfm", "service_tier", "value_tenth")


def test_every_group_that_is_worked_out_is_counted_here(bank_data):
    assert set(groupings(bank_data)) == set(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_adds_up_for_every_metric(bank_data, name):
    """Counts and amounts are sums of their parts; a rate is the mean of its parts, each weighed by what it is a share of."""
    names = [n for n, m in METRICS.items() if not m.sums & {"near_downgrade", "dormant"}]
    whole = measure(asked(bank_data), names).row(0, named=True)
    parts = measure(asked(bank_data), names, [name])
    for metric in names:
        value = METRICS[metric]
        if value.unit in ("count", "money"):
            assert parts[metric].sum() == pytest.approx(whole[metric], rel=1e-9), metric
        assert parts[f"{metric}_n"].sum() == pytest.approx(whole[f"{metric}_n"], rel=1e-9), metric
        if value.unit == "ratio" and value.kind == "proportion":
            weighed = (parts[metric].fill_null(0) * parts[f"{metric}_n"]).sum() / whole[f"{metric}_n"]
            assert weighed == pytest.approx(whole[metric], rel=1e-9), metric
    shares = [n for n in names if METRICS[n].kind == "money_share"]
    assert "aum_churn_rate" in shares
    for metric in shares:
        weighed = (parts[metric].fill_null(0) * parts["aum_start"]).sum() / whole["aum_start"]
        assert weighed == pytest.approx(whole[metric], rel=1e-9), metric


@pytest.mark.parametrize("name", GROUPS)
def test_groups_add_up_by_every_definition_by_month_and_in_the_growth_of_customers(bank_data, name):
    period = Period(bank_data.measurable[-3], bank_data.measurable[-1])
    for definition in ("close", "dormant", "tier_down"):
        whole = measure(asked(bank_data, period=period, definition=definition), ADDITIVE).row(0, named=True)
        rows = measure(asked(bank_data, period=period, definition=definition), ADDITIVE, [name])
        for metric in ADDITIVE:
            assert rows[metric].sum() == pytest.approx(whole[metric], rel=1e-9), (definition, metric)
    by_month = measure(asked(bank_data, period=period), ADDITIVE, ["month"])
    crossed = measure(asked(bank_data, period=period), ADDITIVE, ["month", name, "gender"])
    for metric in ADDITIVE:
        summed = crossed.group_by("month").agg(pl.col(metric).sum()).sort("month")
        assert summed[metric].to_list() == pytest.approx(by_month[metric].to_list(), rel=1e-9)
    whole, parts = growth(asked(bank_data, period=period)), growth(asked(bank_data, period=period), [name])
    for column in ("start", "new", "returned", "lost", "end"):
        assert parts[column].sum() == whole[column].sum(), column
    assert parts["moved_in"].sum() == parts["moved_out"].sum()


@pytest.mark.parametrize("name", GROUPS)
def test_a_filter_by_a_group_and_its_complement_share_the_customers(bank_data, name):
    levels = groupings(bank_data)[name].levels
    halves = [measure(asked(bank_data, filters=Filters(((name, part),))), ADDITIVE).row(0, named=True) for part in (levels[:2], levels[2:])]
    whole = measure(asked(bank_data), ADDITIVE).row(0, named=True)
    for metric in ADDITIVE:
        assert sum(h[metric] or 0 for h in halves) == pytest.approx(whole[metric], rel=1e-9), metric
