"""Outcomes of units over periods, some of them treated from some period on. Source: METHODS C4.

Periods count from 1; ``start`` is the first treated period of a unit, 0 where it is never treated.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = 0


@dataclass(frozen=True)
class Panel:
    """One row a unit and period, or a member in a period where units are not followed. Arrays of one length.

    ``cluster``: by which the treatment was given out; None where it is not known, and rows count as independent.
    """

    unit: Ints
    time: Ints
    y: Floats
    start: Ints
    cluster: Ints | None = None

    @property
    def treated(self) -> NDArray[np.bool_]:
        """The rows in and after their unit's first treated period."""
        return np.asarray((self.start != NEVER) & (self.time >= self.start))

    @property
    def starts(self) -> Ints:
        """The different first treated periods."""
        return np.unique(self.start[self.start != NEVER])

    @property
    def before(self) -> int:
        """Periods before the first start."""
        return len(np.unique(self.time[self.time < self.starts.min()])) if len(self.starts) else 0

    def kept(self, rows: NDArray[np.bool_]) -> "Panel":
        """Only these rows."""
        return Panel(self.unit[rows], self.time[rows], self.y[rows], self.start[rows], None if self.cluster is None else self.cluster[rows])

    def moved(self, start: Ints) -> "Panel":
        """The same outcomes as if treatment had begun at ``start``."""
        return replace(self, start=start)


@dataclass(frozen=True)
class Table:
    """Mean outcome of each cluster (rows) in each period (columns), with its first treated period; only clusters seen in every period."""

    y: Floats
    start: Ints
    left_out: int = 0

    @property
    def control(self) -> NDArray[np.bool_]:
        """The clusters that are never treated."""
        return np.asarray(self.start == NEVER)

    @property
    def counts(self) -> tuple[int, int]:
        """Clusters treated, and clusters in all."""
        return int((~self.control).sum()), len(self.start)


def table_of(panel: Panel) -> Table | None:
    """The panel by cluster and period; None without clusters, or where one cluster holds units with different starts.

    Where every cluster is treated in the end, those treated last stand as never treated and the periods from then on are left out.
    """
    if panel.cluster is None or len(panel.y) == 0:
        return None
    codes, rows = np.unique(panel.cluster, return_inverse=True)
    periods = int(panel.time.max())
    cell = rows * periods + panel.time - 1
    n = np.bincount(cell, minlength=len(codes) * periods).reshape(len(codes), periods)
    total = np.bincount(cell, weights=panel.y, minlength=len(codes) * periods).reshape(len(codes), periods)
    start = np.zeros(len(codes), dtype=np.int64)
    np.maximum.at(start, rows, panel.start)
    if (panel.start != start[rows]).any():
        return None
    whole = (n > 0).all(axis=1)
    mean = total[whole] / n[whole]
    start = start[whole]
    if len(start) and (start != NEVER).all() and len(np.unique(start)) > 1:
        last = int(start.max())
        mean, start = mean[:, : last - 1], np.where(start == last, NEVER, start)
    return Table(mean, start, int((~whole).sum()))


def cells(panel: Panel) -> dict[str, float | None]:
    """Mean outcome before and after, of those ever treated and of the others; None where a cell is empty.

    "After" is from the first start of all on.
    """
    if len(panel.starts) == 0:
        return {}
    late, ever = panel.time >= panel.starts.min(), panel.start != NEVER
    found: dict[str, float | None] = {}
    for name, side in (("treated", ever), ("control", ~ever)):
        for when, rows in (("before", ~late), ("after", late)):
            own = panel.y[side & rows]
            found[f"{name}_{when}"] = float(own.mean()) if len(own) else None
    return found
