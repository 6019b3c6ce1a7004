"""Whether shares rise or fall over time: a straight line through all of them, not the first against the last."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

LEAST = 4
"""Points from which a trend and the spread around it can be told apart."""


@dataclass(frozen=True)
class Trend:
    """The change of a share in one unit of time (0.01: a percentage point), with its 95 % interval, over ``n`` points."""

    slope: float
    low: float
    high: float
    n: int


def trend_of_shares(at: Sequence[float], hits: Sequence[int], n: Sequence[int]) -> Trend | None:
    """The line through the shares hits/n at times ``at``, each weighed by its n (Armitage 1955).

    The error is the binomial one, made larger where the shares scatter more around the line than counting alone explains (quasi-binomial;
    never smaller), with Student's quantile. None below four points, or where nothing varies.

    >>> trend_of_shares([0, 1, 2, 3], [10, 20, 30, 40], [100] * 4).slope
    0.1
    >>> trend_of_shares([0, 1, 2], [10, 20, 30], [100] * 3) is None
    True
    """
    x, k, w = (np.asarray(v, dtype=np.float64) for v in (at, hits, n))
    x, k, w = x[w > 0], k[w > 0], w[w > 0]
    if len(x) < LEAST or not 0 < k.sum() < w.sum():
        return None
    off, middle = x - np.average(x, weights=w), k.sum() / w.sum()
    spread = float((w * off**2).sum())
    if spread == 0:
        return None
    slope = float((off * k).sum() / spread)
    line = middle + slope * off
    scatter = float((w * (k / w - line) ** 2).sum() / (middle * (1 - middle)) / (len(x) - 2))
    wide = float(student.ppf(0.975, len(x) - 2) * np.sqrt(max(1.0, scatter) * middle * (1 - middle) / spread))
    return Trend(round(slope, 12), slope - wide, slope + wide, len(x))
