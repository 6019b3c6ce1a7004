"""What was learned: talks and courses beside the others, and the lessons that people wrote down."""

import polars as pl
import streamlit as st

from churn_dash.campaigns import campaign_ids
from churn_dash.campaigns.registered import Education, SoFar, education, learn
from churn_dash.campaigns.registered.education import CAVEAT
from churn_dash.charts import Bar, Chart, bars
from churn_dash.errors import NotPossible
from churn_dash.measures.filters import Filters
from churn_dash.store import Records
from churn_dash.ui import address, cache, session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_UNITS
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _


def talks(question: PageQuestion) -> Education | NotPossible:
    """What is known of talks and courses, or why nothing is."""

    def work(*_asked: object) -> Education | NotPossible:
        try:
            return education(question.of(Filters()))
        except NotPossible as problem:
            return problem

    return cache.worked_out(question.ds, question.scope, work, question.definition, name="education")


def talks_finding(one: Education) -> Text | str:
    """Title of the card on talks."""
    d = one.difference
    if d.value is None or d.low is None or d.high is None:
        return _("Nobody who came to a talk can be followed yet")
    if d.low > 0 or d.high < 0:
        named = {"more": session.look().show(d.value, "points")}
        return Text(_("Who comes to talks and courses leaves at a different rate: {more}"), **named)
    return _("Who comes to talks and courses leaves about as often as the others")


def talks_chart(one: Education) -> Chart:
    """Those who came beside the others."""
    parts = ((_("Came to a talk or course"), one.attended), (_("The others of the same months"), one.others))
    marks = [Bar(session.say(words), e.value, e.n, e.low, e.high) for words, e in parts]
    return cache.chart(bars, marks, unit="ratio", look=session.look(), what=session.say(_("Left within 3 months")), all_grey=True)


def talks_table(one: Education) -> Table:
    """The same as rows."""
    parts = ((_("Came to a talk or course"), one.attended), (_("The others of the same months"), one.others))
    rows = [(session.say(words), e.value, e.low, e.high, e.n) for words, e in parts]
    kinds = {"group": pl.String, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    labels = {
        "group": _("Group"),
        "share": _("Left within 3 months"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "n": _("Customer-months"),
    }
    units = RANGE_UNITS | {"share": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "talks", labels, units, how=session.say(CAVEAT))


TALKS_CAPTION = _("Share that left in the three months after · association, not effect: who comes chooses to come")


def lesson_form(question: PageQuestion, one: SoFar) -> None:
    """Draw the form that writes down a lesson."""
    names = {x.entry.campaign_id: x.entry.name for x in one.lines}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        label = session.say(_("Campaign"))
        number = controls.choice(label, list(names), key="lesson-of", words=lambda i: f"{names[i]} · {i}", width=300)
        who = st.text_input(session.say(_("Your name")), key="lesson-who", width=180)
    text = st.text_area(session.say(_("What was learned")), key="lesson-text", max_chars=500, height=80)
    if st.button(session.say(_("Write it down")), icon=":material/save:", disabled=not text.strip()):
        with errors_shown():
            learn(Records(question.ds.root), campaign_ids(question.ds), number, text, who.strip() or None)
            address.touched()
            st.rerun()


def lesson_table(one: SoFar) -> Table:
    """Every lesson, the newest first."""
    found_ = {(x.entry.campaign_id, r.n): (r.made[:10], x.entry.name, r.text, r.who) for x in one.lines for r in x.lessons}
    rows = sorted(found_.values(), reverse=True)
    labels = {"day": _("Day"), "campaign": _("Campaign"), "lesson": _("Lesson"), "who": _("By")}
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "lessons", labels, only=True)


def lesson_finding(one: SoFar) -> Text | str:
    """Title of the lessons."""
    n = len({(x.entry.campaign_id, r.n) for x in one.lines for r in x.lessons})
    return Text(_("{n} lessons so far"), n=Count(n)) if n else _("No lesson has been written down yet")


LESSON_CAPTION = _("Nothing is changed or deleted: a better insight is a further line")
