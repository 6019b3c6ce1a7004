"""How well a ranking finds those whom a campaign moves: the Qini curve by our own definition. Source: METHODS C7.

Libraries differ in how they scale it, in ties, and where nobody of the hold-out is among the first; so this is what it is here. Members
stand by their score, the highest first; after k of them Q(k) = Y_T − Y_C · N_T / N_C, the good outcomes of the treated beyond what
the hold-out among the same k leads one to expect (nothing is taken off while it is empty). Members of one score come all together.
The area is by trapezoids from (0, 0), one unit a member; the random line goes straight to the last point; Qini is the area between.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churn_dash.measures.statistics.resampling import drawn_again

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DRAWS = 200
SHARES = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True)
class Curve:
    """Points after whole groups of one score: ``x`` members so far, from 0, ``q`` as defined above, ``f`` the AUUC's (Y_T/N_T − Y_C/N_C) ·
    (N_T + N_C), 0 where a side is empty."""

    x: Floats
    q: Floats
    f: Floats

    @property
    def area(self) -> float:
        """Area under q."""
        return float(np.trapezoid(self.q, self.x))

    @property
    def random(self) -> float:
        """Area under the straight line to the last point."""
        return float(self.q[-1] * self.x[-1] / 2)


@dataclass(frozen=True)
class Point:
    """The curve where ``share`` of the members (0–1) have been called: good outcomes more, a treated member, with the 95 % range of each
    point by itself, and what calling at random would bring."""

    share: float
    gain: float
    low: float
    high: float
    random: float


@dataclass(frozen=True)
class Qini:
    """``qini`` = ``area`` − ``random`` with its 95 % interval by drawing customers again. ``beyond``: the same a treated member, on average
    over every share at which one might stop: 0.01 is one good outcome more in a hundred treated than by calling at random. ``points``: the
    curve at even steps from nobody to everybody."""

    area: float
    random: float
    qini: float
    low: float
    high: float
    beyond: float
    beyond_low: float
    beyond_high: float
    points: tuple[Point, ...]

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {k: v for k, v in vars(self).items() if k != "points"}


def curve(score: Floats, treated: Flags, good: Floats, weight: Floats | None = None) -> Curve:
    """The curve of a ranking; ``weight`` says how often each member counts, once unless said.

    >>> t, y = np.array([1, 0] * 4, bool), np.array([1, 0, 1, 0, 0, 0, 0, 1.0])
    >>> c = curve(-np.arange(8.0), t, y)
    >>> c.q[1:].tolist(), c.area, c.random
    ([1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0], 12.5, 4.0)
    """
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    return _counted(treated[order], good[order], np.ones(len(order)) if weight is None else weight[order], last)


def _counted(t: Flags, y: Floats, w: Floats, last: Flags) -> Curve:
    def so_far(values: Floats) -> Floats:
        return np.concatenate([[0.0], np.cumsum(values)[last]])

    n_t, n_c, y_t, y_c = so_far(w * t), so_far(w * ~t), so_far(w * t * y), so_far(w * ~t * y)
    both = (n_t > 0) & (n_c > 0)
    of_t, of_c = np.where(n_t > 0, n_t, 1.0), np.where(n_c > 0, n_c, 1.0)
    q = y_t - np.where(n_c > 0, y_c * n_t / of_c, 0.0)
    return Curve(n_t + n_c, q, np.where(both, (y_t / of_t - y_c / of_c) * (n_t + n_c), 0.0))


def qini(score: Floats, treated: Flags, good: Floats, seed: int = 0, draws: int = DRAWS) -> Qini:
    """The Qini of a ranking with its interval; the ranking itself is held fixed."""
    whole = curve(score, treated, good)
    order = np.argsort(-score, kind="stable")
    t, y, ranked = treated[order], good[order], score[order]
    last = np.append(ranked[1:] != ranked[:-1], True)
    drawn, courses = [], []
    for w in drawn_again(np.arange(len(t)), seed, draws):
        c, of_treated = _counted(t, y, w, last), max(1.0, float((w * t).sum()))
        drawn.append((c.area - c.random, (c.area - c.random) / (c.x[-1] * of_treated)))
        courses.append(_course(c, of_treated))
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    value = whole.area - whole.random
    each = len(t) * max(1, int(t.sum()))
    course = _course(whole, max(1.0, float(t.sum())))
    lows, highs = np.percentile(np.array(courses), [2.5, 97.5], axis=0)
    points = tuple(Point(*map(float, p)) for p in zip(SHARES, course, lows, highs, course[-1] * SHARES, strict=True))
    return Qini(whole.area, whole.random, value, float(low[0]), float(high[0]), value / each, float(low[1]), float(high[1]), points)


def _course(c: Curve, treated: float) -> Floats:
    """The curve at ``SHARES`` of the members, of a treated member."""
    return np.asarray(np.interp(SHARES, c.x / c.x[-1], c.q / treated))
