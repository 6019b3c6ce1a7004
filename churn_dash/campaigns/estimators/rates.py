"""Intervals of two rates besides Newcombe's: score intervals of the difference, and the ratio. Source: METHODS C2.

statsmodels' score interval of a difference is wrong (its issue 10269), so the score intervals are our own.
"""

import math

from scipy import optimize

from churn_dash.measures.statistics.intervals import Interval, normal_quantile


def miettinen_nurminen(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """Score interval of ``k1/n1 − k0/n0`` (Miettinen and Nurminen 1985); None without members on a side.

    >>> miettinen_nurminen(56, 70, 48, 80)  # doctest: +ELLIPSIS
    Interval(low=0.0528..., high=0.3381...)
    """
    return _score(k1, n1, k0, n0, level, (n1 + n0) / (n1 + n0 - 1) if n1 + n0 > 1 else 1.0)


def katz(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """Interval of the ratio of two rates, on the logarithm (Katz); None where a rate is 0.

    >>> katz(450, 9000, 70, 1000)  # doctest: +ELLIPSIS
    Interval(low=0.5600..., high=0.9109...)
    """
    if min(k1, k0, n1, n0) <= 0:
        return None
    ratio = (k1 / n1) / (k0 / n0)
    half = normal_quantile(level) * math.sqrt(max(0.0, 1 / k1 - 1 / n1 + 1 / k0 - 1 / n0))
    return Interval(ratio * math.exp(-half), ratio * math.exp(half))


def restricted(k1: float, n1: float, k0: float, n0: float, difference: float) -> tuple[float, float]:
    """The likeliest two rates that lie exactly ``difference`` apart: the cubic's root in closed form."""
    n, k = n1 + n0, k1 + k0
    third = n
    second = (n1 + 2 * n0) * difference - n - k
    first = (n0 * difference - n - 2 * k0) * difference + k
    zeroth = k0 * difference * (1 - difference)
    q = (second / (3 * third)) ** 3 - first * second / (6 * third**2) + zeroth / (2 * third)
    p = math.copysign(math.sqrt(max(0.0, (second / (3 * third)) ** 2 - first / (3 * third))), q)
    turn = (math.pi + math.acos(min(1.0, max(-1.0, q / p**3 if p else 0.0)))) / 3
    base = min(1.0, max(0.0, 2 * p * math.cos(turn) - second / (3 * third)))
    return min(1.0, max(0.0, base + difference)), base


def _score(k1: float, n1: float, k0: float, n0: float, level: float, factor: float) -> Interval | None:
    if n1 < 1 or n0 < 1:
        return None
    seen, wanted = k1 / n1 - k0 / n0, normal_quantile(level)

    def distance(difference: float) -> float:
        p1, p0 = restricted(k1, n1, k0, n0, difference)
        error = math.sqrt(max(1e-300, factor * (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)))
        return (seen - difference) / error

    edge = 1 - 1e-12
    low = -1.0 if distance(-edge) < wanted else float(optimize.brentq(lambda d: distance(d) - wanted, -edge, seen))
    high = 1.0 if distance(edge) > -wanted else float(optimize.brentq(lambda d: distance(d) + wanted, seen, edge))
    return Interval(low, high)
