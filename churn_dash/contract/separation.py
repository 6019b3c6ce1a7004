"""How far one column alone tells apart who left: the AUC, and the limit above which it must have known. Source: METHODS D1."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

LEAK_LIMIT = 0.95
"""A single column that separates better than this was recorded afterwards, or is part of what counts as leaving."""
LEAST_EACH = 20
"""Of those who left and of those who stayed; with fewer, chance alone may separate them."""


def auc(score: NDArray[np.floating], hit: NDArray[np.bool_]) -> float:
    """Area under the ROC curve by ranks, ties counted half; not a number where all or none were hit.

    >>> round(auc(np.array([.1, .2, .3, .6, .8, .9]), np.array([0, 0, 1, 0, 1, 1], dtype=bool)), 4)
    0.8889
    """
    hit = np.asarray(hit, dtype=bool)
    hits = int(hit.sum())
    if hits in (0, len(hit)):
        return float("nan")
    ranks = pl.Series(score).rank("average").to_numpy()
    return float((ranks[hit].sum() - hits * (hits + 1) / 2) / (hits * (len(hit) - hits)))


def either_way(score: NDArray[np.floating], hit: NDArray[np.bool_]) -> float:
    """max(AUC, 1 − AUC); 0.5 with fewer than twenty who left or stayed."""
    hits = int(np.asarray(hit, dtype=bool).sum())
    if min(hits, len(hit) - hits) < LEAST_EACH:
        return 0.5
    found = auc(score, hit)
    return max(found, 1 - found)


def separation(values: pl.Series, hit: NDArray[np.integer] | NDArray[np.bool_]) -> float:
    """max(AUC, 1 − AUC) of one column alone, 0.5 to 1. Days count as numbers, words by the share of their level that left.

    Gaps are left aside, and looked at by themselves: being empty may tell the outcome. Words of which nearly every row has
    another say nothing.
    """
    y = np.asarray(hit, dtype=bool)
    empty = values.is_null().to_numpy()
    if values.dtype.is_numeric() or values.dtype == pl.Boolean or values.dtype.is_temporal():
        numbers = values.to_physical().cast(pl.Float64).to_numpy()
        return max(either_way(numbers[~empty], y[~empty]), either_way(empty.astype(np.float64), y))
    if values.n_unique() >= len(values) / 2:
        return either_way(empty.astype(np.float64), y)
    frame = pl.DataFrame({"v": values.cast(pl.String), "y": y.astype(np.int64)})
    rates = frame.select(((pl.col("y").sum() + pl.lit(float(y.mean()))) / (pl.len() + 1)).over("v"))["y"].to_numpy()
    return either_way(rates, y)
