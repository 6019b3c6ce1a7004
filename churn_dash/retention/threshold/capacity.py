"""The cut that as many customers reach as can be called."""

import numpy as np
import polars as pl

from churn_dash.errors import BadInput
from churn_dash.marks import _


def capacity_cut(probabilities: pl.Series, capacity: int) -> float:
    """The lowest risk that at most ``capacity`` of the customers reach; equal risks stay together.

    Where even the riskiest are more, theirs: nobody can tell them apart. Raises ``BadInput`` for no capacity or no customers.

    >>> capacity_cut(pl.Series([0.5, 0.4, 0.4, 0.1]), 2), capacity_cut(pl.Series([0.5, 0.4, 0.4, 0.1]), 3)
    (0.5, 0.4)
    """
    if capacity < 1:
        raise BadInput(_("At least one customer must be called; {n} is no capacity."), n=capacity)
    if probabilities.is_empty():
        raise BadInput(_("There is nobody to call here."))
    values, counts = np.unique(-probabilities.to_numpy(), return_counts=True)
    within = np.flatnonzero(np.cumsum(counts) <= capacity)
    return float(-values[within[-1]] if len(within) else -values[0])
