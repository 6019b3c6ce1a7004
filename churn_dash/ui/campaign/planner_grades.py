"""A plan for customers of a risk grade: the worklist behind it, where there is a model."""

from churn_dash.campaigns.planner import Base
from churn_dash.retention import Worklist, worklist
from churn_dash.retention.worklists.budget import base_of_grades
from churn_dash.retention.worklists.exports import exports, listed_before
from churn_dash.retention.worklists.standing import standing
from churn_dash.retention.worklists.worklist import CAPACITY
from churn_dash.store import Records
from churn_dash.ui import cache, models, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.question import PageQuestion


def listed(question: PageQuestion, grades: tuple[str, ...]) -> Worklist | None:
    """The worklist of the grades; None without a model."""
    space = session.workspace()
    kept = cache.model(space, question.ds)[0] if space is not None else None
    if kept is None:
        return None
    q, cuts, records, assumed = question, models.cuts(kept), Records(question.ds.root), held(question)

    def work(*_asked: object) -> Worklist:
        return worklist(q, kept, cuts, assumed, CAPACITY, grades, before=listed_before(records))

    values = {n: h.value for n, h in assumed.items()}
    asked = (kept.id, cuts, values, grades, q.filters.where, len(exports(records)))
    return cache.worked_out(q.ds, q.scope, work, *asked, name="worklist for a plan")


def base_of(question: PageQuestion, grades: tuple[str, ...], days: int) -> Base | None:
    """The rate that the model expects of the grades; None without a model."""
    space, one = session.workspace(), listed(question, grades)
    kept = cache.model(space, question.ds)[0] if space is not None else None
    return None if one is None or kept is None else base_of_grades(one, kept, grades, days)


def customers(question: PageQuestion) -> int:
    """Customers of the filters, whatever the shape of the data."""
    q = question

    def work(*_asked: object) -> int:
        return standing(q.by_definition(q.definition if q.ds.measurable else None)).people.height

    return cache.worked_out(q.ds, q.scope, work, q.filters.where, q.definition, name="customers of a plan")
