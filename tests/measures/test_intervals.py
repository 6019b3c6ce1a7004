"""The published oracles of METHODS B1 and C2."""

import math

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from churn_dash.measures.statistics.intervals import (
    Interval,
    effective_n,
    garwood,
    newcombe,
    ratio_of_shares,
    ratio_of_sums,
    ratio_of_sums_error,
    welch,
    wilson,
)

T1_START = (100, 50, 30, 200, 20, 40)
T1_LOST = (0, 50, 30, 0, 0, 40)


def sums(y: tuple[float, ...], x: tuple[float, ...]) -> tuple[float, float, float, float, float, int]:
    return (
        sum(y),
        sum(x),
        sum(v * v for v in y),
        sum(a * b for a, b in zip(x, y, strict=True)),
        sum(v * v for v in x),
        len(x),
    )


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (3, 6, 0.1876, 0.8124),
        (2, 6, 0.0968, 0.7000),
        (1, 2, 0.0945, 0.9055),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (30, 40, 0.5981, 0.8581),
        (12, 20, 0.3866, 0.7812),
    ],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    interval = wilson(k, n)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (7, 90), (90, 90), (500, 1234)])
def test_wilson_agrees_with_statsmodels(k: int, n: int) -> None:
    interval = wilson(k, n)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


def test_an_interval_of_no_customers_is_undefined() -> None:
    assert wilson(0, 0) is None
    assert wilson(None, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert garwood(0, 0) is None
    assert garwood(None, None) is None
    assert welch(1, 1, 1, 2, 1, 5) is None
    assert ratio_of_sums(0, 0, 0, 0, 0, 0) is None
    assert ratio_of_sums(None, None, None, None, None, 0) is None
    assert effective_n(0, 0) is None
    assert effective_n(None, None) is None


@pytest.mark.parametrize(("k", "n"), [(3, 2), (-1, 5)])
def test_a_count_that_cannot_be_is_a_mistake(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no count"):
        wilson(k, n)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((450, 9000, 70, 1000), -0.0380, -0.0050),
        ((30, 40, 12, 20), -0.0865, 0.3892),
    ],
)
def test_newcombe_gives_the_published_differences(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    interval = newcombe(*counts)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


def test_newcombe_turns_round_when_the_groups_change_places() -> None:
    there, back = newcombe(9, 10, 3, 10), newcombe(3, 10, 9, 10)
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@pytest.mark.parametrize("events", [0, 1, 4, 30])
def test_garwood_is_the_exact_poisson_interval(events: int) -> None:
    interval = garwood(events, 565)
    assert interval is not None
    low = 0.0 if events == 0 else stats.chi2.ppf(0.025, 2 * events) / 2
    assert (interval.low, interval.high) == pytest.approx((low / 565, stats.chi2.ppf(0.975, 2 * events + 2) / 2 / 565))


def test_welch_agrees_with_scipy_on_unequal_groups() -> None:
    first, second = [1.0, 4.0, 2.0, 8.0, 5.0], [3.0, 3.5, 2.5, 9.0, 1.0, 0.0, 4.0]
    summary = [f(s) for s in (first, second) for f in (stats.tmean, stats.tstd, len)]
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    interval = welch(*summary)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


def test_welch_of_amounts_that_do_not_vary_is_undefined() -> None:
    assert welch(1.0, 0.0, 10, 2.0, 0.0, 10) is None


def test_t1_assets_of_lost_customers_have_the_linearised_error_and_the_effective_number() -> None:
    given = sums(T1_LOST, T1_START)
    assert ratio_of_sums_error(*given) == pytest.approx(0.1991, abs=5e-5)
    assert effective_n(given[1], given[4]) == pytest.approx(3.49, abs=5e-3)
    interval = ratio_of_sums(*given, within=(0.0, 1.0))
    assert interval is not None
    assert interval.low == 0.0
    assert interval.high == pytest.approx(120 / 440 + 1.959964 * 0.1990689, abs=1e-6)


def test_a_ratio_of_equal_sums_is_the_mean_with_its_usual_error() -> None:
    y = (0, 1, 1, 0, 1, 0, 0, 1)
    error = ratio_of_sums_error(*sums(y, (1,) * 8))
    assert error == pytest.approx(stats.tstd(y) / math.sqrt(8))


def test_an_interval_excludes_what_lies_outside_but_not_its_own_end() -> None:
    assert Interval(0.1, 0.2).excludes(0.0)
    assert not Interval(0.0, 0.2).excludes(0.0)


@pytest.mark.parametrize(("k", "n", "of_k", "of_n"), [(20, 40, 30, 40), (0, 40, 30, 40), (40, 40, 40, 40), (11, 40, 80, 100)])
def test_the_interval_of_a_ratio_of_shares_is_that_of_statsmodels(k, n, of_k, of_n):
    from statsmodels.stats.proportion import confint_proportions_2indep

    found = ratio_of_shares(k, n, of_k, of_n, 0.9)
    assert (found.low, found.high) == pytest.approx(
        confint_proportions_2indep(k, n, of_k, of_n, compare="ratio", method="log-adjusted", alpha=0.1)
    )
    assert ratio_of_shares(0, 0, 1, 2) is None
