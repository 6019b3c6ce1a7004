"""How far two rankings agree, and how well one finds leavers, each with its interval. Source: METHODS D3, D4."""

import math
from collections.abc import Callable, Sequence
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
    return _over([((score,), y, people) for score, y, people in tests], lambda found: found[0], seed, times)


def mean_auc_gain(tests: Sequence[tuple[Values, Values, Whole, Whole]], seed: int = 0, times: int = TIMES) -> Ranked:
    """The mean over tests (score, another score, label, customer) of the other's AUC less the first's: both on the same rows in every
    draw, so that what moves both alike is not in the interval. Otherwise as ``mean_auc``.

    >>> mean_auc_gain([(np.array([0.1, 0.9, 0.5]), np.array([0.1, 0.5, 0.9]), np.array([0, 0, 1]), np.arange(3))]).value
    0.5
    """
    return _over([((a, b), y, people) for a, b, y, people in tests], lambda found: found[1] - found[0], seed, times)


_Test = tuple[tuple[Values, ...], Whole, Whole]


def _over(tests: Sequence[_Test], by: Callable[[list[float]], float], seed: int, times: int) -> Ranked:
    """What ``by`` makes of the AUCs of a test's scores, on the rows where all of them are known: mean over the tests, and interval."""
    known = [(scores, y, people, ~np.isnan(np.stack(scores)).any(axis=0)) for scores, y, people in tests]
    ordered = [[Ordered.of(s[rows], y[rows]) for s in scores] for scores, y, _people, rows in known]
    n = sum(int(rows.sum()) for *_others, rows in known)

    def mean(weights: Sequence[Values]) -> float | None:
        found = [[o.auc(weight) for o in ranks] for ranks, weight in zip(ordered, weights, strict=True)]
        usable = [by([a for a in aucs if a is not None]) for aucs in found if None not in aucs]
        return float(np.mean(usable)) if usable else None

    value = mean([np.ones(int(rows.sum())) for *_others, rows in known])
    if value is None:
        return Ranked(None, n=n)
    ends = np.cumsum([int(rows.sum()) for *_others, rows in known])[:-1]
    everybody = np.concatenate([people[rows] for _scores, _y, people, rows in known])
    drawn = [m for m in (mean(np.split(w, ends)) for w in drawn_again(everybody, seed, times)) if m is not None]
    low, high = (float(q) for q in np.quantile(drawn, [0.025, 0.975])) if len(drawn) > 1 else (None, None)
    return Ranked(value, low, high, n)
