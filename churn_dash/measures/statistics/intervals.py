"""Intervals for every kind of estimate; ``None`` where the estimate itself is undefined. Source: METHODS B0, C2.

Rates stand as 0–1, ``level`` is the coverage (0.95 unless said). Counts that cannot be (more leavers than
customers, a negative count) are a mistake of the caller and raise ``ValueError``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special


@dataclass(frozen=True)
class Interval:
    """The two ends of an interval, in the unit of the estimate.

    >>> Interval(0.1, 0.3).excludes(0.0)
    True
    """

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether ``value`` lies outside the interval; an end that equals it does not exclude it."""
        return value < self.low or value > self.high


def ends(found: Interval | None) -> tuple[float | None, float | None]:
    """Both ends; None and None where there is no interval."""
    return (found.low, found.high) if found is not None else (None, None)


def normal_quantile(level: float = 0.95) -> float:
    """Two-sided quantile of the standard normal.

    >>> round(normal_quantile(), 4)
    1.96
    """
    return float(special.ndtri(0.5 + level / 2))


def _possible(k: float, n: float) -> None:
    if k < 0 or k > n:
        raise ValueError(f"{k} of {n} is no count")


def wilson(k: float | None, n: float | None, level: float = 0.95) -> Interval | None:
    """Interval of one proportion, ``k`` of ``n`` (Wilson's score). ``None`` without cases. METHODS B1.

    >>> wilson(3, 6)  # doctest: +ELLIPSIS
    Interval(low=0.1876..., high=0.8123...)
    >>> wilson(0, 0) is None
    True
    """
    if k is None or not n:
        return None
    _possible(k, n)
    z2 = normal_quantile(level) ** 2
    middle = (k + z2 / 2) / (n + z2)
    half = math.sqrt(z2) / (n + z2) * math.sqrt(k * (n - k) / n + z2 / 4)
    return Interval(0.0 if k == 0 else middle - half, 1.0 if k == n else middle + half)


def newcombe(k1: float, n1: float, k2: float, n2: float, level: float = 0.95) -> Interval | None:
    """Interval of the difference ``k1/n1 − k2/n2`` of independent proportions (Newcombe 1998, method 10). METHODS C2.

    >>> newcombe(56, 70, 48, 80)  # doctest: +ELLIPSIS
    Interval(low=0.052..., high=0.333...)
    """
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    return Interval(
        p1 - p2 - math.hypot(p1 - first.low, second.high - p2),
        p1 - p2 + math.hypot(first.high - p1, p2 - second.low),
    )


def garwood(events: float | None, exposure: float | None, level: float = 0.95) -> Interval | None:
    """Exact Poisson interval of the rate ``events / exposure`` (Garwood), in events per unit of exposure. METHODS B0.

    >>> garwood(0, 10)  # doctest: +ELLIPSIS
    Interval(low=0.0, high=0.368...)
    """
    if events is None or not exposure:
        return None
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events in {exposure} is no rate")
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(special.gammaincinv(events, tail))
    return Interval(low / exposure, float(special.gammainccinv(events + 1, tail)) / exposure)


def welch_error(sd1: float, n1: float, sd2: float, n2: float) -> tuple[float, float] | None:
    """Standard error of a difference of means and Satterthwaite's degrees of freedom; ``None`` below two cases a side."""
    if n1 < 2 or n2 < 2:
        return None
    v1, v2 = sd1**2 / n1, sd2**2 / n2
    if v1 + v2 == 0:
        return None
    return math.sqrt(v1 + v2), (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))


def welch(mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float, level: float = 0.95) -> Interval | None:
    """Interval of ``mean1 − mean2`` with unequal spreads (Welch); ``sd`` with n − 1. METHODS C2.

    ``None`` below two cases a side, or where nothing varies on either side.

    >>> welch(1.0, 1.0, 10_000, 0.0, 1.0, 10_000)  # doctest: +ELLIPSIS
    Interval(low=0.972..., high=1.027...)
    """
    error = welch_error(sd1, n1, sd2, n2)
    if error is None:
        return None
    se, degrees = error
    half = float(special.stdtrit(degrees, 0.5 + level / 2)) * se
    return Interval(mean1 - mean2 - half, mean1 - mean2 + half)


