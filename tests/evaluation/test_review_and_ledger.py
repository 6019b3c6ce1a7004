"""The review, the base of incentives, and money opened into inputs."""

import dataclasses
import datetime

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.registered.lessons import learn
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import BadInput, NotPossible
from churn_dash.evaluation import measured
from churn_dash.evaluation.indicators.saves import Pool
from churn_dash.evaluation.ledger.decision import decided
from churn_dash.evaluation.ledger.inputs import Input, held_input
from churn_dash.evaluation.ledger.opened import CALL, CAMPAIGNS, ledger
from churn_dash.evaluation.review.incentive import Base, allowing_for_chance, incentive
from churn_dash.evaluation.review.lessons import lessons, put
from churn_dash.evaluation.review.policies import policies
from churn_dash.evaluation.review.training import training
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period
from churn_dash.measures.money.assumptions import in_force
from churn_dash.measures.money.assumptions import put as assume
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.store import Records, Workspace, publish
from churn_dash.words import Text
from tests.asking import asked


def test_a_lesson_is_kept_with_what_it_rests_on(records):
    put(records, "Call early", "Calls before maturity keep more", "C01", who="li")
    put(records, "Call early", "Calls a week before maturity keep more", "C01", "case", who="wang")
    (one,) = lessons(records)
    assert (one.version, one.who, one.kind, one.evidence) == (2, "wang", "case", "C01")
    with pytest.raises(BadInput):
        put(records, "", "x")
    with pytest.raises(BadInput):
        put(records, "x", "y", kind="rumour")


def test_lessons_written_down_with_a_campaign_are_listed_with_it(records):
    learn(records, ("C01",), "C01", "A lottery brings balances, not people", "li")
    put(records, "Call early", "It helps", "C01")
    found = {one.name: one for one in lessons(records)}
    assert len(found) == 2 and found["C01 · 1"].evidence == "C01" and found["C01 · 1"].kind == "campaign"


def test_every_version_of_the_policy_is_listed_newest_first(records):
    records.add("risk_policy", "cuts", {"high": 0.4, "medium": 0.2, "by": "money", "asked": None, "model": "m", "why": "profit"}, "li")
    records.add("risk_policy", "cuts", {"high": None, "why": "back"}, "wang")
    newest, first = policies(records)
    assert (newest.version, newest.high, newest.who) == (2, None, "wang")
    assert (first.high, first.by, first.why) == (0.4, "money", "profit")


def test_training_hours_are_those_of_the_records(bank):
    period = Period(bank.measurable[-12], bank.measurable[-1])
    rows = bank.table("training_records").filter(pl.col("trained_at").is_between(period.start, period.last_day))
    found = training(bank, period, scope=Scope.everything())
    assert found.hours == pytest.approx(rows["hours"].sum())
    assert found.months.height == 12 and found.months["hours"].sum() == pytest.approx(found.hours)
    assert found.kinds["hours"].sum() == pytest.approx(found.hours)
    assert found.n_trained == rows["staff_id"].n_unique()


def test_the_base_of_a_manager_is_counted_by_hand(bank, whole):
    (one,) = whole.pool.campaigns
    found = incentive(bank, whole.pool, whole.definition, "manager", least=5, scope=Scope.everything())
    row = next(r for r in found.rows if r.saves.value is not None)
    e, start = one.evaluation, one.evaluation.start
    last = start + datetime.timedelta(days=e.horizon_days - 1)
    spells = (
        bank.cursor().sql(f"select customer_id, start_date, end_date, form from spells where definition = '{whole.definition}'").fetchall()
    )
    there = {
        c: (end is not None and end <= last and form is not None)
        for c, a, end, form in spells
        if a < start and (end is None or end >= start)
    }
    manager = dict(bank.table("customers").select("customer_id", "rm_id").iter_rows())
    members = bank.table("campaign_assignments").filter(pl.col("campaign_id") == one.campaign_id)
    sides = {True: [], False: []}
    for customer, arm in members.select("customer_id", "arm").iter_rows():
        if manager.get(customer) == row.unit and customer in there:
            sides[arm == "control"].append(there[customer])
    treated, held = sides[False], sides[True]
    assert (row.n, row.n_held_out) == (len(treated), len(held))
    assert row.saves.value == pytest.approx(len(treated) * (sum(held) / len(held) - sum(treated) / len(treated)))


