"""Weights by entropy: what differs most between customers weighs most, whether it matters or not. Source: METHODS D4."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Entropy:
    """Weights (they add up to 1) of the columns, and each one's entropy 0–1; None where a column holds nothing above 0.

    E_j = −Σ p ln p / ln n with p the column's share of each row, w_j ∝ 1 − E_j.
    """

    weights: tuple[float, ...]
    entropies: tuple[float | None, ...]


def entropy(x: NDArray[np.float64]) -> Entropy:
    """The weights of the columns of ``x`` (rows × indicators, 0 to 1 in the direction of risk), each over its known values.

    All weights are 0 where every column is even.

    >>> found = entropy(np.array([[0.8, 0.2], [0.6, 0.9], [0.4, 0.1]]))
    >>> [round(e, 4) for e in found.entropies], [round(w, 3) for w in found.weights]
    ([0.9656, 0.6567], [0.091, 0.909])
    """
    entropies = [_entropy(column[~np.isnan(column)]) for column in x.T]
    spread = np.array([0.0 if e is None else max(0.0, 1 - e) for e in entropies])
    total = spread.sum()
    return Entropy(tuple((spread / total if total > 1e-12 else np.zeros(len(spread))).tolist()), tuple(entropies))


def _entropy(column: NDArray[np.float64]) -> float | None:
    if len(column) < 2 or column.sum() <= 0:
        return None
    share = column / column.sum()
    share = share[share > 0]
    return float(-np.sum(share * np.log(share)) / np.log(len(column)))
