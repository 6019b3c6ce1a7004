"""Customers drawn again and again, each with all his rows: the intervals of whatever rests on rows that hang together. METHODS D3."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Values


def drawn_again(customers: NDArray[Any], seed: int | Sequence[int], times: int) -> Iterator[Values]:
    """How often each row counts, ``times`` times: as often as its customer was drawn. As many customers are drawn as there are.

    >>> [w.tolist() for w in drawn_again(np.array(["a", "b", "b"]), 0, 2)]
    [[0.0, 2.0, 2.0], [1.0, 1.0, 1.0]]
    """
    ids, place = np.unique(customers, return_inverse=True)
    rng = np.random.default_rng(seed)
    for _time in range(times):
        yield np.bincount(rng.integers(0, len(ids), len(ids)), minlength=len(ids)).astype(np.float64)[place]
