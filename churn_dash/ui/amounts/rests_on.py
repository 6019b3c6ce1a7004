"""What an amount rests on: its inputs, with who set each and when; the same everywhere an amount of money stands."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from churn_dash.evaluation.ledger.inputs import Input, Opened
from churn_dash.ui import address, session
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Number, _

_UNITS = {"share": "ratio", "points": "ratio", "ratio": "ratio", "money": "money", "count": "count"}


def rests_on(amounts: Sequence[Opened], key: str) -> None:
    """Draw the button that opens amounts into what they rest on, one at a time; nothing without an amount."""
    from churn_dash.ui import frame

    if not amounts:
        return
    with st.popover(session.say(_("What this rests on")), icon=":material/account_tree:", type="tertiary", key=f"rests-{key}"):
        one = amounts[0]
        if len(amounts) > 1:
            names = {a.key: session.say(a.label) for a in amounts}
            chosen = st.selectbox(session.say(_("Amount")), list(names), format_func=names.__getitem__, key=f"amount-{key}")
            one = next((a for a in amounts if a.key == chosen), one)
        st.markdown(f"**{safe(session.say(one.label))}** · {safe(session.look().show(one.amount, one.unit))}")
        if one.why_not is not None:
            st.markdown(safe(session.say(one.why_not)))
        st.caption(safe(session.say(one.formula)))
        if one.inputs:
            cards.shown(inputs(one.inputs, one.key))
        label = session.say(_("Every amount, and what decides it"))
        st.page_link(frame.page("evaluation"), label=label, icon=":material/fact_check:", query_params=address.link(view="money"))


def inputs(rows: tuple[Input, ...], name: str) -> Table:
    """The inputs as rows: value, who set it and when, else where it comes from."""
    out = [(session.say(i.label), shown(i.unit, i.value), session.say(i.origin)) for i in rows]
    labels = {"what": _("Input"), "value": _("Value"), "origin": _("Where it comes from")}
    return Table(pl.DataFrame(out, schema=dict.fromkeys(labels, pl.String), orient="row"), f"inputs-{name}", labels, only=True)


def shown(unit: str, value: float) -> str:
    """A value in the format of its unit."""
    return str(Number(value)) if unit == "years" else session.look().show(value, _UNITS[unit])
