"""Incremental saves: METHODS T5, campaigns taken together, and what is left out."""

import types

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import evaluate, register
from churn_dash.campaigns.estimators.effects import Group, Outcome, effect
from churn_dash.campaigns.judged.money import Prices
from churn_dash.evaluation.indicators.saves import Pool, Saved, pooled, saved, saves_figures, saves_of, together, total
from churn_dash.measures import Period
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.measures.statistics.intervals import newcombe
from tests.alike import approximately
from tests.asking import asked

ALL = Scope.everything()

KEPT = Outcome("retention", "Retention", "ratio", "up")
LEFT = Outcome("churn", "Churn", "ratio", "down")
EVERYBODY = Scope.everything()


def side(name, n, k):
    return Group(name, name, n, n, k / n, None)


@pytest.fixture
def t5():
    saves = saves_of(effect(KEPT, side("treated", 40, 30), side("control", 20, 12)))
    return Pool((Saved("T5", "T5", 40, saves, 6_000.0, 30, None),), (), 1_500.0)


def test_t5_gives_the_published_table(t5):
    assert t5.saves.value == pytest.approx(6)
    assert (t5.saves.low, t5.saves.high) == (pytest.approx(-3.46, abs=0.005), pytest.approx(15.57, abs=0.005))
    assert t5.rate.value == pytest.approx(0.15)
    assert t5.cost_per_save.value == pytest.approx(1_000)
    assert t5.naive_cost_per_save == pytest.approx(200)
    assert t5.naive_rate == pytest.approx(30 / 40)
    assert t5.naive_roi == pytest.approx((30 * 1_500 - 6_000) / 6_000)
    assert t5.roi.value == pytest.approx(0.5)
    assert (t5.roi.low, t5.roi.high) == (pytest.approx(-1.86, abs=0.005), pytest.approx(2.89, abs=0.005))
    assert t5.break_even == pytest.approx(6_000 / (40 * 1_500))


def test_the_cost_of_a_save_has_no_upper_end_where_the_saves_may_be_none(t5):
    assert t5.cost_per_save.high is None and t5.cost_per_save.low == pytest.approx(6_000 / t5.saves.high)


def test_counted_by_departures_the_saves_are_the_same(t5):
    mirrored = saves_of(effect(LEFT, side("treated", 40, 10), side("control", 20, 8)))
    assert mirrored.value == pytest.approx(t5.saves.value)
    assert (mirrored.low, mirrored.high) == (pytest.approx(t5.saves.low), pytest.approx(t5.saves.high))


def test_two_campaigns_add_up_and_their_range_grows_less_than_twice():
    one = Estimate(6.0, -3.0, 15.0, 40)
    both = total([one, one])
    assert both.value == 12 and both.high - both.value == pytest.approx(9 * 2**0.5)


def test_no_increment_has_no_cost_and_says_so():
    saves = saves_of(effect(KEPT, side("treated", 40, 20), side("control", 20, 14)))
    pool = Pool((Saved("X", "X", 40, saves, 100.0, 20, None),), (), 1_500.0)
    cost = next(f for f in saves_figures(pool) if f.key == "cost_per_save")
    assert cost.estimate.value is None and "No increment" in str(cost.why_not)


def test_without_a_cost_there_is_no_return(t5):
    free = Pool((Saved("X", "X", 40, t5.saves, 0.0, 30, None),), (), 1_500.0)
    assert free.roi.value is None


def test_treated_groups_of_one_campaign_are_taken_together():
    whole = together([side("a", 40, 10), side("b", 60, 20)])
    assert (whole.known, whole.cases) == (100, 30)


