"""The risk model of the data looked at: one loaded object for every reader, and whom it holds at high risk."""

import polars as pl

from churn_dash.errors import ChurnDashError
from churn_dash.retention import Call, first_calls, may_be_called
from churn_dash.retention.threshold import AtRisk, Cuts, among, at_risk_of, in_force, limited, usual
from churn_dash.risk import Model, score
from churn_dash.store import Dataset, Records
from churn_dash.ui import cache, session
from churn_dash.ui.question import PageQuestion

MOST_CALLS = 500


def model(ds: Dataset) -> Model | None:
    """The newest model of this data version; None while none is trained or it cannot be opened."""
    found = session.workspace()
    return cache.model(found, ds)[0] if found is not None else None


def trouble(ds: Dataset) -> ChurnDashError | None:
    """Why the newest model cannot be opened; None where it can, or where there is none."""
    found = session.workspace()
    return cache.model(found, ds)[1] if found is not None else None


def cuts(kept: Model) -> Cuts:
    """From which risk a customer counts as high or medium: as last set in this workspace."""
    found = session.workspace()
    return in_force(kept, Records(found.root)) if found is not None else usual(kept)


def scores(ds: Dataset, kept: Model) -> pl.DataFrame:
    """Every customer with his risk: customer_id, probability, output, reasons."""
    scope = session.scope()
    return cache.worked_out(ds, scope, lambda _id: score(ds, kept, scope=scope), kept.id, name="scores")


def calls(ds: Dataset, kept: Model, most: int = MOST_CALLS) -> tuple[Call, ...]:
    """The customers who may be called: those at high risk first, with most at stake."""
    scope, now = session.scope(), cuts(kept)
    return cache.worked_out(ds, scope, lambda _id, n, _cuts: first_calls(ds, kept, n, now, scope=scope), kept.id, most, now, name="calls")


def inside(question: PageQuestion, kept: Model | None = None) -> frozenset[str] | None:
    """The customers whom the filters leave, as they stand at the end of the data; None where there is no filter."""
    if not question.filters.where:
        return None
    q, definition = question, kept.card.definition if kept is not None else question.definition

    def work(*_asked: object) -> frozenset[str] | None:
        return among(q.by_definition(definition))

    return cache.worked_out(q.ds, q.scope, work, q.filters.where, definition, name="inside")


def scores_of(question: PageQuestion, kept: Model) -> pl.DataFrame:
    """The scores of the customers whom the filters leave."""
    return limited(scores(question.ds, kept), inside(question, kept))


def calls_of(question: PageQuestion, kept: Model) -> tuple[Call, ...]:
    """The riskiest of the customers whom the filters leave."""
    chosen = inside(question, kept)
    if chosen is None:
        return calls(question.ds, kept)
    everybody = calls(question.ds, kept, scores(question.ds, kept).height)
    return tuple(c for c in everybody if c.customer_id in chosen)[:MOST_CALLS]


def threshold(kept: Model) -> float:
    """The risk from which a customer counts as high."""
    return cuts(kept).high


def at_risk(question: PageQuestion) -> AtRisk | None:
    """The customers at high risk among those whom the filters leave; None while no model is trained or it cannot be opened."""
    kept = model(question.ds)
    if kept is None:
        return None
    now = cuts(kept)

    def work(*_asked: object) -> AtRisk:
        called = limited(able(question.ds, kept), inside(question, kept))
        return at_risk_of(scores_of(question, kept), called, now)

    return cache.worked_out(question.ds, question.scope, work, kept.id, now, question.filters.where, name="at risk")


def able(ds: Dataset, kept: Model) -> pl.DataFrame:
    """Who may be called: customer_id, probability, value (what he holds)."""
    scope = session.scope()

    def work(_id: str) -> pl.DataFrame:
        return may_be_called(ds, kept, scope).select("customer_id", "probability", "value")

    return cache.worked_out(ds, scope, work, kept.id, name="may be called")


def scored_ids(ds: Dataset, kept: Model) -> frozenset[str]:
    """The customers that have a score: those who can still leave."""
    return cache.worked_out(ds, session.scope(), lambda _id: frozenset(scores(ds, kept)["customer_id"]), kept.id, name="scored ids")
