"""Which settings a kind gets: tried inside the rows it may learn from, never on those it is tested on. Source: METHODS D4."""

import numpy as np
from sklearn.metrics import average_precision_score

from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.measures.statistics.resampling import drawn_again
from churn_dash.risk.models.kind import Kind, Settings, fitted
from churn_dash.risk.models.matrix import Design, Matrix

MOST_ROWS = 8_000
LEAST_LEAVERS = 50
"""With fewer leavers to judge by, a difference between settings is chance, and the usual ones stay."""


def tuned(kind: Kind, design: Design, matrix: Matrix, y: Labels, customers: Labels, seed: int, when: Labels | None = None) -> Settings:
    """The settings of the kind's grid with the best precision-recall on a quarter of the customers that the others did not contain.

    The first settings, the usual ones, stay unless others are better by more than one standard error. At most 8,000 rows are used.
    """
    usual = kind.grid[0]
    if len(kind.grid) == 1:
        return usual
    rows = np.arange(len(y))
    order = np.random.default_rng([seed, 3]).permutation(int(customers.max()) + 1)[customers]
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.argsort(order, kind="stable")[:MOST_ROWS])
    judged, learnt = rows[order[rows] % 4 == 0], rows[order[rows] % 4 != 0]
    if y[judged].sum() < LEAST_LEAVERS or not 0 < y[learnt].sum() < len(learnt):
        return usual
    scores = [
        fitted(kind, design, matrix[learnt], y[learnt], seed, s, None if when is None else when[learnt]).output(matrix[judged])
        for s in kind.grid
    ]
    found = [float(average_precision_score(y[judged], s)) for s in scores]
    best = int(np.argmax(found))
    return kind.grid[best] if found[best] - found[0] > precision_error(y[judged], scores[best], customers[judged]) else usual


def precision_error(y: Labels, score: Values, customers: Labels, draws: int = 50) -> float:
    """Standard error of average precision over customers drawn again."""
    times = drawn_again(customers, 0, draws)
    levels, group = np.unique(-score, return_inverse=True)
    return float(np.std([_precision(y, group, len(levels), w) for w in times if (w * y).any()]))


def _precision(y: Labels, group: Labels, levels: int, times: Values) -> float:
    """Average precision with rows counted ``times`` times; ``group`` numbers the scores, highest first."""
    left = np.bincount(group, weights=times * y, minlength=levels)
    gone, everyone = np.cumsum(left), np.cumsum(np.bincount(group, weights=times, minlength=levels))
    return float((left * np.divide(gone, everyone, out=np.zeros_like(gone), where=everyone > 0)).sum() / gone[-1])
