"""The risk model of the data looked at: one loaded object for every reader, and whom it holds at high risk."""

from dataclasses import dataclass

import polars as pl

from churn_dash.errors import ChurnDashError
from churn_dash.measures import Filters, Period
from churn_dash.retention import Call, may_be_called, worklist
from churn_dash.risk import Model, score
from churn_dash.segments import members
from churn_dash.store import Dataset
from churn_dash.ui import cache, session
from churn_dash.ui.question import Question

MOST_CALLS = 500


@dataclass(frozen=True)
class AtRisk:
    """How many customers have at least ``threshold`` risk; how many of them may be called, and what these hold (None: not known)."""

    n: int
    threshold: float
    callable: int = 0
    balances: float | None = None


def model(ds: Dataset) -> Model | None:
    """The newest model of this data version; None while none is trained or it cannot be opened."""
    found = session.workspace()
    return cache.model(found, ds)[0] if found is not None else None


def trouble(ds: Dataset) -> ChurnDashError | None:
    """Why the newest model cannot be opened; None where it can, or where there is none."""
    found = session.workspace()
    return cache.model(found, ds)[1] if found is not None else None


def scores(ds: Dataset, kept: Model) -> pl.DataFrame:
    """Every customer with his risk: customer_id, probability, output, reasons."""
    return cache.worked_out(ds, session.scope(), lambda _id: score(ds, kept), kept.id, name="scores")


def calls(ds: Dataset, kept: Model, most: int = MOST_CALLS) -> tuple[Call, ...]:
    """The riskiest customers who may be called, riskiest first."""
    return cache.worked_out(ds, session.scope(), lambda _id, n: worklist(ds, kept, n), kept.id, most, name="calls")


def inside(question: Question) -> frozenset[str] | None:
    """The customers whom the filters leave, as they stood at the start of the last month; None where there is no filter."""
    if not question.filters.where:
        return None
    last = question.ds.measurable[-1:]
    now = Period(last[0], last[0]) if last else None

    def work(where: tuple[tuple[str, tuple[str, ...]], ...], definition: str) -> frozenset[str]:
        return frozenset(members(question.ds, Filters(where), now, definition, question.scope)["customer_id"])

    return cache.worked_out(question.ds, question.scope, work, question.filters.where, question.definition, name="inside")


def scores_of(question: Question, kept: Model) -> pl.DataFrame:
    """The scores of the customers whom the filters leave."""
    return _among(question, scores(question.ds, kept))


def _among(question: Question, rows: pl.DataFrame) -> pl.DataFrame:
    chosen = inside(question)
    return rows if chosen is None else rows.filter(pl.col("customer_id").is_in(list(chosen)))


def calls_of(question: Question, kept: Model) -> tuple[Call, ...]:
    """The riskiest of the customers whom the filters leave."""
    chosen = inside(question)
    if chosen is None:
        return calls(question.ds, kept)
    everybody = calls(question.ds, kept, scores(question.ds, kept).height)
    return tuple(c for c in everybody if c.customer_id in chosen)[:MOST_CALLS]


def threshold(kept: Model) -> float:
    """The risk from which a customer counts as high: that of the riskiest tenth of the customers it was tested on."""
    return kept.card.threshold


def at_risk(question: Question) -> AtRisk | None:
    """The customers at high risk among those whom the filters leave; None while no model is trained or it cannot be opened."""
    kept = model(question.ds)
    if kept is None:
        return None
    limit = threshold(kept)
    n = scores_of(question, kept).filter(pl.col("probability") >= limit).height
    called = _among(question, _may_be_called(question.ds, kept)).filter(pl.col("probability") >= limit)
    held = called["value"].drop_nulls()
    return AtRisk(n, limit, called.height, float(held.sum()) if len(held) else None)


def _may_be_called(ds: Dataset, kept: Model) -> pl.DataFrame:
    def work(_id: str) -> pl.DataFrame:
        return may_be_called(ds, kept).select("customer_id", "probability", "value")

    return cache.worked_out(ds, session.scope(), work, kept.id, name="may be called")


def scored_ids(ds: Dataset, kept: Model) -> frozenset[str]:
    """The customers that have a score: those who can still leave."""
    return cache.worked_out(ds, session.scope(), lambda _id: frozenset(scores(ds, kept)["customer_id"]), kept.id, name="scored ids")
