"""The scorecard: a logistic regression on weights of evidence, read as points. Source: METHODS D4."""

import math

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from churn_dash.measures.statistics.odds import Labels, Values

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


class ScorecardLogit(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A logistic regression in which more evidence of staying never raises the risk: columns of the wrong sign are left out."""

    def __init__(self, C: float = 1.0, max_iter: int = 2000) -> None:
        self.C = C
        self.max_iter = max_iter

    def fit(self, matrix: Values, y: Labels) -> "ScorecardLogit":
        """Weights of the columns that count; 0 for the others."""
        inside = np.flatnonzero(np.ptp(matrix, axis=0) > 0)
        weights = np.zeros((1, matrix.shape[1]))
        while True:
            # Without a column left, one that stays at 0 gives the base rate.
            kept = inside if len(inside) else np.arange(1)
            ready = matrix[:, kept] if len(inside) else np.zeros((len(y), 1))
            inner = LogisticRegression(C=self.C, max_iter=self.max_iter).fit(ready, y)
            found = np.asarray(inner.coef_[0], dtype=np.float64)
            if (found <= 0).all():
                break
            inside = inside[found <= 0]
        weights[0, kept] = found
        self.coef_, self.intercept_ = weights, inner.intercept_
        self.classes_, self.n_features_in_ = np.array([0, 1]), matrix.shape[1]
        return self

    def decision_function(self, matrix: Values) -> Values:
        """The log-odds of leaving."""
        return np.asarray(matrix @ self.coef_[0] + self.intercept_[0], dtype=np.float64)
