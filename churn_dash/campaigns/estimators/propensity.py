"""Groups that were chosen, made comparable by how likely each member was to be chosen. Source: METHODS C5.

Chance of being chosen and both outcomes are fitted with the member's own fifth left out, so that no member is judged by himself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from churn_dash.measures.statistics.intervals import normal_quantile

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FOLDS = 5
EDGE = 0.05
"""Chances of being chosen below this or above 1 − this have nobody like them in the other group."""
MOST_OUTSIDE = 0.10
MOST_TELLING = 0.9
"""Above this AUC the choice is all but fixed by what is known, and there is nobody to compare with."""
FEWEST_EFFECTIVE = 50.0
_ASKED = 20_000
_CLIP = 0.01
"""Chances are taken as at least this, so that nobody stands for more than a hundred."""
_FAR = 4.0
"""Standardised columns end here, so that one very rich customer bends no fit."""


@dataclass(frozen=True)
class Estimate:
    """A difference with its error."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.value - normal_quantile() * self.error

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.value + normal_quantile() * self.error

    @property
    def p_value(self) -> float:
        """Two-sided chance of a difference this far from none."""
        return float(2 * stats.norm.sf(abs(self.value) / self.error)) if self.error > 0 else 1.0


@dataclass(frozen=True)
class Fitted:
    """For each member: chance of being chosen, and the outcome to be expected with the campaign and without it."""

    chance: Floats
    treated: Floats
    base: Floats


@dataclass(frozen=True)
class Overlap:
    """Whether the groups hold members alike: how well the choice can be told, the share outside, effective members of each group."""

    auc: float
    outside: float
    effective: tuple[float, float]


def fit(y: Floats, chosen: Flags, known: Floats, folds: int = FOLDS, seed: int = 0, told: Callable[[float], None] | None = None) -> Fitted:
    """The three expectations for each member, cross-fitted: logistic for the choice and a yes-or-no outcome, else linear.

    ``told`` hears the share that is done.
    """
    scaled = standardised(known)
    binary = bool(np.isin(y, (0.0, 1.0)).all())
    found = Fitted(np.empty(len(y)), np.empty(len(y)), np.empty(len(y)))
    for i, (train, test) in enumerate(_folds(chosen, folds, seed)):
        found.chance[test] = _logistic(scaled[train], chosen[train].astype(float), scaled[test])
        for side, into in ((chosen, found.treated), (~chosen, found.base)):
            own = train[side[train]]
            into[test] = (_logistic if binary else _linear)(scaled[own], y[own], scaled[test])
        if told is not None:
            told((i + 1) / folds)
    np.clip(found.chance, _CLIP, 1 - _CLIP, out=found.chance)
    return found


def standardised(known: Floats) -> Floats:
    """Columns with mean 0 and spread 1; those that do not vary are left out."""
    spread = known.std(axis=0)
    varied = known if (spread > 0).all() else known[:, spread > 0]
    scaled = varied - varied.mean(axis=0)
    scaled /= spread[spread > 0]
    return np.asarray(np.clip(scaled, -_FAR, _FAR, out=scaled))


