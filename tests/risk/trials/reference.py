"""How often a leaver scores above a stayer: what the mean over months and draws is made of."""

import numpy as np

from churn_dash.risk.trials.ranking import Ordered, Values, Whole


def auc(score: Values, y: Whole, weight: Values | None = None) -> float | None:
    """How often a leaver (y = 1) scores above a stayer, ties half; rows counted ``weight`` times. None with one class only.

    >>> auc(np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9]), np.array([0, 0, 1, 0, 1, 1])) == 8 / 9
    True
    """
    return Ordered.of(score, y).auc(np.ones(len(y)) if weight is None else weight)
