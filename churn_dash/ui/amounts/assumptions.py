"""The assumptions behind every amount: what is in force, who set it and when, and the form to set it."""

import re
from collections.abc import Sequence

import polars as pl
import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.measures.money.assumptions import Held, in_force, parsed, put, spoken
from churn_dash.retention.effects.save_rate import SaveRate, rates, replaced
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_WHO = "assumption-who"
COLUMNS = ("what", "value", "origin")
"""What a page shows of an input: its meaning stands beside the field that sets it."""


def held(question: PageQuestion) -> dict[str, Held]:
    """The assumptions in force in this workspace, by name; what a frozen list measured stands in the place of what was assumed."""
    return replaced(in_force(Records(question.ds.root)), measured(question))


def measured(question: PageQuestion) -> list[SaveRate]:
    """What lists and campaigns that call customers measured, the latest last."""
    q, records = question, Records(question.ds.root)
    return cache.worked_out(q.ds, q.scope, lambda *_stamp: rates(q.ds, records, scope=q.scope), records.stamp, name="save-rates")


def value_words(h: Held) -> str:
    """The value in words."""
    return session.say(Text("{value}", value=spoken(h.assumption, h.value)))


def table(found: Sequence[Held]) -> Table:
    """Assumptions as rows: value, meaning, origin."""
    rows = [(session.say(h.assumption.label), value_words(h), session.say(h.origin), session.say(h.assumption.meaning)) for h in found]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("what", "value", "origin", "meaning"), pl.String), orient="row")
    labels = {"what": _("Assumption"), "value": _("Value"), "origin": _("Where it comes from"), "meaning": _("What it is")}
    return Table(frame, "assumptions", labels, only=True)


def form(question: PageQuestion) -> bool:
    """Draw the form; True when something was set. What cannot be is said in a sentence, and then nothing is set."""
    now = in_force(Records(question.ds.root))
    with st.form("assumptions", border=False):
        texts = {}
        for name, h in now.items():
            unit = {"ratio": _("% a year"), "share": "%", "money": "¥", "years": _("years")}[h.assumption.unit]
            label = session.say(Text(_("{what}, {unit}"), what=h.assumption.label, unit=unit))
            texts[name] = st.text_input(label, _bare(h), key=f"assumption-{name}-{h.version}", help=session.say(h.assumption.meaning))
        who = st.text_input(session.say(_("Your name")), key=_WHO, placeholder=session.say(_("kept with what you set")))
        pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
    if not pressed:
        return False
    try:
        bare = {name for name, text in texts.items() if _is_share(now[name]) and not re.search("[%％]", text)}
        values = {name: parsed(name, f"{text}%" if name in bare else text) for name, text in texts.items()}
        put(Records(question.ds.root), values, who.strip() or None)
    except ChurnDashError as problem:
        shown(problem)
        return False
    return values != {name: h.value for name, h in now.items()}


def _is_share(h: Held) -> bool:
    return h.assumption.unit in ("ratio", "share")


def _bare(h: Held) -> str:
    """The value as it stands in its field: a share in per cent.

    >>> from churn_dash.contract.assumptions import ASSUMPTIONS
    >>> _bare(Held(ASSUMPTIONS["spread"], 0.015)), _bare(Held(ASSUMPTIONS["acquisition_cost"], 500.0))
    ('1.5', '500')
    """
    return f"{round(100 * h.value, 8):.10g}" if _is_share(h) else f"{h.value:.10g}"
