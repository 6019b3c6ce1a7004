"""The interval of a difference of means without any assumption about how amounts are spread. Source: METHODS C2."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from churn_dash.measures.statistics.intervals import Interval

DRAWS = 1_000
MOST = 20_000
"""Above so many members in a group it is not made: it would take long, and the mean of so many is as good as normal."""
_AT_ONCE = 50


def bootstrap(treated: NDArray[np.float64], base: NDArray[np.float64]) -> Interval | None:
    """Percentile interval of the difference of means from 1,000 draws with a fixed seed; None for very small or very large groups.

    The order of the members changes nothing.
    """
    if not (2 <= len(treated) <= MOST and 2 <= len(base) <= MOST):
        return None
    sides = (np.sort(treated), np.sort(base))

    def difference(t: NDArray[np.float64], c: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
        return np.asarray(t.mean(axis=axis) - c.mean(axis=axis))

    found = stats.bootstrap(
        sides, difference, n_resamples=DRAWS, batch=_AT_ONCE, vectorized=True, method="percentile", rng=np.random.default_rng(0)
    )
    low, high = float(found.confidence_interval.low), float(found.confidence_interval.high)
    return Interval(low, high) if np.isfinite(low) and np.isfinite(high) else None
