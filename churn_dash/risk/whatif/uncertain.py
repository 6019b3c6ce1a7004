"""How far the model's response hangs on the customers it learnt from: the range over its refits. Source: METHODS D5.

A refit learns from a bootstrap sample, and of large banks from fewer rows, so that its own level is not the model's. Therefore each is
asked by what factor its risk changes, and the range is the model's response times lowest and highest of these factors relative to their
(geometric) mean. It is the uncertainty of a model, not that of an effect.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Values

Range = Literal["measured effect", "model uncertainty", "both"]
ENOUGH = 1_000
"""Of so many customers, evenly taken, the factors are worked out; more change them by next to nothing."""


def factors(before: Values, after: Values) -> tuple[float, float]:
    """By what a risk after a change is to be multiplied at the ends of its range, from the sums of the refits' risks before and after.

    >>> [round(x, 4) for x in factors(np.array([10.0, 20.0]), np.array([8.0, 9.0]))]
    [0.75, 1.3333]
    """
    moved = np.log(after / before)
    low, high = np.exp([moved.min() - moved.mean(), moved.max() - moved.mean()])
    return float(low), float(high)


def some(n: int) -> NDArray[np.int64]:
    """The rows of ``n`` to ask the refits about.

    >>> some(3).tolist(), len(some(10_000))
    ([0, 1, 2], 1000)
    """
    return np.linspace(0, n - 1, min(n, ENOUGH)).astype(np.int64)


def around(
    rest: float, after: float, factors: tuple[float, float] | None, measured: Sequence[float] | None = None
) -> tuple[float | None, float | None]:
    """The range around ``after``: ``rest``, the model's part, by ``factors``, and how far what was ``measured`` reaches down and up; both
    as of two independent ones. None where there is neither.

    >>> around(10.0, 10.0, (0.5, 2.0)), around(10.0, 12.0, (0.7, 1.3), (4.0, 4.0)), around(10.0, 10.0, None)
    ((5.0, 20.0), (7.0, 17.0), (None, None))
    """
    if factors is None and measured is None:
        return None, None
    (low, high), (down, up) = factors or (1.0, 1.0), measured or (0.0, 0.0)
    return after - math.hypot(rest * (1 - low), down), after + math.hypot(rest * (high - 1), up)


def range_of(kind: str, low: float | None) -> Range | None:
    """What the range of an answer of this kind covers; None where there is none."""
    if low is None:
        return None
    return "model uncertainty" if kind == "model response" else "both" if kind == "both" else "measured effect"
