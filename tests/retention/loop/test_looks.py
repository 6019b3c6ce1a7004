"""Looks before the end: only as registered, each at its own bar, on record, and never more than planned. METHODS C8."""

import numpy as np
import polars as pl
import pytest

from churn_dash import campaigns
from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Group, effect
from churn_dash.campaigns.estimators.sequential import boundaries, spent
from churn_dash.campaigns.groups.measured import OUTCOMES
from churn_dash.campaigns.interim import look, planned
from churn_dash.campaigns.judged.bars import bar, information, leavers, widened
from churn_dash.campaigns.registration import enter, registration
from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.store import Records, publish
from churn_dash.store.looks import Look, looks
from tests.retention.loop.cutting import cut

CHURN, EVERYBODY = OUTCOMES["churn"], Scope.everything()


def came(space, whole, months, made, treated=0, control=0):
    """The data up to ``months`` before the bank's end, so many members of each group having closed everything on the first day."""
    tables, first = cut(whole, months), pl.lit(made.start)
    members = space.dataset().table("campaign_assignments").filter(pl.col("campaign_id") == made.list_id).sort("customer_id")
    by = {arm: members.filter(pl.col("arm") == arm)["customer_id"].to_list() for arm in ("treated", "control")}
    gone = by["treated"][:treated] + by["control"][:control]
    closes = pl.col("customer_id").is_in(list(gone)) & pl.col("close_date").is_null()
    accounts = tables["accounts"].with_columns(pl.when(closes).then(first).otherwise("close_date").alias("close_date"))
    publish(space, extract_of(tables | {"accounts": accounts}, f"{months} months before"))
    return space.dataset()


def taken(number, share, known, z=0.0, needed=9.0):
    return Look(number, f"2026-0{number}-28", share, known, 50, z, needed, 0.0, -1.0, 1.0)


def test_the_bar_is_that_of_lan_and_demets_where_leavers_come_as_the_days_pass():
    five = [taken(i, i / 5, 0.02 * i) for i in range(1, 5)]
    found = [bar(five[:i], (i + 1) / 5, 0.02 * (i + 1)) for i in range(5)]
    assert found == pytest.approx((4.877, 3.357, 2.680, 2.290, 2.031), abs=5e-4)


def test_without_a_look_the_end_is_judged_as_ever_and_with_one_it_needs_more():
    assert bar((), 1.0, 0.1) == pytest.approx(1.959964, abs=1e-5)
    assert bar((taken(1, 0.5, 0.05),), 1.0, 0.1) == pytest.approx(boundaries((0.5, 1.0))[-1])
    late = bar((taken(1, 0.5, 0.08),), 1.0, 0.1)
    assert late == pytest.approx(boundaries((0.8, 1.0), allowed=(spent(0.5), 0.05))[-1]) and late != bar((taken(1, 0.5, 0.05),), 1.0, 0.1)


def test_a_look_on_the_first_days_has_no_bar_that_chance_could_pass():
    assert bar((), 1 / 365, 0.001) == 8.5


def test_three_looks_at_nothing_err_as_often_as_one_though_most_leave_early():
    """1,000 campaigns without effect; four standard errors above 5%. With 1.96 each time it would be 10.7%."""
    rng, n, wrong, plain = np.random.default_rng(2), 800, 0, 0
    for _ in range(1_000):
        day = [rng.choice([20, 50, 80, 999], p=[0.07, 0.03, 0.02, 0.88], size=n) for _arm in range(2)]
        seen, crossed, peeked = [], False, False
        for share in (1 / 3, 2 / 3, 1.0):
            groups = [Group(a, a, n, n, float((d <= 90 * share).mean()), None) for a, d in zip("tc", day, strict=True)]
            k1, k0 = (g.cases for g in groups)
            p = (k1 + k0) / (2 * n)
            z = (k1 - k0) / n / np.sqrt(2 * p * (1 - p) / n)
            known = information(groups, CHURN)
            crossed |= abs(z) >= (needed := bar(seen, share, known))
            peeked |= abs(z) >= 1.959964
            seen.append(taken(len(seen) + 1, share, known, z, needed))
        wrong, plain = wrong + crossed, plain + peeked
    assert wrong / 1_000 < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 1_000) < plain / 1_000


def test_leavers_are_counted_by_either_outcome():
    left = [Group("t", "t", 100, 100, 0.1, None), Group("c", "c", 50, 50, 0.2, None)]
    stayed = [Group("t", "t", 100, 100, 0.9, None), Group("c", "c", 50, 50, 0.8, None)]
    assert leavers(left, CHURN) == leavers(stayed, OUTCOMES["retention"]) == 20
    assert information(left, CHURN) == pytest.approx(20 / 130)


def test_the_range_leaves_out_none_where_z_passes_the_bar():
    e = effect(CHURN, Group("t", "t", 1000, 1000, 0.10, None), Group("c", "c", 1000, 1000, 0.13, None))
    z = 2.105
    assert e.off_zero and widened(e, z - 0.1).off_zero and not widened(e, z + 0.1).off_zero
    assert (widened(e, 1.959964).low, widened(e, 1.959964).high) == (pytest.approx(e.low), pytest.approx(e.high))


