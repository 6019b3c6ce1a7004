"""How one customer's risk came about, month by month."""

from functools import partial

import polars as pl

from churn_dash.charts import Chart, Event, timeline
from churn_dash.risk import Stage, path
from churn_dash.segments import HAPPENINGS
from churn_dash.ui import cache, session
from churn_dash.ui.customer.customer import Person
from churn_dash.ui.parts.cards import Table, card, note, picture
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Ratio, Text, _

_HEIGHT = 210


def stages(question: PageQuestion, found: Person) -> tuple[Stage, ...]:
    """The risk at each of the last month ends."""
    kept, why = found.model, found.explanation
    if kept is None or why is None:
        return ()
    ask = partial(_path, question, found)
    return cache.worked_out(question.ds, question.scope, ask, found.customer_id, kept.id, name="risk path")


def _path(question: PageQuestion, found: Person, _customer: str, _model: str) -> tuple[Stage, ...]:
    assert found.model is not None and found.explanation is not None
    return path(question.ds, found.model, found.customer_id, found.explanation.probability)


def finding(known: tuple[Stage, ...]) -> Text | str:
    """Title: how the risk moved from the first month to the last."""
    told = [s.probability for s in known if s.probability is not None]
    if len(told) < 2:
        return _("How the risk came about")
    ends = {"before": Ratio(told[0]), "after": Ratio(told[-1])}
    if told[-1] > told[0]:
        return Text(_("The risk rose from {before} to {after}"), **ends)
    return Text(_("The risk went from {before} to {after}"), **ends)


def chart(known: tuple[Stage, ...], found: Person) -> Chart:
    """The risk as a line, with what happened."""
    return cache.chart(
        timeline,
        [s.month for s in known],
        [s.probability for s in known],
        look=session.look(),
        label=session.say(_("Risk of leaving")),
        events=_events(found),
        unit="ratio",
        height=_HEIGHT,
    )


_SHOWN = ("warning", "contact", "campaign", "complaint")


def _events(found: Person) -> tuple[Event, ...]:
    """Warnings, contacts, campaigns and complaints, the first of a kind in a month."""
    days = {(h.day.replace(day=1), h.kind): h for h in found.portrait.happenings if h.kind in _SHOWN}
    return tuple(Event(month, session.say(HAPPENINGS[kind])) for month, kind in sorted(days))


def table(known: tuple[Stage, ...], customer_id: str) -> Table:
    """The months as rows."""
    rows = pl.DataFrame({"month": [s.month for s in known], "risk": [s.probability for s in known]}, schema_overrides={"risk": pl.Float64})
    return Table(rows, f"risk-path-{customer_id}", {"month": _("Month"), "risk": _("Risk of leaving")}, {"month": "month", "risk": "ratio"})


def path_card(question: PageQuestion, found: Person) -> None:
    """The card of the path."""
    known = stages(question, found)
    if sum(s.probability is not None for s in known) < 2:
        note(session.say(_("The path of the risk needs two months in which the customer could be scored.")))
        return
    caption = _("What today's model says of each month end, from what was known by then")
    with card(finding(known), caption, table(known, found.customer_id), key="risk-path") as as_table:
        picture(chart(known, found), as_table)