def _folds(chosen: Flags, folds: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Fifths with the same share of chosen members in each."""
    rng, fold = np.random.default_rng(seed), np.empty(len(chosen), dtype=np.int64)
    for side in (chosen, ~chosen):
        own = rng.permutation(np.flatnonzero(side))
        fold[own] = np.arange(len(own)) % folds
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(folds)]


def _logistic(known: Floats, y: Floats, asked: Floats) -> Floats:
    from sklearn.linear_model import LogisticRegression

    if y.min() == y.max() or known.shape[1] == 0:
        return np.full(len(asked), float(y.mean()))
    model = LogisticRegression(C=1e4, solver="newton-cholesky", max_iter=100).fit(known, y > 0.5)
    return np.asarray(model.predict_proba(asked)[:, 1])


def _linear(known: Floats, y: Floats, asked: Floats) -> Floats:
    design = np.column_stack([np.ones(len(known)), known])
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    return np.asarray(coefficients[0] + asked @ coefficients[1:])


def aipw(y: Floats, chosen: Flags, fitted: Fitted) -> Estimate:
    """The mean effect over everybody, right if either the choice or the outcomes are modelled right (augmented inverse weights).

    The error is that of the influence function (METHODS C5). Fitted on other members than they judge, the models add to it only in the
    second order. Stata's error stacks the equations of all models fitted on everybody, too: 26.21 for the birth weights of Cattaneo,
    where this one is 25.38 for the same models.
    """
    part = fitted.treated - fitted.base
    part = part + np.where(chosen, (y - fitted.treated) / fitted.chance, -(y - fitted.base) / (1 - fitted.chance))
    return Estimate(float(part.mean()), float(part.std() / np.sqrt(len(y))))


def base_mean(y: Floats, chosen: Flags, fitted: Fitted) -> float:
    """The mean outcome to be expected of everybody without the campaign."""
    return float((fitted.base + np.where(chosen, 0.0, (y - fitted.base) / (1 - fitted.chance))).mean())


def weighted(y: Floats, chosen: Flags, chance: Floats, score: Floats | None = None) -> Estimate:
    """The mean effect over everybody by inverse weights that sum to one in each group.

    ``score``, a row a member, is that of the model of the choice; with it the error allows for its having been estimated.
    """
    w1, w0 = chosen / chance, ~chosen / (1 - chance)
    m1, m0 = float((w1 * y).sum() / w1.sum()), float((w0 * y).sum() / w0.sum())
    part = w1 * (y - m1) / w1.mean() - w0 * (y - m0) / w0.mean()
    if score is not None:
        part = part - score @ np.linalg.lstsq(score, part, rcond=None)[0]
    return Estimate(m1 - m0, float(part.std() / np.sqrt(len(y))))


def weighted_on_chosen(y: Floats, chosen: Flags, chance: Floats) -> Estimate:
    """The mean effect over those chosen: the others weigh by how much more likely they were chosen than not."""
    w0 = ~chosen * chance / (1 - chance)
    m1, m0 = float(y[chosen].mean()), float((w0 * y).sum() / w0.sum())
    part = chosen * (y - m1) / chosen.mean() - w0 * (y - m0) / w0.mean()
    return Estimate(m1 - m0, float(part.std() / np.sqrt(len(y))))


def overlap(chosen: Flags, chance: Floats) -> Overlap:
    """How alike the groups are in the chance of being chosen."""
    ranks = stats.rankdata(chance)
    n1, n0 = int(chosen.sum()), int((~chosen).sum())
    auc = (ranks[chosen].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
    outside = float(((chance < EDGE) | (chance > 1 - EDGE)).mean())
    return Overlap(float(auc), outside, (effective(1 / chance[chosen]), effective(1 / (1 - chance[~chosen]))))


def effective(weights: Floats) -> float:
    """So many equal members say as much as these weighted ones (Kish).

    >>> effective(np.array([1.0, 1.0, 0.0]))
    2.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def inside(chance: Floats) -> Flags:
    """Members with somebody like them in the other group."""
    return np.asarray((chance >= EDGE) & (chance <= 1 - EDGE))


def gaps(known: Floats, chosen: Flags, weights: Floats | None = None) -> Floats:
    """Standardised mean difference of each column, weighted where ``weights`` are given, in the spread before weighting."""
    centred = known - known.mean(axis=0)
    squares = centred**2
    means, variances = [], []
    for side in (chosen.astype(np.float64), (~chosen).astype(np.float64)):
        n, w = side.sum(), side if weights is None else side * weights
        means.append(w @ centred / w.sum())
        variances.append((side @ squares - (side @ centred) ** 2 / n) / (n - 1))
    spread = np.sqrt(np.maximum(variances[0] + variances[1], 0.0) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(spread > 0, (means[0] - means[1]) / spread, 0.0))


def inverse_weights(chosen: Flags, chance: Floats) -> Floats:
    """Each member's weight towards everybody."""
    return np.asarray(np.where(chosen, 1 / chance, 1 / (1 - chance)))


def most_telling(known: Floats, chosen: Flags) -> tuple[int, float]:
    """The column by which alone the choice can best be told, and its AUC: 1 is a rule with a cut. Of many members some are asked."""
    if len(chosen) > _ASKED:
        some = np.random.default_rng(0).choice(len(chosen), _ASKED, replace=False)
        known, chosen = known[some], chosen[some]
    n1, n0 = int(chosen.sum()), int((~chosen).sum())
    if not n1 or not n0:
        return 0, 0.5
    ranks = stats.rankdata(known, axis=0)
    auc = (ranks[chosen].sum(axis=0) - n1 * (n1 + 1) / 2) / (n1 * n0)
    told = np.maximum(auc, 1 - auc)
    return int(told.argmax()), float(told.max())
