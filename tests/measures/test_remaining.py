"""The time still expected: known answers with a constant hazard, and what the risk does to it."""

import functools
import math

import numpy as np
import pytest

from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.tenure.hazard import Pace, paces
from churn_dash.measures.tenure.lifetimes import counted
from churn_dash.measures.tenure.remaining import HORIZON_YEARS, Months, Risk, remaining

GAP, LENGTH = 30.0, 92.0


def band(start: int, end: int | None, events: int, exposure: float) -> Pace:
    return Pace(start, end, events, exposure, events / exposure, None, None)


@functools.cache
def known_bank(monthly: float, n: int = 40_000, seed: int = 5) -> tuple[Pace, ...]:
    """Customers who leave at one pace whatever their tenure, watched for ten years at most."""
    rng = np.random.default_rng(seed)
    stay = rng.exponential(MEAN_MONTH_DAYS / monthly, n)
    last = np.minimum(stay, 3652).astype(np.int64)
    return paces(counted(np.zeros(n, np.int64), last, np.where(stay < 3652, "voluntary", "")))


def holds(found: Months, want: float) -> bool:
    assert found.value is not None and found.low is not None and found.high is not None
    return found.low <= want <= found.high


@pytest.mark.parametrize("tenure", [0.5, 7.0, 50.0, 200.0])
def test_with_a_constant_hazard_the_expected_time_is_one_over_it_at_any_tenure(tenure):
    h = 0.08
    found = remaining(known_bank(h), tenure, None)
    # Few have stayed for years at this pace, so that the late bands are known to a tenth only: the interval says so.
    assert holds(found.expected, 1 / h) and holds(found.median, math.log(2) / h)
    assert found.expected.value == pytest.approx(1 / h, rel=0.03 if tenure < 10 else 0.15)


def test_the_interval_holds_the_known_time_as_often_as_it_says():
    h, hits, times = 0.05, 0, 60
    for seed in range(times):
        rng = np.random.default_rng(seed)
        bands = [band(a, b, int(rng.poisson(h * e)), e) for a, b, e in ((0, 12, 2000.0), (12, 60, 3000.0), (60, None, 4000.0))]
        hits += holds(remaining(bands, 6.0, None, draws=300).median, math.log(2) / h)
    assert hits / times >= 0.85


def test_a_risk_that_agrees_with_the_hazard_changes_nothing():
    h = 0.08
    bands = [band(0, None, 80_000, 1_000_000.0)]
    p = 1 - math.exp(-h * LENGTH / MEAN_MONTH_DAYS)
    found, alone = remaining(bands, 20.0, Risk(p, GAP, LENGTH)), remaining(bands, 20.0, None)
    assert found.expected.value == pytest.approx(alone.expected.value, rel=1e-6)
    assert found.eased.value == pytest.approx(alone.expected.value, rel=1e-6)
    unsure = remaining(bands, 20.0, Risk(p, GAP, LENGTH, 0.1))
    assert holds(unsure.expected, (1 - math.exp(-h * HORIZON_YEARS * 365.25 / MEAN_MONTH_DAYS)) / h)


def test_over_the_models_window_the_customer_leaves_with_the_models_probability():
    bands = [band(0, 3, 90, 900.0), band(3, 12, 60, 1500.0), band(12, None, 50, 5000.0)]
    gap, length = 6 * MEAN_MONTH_DAYS, 12 * MEAN_MONTH_DAYS
    found = remaining(bands, 1.0, Risk(0.3, gap, length))
    staying = {round(m): s for m, s, _low, _high in found.points}
    assert 1 - staying[18] / staying[6] == pytest.approx(0.3, abs=0.003)


def test_more_risk_never_means_more_time():
    bands = [band(0, 3, 90, 900.0), band(3, 12, 60, 1500.0), band(12, None, 50, 5000.0)]
    found = [remaining(bands, 4.0, Risk(p, GAP, LENGTH, 0.2)) for p in (0.0, 0.001, 0.01, 0.05, 0.2, 0.6, 0.99, 1.0)]
    for name in ("expected", "eased"):
        values = [getattr(x, name).value for x in found]
        assert values == sorted(values, reverse=True) and values[0] > values[-1]
    assert next(x.median.value is None for x in found)
    known = [x.median.value for x in found if x.median.value is not None]
    assert known == sorted(known, reverse=True)


def test_a_curve_that_does_not_fall_to_one_half_has_no_median_but_a_mean_within_the_horizon():
    found = remaining([band(0, None, 10, 100_000.0)], 30.0, None)
    assert found.median == Months(None, None, None)
    assert found.expected.value < HORIZON_YEARS * 365.25 / MEAN_MONTH_DAYS + 1 and found.as_json()["median_months"]["value"] is None


def test_where_nobody_ever_left_nothing_is_said():
    assert remaining([band(0, None, 0, 500.0)], 3.0, None) is None
    assert remaining([], 3.0, None) is None


def test_a_passing_risk_costs_less_time_than_a_lasting_one_and_wider_bands_of_error_widen_the_interval():
    bands = [band(0, None, 900, 90_000.0)]
    sure, unsure = (remaining(bands, 30.0, Risk(0.4, GAP, LENGTH, e)) for e in (0.0, 0.6))
    assert sure.eased.value > sure.expected.value
    assert unsure.expected.high - unsure.expected.low > sure.expected.high - sure.expected.low


def test_a_tenth_half_and_nine_tenths_of_customers_alike_leave_when_those_of_a_constant_hazard_do():
    h = 0.08
    found = remaining([band(0, None, 80_000, 1_000_000.0)], 20.0, None)
    assert [found.left[s].value for s in (0.1, 0.5, 0.9)] == pytest.approx([-math.log(1 - s) / h for s in (0.1, 0.5, 0.9)], rel=0.01)
    # The estimate is known to a hundredth; the customers' own times differ by a factor of twenty.
    assert found.median.high - found.median.low < 0.03 * found.median.value < 0.1 * found.left[0.9].value
    rng = np.random.default_rng(2)
    stays = rng.exponential(1 / h, 100_000)
    assert [np.mean(stays <= found.left[s].value) for s in (0.1, 0.5, 0.9)] == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    told = found.as_json()
    assert list(told["left_months"]) == ["0.1", "0.5", "0.9"] and told["left_months"]["0.5"] == told["median_months"]
    late = remaining([band(0, None, 10, 1_000.0)], 30.0, None)
    assert late.left[0.9].value is None and late.left[0.1].value == pytest.approx(-math.log(0.9) / 0.01, rel=0.01)
