"""From a frozen list to what it brought: the later months are loaded, and the list is judged as it was drawn."""

import datetime
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import confint_proportions_2indep

from churn_dash import campaigns
from churn_dash.access import Scope
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.intake.typed import extract_of
from churn_dash.measures.money.assumptions import Held, in_force
from churn_dash.retention.effects.save_rate import SaveRate, acting, by_play, rates, ratio_of_rates, replaced
from churn_dash.retention.loop.follow_up import take_over
from churn_dash.retention.loop.funnel import funnel
from churn_dash.retention.loop.lists import lists
from churn_dash.store import Records, Workspace, publish
from tests.retention.loop.test_follow_up import closed, file_of, looked_at, members, opened, spoken_to


@pytest.fixture(scope="module")
def known(frozen_folder, whole, tmp_path_factory):
    """The list followed up, every third call not reached, and the last three months loaded."""
    root = tmp_path_factory.mktemp("known") / "bank"
    shutil.copytree(frozen_folder, root)
    space = Workspace.open(root)
    number = space.dataset().table("campaigns")["campaign_id"][0]
    book = opened(file_of(space, number))
    i = 0
    for sheet in book.worksheets[:-1]:
        for row in range(2, sheet.max_row + 1):
            more = {"result": "not reached"} if i % 3 == 0 else {"accepted": "yes", "offer": 40} if i % 3 == 1 else {}
            spoken_to(space, sheet, row, cost=10, channel=("Telephone", "Visit")[i % 2], **more)
            i += 1
    take_over(space, space.dataset(), looked_at(space, closed(book)))
    waiting = funnel(space.dataset(), number, scope=Scope.everything())
    publish(space, extract_of(whole, "later"))
    return space, number, waiting


def test_several_measured_rates_are_taken_together_and_harm_is_said():
    day = datetime.date(2026, 1, 1)

    def one(number, left, of, due):
        ratio, low, high = ratio_of_rates(left, of, 24, 160)
        return SaveRate(1 - ratio, 1 - high, 1 - low, number, number, None, of, 160, 90, due)

    first, last = one("A", 30, 400, day), one("B", 10, 50, day + datetime.timedelta(days=1))
    held = replaced(in_force_defaults(), [first, last])["save_rate"]
    ratios = np.array([30 / 400, 10 / 50]) / (24 / 160)
    variances = np.array([1 / 30 - 1 / 400, 1 / 10 - 1 / 50]) + 1 / 24 - 1 / 160
    pooled, error = combine_effects(np.log(ratios), variances).mean_effect_fe, combine_effects(np.log(ratios), variances).sd_eff_w_fe
    assert last.value < 0 < held.value == pytest.approx(1 - np.exp(pooled))
    assert held.measured["low"] == pytest.approx(1 - np.exp(pooled + 1.959964 * error), rel=1e-5)
    assert held.measured["campaigns"] == ["A", "B"] and held.measured["n_treated"] == 450 and held.measured["includes_none"]
    assert not replaced(in_force_defaults(), [first])["save_rate"].measured["includes_none"]
    alone = replaced(in_force_defaults(), [last])["save_rate"]
    assert alone.value == 0.0 and alone.measured["value"] == last.value and alone.measured["includes_none"]


def in_force_defaults():
    return {name: Held(a, a.default) for name, a in ASSUMPTIONS.items()}


def test_before_the_day_only_counts_are_told(known):
    _space, _number, waiting = known
    told = waiting.as_json()
    assert not told["due"] and told["status"] == "not_due" and told["as_treated"] is None and told["save_rate"] is None
    assert {s["stage"]: s["n"] for s in told["stages"] if s["arm"] == "control"}["kept"] is None
    assert all(c["kept"] is None for c in told["channels"]) and told["money"] == {}


