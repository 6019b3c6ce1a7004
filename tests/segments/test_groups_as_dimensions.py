"""RFM kind, behaviour group, value tenth, orientation, service tier and loyalty class as dimensions: the pages' groups, everywhere."""

import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash.access import Scope
from churn_dash.causes import standing
from churn_dash.causes.loyalty import set_rules
from churn_dash.errors import NotFound, NotPossible
from churn_dash.measures import Filters, Period, dimension, measure
from churn_dash.measures.conditions.groupings import groupings
from churn_dash.measures.tenure.survival import survival
from churn_dash.segments import Clause, Rule, members, save_rule, segment
from churn_dash.segments.groups.clusters import clusters
from churn_dash.segments.groups.orientation import orientation
from churn_dash.segments.groups.rfm import rfm
from churn_dash.segments.groups.service_tiers import service_tiers
from churn_dash.segments.groups.tenths import value
from churn_dash.store import Workspace
from tests import asking

NAMES = ("cluster", "loyalty", "orientation", "rfm", "service_tier", "value_tenth")


def _of_page(ds, name, filters, period, definition, scope) -> dict[str, int]:
    """How many the page shows in each group."""
    question = asking.asked(ds, scope, filters=filters, period=period, definition=definition)
    if name == "loyalty":
        return {g: n for g, n in standing(question).classes.select("group", "n").iter_rows() if n}
    if name == "value_tenth":
        rows = value(question).tenths()
    else:
        rows = {"cluster": clusters, "orientation": orientation, "rfm": rfm, "service_tier": service_tiers}[name](question).groups()
    return {g or "unknown": n for g, n in rows.select("group", "customers").iter_rows()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("definition", "branch", "filters"),
    [("first", None, Filters()), ("close", None, Filters((("gender", ("F",)),))), ("first", "own", Filters())],
)
def test_a_dimension_counts_what_the_page_shows(bank_data, name, definition, branch, filters):
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    branches = next(d.values for d in bank_data.dimensions if d.name == "branch_id")
    scope = Scope(frozenset(branches[:3])) if branch else Scope.everything()
    rows = measure(
        asking.asked(bank_data, scope=scope, filters=filters, period=period, definition=definition), ["customers", "churn_rate"], [name]
    )
    found = {g: n for g, n in rows.select(pl.col(name).cast(pl.String), "customers").iter_rows() if n}
    assert found == _of_page(bank_data, name, filters, period, definition, scope)


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_keeps_exactly_the_level_that_the_split_counts(bank_data, name):
    by = measure(asking.asked(bank_data), ["customers", "customers_lost", "aum_start"], [name])
    assert len(by) > 1
    for row in by.to_dicts():
        alone = measure(
            asking.asked(bank_data, filters=Filters(((name, (str(row[name]),)),))), ["customers", "customers_lost", "aum_start"]
        )
        one = alone.row(0, named=True)
        assert (one["customers"], one["customers_lost"]) == (row["customers"], row["customers_lost"])
        assert (one["aum_start"] or 0) == pytest.approx(row["aum_start"] or 0)
    levels = dimension(bank_data, name).values
    assert measure(asking.asked(bank_data, filters=Filters(((name, levels),))), ["customers"]).equals(
        measure(asking.asked(bank_data), ["customers"])
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_month_groups_by_its_own_start(bank_data, name):
    months = bank_data.measurable[-2:]
    together = measure(asking.asked(bank_data, period=Period(*months)), ["customers", "churn_rate"], ["month", name])
    for month in months:
        alone = measure(asking.asked(bank_data, period=Period(month, month)), ["customers", "churn_rate"], [name])
        assert_frame_equal(together.filter(pl.col("month") == month).drop("month"), alone, rel_tol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_group_never_looks_ahead(bank, bank_data, name, tmp_path):
    """The same answer from data that end where the period begins: nothing later can have told a group."""
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import publish

    start = bank_data.measurable[-3]
    days = {"surveys": "answered_at", "complaints": "created_at", "contacts": "ts", "customer_month": "month"}
    cut = {
        n: t.filter(pl.col(days[n]).cast(pl.Date).is_null() | (pl.col(days[n]).cast(pl.Date) < start)) if n in days else t
        for n, t in bank.tables.items()
    }
    place = Workspace.create(tmp_path)
    publish(place, extract_of(cut, "cut"))
    early = place.dataset()
    whole = groupings(bank_data)[name].assigned(bank_data, start, "absent", Scope.everything())
    then = groupings(early)[name].assigned(early, start, "absent", Scope.everything())
    assert then.sort("customer_id").equals(whole.sort("customer_id"))


def test_a_rule_may_ask_for_groups_and_stands_as_a_segment(bank_workspace, bank_data, tmp_path):
    import shutil

    shutil.copytree(bank_workspace.root, tmp_path / "w")
    ds = Workspace.open(tmp_path / "w").dataset()
    save_rule(ds, "Top", Rule((Clause("service_tier", ("high",)), Clause("value_tenth", ("1",)))))
    by = measure(asking.asked(ds), ["customers"], ["service_tier", "value_tenth"])
    wanted = by.filter((pl.col("service_tier") == "high") & (pl.col("value_tenth") == "1"))["customers"].sum()
    assert measure(asking.asked(ds, filters=Filters((("segment:Top", ("in",)),))), ["customers"])["customers"][0] == wanted > 0
    split = measure(asking.asked(ds), ["customers"], ["segment:Top"])
    assert split.filter(pl.col("segment:Top") == "in")["customers"].to_list() == [wanted]
    save_rule(ds, "Not asleep", Rule((Clause("rfm", ("asleep",), excluded=True),)))
    assert segment(ds, "Not asleep").rule is not None
    asleep = measure(asking.asked(ds), ["customers"], ["rfm"]).filter(pl.col("rfm") == "asleep")["customers"].sum()
    everybody = measure(asking.asked(ds), ["customers"])["customers"][0]
    assert (
        measure(asking.asked(ds, filters=Filters((("segment:Not asleep", ("in",)),))), ["customers"])["customers"][0] == everybody - asleep
    )
    with pytest.raises(NotFound, match="asleep"):
        save_rule(ds, "Typo", Rule((Clause("rfm", ("asleeep",)),)))


def test_the_people_and_the_curves_of_a_group_are_those_it_counts(bank_data):
    rows = measure(asking.asked(bank_data), ["customers", "customers_lost"], ["rfm"])
    people = members(asking.asked(bank_data), by=["rfm"])
    for level, n, lost in rows.select("rfm", "customers", "customers_lost").iter_rows():
        mine = people.filter(pl.col("rfm") == level)
        assert (mine.height, int(mine["left"].sum())) == (n, lost)
    late = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    assert len(survival(asking.asked(bank_data, period=late), by="orientation").groups) >= 2


def test_new_rules_of_loyalty_give_new_classes_at_once(bank_workspace, tmp_path):
    import shutil

    shutil.copytree(bank_workspace.root, tmp_path / "w")
    ds = Workspace.open(tmp_path / "w").dataset()
    before = measure(asking.asked(ds), ["customers"], ["loyalty"])
    set_rules(ds, cuts={"loyal": 95.0})
    after = measure(asking.asked(ds), ["customers"], ["loyalty"])
    loyal = [int(t.filter(pl.col("loyalty") == "loyal")["customers"].sum()) for t in (before, after)]
    assert loyal[1] < loyal[0]
    assert before["customers"].sum() == after["customers"].sum()


def test_too_few_months_before_are_unknown_and_said_where_nothing_else_is(bank_data):
    first = bank_data.measurable[0]
    with pytest.raises(NotPossible, match="at least 3"):
        measure(asking.asked(bank_data, period=Period(first, first)), ["customers"], ["rfm"])
    by_month = measure(asking.asked(bank_data, period=Period(first, bank_data.measurable[4])), ["customers"], ["month", "rfm"])
    assert by_month.filter(pl.col("month") == first)["rfm"].to_list() == ["unknown"]
    whole = measure(asking.asked(bank_data, period=Period(first, bank_data.measurable[4])), ["customers"], ["month"])
    assert by_month.group_by("month").agg(pl.col("customers").sum()).sort("month")["customers"].to_list() == whole["customers"].to_list()


def test_data_without_what_a_group_needs_do_not_offer_it(worked):
    assert "orientation" not in groupings(worked)
    with pytest.raises(NotFound):
        dimension(worked, "orientation")
    assert isinstance(worked.measurable[0], datetime.date)


@pytest.mark.parametrize("name", ["rfm", "value_tenth", "loyalty"])
def test_who_joins_in_the_period_was_in_no_group_at_its_start(bank_data, name):
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    rows = measure(asking.asked(bank_data, period=period), ["customers_new", "customers"], [name])
    unknown = groupings(bank_data)[name].unknown
    assert rows.filter(pl.col(name) != unknown)["customers_new"].sum() == 0
    assert rows["customers_new"].sum() == measure(asking.asked(bank_data, period=period), ["customers_new"])["customers_new"][0] > 0
