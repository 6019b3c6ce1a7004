"""Columns that know the answer: found by name or by what they give away, named, and left out. Source: METHODS D1."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from churn_dash.contract.telling import telling_name
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.words import Text

LIMIT = 0.95
_STRONG = 0.75
_ENOUGH = 20
_COLLAPSE = 1 / 3


def separation(values: pl.Series, y: NDArray[np.int64]) -> float:
    """max(AUC, 1 − AUC) of one feature alone, 0.5–1: levels by their share of leavers, gaps as a level of their own.

    Also looked at: whether being empty tells the outcome.
    """
    empty = values.is_null().to_numpy()
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        numbers = values.cast(pl.Float64).to_numpy()
        alone = auc(numbers[~empty], y[~empty])
        return max(alone, auc(empty.astype(np.float64), y))
    frame = pl.DataFrame({"v": values.cast(pl.String), "y": y})
    rates = frame.select(((pl.col("y").sum() + pl.lit(y.mean())) / (pl.len() + 1)).over("v"))["y"].to_numpy()
    return auc(rates, y)


def auc(values: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    """max(AUC, 1 − AUC) by ranks; 0.5 with fewer than twenty who left or stayed, where chance alone may separate them."""
    leavers = int(y.sum())
    stayers = len(y) - leavers
    if min(leavers, stayers) < _ENOUGH:
        return 0.5
    found = (rankdata(values)[y == 1].sum() - leavers * (leavers + 1) / 2) / (leavers * stayers)
    return float(max(found, 1 - found))


def leaks(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64], earlier: pl.DataFrame | None = None) -> list[LeftOut]:
    """The features that know the outcome: a single one that separates it above 0.95, or one whose name tells of it.

    ``earlier``, for a panel, holds the same customers' features a month before, row by row: a feature that tells much at the score
    date and next to nothing a month before is recorded because the customer leaves.
    """
    found = []
    for feature in features:
        alone = separation(frame[feature.name], y)
        if alone > LIMIT:
            why = Text(_("it alone tells who left (AUC {auc}), so it was most likely recorded afterwards"), auc=f"{alone:.2f}")
            if earlier is not None and not feature.own_words:
                why = Text(_("it alone tells who leaves (AUC {auc}): it is part of what counts as leaving"), auc=f"{alone:.2f}")
        elif feature.own_words and telling_name(feature.label):
            why = Text(_("its name says that it is known only once the outcome is"))
        elif earlier is not None and alone > _STRONG and separation(earlier[feature.name], y) - 0.5 < _COLLAPSE * (alone - 0.5):
            why = Text(
                _("it tells who leaves (AUC {auc}) but nothing a month before, so it is most likely part of leaving"), auc=f"{alone:.2f}"
            )
        else:
            continue
        found.append(LeftOut(feature.label if feature.own_words else feature.name, why))
    return found
