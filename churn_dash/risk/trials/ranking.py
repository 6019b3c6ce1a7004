"""How far two rankings agree, and how well one finds leavers, each with its interval. Source: METHODS D3, D4."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.measures.statistics.resampling import drawn_again

Values = NDArray[np.float64]
Whole = NDArray[np.int64]
TIMES = 400


@dataclass(frozen=True)
class Ranked:
    """A number with its 95 % interval and what it rests on; None where undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


def agreement(a: Values, b: Values) -> Ranked:
    """Spearman's rank correlation of rows where both are known; interval by Fisher's z with Bonett and Wright's (2000) error.

    None with fewer than four rows or where one of them is the same everywhere.
    """
    both = ~(np.isnan(a) | np.isnan(b))
    n = int(both.sum())
    if n < 4 or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return Ranked(None, n=n)
    rho = float(np.clip(spearmanr(a[both], b[both]).statistic, -1.0, 1.0))
    if abs(rho) > 1 - 1e-12:
        return Ranked(rho, rho, rho, n)
    z, error = math.atanh(rho), math.sqrt((1 + rho**2 / 2) / (n - 3))
    wide = normal_quantile() * error
    return Ranked(rho, math.tanh(z - wide), math.tanh(z + wide), n)


@dataclass(frozen=True)
class Ordered:
    """Rows in the order of their score, once for all the weights that they are tried with: of leavers and stayers which rows they are,
    and on which of the ``n`` levels of the score each stands."""

    left: Whole
    stayed: Whole
    left_at: Whole
    stayed_at: Whole
    n: int

    @classmethod
    def of(cls, score: Values, y: Whole) -> "Ordered":
        levels, place = np.unique(score, return_inverse=True)
        left, stayed = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
        return cls(left, stayed, place[left], place[stayed], len(levels))

    def auc(self, weight: Values) -> float | None:
        """How often a leaver scores above a stayer, ties half; rows counted ``weight`` times. None with one class only."""
        left = np.bincount(self.left_at, weights=weight[self.left], minlength=self.n)
        stayed = np.bincount(self.stayed_at, weights=weight[self.stayed], minlength=self.n)
        pairs = left.sum() * stayed.sum()
        below = np.cumsum(stayed) - stayed
        return float(np.sum(left * (below + stayed / 2)) / pairs) if pairs > 0 else None


def mean_auc(tests: Sequence[tuple[Values, Whole, Whole]], seed: int = 0, times: int = TIMES) -> Ranked:
    """The mean AUC over tests (score, label, customer), with an interval by drawing whole customers again and again.

    A customer is drawn together with all his rows in all tests. Rows whose score is unknown do not count. None where no test has
    both classes.
    """
    known = [(s[~np.isnan(s)], y[~np.isnan(s)], c[~np.isnan(s)]) for s, y, c in tests]
    ordered = [Ordered.of(s, y) for s, y, _c in known]
    sure = [one for one in (o.auc(np.ones(len(y))) for o, (_s, y, _c) in zip(ordered, known, strict=True)) if one is not None]
    n = sum(len(y) for _s, y, _c in known)
    if not sure:
        return Ranked(None, n=n)
    ends = np.cumsum([0, *(len(y) for _s, y, _c in known)])
    drawn = []
    for weight in drawn_again(np.concatenate([c for _s, _y, c in known]), seed, times):
        found = [o.auc(weight[a:b]) for o, a, b in zip(ordered, ends[:-1], ends[1:], strict=True)]
        usable = [one for one in found if one is not None]
        if usable:
            drawn.append(float(np.mean(usable)))
    low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) > 1 else (None, None)
    return Ranked(float(np.mean(sure)), None if low is None else float(low), None if high is None else float(high), n)
