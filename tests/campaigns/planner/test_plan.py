"""A campaign planned: published sizes, what a hold-out costs, and plans that cannot be."""

import math

import pytest

from churn_dash.campaigns.planner import Terms, plan
from churn_dash.campaigns.planner.base import declared
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.errors import BadInput
from churn_dash.measures.money.assumptions import Held

ASSUMED = {name: Held(a, a.default) for name, a in ASSUMPTIONS.items()}


def planned(rate=0.05, customers=10_000, **terms):
    return plan(declared(rate, customers, 90), Terms(**terms), ASSUMED)


def test_the_published_case_is_planned():
    found = planned(hold_out=0.1, effect=0.01)
    assert (found.chosen.treated, found.chosen.control) == (9000, 1000)
    assert found.chosen.mde == pytest.approx(0.0178, abs=5e-5) and found.chosen.power == pytest.approx(0.341, abs=5e-4)
    assert not found.enough and "not enough to detect" in found.verdict.in_("en") and "样本不足以检出" in found.verdict.in_("zh")
    even = planned(customers=13_490, hold_out=0.5, effect=0.01)
    assert even.needed == 13_490 and even.enough and even.verdict.in_("en").startswith("Enough")


def test_the_hold_out_costs_what_it_forgoes():
    found = planned(hold_out=0.2, effect=0.01)
    assert found.chosen.cost == pytest.approx(2_000 * 0.01 * 1_500) and found.chosen.saved == pytest.approx(2_000 * 20)
    assert found.saves == pytest.approx(80) and found.contacting == pytest.approx(160_000)
    costs = [p.cost for p in found.by_share]
    assert costs == sorted(costs) and len(costs) == 50


def test_the_expected_effect_is_the_share_of_leavers_kept_unless_said():
    assert planned(rate=0.1).effect == pytest.approx(0.03)


def test_clusters_and_looks_ask_for_more_members():
    plain, clustered = planned(effect=0.01), planned(effect=0.01, cluster_size=21, icc=0.05)
    assert clustered.needed == pytest.approx(2 * plain.needed, abs=1) and clustered.chosen.mde > plain.chosen.mde
    looked = planned(effect=0.01, looks=5)
    assert 1.0 < looked.more < 1.03 and plain.needed < looked.needed
    assert [round(one.z, 3) for one in looked.looks] == [4.877, 3.357, 2.680, 2.290, 2.031]
    assert looked.peeking == pytest.approx(0.142, abs=5e-4) and plain.peeking == pytest.approx(0.05)


def test_weeks_are_how_long_it_takes_to_gather_them():
    found = planned(effect=0.01, weekly=500)
    assert found.weeks == math.ceil(found.needed / 500) and found.weeks_for_all == 20
    assert planned(effect=0.01).weeks is None


def test_the_smallest_share_is_just_enough():
    found = planned(rate=0.1, customers=20_000, hold_out=0.5, effect=0.02)
    at = found.smallest.hold_out
    assert next(p for p in found.by_share if p.enough).hold_out == at
    assert planned(rate=0.1, customers=20_000, hold_out=at, effect=0.02).enough
    assert not planned(rate=0.1, customers=20_000, hold_out=at - 0.01, effect=0.02).enough
    assert f"{at:.0%} held out would do" in found.advice.in_("en")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"hold_out": 0.0}, "share held out"),
        ({"hold_out": float("nan")}, "share held out"),
        ({"effect": 0.06}, "cannot fall by 6.00 points"),
        ({"effect": -0.01}, "cannot fall"),
        ({"members": 1}, "at least two members"),
        ({"weekly": 0.0}, "a week"),
        ({"cluster_size": 0.5}, "cluster"),
        ({"icc": 2.0}, "cluster"),
        ({"looks": 0}, "once at least"),
        ({"power": 1.0}, "Power"),
    ],
)
def test_what_cannot_be_planned_is_a_sentence(terms, said):
    with pytest.raises(BadInput, match=said):
        planned(**terms)


def test_a_rate_that_is_none_is_a_sentence_and_nobody_at_all_is_a_plan_that_is_not_enough():
    with pytest.raises(BadInput, match="between 0 and 1"):
        declared(0.0, 10, 90)
    found = planned(customers=0)
    assert found.chosen.mde is None and not found.enough and "would be needed" not in found.verdict.in_("en")