def test_a_manager_is_who_was_to_call_not_who_looks_after_the_customer_today(place, bank, whole):
    (one,) = whole.pool.campaigns
    rows = bank.table("campaign_assignments").filter(pl.col("campaign_id") == one.campaign_id)
    lists = rows.with_columns(rm_id=pl.lit("RM-LIST"))
    workspace = Workspace.open(place)
    publish(workspace, extract_of({"campaign_assignments": lists}, "who was to call"))
    ds = workspace.dataset()
    again = measured(asked(ds))
    (row,) = incentive(ds, again.pool, again.definition, "manager", scope=Scope.everything()).rows
    assert row.unit == "RM-LIST" and (row.n, row.n_held_out) == (one.n, one.evaluation.effects[0].base.known)
    called = lists.with_columns(rm_id=pl.when(pl.col("arm") != "control").then(pl.col("rm_id")))
    publish(workspace, extract_of({"campaign_assignments": called}, "hold-out without managers"))
    ds = workspace.dataset()
    again = measured(asked(ds))
    assert incentive(ds, again.pool, again.definition, "manager", scope=Scope.everything()) == incentive(
        bank, whole.pool, whole.definition, "manager", scope=Scope.everything()
    )


def test_a_contact_with_a_cost_of_its_own_does_not_hang_on_the_assumed_one(place, bank, whole, records):
    (one,) = whole.pool.campaigns
    rows = bank.table("campaign_assignments").filter(pl.col("campaign_id") == one.campaign_id)
    entered = rows.with_columns(cost=pl.when(pl.col("contacted_at").is_not_null()).then(7.0))
    workspace = Workspace.open(place)
    publish(workspace, extract_of({"campaign_assignments": entered}, "costs entered"))
    ds = workspace.dataset()
    again, held = measured(asked(ds)), in_force(records)
    opened = ledger(ds, again, held, scope=Scope.everything())
    v = {i.name: i.value for i in opened.of(CAMPAIGNS).inputs}
    assert v["contacts"] == 0 and v["rest"] == pytest.approx(again.pool.cost) and opened.contacts > 0
    assert next(s for s in opened.of(CAMPAIGNS).swings if s.name == "contact_cost").at_low == pytest.approx(again.pool.net.value)


def base(unit, saves, half, n=50):
    """A unit whose saves have a symmetric interval."""
    return Base(unit, n, n, Estimate(saves, saves - half, saves + half, n), n)


def test_the_best_of_many_units_is_not_beyond_chance_for_being_the_best():
    units = [base("B27", 14.5, 13.1), *(base(f"B{i}", x, 13.1) for i, x in enumerate((6, 3, -1, -4, -9)))]
    (best, *_others) = found = allowing_for_chance(units)
    assert best.saves.low > 0 and best.p_value < 0.05, "alone it would be"
    assert best.p_adjusted == pytest.approx(6 * best.p_value) and not best.beyond_chance
    sure = allowing_for_chance([base("B27", 40.0, 13.1), *units[1:]])[0]
    assert sure.beyond_chance and sure.as_json()["p_adjusted"] < 0.05
    assert not any(b.beyond_chance for b in allowing_for_chance([base("B1", -40.0, 13.1)])), "harm is no base"
    assert sum(b.p_adjusted is not None for b in found) == 6


