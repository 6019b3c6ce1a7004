"""Weights from judgements two by two: the analytic hierarchy process. Source: METHODS D4 (Saaty)."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pairs = Mapping[tuple[str, str], float]
"""How many times as important the first is as the second."""
RANDOM_INDEX = {1: 0.0, 2: 0.0, 3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
MOST_INCONSISTENT = 0.10
"""A consistency ratio from here on is refused."""


@dataclass(frozen=True)
class Hierarchy:
    """Weights (they add up to 1) of a matrix of judgements, and how far the judgements contradict one another.

    ``worst`` is the pair (row, column) whose judgement is farthest from what all the others imply, ``implied`` what they imply.
    Source: METHODS D4: CI = (λmax − n)/(n − 1), CR = CI/RI.
    """

    weights: tuple[float, ...]
    lambda_max: float
    index: float
    ratio: float
    worst: tuple[int, int] | None
    implied: float | None

    @property
    def consistent(self) -> bool:
        """Whether the judgements contradict one another little enough to be used."""
        return self.ratio < MOST_INCONSISTENT


def hierarchy(matrix: NDArray[np.float64]) -> Hierarchy:
    """The principal eigenvector of a reciprocal matrix of at most ten rows.

    >>> found = hierarchy(np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]))
    >>> [round(w, 4) for w in found.weights], round(found.lambda_max, 4), round(found.ratio, 4)
    ([0.637, 0.2583, 0.1047], 3.0385, 0.0332)
    """
    n = len(matrix)
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    top = float(values[at].real)
    vector = np.abs(vectors[:, at].real)
    weights = vector / vector.sum()
    index = (top - n) / (n - 1) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n] if RANDOM_INDEX[n] else 0.0
    pairs = list(itertools.combinations(range(n), 2)) if n > 2 else []
    worst = max(pairs, key=lambda p: round(abs(float(np.log(matrix[p] / _without(matrix, p)))), 9), default=None)
    implied = _without(matrix, worst) if worst is not None else None
    return Hierarchy(tuple(weights.tolist()), top, index, ratio, worst, implied)


def _without(matrix: NDArray[np.float64], pair: tuple[int, int]) -> float:
    """What the other judgements say of a pair: the geometric mean of a → k → b over all k."""
    a, b = pair
    ways = [matrix[a, k] * matrix[k, b] for k in range(len(matrix)) if k not in pair]
    return float(np.exp(np.mean(np.log(ways))))


def together(names: Sequence[str], experts: Sequence[Pairs]) -> tuple[NDArray[np.float64], list[tuple[str, str]]]:
    """The experts' matrix of these names by geometric mean, and the pairs of which nobody judged anything.

    A pair may be given in either order. Where a pair is missing its cell is 1.

    >>> found, missing = together(("a", "b"), [{("a", "b"): 2.0}, {("b", "a"): 1 / 8}])
    >>> found.round(6).tolist(), missing
    ([[1.0, 4.0], [0.25, 1.0]], [])
    """
    matrix, missing = np.ones((len(names), len(names))), []
    for (i, a), (j, b) in itertools.combinations(enumerate(names), 2):
        logs = [np.log(e[a, b]) for e in experts if (a, b) in e] + [-np.log(e[b, a]) for e in experts if (b, a) in e]
        if not logs:
            missing.append((a, b))
            continue
        matrix[i, j] = np.exp(np.mean(logs))
        matrix[j, i] = 1 / matrix[i, j]
    return matrix, missing
