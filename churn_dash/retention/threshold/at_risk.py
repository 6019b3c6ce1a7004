"""Who is at high risk among the customers asked about: one count, one list, one threshold."""

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.care.standing import standing
from churn_dash.measures import Filters
from churn_dash.retention.threshold.policy import Cuts
from churn_dash.risk.scores.grades import GRADES
from churn_dash.segments import members
from churn_dash.store import Dataset

BARS = 20


@dataclass(frozen=True)
class AtRisk:
    """Of ``of`` customers ``n`` have at least ``threshold`` risk; ``callable`` of these may be called and hold ``balances`` (CNY; None:
    not known). ``grades``: how many are of each grade."""

    n: int
    threshold: float
    callable: int = 0
    balances: float | None = None
    of: int = 0
    grades: tuple[tuple[str, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"grades": dict(self.grades)}


def among(ds: Dataset, filters: Filters, definition: str | None, scope: Scope) -> frozenset[str] | None:
    """The customers whom the filters leave, as they stand at the end of the data; None where there is no filter. Of a cross-section also
    those who have left: they have a score."""
    if not filters.where:
        return None
    if ds.shape == "panel":
        return frozenset(standing(ds, None, filters, definition, scope).people["customer_id"])
    return frozenset(members(ds, filters, None, None, scope)["customer_id"])


def limited(rows: pl.DataFrame, chosen: frozenset[str] | None) -> pl.DataFrame:
    """The rows of these customers; all of them for None."""
    return rows if chosen is None else rows.filter(pl.col("customer_id").is_in(list(chosen)))


def at_risk_of(scores: pl.DataFrame, called: pl.DataFrame, cuts: Cuts) -> AtRisk:
    """Of scored customers and of those of them who may be called (``may_be_called``), how many are at high risk and what they hold."""
    counted = dict(scores.select(cuts.grade).to_series().value_counts().iter_rows())
    high = called.filter(pl.col("probability") >= cuts.high)
    held = high["value"].drop_nulls()
    return AtRisk(
        int(counted.get("high", 0)),
        cuts.high,
        high.height,
        float(held.sum()) if len(held) else None,
        scores.height,
        tuple((g, int(counted.get(g, 0))) for g in GRADES),
    )


def histogram(probabilities: pl.Series, bars: int = BARS) -> tuple[list[int], list[float]]:
    """How many customers have which risk: counts of equal steps up to the highest risk, and the steps' edges, one more.

    >>> histogram(pl.Series([0.1, 0.1, 0.4]), 2)
    ([2, 1], [0.0, 0.2, 0.4])
    """
    top = float(probabilities.max() or 1.0)  # type: ignore[arg-type]
    edges = [top * i / bars for i in range(bars + 1)]
    binned = (probabilities * bars / top).floor().clip(0, bars - 1).cast(pl.Int64).value_counts()
    by = dict(binned.iter_rows())
    return [by.get(i, 0) for i in range(bars)], edges