def test_a_small_lucky_unit_does_not_stand_before_a_large_good_one():
    """By hand: DerSimonian and Laird over what a unit saved a member."""
    units = [base("small", 9.0, 8.8, n=20), base("large", 8.0, 4.0, n=100), base("middle", 1.0, 6.0, n=60), base("last", -2.0, 6.0, n=60)]
    found = {b.unit: b for b in allowing_for_chance(units)}
    rates = [(b.saves.value / b.n, (b.saves.high - b.saves.low) / 2 / 1.959964 / b.n) for b in units]
    w = [1 / s**2 for _d, s in rates]
    middle = sum(a * d for a, (d, _s) in zip(w, rates, strict=True)) / sum(w)
    q = sum(a * (d - middle) ** 2 for a, (d, _s) in zip(w, rates, strict=True))
    tau2 = max(0.0, (q - 3) / (sum(w) - sum(a * a for a in w) / sum(w)))
    v = [1 / (s * s + tau2) for _d, s in rates]
    mu = sum(a * d for a, (d, _s) in zip(v, rates, strict=True)) / sum(v)
    d, s = rates[0]
    assert found["small"].shrunk.value == pytest.approx(20 * (tau2 * d + s * s * mu) / (tau2 + s * s), rel=1e-4)
    assert found["small"].saves.value > found["large"].saves.value and found["small"].rank < found["large"].rank


def test_two_units_say_nothing_of_luck():
    assert all(b.shrunk.value is None and b.rank == b.saves.value for b in allowing_for_chance([base("a", 3.0, 2.0), base("b", 1.0, 2.0)]))


def test_below_the_minimum_there_is_no_base(bank, whole):
    found = incentive(bank, whole.pool, whole.definition, scope=Scope.everything())
    assert found.least == TOO_FEW and found.rows
    for row in found.rows:
        assert (row.saves.value is not None) == (min(row.n, row.n_held_out) >= TOO_FEW)
    ranks = [row.rank for row in found.rows]
    assert ranks == sorted(ranks, reverse=True)
    assert all(r.saves.value is None for r in incentive(bank, whole.pool, whole.definition, least=10_000, scope=Scope.everything()).rows)


def test_without_a_random_hold_out_there_is_no_base_at_all(bank):
    found = incentive(bank, Pool(why_not=Text("none")), "first", scope=Scope.everything())
    assert not found.rows and str(found.why_not) == "none"


def test_the_net_of_the_campaigns_is_that_of_the_pool_and_its_inputs_multiply_out(bank, whole, records):
    opened = ledger(bank, whole, in_force(records), scope=Scope.everything()).of(CAMPAIGNS)
    v = {i.name: i.value for i in opened.inputs}
    assert opened.amount == pytest.approx(whole.pool.net.value)
    assert opened.amount == pytest.approx(
        v["save_rate"] * v["members"] * v["value_per_save"] - v["contacts"] * v["contact_cost"] - v["rest"]
    )
    assert opened.break_even == pytest.approx(whole.pool.break_even)


def test_what_lasts_of_a_value_and_over_how_many_years_moves_every_amount(place):
    from churn_dash.campaigns.judged.money import Prices

    workspace = Workspace.open(place)
    kept, ds = Records(workspace.root), workspace.dataset()
    before = in_force(kept)
    assume(kept, {"decay": 0.5}, "li")
    held = in_force(kept)
    full, half = (measured(asked(ds), prices=Prices.of(h)) for h in (before, held))
    saves, cost = full.pool.saves.value, full.pool.cost
    assert full.pool.net.value == pytest.approx(saves * 1_500 - cost) and half.pool.net.value == pytest.approx(saves * 750 - cost)
    opened = ledger(ds, half, held, scope=Scope.everything())
    by = {s.name: s for s in opened.of(CAMPAIGNS).swings}
    assert opened.of(CAMPAIGNS).amount == pytest.approx(half.pool.net.value)
    lasts = next(i for i in opened.of(CAMPAIGNS).inputs if i.name == "decay")
    assert (lasts.value, lasts.who) == (0.5, "li") and by["decay"].high == pytest.approx(0.6)
    assert by["decay"].at_high == pytest.approx(saves * 900 - cost)
    stays = next(i.value for i in opened.worth.inputs if i.name == "retention")
    each = stays / (1 + held["discount"].value)
    more = sum(each**t for t in range(1, 7)) / sum(each**t for t in range(1, 6))
    assert by["horizon_years"].at_high == pytest.approx(saves * 750 * more - cost)
    call = {s.name for s in opened.of(CALL).swings}
    assert {"decay", "horizon_years", "value_per_save"} <= call


