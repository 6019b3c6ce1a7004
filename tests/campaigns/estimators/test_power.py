"""METHODS C9: the smallest effect that could have been seen."""

import pytest

from churn_dash.campaigns.estimators.power import smallest_difference_of_means, smallest_difference_of_rates


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
