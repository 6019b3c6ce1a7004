"""The rehearsal on the page "Plan a campaign": a known effect in a copy of these data, and what each design finds."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from churn_dash.campaigns.planner import Base
from churn_dash.campaigns.rehearsal import ASSIGNMENTS, DESIGNS, Planted, Rehearsal, rehearse
from churn_dash.charts import Chart, Effect
from churn_dash.charts import effects as effects_picture
from churn_dash.ui import cache, session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _
from churn_dash.words.numbers import DASH

_SIZES = ("0", "0.0025", "0.005", "0.01", "0.02", "0.03", "0.05")
_DRAWS = 50


def section(question: PageQuestion, base: Base) -> None:
    """Draw the section, closed until somebody asks: fifty draws take some seconds."""
    if question.timeless or not question.ds.flagged:
        return
    if not st.toggle(session.say(_("Rehearse it on a copy of these data")), key="rehearse", persist_state="session"):
        return
    sizes = [s for s in _SIZES if base.rate is None or float(s) <= base.rate]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        words = {name: session.say(text) for name, text in ASSIGNMENTS.items()}
        how = controls.choice(session.say(_("Who is treated")), list(ASSIGNMENTS), key="assigned", words=words.__getitem__, width=240)
        size = controls.choice(session.say(_("Planted fall, points")), sizes, key="planted", words=_points, default="0.01", width=180)
    found = _rehearsed(question, Planted(float(size), how, draws=_DRAWS), base.horizon_days)
    table = _table(found)
    with cards.card(found.verdict, _CAPTION, table, key="rehearsal", tall=False) as as_table:
        st.badge(session.say(_("Rehearsal: nothing of this happened")), icon=":material/theater_comedy:", color="orange")
        cards.picture(_chart(found), as_table)
        if not as_table:
            cards.shown(table)
        for f in found.found:
            if f.why is not None:
                st.caption(safe(session.say(Text(_("{what}: {words}"), what=session.say(DESIGNS[f.design]), words=session.say(f.why)))))


_CAPTION = _("First draw with its range beside the truth · table: fifty draws, the share whose range held the truth")


def _points(code: str) -> str:
    return f"{100 * float(code):g}"


def _rehearsed(question: PageQuestion, planted: Planted, days: int) -> Rehearsal:
    q = question

    def work(told: Callable[[Text, float], None]) -> Rehearsal:
        def share(done: float) -> None:
            told(Text(_("Rehearsing")), done)

        return rehearse(q, planted, days, share)

    return long_work(q.ds, q.scope, work, planted, days, q.filters.where, q.definition, name="rehearsal")


def _chart(found: Rehearsal) -> Chart:
    """The truth, and what each design found in the first draw."""
    truth = next((f.first_truth for f in found.found if f.first_truth is not None), None)
    rows = [Effect(session.say(_("Truth among the treated")), truth, naive=True)]
    rows += [Effect(session.say(DESIGNS[f.design]), f.first.value, f.first.low, f.first.high) for f in found.found if f.first is not None]
    what = session.say(_("Churn rate"))
    return cache.chart(effects_picture, rows, unit="ratio", look=session.look(), what=what, better="down")


def _table(found: Rehearsal) -> Table:
    """Each design over all draws."""
    look = session.look()
    rows = [
        (
            session.say(DESIGNS[f.design]),
            look.show(f.truth, "points"),
            look.show(f.mean, "points"),
            look.show(f.held.value, "ratio"),
            DASH if f.held.low is None else f"{f.held.low:.0%} – {f.held.high:.0%}",
            DASH if f.wrong is None else look.show(f.wrong, "ratio"),
        )
        for f in found.found
        if f.why is None
    ]
    labels = {
        "design": _("Design"),
        "truth": _("Truth"),
        "mean": _("Found on average"),
        "held": _("Its range held the truth"),
        "range": _("95% range"),
        "wrong": _("Wrong sign"),
    }
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "rehearsal", labels)
