"""METHODS C2: every published interval of two rates, and the score interval by its own definition."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from churn_dash.campaigns.estimators.rates import katz, miettinen_nurminen, restricted
from churn_dash.measures.statistics.intervals import newcombe
from tests.campaigns.estimators.reference import mee, wald

FIRST = (56, 70, 48, 80)


@pytest.mark.parametrize(
    ("interval", "counts", "low", "high"),
    [
        (newcombe, FIRST, 0.0524, 0.3339),
        (miettinen_nurminen, FIRST, 0.0528, 0.3382),
        (mee, FIRST, 0.0533, 0.3377),
        (wald, FIRST, 0.0575, 0.3425),
        (newcombe, (9, 10, 3, 10), 0.1705, 0.8090),
        (miettinen_nurminen, (9, 10, 3, 10), 0.1700, 0.8406),
        (miettinen_nurminen, (10, 10, 0, 20), 0.7156, 1.0),
        (newcombe, (5, 56, 0, 29), -0.0381, 0.1926),
        (newcombe, (450, 9000, 70, 1000), -0.0380, -0.0050),
        (newcombe, (30, 40, 12, 20), -0.0865, 0.3892),
        (miettinen_nurminen, (30, 40, 12, 20), -0.0918, 0.3996),
    ],
)
def test_every_published_interval(interval: object, counts: tuple[int, int, int, int], low: float, high: float) -> None:
    found = interval(*counts)  # type: ignore[operator]
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize("counts", [FIRST, (9, 10, 3, 10), (5, 56, 0, 29), (450, 9000, 70, 1000), (0, 10, 0, 12)])
def test_at_both_ends_the_score_test_is_just_at_five_percent(counts: tuple[int, int, int, int]) -> None:
    k1, n1, k0, n0 = counts
    found = miettinen_nurminen(*counts)
    assert found is not None
    for end in (found.low, found.high):
        grid = np.linspace(max(0.0, -end), min(1.0, 1 - end), 200_001)[1:-1]
        likelihood = stats.binom.logpmf(k1, n1, grid + end) + stats.binom.logpmf(k0, n0, grid)
        p0 = float(grid[int(np.argmax(likelihood))])
        error = math.sqrt(((p0 + end) * (1 - p0 - end) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1))
        assert abs(k1 / n1 - k0 / n0 - end) / error == pytest.approx(1.95996, rel=2e-4)


def test_the_likeliest_rates_lie_as_far_apart_as_asked() -> None:
    p1, p0 = restricted(56, 70, 48, 80, 0.1)
    assert p1 - p0 == pytest.approx(0.1)
    assert restricted(56, 70, 48, 80, 56 / 70 - 48 / 80) == pytest.approx((56 / 70, 48 / 80))


def test_the_ratio_of_rates_is_that_of_statsmodels() -> None:
    found = katz(450, 9000, 70, 1000)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(confint_proportions_2indep(450, 9000, 70, 1000, method="log", compare="ratio"))
    assert katz(0, 10, 3, 10) is None


def test_swapping_the_groups_turns_the_interval_round_and_nobody_has_none() -> None:
    one, other = miettinen_nurminen(9, 10, 3, 10), miettinen_nurminen(3, 10, 9, 10)
    assert one is not None
    assert other is not None
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert miettinen_nurminen(0, 0, 3, 10) is None
    assert wald(0, 0, 3, 10) is None