def test_looks_are_taken_as_registered_each_on_record_and_never_more(space, draw, whole):
    made = draw(space, looks=3)
    ds, records = space.dataset(), Records(space.root)
    kept = registration(ds, made.list_id, scope=Scope.everything())
    assert kept.registered["looks"] == {
        "planned": 3,
        "spending": "lan_demets_obrien_fleming",
        "level": 0.95,
    }
    with pytest.raises(BadInput, match="while the campaign runs"):
        look(ds, made.list_id)
    ds = came(space, whole, 2, made, 10, 8)
    held = campaigns.evaluate(ds, made.list_id, scope=Scope.everything())
    assert held.status == "not_due" and all(e.p_value is None for e in held.effects), "without a look only counts"
    one = look(ds, made.list_id, "li")
    assert (one.number, one.who, one.day) == (1, "li", ds.data_end.isoformat())
    days = (ds.data_end - made.start).days + 1
    assert one.share == pytest.approx(days / 90) and one.bar == pytest.approx(bar((), one.share, one.information))
    assert look(ds, made.list_id, "wang") == one, "the same day is the same look"
    now = campaigns.evaluate(ds, made.list_id, until=ds.data_end, scope=Scope.everything())
    assert one.difference == pytest.approx(now.effects[0].difference) and one.leavers == leavers(now.groups, CHURN)
    told = planned(ds, made.list_id)
    assert (told.left, told.stopped) == (1, False) and "no verdict yet" in told.as_json()["taken"][0]["verdict"]
    ds = came(space, whole, 1, made, 16, 10)
    two = look(ds, made.list_id)
    assert two.number == 2 and two.bar < one.bar and two.information > one.information
    records.add("look", made.list_id, {"look": records.latest("look", made.list_id).body["look"] | {"day": "2020-01-01"}})
    with pytest.raises(BadInput, match="No look is left"):
        look(ds, made.list_id)


def test_after_looks_the_end_needs_more_and_says_so(space, draw, whole):
    made = draw(space, looks=2)
    look(came(space, whole, 1, made, 10, 8), made.list_id)
    ds = came(space, whole, 0, made, 12, 9)
    with pytest.raises(BadInput, match="while the campaign runs"):
        look(ds, made.list_id)
    found = campaigns.evaluate(ds, made.list_id, scope=Scope.everything())
    needed = bar(looks(space.root, made.list_id), 1.0, information(found.groups, CHURN))
    assert needed > 1.9601 and any(f"z = {needed:.3f}" in str(n) for n in found.notes)
    (space.root / "records.sqlite").unlink()
    plain = campaigns.evaluate(space.dataset(), made.list_id, scope=Scope.everything())
    (a,), (b,) = found.effects, plain.effects
    assert (a.high - a.low) / (b.high - b.low) == pytest.approx(needed / 1.959964) and a.p_value == b.p_value


def test_a_look_beyond_its_bar_gives_the_verdict_and_is_the_last(space, draw, whole):
    made = draw(space, looks=4)
    ds = came(space, whole, 1, made, 8, made.sizes["control"] - 6)
    one = look(ds, made.list_id)
    assert one.crossed and one.z > 0 and one.high < 0
    told = planned(ds, made.list_id)
    assert told.stopped and told.left == 0 and "it works" in str(told.words(one))
    with pytest.raises(BadInput, match=r"gave the verdict|while the campaign runs"):
        look(came(space, whole, 0, made, 8), made.list_id)


def test_nobody_looks_who_did_not_plan_to(space, draw, whole):
    made = draw(space)
    ds = came(space, whole, 2, made)
    assert registration(ds, made.list_id, scope=Scope.everything()).looks == 1 and planned(ds, made.list_id) is None
    with pytest.raises(BadInput, match="without looks"):
        look(ds, made.list_id)
    assert looks(space.root, made.list_id) == ()


def test_looks_that_cannot_be_planned_are_refused(space, draw, bank_workspace):
    with pytest.raises(BadInput, match="who leaves or stays"):
        draw(space, looks=2, outcome="aum_avg")
    with pytest.raises(BadInput, match="20 times at most"):
        draw(space, looks=21)
    ds = bank_workspace.dataset()
    with pytest.raises(BadInput, match="before the first day"):
        enter(ds, Records(bank_workspace.root), campaigns.campaign_ids(ds)[0], looks=3)
    assert registration(ds, campaigns.campaign_ids(ds)[0], scope=Scope.everything()) is None


def test_a_campaign_that_is_not_as_registered_is_not_looked_at(space, draw, whole):
    made = draw(space, looks=2)
    rows = space.dataset().table("campaigns").with_columns(horizon_days=pl.lit(80, dtype=pl.Int64))
    ds = came(space, whole, 2, made)
    publish(space, extract_of({"campaigns": rows}, "other days"))
    ds = space.dataset()
    with pytest.raises((BadInput, NotPossible), match="not as it was registered"):
        look(ds, made.list_id)
    assert looks(space.root, made.list_id) == ()