def test_a_turning_point_is_where_the_amount_is_nothing(bank, whole, records):
    for opened in ledger(bank, whole, in_force(records), scope=Scope.everything()).decisions:
        for s in opened.swings:
            assert s.flips == ((s.at_low > 0) != (s.at_high > 0))
            if s.flips:
                assert s.low <= s.turns_at <= s.high


def test_a_call_brings_what_the_worklist_reckons(bank, whole, records):
    from churn_dash.retention.worklists.expected import gain

    held = {n: h.value for n, h in in_force(records).items()}
    p = whole.figures["warning_precision"].estimate.value
    rows = pl.DataFrame({"probability": [p], "value": [held["value_per_save"]]}).select(gain(held))
    assert ledger(bank, whole, in_force(records), scope=Scope.everything()).of(CALL).amount == pytest.approx(rows["gain"][0])


def test_an_assumption_opens_with_who_set_it_and_when(place):
    from churn_dash.campaigns.judged.money import Prices

    workspace = Workspace.open(place)
    kept, ds = Records(workspace.root), workspace.dataset()
    assume(kept, {"value_per_save": 2_500.0}, "li")
    held = in_force(kept)
    opened = ledger(ds, measured(asked(ds), prices=Prices.of(held)), held, scope=Scope.everything()).of(CAMPAIGNS)
    value = next(i for i in opened.inputs if i.name == "value_per_save")
    assert (value.value, value.who) == (2_500.0, "li") and value.made


def test_a_measured_range_is_told_from_an_assumption_moved_by_so_much(bank, whole, records):
    opened = ledger(bank, whole, in_force(records), scope=Scope.everything())
    told = {s["name"]: s["moved"] for s in opened.of(CAMPAIGNS).as_json()["swings"]}
    assert told == {
        "save_rate": "range",
        "value_per_save": "fifth",
        "decay": "fifth",
        "horizon_years": "year",
        "contact_cost": "fifth",
    }
    kinds = {i["name"]: (i["kind"], i["moved"]) for i in opened.of(CAMPAIGNS).as_json()["inputs"]}
    assert kinds["members"] == ("data", None) and kinds["save_rate"] == ("measured", "range")
    assert kinds["value_per_save"] == ("default", "fifth")
    assume(records, {"value_per_save": 2_000.0}, "li")
    set_, left = (held_input(in_force(records)[n]).as_json() for n in ("value_per_save", "contact_cost"))
    assert (set_["kind"], set_["who"]) == ("set", "li") and "li" in set_["origin"]
    assert (left["kind"], left["who"], left["made"]) == ("default", None, None) and left["origin"].startswith("Default")


def test_a_share_of_leavers_that_a_campaign_measured_moves_to_the_ends_of_what_it_measured(records):
    told = {"low": -0.1, "high": 0.45, "value": 0.2, "name": "Calls", "n_treated": 300, "n_control": 100, "includes_none": True}
    one = held_input(dataclasses.replace(in_force(records)["save_rate"], value=0.2, measured=told))
    assert (one.low, one.high, one.moved, one.kind) == (0.0, 0.45, "range", "measured")
    assert "Calls" in str(one.origin) and "includes 0" in str(one.origin)


def test_an_input_that_hangs_on_nothing_has_no_turning_point():
    one = decided(
        "k", "k", "k", (Input("a", "a", "money", 2.0, 1.0, 3.0), Input("b", "b", "money", 5.0, 4.0, 6.0)), lambda v: v["a"] - 1.5, "a"
    )
    by = {s.name: s for s in one.swings}
    assert by["a"].turns_at == 1.5 and by["a"].flips
    assert by["b"].turns_at is None and not by["b"].flips


def test_training_without_records_says_what_to_load(bank, tmp_path):

    workspace = Workspace.create(tmp_path / "bare")
    publish(workspace, extract_of({"customer_month": bank.table("customer_month")}, "bare"))
    with pytest.raises(NotPossible, match="training_records"):
        training(workspace.dataset(), None, scope=Scope.everything())