def test_the_funnel_counts_what_was_entered_and_who_stayed(known):
    space, number, _waiting = known
    ds = space.dataset()
    rows = members(space, number)
    treated = [r for r in rows.values() if r["arm"] == "treated"]
    found = funnel(ds, number, scope=Scope.everything())
    n = {(s.arm, s.stage): (s.n, s.of) for s in found.stages}
    assert n["treated", "assigned"] == n["treated", "entered"] == (len(treated), len(treated))
    assert n["treated", "reached"][0] == sum(r["contacted_at"] is not None for r in treated) == len(treated) - -(-len(treated) // 3)
    assert n["treated", "accepted"][0] == sum(r["accepted"] is True for r in treated)
    spells = ds.cursor().execute("select customer_id, start_date, end_date, form from spells where definition = ?", [ds.default_definition])
    last = ds.table("campaigns")["end_date"][0]
    left = {c for c, _s, e, form in spells.fetchall() if form and e is not None and found.evaluation.start <= e <= last}
    for arm in ("treated", "control"):
        own = {c for c, r in rows.items() if r["arm"] == arm}
        k, of = n[arm, "kept"]
        assert of <= len(own) and of - k == len(own & left)
    assert sum(c.tried for c in found.channels) == len(treated) and {c.channel for c in found.channels} == {"phone", "visit"}
    assert sum(c.kept for c in found.channels) == n["treated", "kept"][0]


def test_the_list_is_of_evidence_a_and_its_costs_are_those_entered(known):
    space, number, _waiting = known
    found = funnel(space.dataset(), number, scope=Scope.everything())
    assert found.evaluation.grade == "A" and found.evaluation.due
    assert found.as_assigned.difference == campaigns.evaluate(space.dataset(), number, scope=Scope.everything()).effects[0].difference
    rows = [r for r in members(space, number).values() if r["arm"] == "treated"]
    assert found.evaluation.money["treated"].cost == pytest.approx(10 * len(rows) + 40 * sum(r["accepted"] is True for r in rows))
    assert found.as_treated.p_value is None and found.as_treated.treated.n + found.as_treated.base.n == len(members(space, number))
    (one,) = lists(space.dataset(), Records(space.root), scope=Scope.everything())
    assert (one.state, one.followed) == ("due", len(rows)) and not one.registration.changed_after


def test_the_share_kept_is_that_of_two_rates_with_the_range_of_their_ratio():
    ratio, low, high = ratio_of_rates(30, 400, 24, 160)
    ends = confint_proportions_2indep(30, 400, 24, 160, compare="ratio", method="log")
    assert ratio == pytest.approx(30 / 400 / (24 / 160)) and (low, high) == pytest.approx(ends, rel=1e-6)
    assert ratio_of_rates(0, 10, 3, 10) is None and ratio_of_rates(3, 10, 0, 10) is None


@pytest.fixture
def measured(known, tmp_path):
    """The bank where everybody on a second list was followed and half of the leavers stayed: drawn anew until cases enough."""
    shutil.copytree(known[0].root, tmp_path / "measured")
    space = Workspace.open(tmp_path / "measured")
    ds = space.dataset()
    spells = ds.cursor().execute("select customer_id, end_date, form from spells where definition = ?", [ds.default_definition]).fetchall()
    start = datetime.date(2026, 1, 1)
    left = {c for c, e, form in spells if form and e is not None and start <= e <= start + datetime.timedelta(days=200)}
    there = ds.table("accounts").filter(pl.col("open_date") < start, pl.col("close_date").is_null() | (pl.col("close_date") >= start))
    people = there["customer_id"].unique().sort().to_list()
    lot = np.random.default_rng(1).random(len(people))
    arms = ["treated" if u < (0.35 if c in left else 0.65) else "control" for c, u in zip(people, lot, strict=True)]
    n = arms.count("treated") / len(arms)
    campaign = {"campaign_id": "M1", "name": "Measured", "type": "hello", "start_date": start, "horizon_days": 201, "outcome": "churn"}
    campaign |= {"design": "randomised", "planned_ratio": f"treated={n};control={1 - n}"}
    assigned = pl.DataFrame({"campaign_id": "M1", "customer_id": people, "arm": arms, "assigned_at": start})
    publish(space, extract_of({"campaigns": pl.DataFrame([campaign]), "campaign_assignments": assigned}, "measured"))
    return space


def test_a_measured_rate_takes_the_place_of_the_assumed_one_visibly(measured):
    ds, records = measured.dataset(), Records(measured.root)
    one = by_play(rates(ds, records, scope=Scope.everything()))["hello"]
    e = campaigns.evaluate(ds, "M1", scope=Scope.everything()).effects[0]
    assert one.value == pytest.approx(1 - e.treated.mean / e.base.mean) and one.low < one.value < one.high and one.value > 0.2
    held = acting(ds, records, scope=Scope.everything())["save_rate"]
    found = rates(ds, records, scope=Scope.everything())
    told = held.as_json()["measured"]
    assert told["campaigns"] == [r.campaign_id for r in found] and "M1" in told["campaigns"]
    assert held.value == pytest.approx(min(max(told["value"], 0.0), 1.0))
    assert min(r.value for r in found) <= told["value"] <= max(r.value for r in found)
    assert in_force(records)["save_rate"].measured is None


def test_what_somebody_sets_after_the_campaign_fell_due_stands(measured):
    ds, records = measured.dataset(), Records(measured.root)
    found, held = rates(ds, records, scope=Scope.everything()), in_force(records)
    for days, wins in ((-1, True), (0, False), (1, False)):
        made = (found[-1].due_on + datetime.timedelta(days=days)).isoformat()
        by_hand = {**held, "save_rate": replace(held["save_rate"], value=0.41, who="Li", made=made, version=1)}
        now = replaced(by_hand, found)["save_rate"]
        assert (now.measured is not None) == wins and (now.value == 0.41) == (not wins)
    assert replaced(held, []) == held
