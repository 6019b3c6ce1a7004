"""METHODS C9: the smallest effect that could have been seen."""

import math

import pytest

from churn_dash.campaigns.estimators.power import (
    chance_of_finding,
    design_effect,
    members_needed,
    smallest_difference_of_means,
    smallest_difference_of_rates,
)


@pytest.mark.parametrize(
    ("n1", "n0", "base", "points"),
    [(9000, 1000, 0.05, 1.78), (5000, 5000, 0.05, 1.15), (2000, 2000, 0.10, 2.50), (40, 20, 0.40, 31.1)],
)
def test_the_published_smallest_effects(n1: int, n0: int, base: float, points: float) -> None:
    found = smallest_difference_of_rates(n1, n0, base)
    assert found is not None
    assert 100 * found == pytest.approx(points, abs=0.05 if points > 30 else 0.005)


def test_a_gain_from_the_top_is_a_loss_from_the_bottom() -> None:
    assert smallest_difference_of_rates(900, 800, 0.9, better="up") == pytest.approx(smallest_difference_of_rates(900, 800, 0.1))


def test_no_effect_can_be_seen_where_the_base_leaves_no_room() -> None:
    assert smallest_difference_of_rates(30, 30, 0.02) is None
    assert smallest_difference_of_rates(30, 0, 0.5) is None
    assert smallest_difference_of_rates(30, 30, 0.0) is None


def test_amounts_use_the_spread_of_both_groups() -> None:
    assert smallest_difference_of_means(1.0, 100, 1.0, 100) == pytest.approx((1.959964 + 0.841621) * (2 / 100) ** 0.5, abs=1e-6)
    assert smallest_difference_of_means(0.0, 100, 0.0, 100) is None


@pytest.mark.parametrize(("base", "other", "n"), [(0.05, 0.04, 6745), (0.10, 0.08, 3213), (0.03, 0.025, 16792)])
def test_members_a_group_are_the_published_ones(base, other, n):
    assert math.ceil(members_needed(base, other) / 2) == n


def test_the_cases_of_r_come_out():
    assert members_needed(0.5, 0.75, power=0.9) / 2 == pytest.approx(76.7, abs=0.05)
    assert chance_of_finding(50, 50, 0.5, 0.75) == pytest.approx(0.740, abs=5e-4)


def test_uneven_groups_find_less():
    assert chance_of_finding(9000, 1000, 0.05, 0.04) == pytest.approx(0.341, abs=5e-4)
    assert chance_of_finding(5000, 5000, 0.05, 0.04) == pytest.approx(0.674, abs=5e-4)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_members_needed_have_just_the_power_asked_and_just_that_smallest_difference(share):
    n = members_needed(0.08, 0.06, share)
    assert chance_of_finding((1 - share) * n, share * n, 0.08, 0.06) == pytest.approx(0.8, abs=1e-9)
    assert smallest_difference_of_rates((1 - share) * n, share * n, 0.08) == pytest.approx(0.02, abs=1e-9)


def test_what_cannot_be_told_is_none():
    assert members_needed(0.05, 0.05) is None and members_needed(0.05, 0.04, 0.0) is None
    assert chance_of_finding(0, 10, 0.05, 0.04) is None


def test_clusters_cost_members():
    assert design_effect(21, 0.05) == pytest.approx(2.0) and design_effect(1, 0.5) == 1.0
