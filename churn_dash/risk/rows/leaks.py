"""Columns that know the answer: found by name, by their days, by what they give away, named, and left out. Source: METHODS D1."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from churn_dash.contract.separation import LEAK_LIMIT, LEAST_EACH, either_way, separation
from churn_dash.contract.telling import telling_name
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.words import Text

_STRONG = 0.75
_LEANS, _TIMES_EVEN = 0.15, 3
"""A model leans on a feature that makes up so much of all it looks at, and so many times an even share."""
_COLLAPSE = 1 / 3
_DRAWS, _CHANCE = 200, 0.05
"""Customers are drawn again so often; a fall counts where so few of the draws, or fewer, do not show it."""
_NEW = 0.2
_STRAY = 0.001
"""So many days after the score date may be slips of the pen."""
_TREES, _DEPTH, _LEAST_LEAF, _ROWS = 60, 6, 10, 10_000


def leaks(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64], earlier: pl.DataFrame | None = None) -> list[LeftOut]:
    """The features that know the outcome.

    One that alone separates it above 0.95; one whose name, or whose column's name, tells of it; one with days after the score date.
    ``earlier``, for a panel, holds the same customers' features a month before, row by row: a feature that tells much at the score
    date and next to nothing a month before, alone or in a model, by more than chance, is recorded because the customer leaves.
    """
    leaning = _leaning(frame, features, y, earlier) if earlier is not None else frozenset()
    found = []
    for feature in features:
        why = _why(frame[feature.name], feature, y, None if earlier is None else earlier[feature.name])
        if why is None and earlier is not None and feature.name in leaning and collapsed(frame[feature.name], earlier[feature.name], y):
            why = Text(
                _("the model leans on it, but hardly on what it was a month before, so it is most likely part of leaving"),
            )
        if why is not None:
            found.append(LeftOut(feature.label if feature.own_words else feature.name, why, leak=True))
    return found


def _why(values: pl.Series, feature: Feature, y: NDArray[np.int64], before: pl.Series | None) -> Text | None:
    alone = separation(values, y)
    if alone > LEAK_LIMIT:
        if before is not None and not feature.own_words:
            return Text(_("it alone tells who leaves (AUC {auc}): it is part of what counts as leaving"), auc=f"{alone:.2f}")
        return Text(_("it alone tells who left (AUC {auc}), so it was most likely recorded afterwards"), auc=f"{alone:.2f}")
    if telling_name(feature.source.column.removeprefix("x_")) or (feature.own_words and telling_name(feature.label)):
        return Text(_("its name says that it is known only once the outcome is"))
    if feature.source.measure == "months_ago":
        ahead = int((values < 0).sum())
        if ahead > _STRAY * (len(values) - values.null_count()):
            return Text(_("it has days after the score date ({n} of them), so it was recorded afterwards"), n=ahead)
    if before is not None and alone > _STRONG and collapsed(values, before, y):
        return Text(
            _("it tells who leaves (AUC {auc}) but nothing a month before, so it is most likely part of leaving"), auc=f"{alone:.2f}"
        )
    return None


def collapsed(now: pl.Series, before: pl.Series, y: NDArray[np.int64]) -> bool:
    """Whether a column told less than a third a month before of what it tells now (AUC beyond one half), and not by chance: customers are
    drawn again, leavers and stayers apart, each with both his values.

    Customers whose value was not yet known a month before tell nothing, unless having one is what tells.
    """
    empty = now.is_null().to_numpy()
    if either_way(empty.astype(np.float64), y.astype(bool)) <= _STRONG:
        both = np.flatnonzero(~empty & before.is_not_null().to_numpy())
        now, before, y = now[both], before[both], y[both]
    if not _short(now, before, y) > 0:
        return False
    rng = np.random.default_rng(0)
    sides = [np.flatnonzero(y == side) for side in (0, 1)]
    drawn = [np.concatenate([rng.choice(rows, len(rows)) for rows in sides]) for _draw in range(_DRAWS)]
    return float(np.quantile([_short(now[rows], before[rows], y[rows]) for rows in drawn], _CHANCE)) > 0


def _short(now: pl.Series, before: pl.Series, y: NDArray[np.int64]) -> float:
    """By how much it falls short of a third of what it tells now."""
    return _COLLAPSE * (separation(now, y) - 0.5) - (separation(before, y) - 0.5)


def _leaning(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64], earlier: pl.DataFrame) -> frozenset[str]:
    """Features that a model leans on and that it hardly looks at as they were a month before."""
    if min(int(y.sum()), len(y) - int(y.sum())) < LEAST_EACH:
        return frozenset()
    # Of what was not yet known a month before nothing can be told: in a short history the longest changes are not there yet.
    features = [f for f in features if earlier[f.name].null_count() - frame[f.name].null_count() <= _NEW * len(y)]
    if not features:
        return frozenset()
    picked = np.sort(np.random.default_rng(0).permutation(len(y))[:_ROWS])
    now, then = (_importance(rows[picked], features, y[picked]) for rows in (frame, earlier))
    least = max(_LEANS, _TIMES_EVEN / len(features))
    return frozenset(f.name for f, a, b in zip(features, now, then, strict=True) if a >= least and b < _COLLAPSE * a)


def _importance(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much a small forest looks at each feature, as shares that sum to 1."""
    matrix = np.column_stack([_numbers(frame[f.name]) for f in features])
    forest = RandomForestClassifier(_TREES, max_depth=_DEPTH, min_samples_leaf=_LEAST_LEAF, random_state=0)
    found: NDArray[np.float64] = forest.fit(matrix, y).feature_importances_
    return found


def _numbers(values: pl.Series) -> NDArray[np.float64]:
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        numbers = values.cast(pl.Float64)
        middle = numbers.median()
        return numbers.fill_null(middle if isinstance(middle, float) else 0.0).to_numpy()
    return values.cast(pl.String).rank("dense").cast(pl.Float64).fill_null(0.0).to_numpy()
