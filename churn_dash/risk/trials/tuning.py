"""Which settings a kind gets: tried inside the rows it may learn from, never on those it is tested on. Source: METHODS D4."""

import numpy as np
from sklearn.metrics import average_precision_score

from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.measures.statistics.resampling import drawn_again
from churn_dash.risk.models.kind import Kind, Settings, fitted
from churn_dash.risk.models.matrix import Design, Matrix

MOST_ROWS = 8_000
QUARTERS = 4
LEAST_LEAVERS = 50
"""With fewer leavers to judge by, a difference between settings is chance, and the usual ones stay."""


def tuned(kind: Kind, design: Design, matrix: Matrix, y: Labels, customers: Labels, seed: int, when: Labels | None = None) -> Settings:
    """The settings of the kind's grid with the best precision-recall on customers that its fit did not contain.

    A quarter of the customers is judged; where fits are quick, each quarter in turn. The first settings, the usual ones, stay unless
    others are better by more than one standard error of the difference. At most 8,000 rows are used.
    """
    usual = kind.grid[0]
    if len(kind.grid) == 1:
        return usual
    rows = np.arange(len(y))
    order = np.random.default_rng([seed, 3]).permutation(int(customers.max()) + 1)[customers]
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.argsort(order, kind="stable")[:MOST_ROWS])
    parts = [(rows[order[rows] % QUARTERS != q], rows[order[rows] % QUARTERS == q]) for q in range(QUARTERS if kind.quick else 1)]
    judged = np.concatenate([there for _learnt, there in parts])
    if y[judged].sum() < LEAST_LEAVERS or not all(0 < y[learnt].sum() < len(learnt) for learnt, _there in parts):
        return usual

    def scored(learnt: Labels, there: Labels) -> list[Values]:
        """By setting, the scores of the rows ``there``."""
        months = None if when is None else when[learnt]
        first = fitted(kind, design, matrix[learnt], y[learnt], seed, usual, months)
        rows, asked = first.prepared(matrix[learnt]), first.prepared(matrix[there])
        others = (fitted(kind, design, rows, y[learnt], seed, s, months, first) for s in kind.grid[1:])
        return [first.output_of(asked), *(o.output_of(asked) for o in others)]

    scores = [np.concatenate(of_parts) for of_parts in zip(*(scored(*part) for part in parts), strict=True)]
    found = [float(average_precision_score(y[judged], s)) for s in scores]
    best = int(np.argmax(found))
    error = difference_error(y[judged], scores[best], scores[0], customers[judged]) if best else 0.0
    return kind.grid[best] if found[best] - found[0] > error else usual


def difference_error(y: Labels, score: Values, other: Values, customers: Labels, draws: int = 50) -> float:
    """Standard error of the difference of two average precisions on the same rows, over customers drawn again."""
    both = [np.unique(-s, return_inverse=True) for s in (score, other)]
    times = drawn_again(customers, 0, draws)
    (one, two) = [(group, len(levels)) for levels, group in both]
    return float(np.std([_precision(y, *one, w) - _precision(y, *two, w) for w in times if (w * y).any()]))


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
