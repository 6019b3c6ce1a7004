"""For whom a campaign worked: the folded part of the Campaigns page."""

import polars as pl
import streamlit as st

from churn_dash.campaigns.uplift import Uplift, uplift
from churn_dash.charts.groups.effects import written
from churn_dash.ui import cache, session
from churn_dash.ui.campaign import ranked
from churn_dash.ui.campaign.campaigns import Chosen
from churn_dash.ui.campaign.evidence import range_words
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import CODES
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _
from churn_dash.words.numbers import DASH

_SEGMENTS = {"tier": _("Tier"), "customer_type": _("Customer type"), "age_band": _("Age")}


def fold(question: PageQuestion, chosen: Chosen) -> None:
    """Draw the part, closed; it is worked out when somebody opens it."""
    e = chosen.evaluation
    if chosen.campaign_id is None or e.declared is not None or not e.due or e.control is None or e.withheld:
        return
    shown = st.toggle(session.say(_("For whom did it work?")), key=f"uplift-{chosen.campaign_id}", persist_state="session")
    if not shown:
        return
    for one in found(question, chosen.campaign_id, e.design):
        _drawn(one)


def found(question: PageQuestion, campaign_id: str, design: str | None) -> tuple[Uplift, ...]:
    """For whom the campaign worked, a group each."""

    def work(name: str, declared: str | None, definition: str) -> tuple[Uplift, ...]:
        return uplift(question.ds, name, question.scope, declared, definition)

    return cache.worked_out(question.ds, question.scope, work, campaign_id, design, question.definition, name="uplift")


def _drawn(one: Uplift) -> None:
    if not one.segments:
        cards.note(session.say(one.verdict))
        return
    table = segments_table(one)
    with cards.card(one.verdict, _CAPTION, table, key=f"uplift-{one.arm}", tall=False):
        if one.refused is not None:
            st.caption(safe(session.say(one.refused)))
        for words in _asleep(one):
            st.markdown(f":orange[:material/bedtime:] {safe(words)}")
        cards.shown(table)
    if one.rankings:
        ranked.drawn(one)


_CAPTION = _("Effect by segment · whether segments differ is tested between them, never by which of them shows an effect")


def _asleep(one: Uplift) -> list[str]:
    words, unit, look = _("Better left alone: {name} {value}, difference {difference}."), ranked.unit_of(one), session.look()
    told = [
        Text(words, name=_name(a.where), value=_value(a.where, a.value), difference=written(a.effect.difference, unit, look))
        for a in one.asleep
    ]
    return [session.say(t) for t in told]


def _name(column: str) -> str:
    return session.say(_("fifth by expected effect") if column == "fifth" else _SEGMENTS.get(column, column))


def _value(column: str, code: str) -> str:
    return session.say(CODES.get(column, {}).get(code, code))


def _place(column: str, code: str) -> tuple[int, str]:
    """Levels that have an order of their own stand in it."""
    known = list(CODES.get(column, ())) if column != "age_band" else []
    return (known.index(code) if code in known else len(known), code)


def segments_table(one: Uplift) -> Table:
    """Each segment: members, effect, range, and whether it differs."""
    look, unit = session.look(), ranked.unit_of(one)
    rows = [
        (
            _name(s.name),
            _value(s.name, p.value),
            p.effect.treated.known + p.effect.base.known,
            written(p.effect.difference, unit, look),
            range_words(p.effect.low, p.effect.high, unit),
            DASH if p.holm is None else f"{p.holm:.3f}",
            DASH if s.interaction_holm is None else f"{s.interaction_holm:.3f}",
        )
        for s in one.segments
        for p in sorted(s.parts, key=lambda p: _place(s.name, p.value))
    ]
    labels = {
        "name": _("Characteristic"),
        "value": _("Segment"),
        "n": _("Members"),
        "difference": _("Difference"),
        "range": _("95% range"),
        "holm": _("p: from the rest"),
        "interaction": _("p: segments differ"),
    }
    kinds = {c: pl.Int64 if c == "n" else pl.String for c in labels}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "effect-by-segment", labels, {"n": "count"}, only=True)
