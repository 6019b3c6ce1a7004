"""The card in which an official churn figure is compared with ours."""

import polars as pl
import streamlit as st

from churn_dash.contract import DEFINITIONS
from churn_dash.errors import ChurnDashError
from churn_dash.measures import Reconciliation, reconcile
from churn_dash.measures.comparisons.formulas import FORMULAS
from churn_dash.measures.comparisons.reconciliation import WHO
from churn_dash.measures.question import Question
from churn_dash.ui import cache, problems, session
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.question import PageQuestion
from churn_dash.words import _

_MOST = 25


def card(question: PageQuestion) -> None:
    """Type the figure; the sentence says what explains the difference, the table lists every choice by how close it comes."""
    if not question.ds.flagged:
        return
    caption = _("By definition, months, customers, formula and rows set aside; the bank as a whole, whatever the filters")
    with cards.card(_("Compare with an official figure"), caption, key="official"):
        with st.container(horizontal=True, gap="medium"):
            figure = st.text_input(session.say(_("Official figure")), key="official-figure", placeholder="5.2%", width=200)
            words = st.text_input(
                session.say(_("Its definition in words")), key="official-words", placeholder=session.say(_("account closure")), width=320
            )
        if not figure.strip():
            return
        try:
            found = _found(question, figure, words)
        except ChurnDashError as problem:
            problems.shown(problem)
            return
        st.markdown(f"**{safe(session.say(found.sentence))}**")
        cards.shown(table(found))


def _found(question: PageQuestion, figure: str, words: str) -> Reconciliation:
    """By the definition on the page, unless the words name another."""
    q = Question(question.ds, question.scope, period=question.period, definition=None if words.strip() else question.definition)
    asked = (figure, words, str(q.period), q.definition)
    return cache.worked_out(q.ds, q.scope, lambda *_asked: reconcile(q, figure, words), *asked, name="reconciliation")


def table(found: Reconciliation) -> cards.Table:
    """The choices as rows, the closest first."""
    unit = "ratio" if found.official.is_rate else "count"
    rows = [
        (
            session.say(FORMULAS[c.formula].label),
            session.say(DEFINITIONS[c.definition].label),
            f"{c.period.start:%Y-%m} – {c.period.end:%Y-%m}" if c.period else "",
            session.say(WHO[c.who]),
            c.figure,
            c.left,
            c.explains,
        )
        for c in found.choices[:_MOST]
    ]
    names = ("formula", "definition", "months", "who", "figure", "left", "explains")
    kinds = (pl.String, pl.String, pl.String, pl.String, pl.Float64, pl.Float64, pl.Boolean)
    labels = {
        "formula": _("Worked out as"),
        "definition": _("Definition of churn"),
        "months": _("Months"),
        "who": _("Whose"),
        "figure": _("Our figure"),
        "left": _("Difference left"),
        "explains": _("Explains it"),
    }
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    return cards.Table(frame, "reconciliation", labels, {"figure": unit, "left": unit}, only=True)
