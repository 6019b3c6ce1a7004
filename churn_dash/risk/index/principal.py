"""Weights by principal components. Source: METHODS D4."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Principal:
    """Weights (they add up to 1) of the columns; ``variances`` are the eigenvalues of their correlation, largest first.

    w_j ∝ Σ_k (λ_k/Σλ)·|l_jk|, with l_k the unit eigenvector of component k. Without the absolute values, which many texts drop, an
    indicator could get a weight below nothing merely because a component was drawn the other way round. A column without spread has
    no weight.
    """

    weights: tuple[float, ...]
    variances: tuple[float, ...]


def principal(x: NDArray[np.float64]) -> Principal:
    """The weights of the columns of ``x`` (rows × indicators in the direction of risk); unknown values stand at the column's mean.

    All weights are 0 where no column has any spread.
    """
    filled = np.where(np.isnan(x), _means(x), x)
    spread = filled.std(axis=0) if len(filled) else np.zeros(x.shape[1])
    varied = np.flatnonzero(spread > 1e-12)
    weights = np.zeros(x.shape[1])
    if not len(varied):
        return Principal(tuple(weights.tolist()), ())
    z = (filled[:, varied] - filled[:, varied].mean(axis=0)) / spread[varied]
    return _weighted(z.T @ z / len(z), weights, varied)


def _weighted(correlation: NDArray[np.float64], weights: NDArray[np.float64], varied: NDArray[np.int64]) -> Principal:
    values, vectors = np.linalg.eigh(correlation)
    values = np.clip(values, 0.0, None)
    raw = np.abs(vectors) @ (values / values.sum())
    weights[varied] = raw / raw.sum()
    return Principal(tuple(weights.tolist()), tuple(values[::-1].tolist()))


def _means(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each column's known values; 0 where none is known."""
    known = ~np.isnan(x)
    means: NDArray[np.float64] = np.where(known, x, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means
