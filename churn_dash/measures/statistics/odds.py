"""Log-odds, and the straight line of outcomes on them. Source: METHODS D3."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
_CLIP = 1e-6


def logit(p: Values, clip: float = _CLIP) -> Values:
    """Log-odds of probabilities, kept finite.

    >>> float(logit(np.array([0.5]))[0])
    0.0
    """
    kept = np.clip(p, clip, 1 - clip)
    return np.asarray(np.log(kept / (1 - kept)), dtype=np.float64)


def sigmoid(x: Values) -> Values:
    """Probabilities of log-odds."""
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), dtype=np.float64)


def logit_line(x: Values, target: Values, rounds: int = 50) -> tuple[float, float]:
    """Intercept and slope of the logistic line of ``target`` (0–1, soft targets allowed) on ``x``, by Newton's method."""
    design = np.column_stack([np.ones_like(x), x])
    weights = np.zeros(2)
    for _round in range(rounds):
        p = sigmoid(design @ weights)
        curvature = design.T @ (design * (p * (1 - p))[:, None]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, design.T @ (target - p))
        weights = weights + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    return float(weights[0]), float(weights[1])
