"""Values in bins of rising or falling risk, each with its weight of evidence. Source: METHODS D4, B10."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from sklearn.base import BaseEstimator, TransformerMixin

from churn_dash.measures.statistics.odds import Labels, Values

FIRST_BINS = 20
LEAST_SHARE = 0.05
LEAST_INFORMATION = 0.02
"""Columns that say less are left out of the scorecard (Siddiqi 2006: unpredictive)."""
LAPLACE = 1.0


def weights_of_evidence(stayed: Values, left: Values, laplace: float = 0.0) -> tuple[Values, float]:
    """``ln(% of those who stayed / % of those who left)`` of every bin, and the information value. METHODS B10.

    ``laplace`` is added to every count.

    >>> woe, information = weights_of_evidence(np.array([90., 80, 30]), np.array([10., 20, 70]))
    >>> woe.round(4).tolist(), round(information, 4)
    ([1.5041, 0.6931, -1.5404], 1.5123)
    """
    good, bad = stayed + laplace, left + laplace
    shares = good / good.sum(), bad / bad.sum()
    found = np.log(shares[0] / shares[1])
    return found, float(((shares[0] - shares[1]) * found).sum())


@dataclass(frozen=True)
class Bins:
    """One column in bins: ``cuts`` between the bins of a number, or the bin of each level of a category, and the counts by bin.

    The last bin is that of missing values and levels never seen; its weight is 0 where it held less than a twentieth of the rows.
    """

    cuts: Values
    levels: Labels
    rows: Values
    left: Values
    woe: Values
    information: float

    def place(self, column: Values) -> Labels:
        """The bin of every value."""
        missing = len(self.woe) - 1
        if len(self.levels):
            code = np.where(np.isnan(column), -1, column).astype(np.int64)
            known = (code >= 0) & (code < len(self.levels))
            return np.where(known, self.levels[np.clip(code, 0, len(self.levels) - 1)], missing)
        return np.where(np.isnan(column), missing, np.searchsorted(self.cuts, column, side="left"))


def binned(column: Values, y: Labels, category: bool) -> Bins:
    """The bins of a column: monotone in risk for numbers, levels by themselves for categories, each at least a twentieth of the rows."""
    known = ~np.isnan(column)
    levels = _levels(column[known], len(column)) if category else np.empty(0, dtype=np.int64)
    cuts = np.empty(0) if category else _cuts(column[known], y[known], len(column))
    n = int(levels.max()) + 1 if len(levels) else len(cuts) + 1
    blank = Bins(cuts, levels, np.zeros(n + 1), np.zeros(n + 1), np.zeros(n + 1), 0.0)
    place = blank.place(column)
    rows = _sums(place, np.ones(len(y)), n + 1)
    left = _sums(place, y, n + 1)
    counted = rows > 0
    counted[-1] = rows[-1] >= LEAST_SHARE * len(column)
    woe = np.zeros(n + 1)
    information = 0.0
    if counted.sum() > 1:
        woe[counted], information = weights_of_evidence((rows - left)[counted], left[counted], LAPLACE)
    return Bins(cuts, levels, rows, left, woe, information)


def _sums(place: Labels, weights: NDArray[Any], n: int) -> Values:
    return np.bincount(place, weights=weights, minlength=n).astype(np.float64)


def _levels(codes: Values, n: int) -> Labels:
    """The bin of each level: its own where it holds a twentieth of the rows, one for all the rarer ones."""
    if not len(codes):
        return np.zeros(1, dtype=np.int64)
    counts = np.bincount(codes.astype(np.int64))
    common = counts >= LEAST_SHARE * n
    return np.where(common, np.cumsum(common) - 1, int(common.sum())).astype(np.int64)


def _cuts(values: Values, y: Labels, n: int) -> Values:
    """Where a number is cut: quantiles, joined until risk only rises or only falls and no bin is small."""
    if not len(values):
        return np.empty(0)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, FIRST_BINS + 1)[1:-1]))
    place = np.searchsorted(edges, values, side="left")
    rows, left = _sums(place, np.ones(len(y)), len(edges) + 1), _sums(place, y, len(edges) + 1)
    held = rows > 0
    if held.sum() < 2:
        return np.empty(0)
    ends, rows, left = np.append(edges, np.inf)[held], rows[held], left[held]
    both = [_joined(ends, rows, left, rising, LEAST_SHARE * n) for rising in (True, False)]
    best = max(both, key=lambda b: weights_of_evidence(b[1] - b[2], b[2], LAPLACE)[1] if len(b[0]) > 1 else 0.0)
    return best[0][:-1]


def _joined(ends: Values, rows: Values, left: Values, rising: bool, least: float) -> tuple[Values, Values, Values]:
    """Neighbours joined, worst first, until every bin is large enough and the weights of evidence run one way."""
    level = isotonic_regression(left / rows, weights=rows, increasing=rising).x
    last = np.append(np.diff(level) != 0, True)
    group = np.cumsum(np.append(0, last[:-1]))
    ends, rows, left = ends[last], _sums(group, rows, 0), _sums(group, left, 0)
    while len(ends) > 1:
        odds = (left + LAPLACE) / (rows - left + LAPLACE)
        steps = np.diff(odds) if rising else -np.diff(odds)
        if rows.min() < least:
            i = int(rows.argmin())
            beside = [j for j in (i - 1, i + 1) if 0 <= j < len(ends)]
            low = min(i, min(beside, key=lambda k: abs(odds[k] - odds[i])))
        elif steps.min() < 0:
            low = int(steps.argmin())
        else:
            break
        rows[low + 1] += rows[low]
        left[low + 1] += left[low]
        ends, rows, left = (np.delete(x, low) for x in (ends, rows, left))
    return ends, rows, left


class WoeBins(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Every column as the weight of evidence of its bin; 0 throughout for columns that say too little, unless all do."""

    def __init__(self, categories: tuple[int, ...] = ()) -> None:
        self.categories = categories

    def fit(self, matrix: Values, y: Labels) -> "WoeBins":
        """Bins of every column from the rows and their labels."""
        found = [binned(matrix[:, i], np.asarray(y), i in self.categories) for i in range(matrix.shape[1])]
        strongest = max((b.information for b in found), default=0.0)
        least = min(LEAST_INFORMATION, strongest)
        self.cuts_ = [b.cuts for b in found]
        self.levels_ = [b.levels for b in found]
        self.rows_ = [b.rows for b in found]
        self.left_ = [b.left for b in found]
        self.information_ = np.array([b.information for b in found])
        self.woe_ = [b.woe if b.information >= least else np.zeros_like(b.woe) for b in found]
        self.n_features_in_ = matrix.shape[1]
        return self

    def bins(self, i: int) -> Bins:
        """The bins of column ``i``."""
        return Bins(self.cuts_[i], self.levels_[i], self.rows_[i], self.left_[i], self.woe_[i], float(self.information_[i]))

    def transform(self, matrix: Values) -> Values:
        """Rows × columns of weights of evidence."""
        found = [b.woe[b.place(matrix[:, i])] for i, b in ((i, self.bins(i)) for i in range(matrix.shape[1]))]
        return np.column_stack(found) if found else np.empty((len(matrix), 0))