def test_the_pool_is_that_of_the_campaigns_by_hand(bank, whole):
    judged = [e.evaluation for e in register(bank, whole.definition, scope=ALL) if e.evaluation and e.grade == "A" and e.evaluation.due]
    counted = [e for e in judged if e.campaign_id != "C02" and e.outcome.saves]
    assert [c.campaign_id for c in whole.pool.campaigns] == [e.campaign_id for e in counted] != []
    one = counted[0]
    base = next(g for g in one.groups if g.arm == one.control)
    treated = next(g for g in one.groups if g.arm != one.control)
    expected = treated.known * (base.cases / base.known - treated.cases / treated.known)
    assert saved(one).saves.value == pytest.approx(expected)
    ends = newcombe(treated.cases, treated.known, base.cases, base.known)
    assert saved(one).saves.high == pytest.approx(-ends.low * treated.known)


def test_what_is_no_proof_is_left_out_with_its_reason(whole):
    why = {name: str(reason) for name, reason in whole.pool.left_out}
    assert "nothing was offered" in why["Randomiser check (A/A)"]
    assert "Evidence below A" in why["Care calls"]


def test_campaigns_that_count_are_judged_as_on_their_own_page(bank, whole):
    for c in whole.pool.campaigns:
        full = evaluate(bank, c.campaign_id, definition=whole.definition, scope=ALL)
        own, shown = c.evaluation, full.as_json()
        assert own.as_json() | {"ladder": [], "money": {}} == approximately(shown | {"ladder": [], "money": {}})
    chosen = evaluate(bank, "C03a", definition=whole.definition, scope=ALL)
    assert (chosen.grade, evaluate(bank, "C03a", definition=whole.definition, scope=ALL, drawn_only=True).grade) == ("C", "D")


def test_raw_saves_are_never_a_figure(bank, whole):
    shown = {f.key: f.estimate for f in saves_figures(whole.pool)}
    stayed, beyond, n = 0, 0.0, 0
    for c in whole.pool.campaigns:
        base = next(g for g in c.evaluation.groups if g.arm == c.evaluation.control)
        for g in c.evaluation.groups:
            if g is not base:
                n, stayed = n + g.known, stayed + g.known - g.cases
                beyond += (g.known - g.cases) - g.known * (1 - base.cases / base.known)
    assert whole.pool.saves.value == pytest.approx(beyond)
    assert shown["save_rate"].value == pytest.approx(beyond / n)
    assert shown["save_rate"].high < stayed / n
    assert shown["cost_per_save"].value > whole.pool.cost / stayed


def test_a_campaign_counts_in_the_months_in_which_it_began(bank, whole):
    start = whole.pool.campaigns[0].evaluation.start.replace(day=1)
    inside = pooled(asked(bank, scope=EVERYBODY, period=Period(start, start), definition=whole.definition), Prices())
    last = bank.measurable[-1]
    outside = pooled(asked(bank, scope=EVERYBODY, period=Period(last, last), definition=whole.definition), Prices())
    assert inside.campaigns and not outside.campaigns and outside.why_not is not None


def test_a_campaign_that_is_not_due_waits_for_its_day():
    from churn_dash.evaluation.indicators.saves import _left_out

    evaluation = types.SimpleNamespace(start=None, due=False, evaluated_on="2027-01-01", grade="A")
    entry = types.SimpleNamespace(problem=None, evaluation=evaluation)
    assert "2027-01-01" in str(_left_out(entry, "offer", None))


def test_a_higher_value_of_a_customer_raises_the_return_and_nothing_else(bank, whole):
    dear = pooled(asked(bank, scope=EVERYBODY, definition=whole.definition), Prices(value_per_save=3_000.0))
    assert dear.saves == whole.pool.saves and dear.cost == whole.pool.cost
    assert dear.net.value - whole.pool.net.value == pytest.approx(1_500 * whole.pool.saves.value)


def test_a_contact_that_costs_more_adds_its_price_for_everybody_contacted(bank, whole):
    dear = pooled(asked(bank, scope=EVERYBODY, definition=whole.definition), Prices(contact_cost=21.0))
    members = bank.table("campaign_assignments").filter(
        pl.col("campaign_id").is_in([c.campaign_id for c in whole.pool.campaigns]) & (pl.col("arm") != "control")
    )
    assert dear.cost - whole.pool.cost == pytest.approx(members["contacted_at"].drop_nulls().len())
