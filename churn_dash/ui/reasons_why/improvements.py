"""What the page Satisfaction shows of improvements: mark one, and see how satisfaction went on."""

import datetime

import polars as pl
import streamlit as st

from churn_dash.causes import following
from churn_dash.causes.improvements import SCORES, Following
from churn_dash.charts import Event
from churn_dash.charts.groups.effects import written
from churn_dash.errors import ChurnDashError, NotPossible
from churn_dash.evaluation.actions.followed import mark, marked
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown as refused
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_VERDICTS = {"rose": _("rose"), "fell": _("fell"), "cannot_tell": _("no clear change")}


def events(question: PageQuestion) -> list[Event]:
    """The improvements, to be numbered on the waves."""
    return [Event(i.date, i.name) for i in marked(Records(question.ds.root))]


def rows(question: PageQuestion) -> tuple[list[Following], list[str]]:
    """Every improvement that can be followed, and the sentences of those that cannot."""
    found, lacking = [], []
    for one in marked(Records(question.ds.root)):
        try:
            found.append(
                cache.worked_out(
                    question.ds,
                    question.scope,
                    lambda *_asked, one=one: following(question, one),
                    one,
                    question.filters.where,
                    question.definition,
                    name="improvement",
                )
            )
        except NotPossible as problem:
            lacking.append(session.say(problem))
    return found, lacking


def finding(found: list[Following]) -> str:
    """Title of the card."""
    if not found:
        return session.say(_("Improvements: none marked yet"))
    rose = sum(1 for f in found if f.verdict == "rose")
    return session.say(Text(_("Improvements: satisfaction rose after {n} of {all}"), n=Count(rose), all=Count(len(found))))


CAPTION = _("Later waves against the year before · a before and after: whatever else changed counts too · all improvements: Evaluation")


def table(found: list[Following]) -> Table:
    """Each improvement with the figure before and after."""
    lines = []
    for f in found:
        unit = "ratio" if f.about.score == "csat" else "number"
        lines.append(
            (
                f.about.name,
                f.about.date,
                f.about.what,
                session.say(SCORES[f.about.score]),
                _spread(f.before, unit),
                _spread(f.after, unit),
                len(f.waves),
                _change(f.change, unit),
                session.say(_VERDICTS[f.verdict]),
            )
        )
    labels = {
        "name": _("Improvement"), "date": _("Since"), "what": _("What"), "score": _("Figure"), "before": _("Before"), "after": _("After"),
        "waves": _("Waves after"), "change": _("Change"), "verdict": _("Verdict"),
    }  # fmt: skip
    kinds = dict.fromkeys(labels, pl.String) | {"date": pl.Date, "waves": pl.Int64}
    return Table(pl.DataFrame(lines, schema=kinds, orient="row"), "improvements", labels, {"date": "date", "waves": "count"}, only=True)


def _spread(e: Estimate, unit: str) -> str:
    look = session.look()
    if e.low is None or e.high is None:
        return look.show(e.value, unit)
    ends = {"value": look.show(e.value, unit), "low": look.show(e.low, unit), "high": look.show(e.high, unit)}
    return session.say(Text(_("{value} ({low} to {high})"), **ends))


def _change(e: Estimate, unit: str) -> str:
    look, bare = session.look(), "bare points" if unit == "ratio" else unit
    if e.low is None or e.high is None:
        return written(e.value, unit, look)
    ends = {"value": written(e.value, unit, look), "low": written(e.low, bare, look), "high": written(e.high, bare, look)}
    return session.say(Text(_("{value} ({low} to {high})"), **ends))


def form(question: PageQuestion) -> bool:
    """Draw the form that marks an improvement; whether one was marked."""
    last = question.ds.data_end or datetime.date.today()
    with st.form("improvement", border=False, clear_on_submit=True):
        left, right = st.columns([2, 1], gap="small")
        name = left.text_input(
            session.say(_("What was improved")), key="improvement-name", placeholder=session.say(_("Shorter queues at the counter"))
        )
        since = right.date_input(session.say(_("Since")), value=last, key="improvement-date")
        score = left.selectbox(
            session.say(_("Figure to follow")), list(SCORES), format_func=lambda s: session.say(SCORES[s]), key="improvement-score"
        )
        done = st.form_submit_button(session.say(_("Mark the improvement")), icon=":material/flag:")
    if not done or not isinstance(since, datetime.date):
        return False
    try:
        mark(question.ds, name, since, score=score)
    except ChurnDashError as problem:
        refused(problem)
        return False
    return True


def shown(found: list[Following], lacking: list[str], what: Table) -> None:
    """Draw the table, and a sentence for each improvement that cannot be followed."""
    if found:
        cards.shown(what)
    for sentence in lacking:
        st.caption(safe(sentence))
