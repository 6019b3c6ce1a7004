"""Who is at high risk among the customers asked about: one count, one list, one threshold."""

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.care.standing import standing
from churn_dash.measures.question import Question
from churn_dash.retention.threshold.policy import Cuts
from churn_dash.risk.scores.grades import GRADES
from churn_dash.segments import members


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


def among(question: Question) -> frozenset[str] | None:
    """The customers whom the filters leave, as they stand at the end of the data; None where there is no filter. Of a cross-section also
    those who have left: they have a score."""
    if not question.filters.where:
        return None
    if question.ds.shape == "panel":
        return frozenset(standing(question, None).people["customer_id"])
    return frozenset(members(question.over(None).by_definition(None))["customer_id"])


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
