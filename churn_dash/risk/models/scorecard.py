"""The scorecard: a logistic regression on weights of evidence, read as points. Source: METHODS D4."""

import math

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Values = NDArray[np.float64]
Labels = NDArray[np.int64]

DOUBLE = 20.0
"""Points that double the odds of staying."""
ANCHOR = 600.0
ANCHOR_ODDS = 50.0
"""So many stay for each who leaves at 600 points."""
FACTOR = DOUBLE / math.log(2)
OFFSET = ANCHOR - FACTOR * math.log(ANCHOR_ODDS)


def points(log_odds_of_staying: Values | float) -> Values:
    """Points of log-odds of staying: ``offset + factor · ln odds``; 20 points double the odds, 600 stand for 50 to 1.

    >>> [round(float(points(math.log(odds)))) for odds in (50, 100, 25)]
    [600, 620, 580]
    """
    return np.asarray(OFFSET + FACTOR * np.asarray(log_odds_of_staying), dtype=np.float64)


class ScorecardLogit(LogisticRegression):  # type: ignore[misc]
    """A logistic regression in which more evidence of staying never raises the risk: columns of the wrong sign are left out."""

    def fit(self, matrix: Values, y: Labels) -> "ScorecardLogit":  # type: ignore[override]
        """Weights of the columns that count; 0 for the others."""
        columns = matrix.shape[1]
        inside = np.flatnonzero(np.ptp(matrix, axis=0) > 0) if len(matrix) else np.empty(0, dtype=np.int64)
        while True:
            kept = inside if len(inside) else np.arange(columns)
            super().fit(matrix[:, kept], y)
            wrong = self.coef_[0] > 0
            if not wrong.any() or not len(inside):
                break
            inside = inside[~wrong]
        weights = np.zeros((1, columns))
        weights[0, kept] = np.minimum(self.coef_[0], 0.0)
        self.coef_, self.n_features_in_ = weights, columns
        return self
