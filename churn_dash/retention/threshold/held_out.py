"""What a list of the customers at or above a cut would have found, on rows that the model had not seen. Source: METHODS D2, D3, D8."""

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.measures.statistics.resampling import drawn_again

DRAWS = 200
MOST_CUTS = 200


@dataclass(frozen=True)
class Share:
    """A share 0–1 with its 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Found:
    """Of the customers, ``share`` score at least ``threshold``; ``precision`` of these leave; ``recall`` of all leavers are among them."""

    threshold: float
    share: Share
    precision: Share
    recall: Share
    n: int
    leavers: int


@dataclass(frozen=True)
class HeldOut:
    """Held-out rows: whose they are (a number), whether he left (1), his probability, and what keeping him is worth in CNY.

    Intervals draw whole customers with all their rows.
    """

    customers: Labels
    y: Labels
    p: Values
    worth: Values

    @classmethod
    def of(cls, rows: pl.DataFrame, worth: Values | float = 0.0) -> "HeldOut":
        """From the rows that are kept with a model (customer_id, y, p)."""
        if not 0 < rows["y"].sum() < rows.height:
            raise NotPossible(_("The rows on which the model was tested hold no leavers, or nobody else; train it on more data."))
        whose = rows["customer_id"].rank("dense").cast(pl.Int64).to_numpy() - 1
        return cls(whose, rows["y"].to_numpy(), rows["p"].to_numpy(), np.broadcast_to(np.asarray(worth, dtype=np.float64), rows.height))

    @functools.cached_property
    def cuts(self) -> Values:
        """The thresholds that can be told apart, highest first; of many, two hundred by quantile."""
        every: Values = np.unique(self.p)[::-1]
        if len(every) <= MOST_CUTS:
            return every
        spread: Values = np.unique(np.quantile(self.p, np.linspace(0, 1, MOST_CUTS), method="lower"))[::-1]
        return spread

    @functools.cached_property
    def draws(self) -> NDArray[np.float32]:
        """How often each customer is drawn: draws × customers, the same every time."""
        everybody = np.arange(int(self.customers.max()) + 1)
        return np.array(list(drawn_again(everybody, 0, DRAWS)), dtype=np.float32)

    def sums(self, values: Values, weights: Values | None = None) -> Values:
        """The sum of ``values`` over the rows at or above each cut."""
        weighted = values if weights is None else values * weights[self.customers]
        # Position of each row among the cuts, which fall: the first cut that it reaches.
        return np.cumsum(np.bincount(self._place, weights=weighted, minlength=len(self.cuts) + 1)[: len(self.cuts)])

    @functools.cached_property
    def _place(self) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.searchsorted(-self.cuts, -self.p, side="left")
        return found

    def at(self, threshold: float) -> Found:
        """What a list of everybody at or above the threshold would have found; worked out once."""
        if threshold not in self._found:
            self._found[threshold] = self._at(threshold)
        return self._found[threshold]

    @functools.cached_property
    def _found(self) -> dict[float, Found]:
        return {}

    def _at(self, threshold: float) -> Found:
        called = (self.p >= threshold).astype(np.float64)
        n = int(self.customers.max()) + 1
        by = [np.bincount(self.customers, weights=v, minlength=n) for v in (np.ones(len(called)), called, self.y, called * self.y)]
        rows, above, left, hit = (self.draws @ np.column_stack(by)).T
        every, k, leavers, hits = (float(v.sum()) for v in by)
        return Found(
            threshold,
            _share(k, every, above, rows),
            _share(hits, k, hit, above),
            _share(hits, leavers, hit, left),
            int(every),
            int(leavers),
        )


def _share(part: float, whole: float, parts: Values, wholes: Values) -> Share:
    if not whole:
        return Share(None, None, None)
    drawn = parts[wholes > 0] / wholes[wholes > 0]
    low, high = (float(np.quantile(drawn, q)) for q in (0.025, 0.975))
    return Share(part / whole, low, high)
