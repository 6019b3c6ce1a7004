"""What the model would say of a customer if something changed: the levers as controls, the risk after, and the small card for it."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.retention.effects.measured import measured_effects
from churn_dash.risk import Lever, MeasuredEffect, Model, WhatIf, levers, what_if
from churn_dash.risk.whatif.asked import said_of
from churn_dash.risk.whatif.declared import Settings
from churn_dash.ui import address, cache, session
from churn_dash.ui.customer.customer import Person
from churn_dash.ui.parts.cards import card
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import Tile, drawn
from churn_dash.ui.question import PageQuestion, current
from churn_dash.ui.whatif.words import RANGE_HELP, between
from churn_dash.words import Points, Ratio, Text, _
from churn_dash.words import say as spoken

KINDS = {
    "model response": _("model response"),
    "measured effect": _("measured effect"),
    "both": _("partly measured, partly model response"),
}
"""What an answer is, in words."""
_VISIBLE = 5e-5


def settings(question: PageQuestion) -> Settings:
    """What people said of levers."""
    return said_of(question.ds)


def effects(question: PageQuestion, kept: Model, said: Settings) -> tuple[MeasuredEffect, ...]:
    """What campaigns with a random hold-out measured of levers, remembered."""

    def work(*_asked: object) -> tuple[MeasuredEffect, ...]:
        return measured_effects(question.ds, kept.design.features, said, kept.card.definition, scope=question.scope)

    return cache.worked_out(question.ds, question.scope, work, kept.id, repr(said), name="measured-effects")


@st.fragment
def panel(found: Person) -> None:
    """Draw the levers and the risk that the model would then give."""
    why, kept = found.explanation, found.model
    if why is None or kept is None:
        return
    question = current()
    said = settings(question)
    chosen = levers(kept, why.row, said)
    if not chosen:
        st.caption(session.say(_("Nothing here that the bank could change is known of this customer.")))
        return
    changes = moved(chosen, why.customer_id)
    try:
        result = what_if(kept, why.row, changes, said, effects(question, kept, said))
    except ChurnDashError as problem:
        st.caption(safe(spoken(problem, session.language())))
        return
    drawn(risk_tile(result))
    told(result)


def moved(chosen: tuple[Lever, ...], customer_id: str, key: str = "lever") -> dict[str, float]:
    """Draw the levers; those that do not stand where the customer does."""
    values = {lever.feature: (lever.value, control(lever, f"{key}-{customer_id}-{lever.feature}")) for lever in chosen}
    return {name: to for name, (now, to) in values.items() if to != now}


def risk_tile(result: WhatIf) -> Tile:
    """The risk after the change, and whether a model or a campaign says so."""
    by = result.difference
    words = session.say(Text("{points}", points=Points(by))).lstrip("+−")
    change = words if abs(by) >= _VISIBLE else ""
    against = session.say(KINDS[result.kind]) if change else ""
    good = (by < 0) if change else None
    now, note = result.probability_before, ""
    if result.low is not None and result.high is not None:
        note = between(result.range_of, Ratio(now + result.low), Ratio(now + result.high))
    shown, why = session.look().show(result.probability_after, "ratio"), session.say(RANGE_HELP) if note else ""
    return Tile(_("Risk would be"), shown, change, by > 0, good, against, note=note, help=why)


def told(result: WhatIf) -> None:
    """Whose figure it is: each measured effect in a sentence with its range, else that it is the model's response."""
    for one in result.measured:
        st.caption(safe(session.say(one.words)))
    for sentence in result.aside:
        st.caption(safe(session.say(sentence)))
    if result.kind != "measured effect":
        st.caption(session.say(result.note))


def control(lever: Lever, key: str) -> float:
    """One lever as a slider or a switch; its value."""
    label = safe(session.say(lever.label))
    if lever.flag:
        return float(st.toggle(label, value=bool(lever.value), key=key))
    if lever.integer:
        return float(st.slider(label, int(lever.low), int(lever.high), int(lever.value), 1, key=key))
    digits = int(lever.value % 1 > 0) if lever.step >= 1 else min(4, len(f"{lever.step:.4f}".rstrip("0").partition(".")[2]))
    ends = (float(lever.low), float(lever.high), float(lever.value), float(lever.step))
    return float(st.slider(label, *ends, format=f"%.{digits}f", key=key))


def levers_card(found: Person) -> None:
    """The card of the levers, with the way to the page that has all of them."""
    from churn_dash.ui import frame

    with card(_("What if?"), _("Only what the bank can change, within what similar customers show"), key="what-if"):
        panel(found)
        label = session.say(_("All levers and the smallest change"))
        asked = address.link(**{"whatif-customer": found.customer_id})
        st.page_link(frame.page("whatif"), label=label, icon=":material/tune:", query_params=asked)