def share_of_clusters(k: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, Interval | None]:
    """The share Σk/Σn of rows of which those of one customer (one entry each) hang together, with Wilson's interval at the effective
    number of rows: r(1 − r) over the variance of the ratio summed by customer.

    >>> share, found = share_of_clusters(np.array([3.0, 0, 0, 0]), np.array([3.0, 3, 3, 3]))
    >>> share, round(found.low, 3), round(found.high, 3)
    (0.25, 0.037, 0.744)
    """
    r, effective = effective_share(k, n)
    return r, wilson(r * effective, effective)


def effective_share(k: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, float]:
    """The share Σk/Σn of rows that hang together by customer, and how many independent rows tell as much.

    >>> effective_share(np.array([3.0, 0, 0, 0]), np.array([3.0, 3, 3, 3]))
    (0.25, 3.0)
    """
    whole, people = float(n.sum()), len(n)
    r = float(k.sum()) / whole
    spread = float(((k - r * n) ** 2).sum()) * people / max(people - 1, 1) / whole**2
    return r, min(whole, r * (1 - r) / spread) if spread > 0 else float(people)


def ratio_of_shares(k: float, n: float, of_k: float, of_n: float, level: float = 0.95) -> Interval | None:
    """Interval of k/n over of_k/of_n, on the logarithm with half a case added to each count (Walter 1975): no count may be missing.

    >>> found = ratio_of_shares(20, 40, 30, 40)
    >>> round(found.low, 4), round(found.high, 4)
    (0.4729, 0.9553)
    """
    if not n or not of_n:
        return None
    middle = math.log((k + 0.5) / (n + 0.5)) - math.log((of_k + 0.5) / (of_n + 0.5))
    spread = 1 / (k + 0.5) - 1 / (n + 0.5) + 1 / (of_k + 0.5) - 1 / (of_n + 0.5)
    half = normal_quantile(level) * math.sqrt(spread)
    return Interval(math.exp(middle - half), math.exp(middle + half))


def ratio_of_sums_error(y_sum: float, x_sum: float, y_sq: float, xy_sum: float, x_sq: float, n: float) -> float | None:
    """Linearised standard error of Σy/Σx over ``n`` customers, from Σy, Σx, Σy², Σxy, Σx². METHODS B1.

    ``None`` where Σx is 0 or there are fewer than two customers.
    """
    if not x_sum or n < 2:
        return None
    ratio = y_sum / x_sum
    residual = max(0.0, y_sq - 2 * ratio * xy_sum + ratio**2 * x_sq)
    return math.sqrt(residual * n / (n - 1)) / abs(x_sum)


def ratio_of_sums(
    y_sum: float | None,
    x_sum: float | None,
    y_sq: float | None,
    xy_sum: float | None,
    x_sq: float | None,
    n: float,
    level: float = 0.95,
    within: tuple[float, float] | None = None,
) -> Interval | None:
    """Interval of Σy/Σx from the linearised standard error; its ends kept ``within`` where the ratio cannot leave it.

    >>> ratio_of_sums(120, 440, 5000, 5000, 55_400, 6)  # doctest: +ELLIPSIS
    Interval(low=-0.117..., high=0.662...)
    >>> ratio_of_sums(120, 440, 5000, 5000, 55_400, 6, within=(0.0, 1.0)).low
    0.0
    """
    if y_sum is None or not x_sum or y_sq is None or xy_sum is None or x_sq is None:
        return None
    se = ratio_of_sums_error(y_sum, x_sum, y_sq, xy_sum, x_sq, n)
    if se is None:
        return None
    half, ratio = normal_quantile(level) * se, y_sum / x_sum
    least, most = within or (-math.inf, math.inf)
    return Interval(max(least, ratio - half), min(most, ratio + half))


def effective_n(x_sum: float | None, x_sq: float | None) -> float | None:
    """How many equal customers would weigh as much: (Σx)²/Σx². Far below n, a few customers decide the ratio. METHODS B1.

    >>> round(effective_n(440, 55_400), 2)
    3.49
    """
    if x_sum is None or not x_sq:
        return None
    return x_sum * x_sum / x_sq
