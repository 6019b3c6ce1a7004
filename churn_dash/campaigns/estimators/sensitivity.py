"""How strong something unmeasured would have to be to explain a difference away. Source: METHODS C10."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]

_PER_SD = 0.91
"""A ratio of risks that a difference of one standard deviation is like (VanderWeele and Ding 2017)."""


def e_value(ratio: float) -> float | None:
    """The ratio by which something unmeasured must go with both choice and outcome to explain this ratio of rates; None below 0.

    >>> round(e_value(3.9), 2), round(e_value(0.8), 2), e_value(1.0)
    (7.26, 1.81, 1.0)
    """
    if ratio <= 0 or not math.isfinite(ratio):
        return None
    above = ratio if ratio >= 1 else 1 / ratio
    return above + math.sqrt(above * (above - 1))


def e_value_of_range(low: float, high: float) -> float | None:
    """The same for the end of the range that lies nearer to no effect; 1 where the range holds no effect.

    >>> round(e_value_of_range(1.8, 8.7), 2), round(e_value_of_range(0.71, 0.91), 2), e_value_of_range(0.9, 1.2)
    (3.0, 1.43, 1.0)
    """
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)


def ratio_of(difference: float, base: float, sd: float | None) -> float | None:
    """The difference as a ratio: of rates where ``sd`` is None, else what a difference of so many standard deviations is like."""
    if sd is None:
        return (base + difference) / base if base > 0 and base + difference > 0 else None
    return math.exp(_PER_SD * difference / sd) if sd > 0 else None


def rosenbaum_p(favour: int, apart: int, odds: float, *, exact: bool = True) -> float:
    """Largest chance of so many of the ``apart`` pairs in favour, if partners differ by at most ``odds`` in the odds of choice.

    ``exact`` False: the continuity-corrected normal approximation, as published.

    >>> round(rosenbaum_p(110, 122, 4, exact=False), 4), round(rosenbaum_p(110, 122, 4), 5)
    (0.0035, 0.00196)
    """
    share = odds / (1 + odds)
    if exact:
        return float(stats.binom.sf(favour - 1, apart, share))
    return float(stats.norm.sf((favour - 0.5 - apart * share) / math.sqrt(apart * share * (1 - share))))


def rosenbaum_bound(apart: Floats, level: float = 0.05) -> float | None:
    """The odds of choice that partners may differ by before a one-sided sign test of these differences loses its verdict.

    None where it has none even between partners alike.
    """
    known = apart[apart != 0]
    favour = int(max((known > 0).sum(), (known < 0).sum()))
    if len(known) == 0 or rosenbaum_p(favour, len(known), 1.0) >= level:
        return None
    if rosenbaum_p(favour, len(known), 1e6) < level:
        return math.inf
    return float(optimize.brentq(lambda g: rosenbaum_p(favour, len(known), g) - level, 1.0, 1e6))
