"""Estimates with their intervals, and differences of differences between them. Source: METHODS B8, C2."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from scipy import special

from churn_dash.measures.statistics.intervals import normal_quantile, wilson


@dataclass(frozen=True)
class Estimate:
    """A figure, its 95 % interval, and how many customers it rests on. Undefined numbers are None."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


NOTHING = Estimate()
"""No figure: shown as a dash."""


def rate(k: int, n: int) -> Estimate:
    """``k`` of ``n`` with Wilson's interval."""
    interval = wilson(k, n)
    return NOTHING if interval is None else Estimate(k / n, interval.low, interval.high, n)


def mean(values: pl.Series, within: tuple[float, float] | None = None) -> Estimate:
    """The mean with Student's interval, no wider than the scale ``within``; below two values the mean alone."""
    known = values.drop_nulls()
    n, middle, sd = len(known), known.mean(), known.std()
    if not isinstance(middle, int | float):
        return NOTHING
    if n < 2 or not isinstance(sd, int | float) or sd == 0:
        return Estimate(float(middle), n=n)
    half = float(special.stdtrit(n - 1, 0.975)) * sd / math.sqrt(n)
    return Estimate(float(middle), *clipped(middle - half, middle + half, within), n)


def clipped(low: float, high: float, within: tuple[float, float] | None) -> tuple[float, float]:
    """The ends of an interval, none beyond the scale ``within``.

    >>> clipped(9.5, 117.8, (0, 100)), clipped(9.5, 117.8, None)
    ((9.5, 100), (9.5, 117.8))
    """
    return (low, high) if within is None else (max(within[0], low), min(within[1], high))


def promoter_score(scores: pl.Series) -> Estimate:
    """NPS of answers 0–10: promoters (9–10) less detractors (0–6), −100 … 100. METHODS B8.

    >>> promoter_score(pl.Series([10] * 50 + [8] * 30 + [3] * 20))  # doctest: +ELLIPSIS
    Estimate(value=30.0, low=14.6..., high=45.3..., n=100)
    """
    known = scores.drop_nulls()
    n = len(known)
    if n == 0:
        return NOTHING
    promoters, detractors = int((known >= 9).sum()) / n, int((known <= 6).sum()) / n
    score = promoters - detractors
    error = math.sqrt(max(0.0, promoters + detractors - score**2) / n)
    if error == 0:
        return Estimate(100 * score, n=n)
    half = 100 * normal_quantile() * error
    return Estimate(100 * score, max(-100.0, 100 * score - half), min(100.0, 100 * score + half), n)


def combination(parts: Sequence[tuple[int, Estimate]]) -> Estimate:
    """Sum of independent estimates, each times +1 or −1, with its interval from theirs (Newcombe's way, square and add).

    None where one of them is undefined; n is the sum.

    >>> combination([(1, rate(56, 70)), (-1, rate(48, 80))])  # doctest: +ELLIPSIS
    Estimate(value=0.2..., low=0.0524..., high=0.3338..., n=150)
    """
    n = sum(e.n for _sign, e in parts)
    total = 0.0
    below = above = 0.0
    whole = True
    for sign, e in parts:
        if e.value is None:
            return Estimate(n=n)
        total += sign * e.value
        if e.low is None or e.high is None:
            whole = False
            continue
        down, up = e.value - e.low, e.high - e.value
        below += (down if sign > 0 else up) ** 2
        above += (up if sign > 0 else down) ** 2
    if not whole:
        return Estimate(total, n=n)
    return Estimate(total, total - math.sqrt(below), total + math.sqrt(above), n)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p-values; an undefined one stays undefined.

    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    order = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    out: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p))
        out[i] = largest
    return out


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values that keep the share of false discoveries (Benjamini and Hochberg 1995); an undefined one stays undefined.

    For screening many; a decision takes ``holm``.

    >>> benjamini_hochberg([0.01, 0.04, None, 0.03])
    [0.03, 0.04, None, 0.04]
    """
    order = sorted(((p, i) for i, p in enumerate(p_values) if p is not None), reverse=True)
    out: list[float | None] = [None] * len(p_values)
    least = 1.0
    for place, (p, i) in enumerate(order):
        least = min(least, p * len(order) / (len(order) - place))
        out[i] = least
    return out
