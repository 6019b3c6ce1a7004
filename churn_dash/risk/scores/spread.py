"""How many customers have which risk."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

A_DECADE = 10
"""Steps in which risk grows tenfold."""
_FEWEST = 0.01


@dataclass(frozen=True)
class Spread:
    """Counts of steps of risk, each the same factor wide, their edges (one more), and how many customers lie ``below`` the first edge."""

    counts: tuple[int, ...]
    edges: tuple[float, ...]
    below: int

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return {"edges": list(self.edges), "counts": list(self.counts), "below": self.below}


def spread(probabilities: pl.Series, cut: float, a_decade: int = A_DECADE) -> Spread:
    """Steps by a factor of 10^(1/``a_decade``), with ``cut`` (0–1, above 0) as an edge: from the hundredth part of customers of least risk
    to the highest. In equal steps either the many of low risk share one, or the few of high risk cannot be seen. Unknown risks count
    nowhere.

    >>> spread(pl.Series([0.0, 0.005, 0.03, 0.05, 0.9]), 0.1, 1)
    Spread(counts=(1, 2, 1), edges=(0.001, 0.01, 0.1, 1.0), below=1)
    """
    known = probabilities.drop_nulls().to_numpy()
    some = known[known > 0]
    low, high = (float(np.quantile(some, _FEWEST)), float(some.max())) if len(some) else (cut / 10, cut)
    # At least one step on each side of the cut, and below it no more than four decades.
    down = max(1, math.ceil(a_decade * math.log10(cut / max(low, cut / 10_000)) - 1e-9))
    up = max(1, math.floor(a_decade * math.log10(high / cut) + 1e-9) + 1)
    edges = [cut if i == 0 else min(1.0, float(f"{cut * 10 ** (i / a_decade):.12g}")) for i in range(-down, up + 1)]
    edges = sorted(set(edges))
    place = np.minimum(np.searchsorted(edges, known, side="right"), len(edges) - 1)
    counts = np.bincount(place, minlength=len(edges))
    return Spread(tuple(int(c) for c in counts[1:]), tuple(edges), int(counts[0]))
