"""Intervals of two rates beside which ours are held. METHODS C2."""

import math

from churn_dash.campaigns.estimators.rates import _score
from churn_dash.measures.statistics.intervals import Interval, normal_quantile


def mee(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """The same without the factor n/(n − 1) (Mee 1984).

    >>> mee(56, 70, 48, 80)  # doctest: +ELLIPSIS
    Interval(low=0.0533..., high=0.3377...)
    """
    return _score(k1, n1, k0, n0, level, 1.0)


def wald(k1: float, n1: float, k0: float, n0: float, level: float = 0.95) -> Interval | None:
    """The textbook interval, too narrow for small groups; it stands here only to be compared with.

    >>> wald(56, 70, 48, 80)  # doctest: +ELLIPSIS
    Interval(low=0.0575..., high=0.3424...)
    """
    if n1 < 1 or n0 < 1:
        return None
    p1, p0 = k1 / n1, k0 / n0
    half = normal_quantile(level) * math.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return Interval(p1 - p0 - half, p1 - p0 + half)
