"""The weights from a correlation matrix alone: the second way to those from rows."""

import numpy as np
from numpy.typing import NDArray

from churn_dash.risk.index.principal import Principal, _weighted


def of_correlation(correlation: NDArray[np.float64]) -> Principal:
    """The weights from a correlation matrix alone.

    >>> found = of_correlation(np.array([[1, 0.8], [0.8, 1]]))
    >>> [round(v, 6) for v in found.variances], [round(w, 6) for w in found.weights]
    ([1.8, 0.2], [0.5, 0.5])
    """
    n = len(correlation)
    return _weighted(correlation, np.zeros(n), np.arange(n))
