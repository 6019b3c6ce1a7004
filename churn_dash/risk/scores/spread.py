"""How many customers have which risk."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

BARS = 40
_MOST = 0.99


@dataclass(frozen=True)
class Spread:
    """Counts of equal steps of risk, the steps' edges (one more), and how many customers lie at or above the last edge."""

    counts: tuple[int, ...]
    edges: tuple[float, ...]
    beyond: int

    def as_json(self) -> dict[str, Any]:
        """By name."""
        return {"edges": list(self.edges), "counts": list(self.counts), "beyond": self.beyond}


def spread(probabilities: pl.Series, cut: float, bars: int = BARS) -> Spread:
    """About ``bars`` equal steps from 0 to the 99th percentile, so that a few of very high risk do not press all others into one step, with
    ``cut`` (0–1, above 0) as an edge; a cut narrower than a step is a step of its own. Whoever lies beyond is counted. Unknown risks count
    nowhere.

    >>> spread(pl.Series([0.01, 0.03, 0.05, 0.9]), 0.04, 1)
    Spread(counts=(2, 1), edges=(0.0, 0.04, 0.08), beyond=1)
    """
    known = probabilities.drop_nulls().to_numpy()
    far = max(float(np.quantile(known, _MOST, method="lower")) if len(known) else 0.0, 1.25 * cut)
    below = round(cut * bars / far)
    if below:
        # Multiples of cut / below, so that rounding cannot move the cut off its edge.
        edges = [cut * i / below for i in range(math.ceil(far * below / cut - 1e-9) + 1)]
    else:
        edges = [0.0, *(cut + (far - cut) * i / bars for i in range(bars + 1))]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)[1:]
    return Spread(tuple(int(c) for c in counts[:-1]), tuple(edges), int(counts[-1]))
