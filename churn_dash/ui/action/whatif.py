"""What the model would say of a customer if something changed: three levers, and the risk after."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.risk import Lever, levers, what_if
from churn_dash.ui import session
from churn_dash.ui.action.customer import Person
from churn_dash.ui.parts.cards import card
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import Tile, drawn
from churn_dash.words import Points, Text, _
from churn_dash.words import say as spoken


@st.fragment
def panel(found: Person) -> None:
    """Draw the levers and the risk that the model would then give."""
    why, kept = found.explanation, found.model
    if why is None or kept is None:
        return
    chosen = levers(kept, why.row)
    if not chosen:
        st.caption(session.say(_("Nothing here that the bank could change is known of this customer.")))
        return
    changes = {lever.feature: value for lever in chosen if (value := _lever(lever, why.customer_id)) != lever.value}
    try:
        result = what_if(kept, why.row, changes)
    except ChurnDashError as problem:
        st.caption(safe(spoken(problem, session.language())))
        return
    moved = result.difference
    words = session.say(Text("{points}", points=Points(moved))).lstrip("+−")
    change = words if abs(moved) >= 5e-5 else ""
    drawn(
        Tile(
            _("Risk would be"),
            session.look().show(result.probability_after, "ratio"),
            change,
            moved > 0,
            (moved < 0) if change else None,
            session.say(_("model response")) if change else "",
        )
    )
    st.caption(session.say(result.note))


def _lever(lever: Lever, customer_id: str) -> float:
    """One lever as a slider or a switch; its value."""
    label, key = safe(session.say(lever.label)), f"lever-{customer_id}-{lever.feature}"
    if lever.flag:
        return float(st.toggle(label, value=bool(lever.value), key=key))
    if lever.integer:
        return float(st.slider(label, int(lever.low), int(lever.high), int(lever.value), 1, key=key))
    digits = 0 if lever.step >= 1 else min(4, len(f"{lever.step:.4f}".rstrip("0").partition(".")[2]))
    ends = (float(lever.low), float(lever.high), float(lever.value), float(lever.step))
    return float(st.slider(label, *ends, format=f"%.{digits}f", key=key))


def levers_card(found: Person) -> None:
    """The card of the levers."""
    with card(_("What if?"), _("Only what the bank can change, within what similar customers show"), key="what-if"):
        panel(found)
