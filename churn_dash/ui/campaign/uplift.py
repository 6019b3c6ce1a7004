"""For whom a campaign worked: the folded part of the Campaigns page."""

import polars as pl
import streamlit as st

from churn_dash.campaigns.uplift import Uplift, uplift
from churn_dash.campaigns.uplift.found import LEARNERS, QUADRANTS
from churn_dash.charts import Chart
from churn_dash.charts import Effect as Mark
from churn_dash.charts import effects as effects_picture
from churn_dash.charts.groups.effects import written
from churn_dash.ui import cache, session
from churn_dash.ui.campaign.campaigns import Chosen
from churn_dash.ui.campaign.evidence import range_words
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.question import Question
from churn_dash.words import Count, Text, _
from churn_dash.words.numbers import DASH

_UNITS = {"ratio": "ratio", "money": "money", "amount": "number"}
_SEGMENTS = {"tier": _("Tier"), "customer_type": _("Customer type"), "age_band": _("Age")}


def fold(question: Question, chosen: Chosen) -> None:
    """Draw the part, closed; it is worked out when somebody opens it."""
    e = chosen.evaluation
    if chosen.campaign_id is None or e.declared is not None or not e.due or e.control is None or e.withheld:
        return
    shown = st.toggle(session.say(_("For whom did it work?")), key=f"uplift-{chosen.campaign_id}", persist_state="session")
    if not shown:
        return
    for one in found(question, chosen.campaign_id, e.design):
        _drawn(one)


def found(question: Question, campaign_id: str, design: str | None) -> tuple[Uplift, ...]:
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
        table = fifths_table(one)
        left, right = st.columns([3, 2], gap="small")
        with left, cards.card(fifths_finding(one), _FIFTHS, table, key=f"fifths-{one.arm}") as as_table:
            cards.picture(fifths_chart(one), as_table)
            st.caption(safe(qini_words(one)))
        table = quadrants_table(one)
        with right, cards.card(_("Risk and effect, in quarters"), _QUARTERS, table, key=f"quadrants-{one.arm}"):
            cards.shown(table)


_CAPTION = _("Effect by segment · whether segments differ is tested between them, never by which of them shows an effect")
_FIFTHS = _("Observed effect in fifths by expected effect, the first expected to gain most · nobody is ranked by a model that saw him")
_QUARTERS = _("Averages of groups, never a word on one customer")


def _asleep(one: Uplift) -> list[str]:
    words = _("Better left alone: {name} {value}, difference {difference}.")
    return [
        session.say(Text(words, name=_name(a.where), value=a.value, difference=written(a.effect.difference, _unit(one), session.look())))
        for a in one.asleep
    ]


def _name(column: str) -> str:
    return session.say(_("fifth by expected effect") if column == "fifth" else _SEGMENTS.get(column, column))


def _unit(one: Uplift) -> str:
    return _UNITS[one.outcome.unit]


def segments_table(one: Uplift) -> Table:
    """Each segment: members, effect, range, and whether it differs."""
    look, unit = session.look(), _unit(one)
    rows = [
        (
            _name(s.name),
            p.value,
            p.effect.treated.known + p.effect.base.known,
            written(p.effect.difference, unit, look),
            range_words(p.effect.low, p.effect.high, unit),
            DASH if p.holm is None else f"{p.holm:.3f}",
            DASH if s.interaction_holm is None else f"{s.interaction_holm:.3f}",
        )
        for s in one.segments
        for p in s.parts
    ]
    labels = {
        "name": _("Characteristic"),
        "value": _("Segment"),
        "n": _("Members"),
        "difference": _("Difference"),
        "range": _("95% range"),
        "holm": _("p: differs from the rest"),
        "interaction": _("p: segments differ"),
    }
    kinds = {c: pl.Int64 if c == "n" else pl.String for c in labels}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "effect-by-segment", labels, {"n": "count"}, only=True)


def fifths_chart(one: Uplift) -> Chart:
    """The observed effect of each fifth of the X-learner."""
    bands = one.rankings[0].bands
    rows = [
        Mark(session.say(Text(_("Fifth {n}"), n=b.number)), b.effect.difference, b.effect.low, b.effect.high) for b in bands if b.effect
    ]
    what = session.say(one.outcome.label)
    return cache.chart(effects_picture, rows, unit=_unit(one), look=session.look(), what=what, better=one.outcome.better)


def fifths_finding(one: Uplift) -> str:
    """Title: whether the ranking finds those whom the campaign moves."""
    q = one.rankings[0].qini
    return session.say(_("The ranking finds those whom it moves") if q.low > 0 else _("The ranking finds them no better than chance"))


def qini_words(one: Uplift) -> str:
    """The Qini of both learners in a sentence."""
    words = _("{learner}: Qini {qini} ({low} to {high})")
    told = [
        Text(words, learner=session.say(LEARNERS[r.learner]), qini=Count(r.qini.qini), low=Count(r.qini.low), high=Count(r.qini.high))
        for r in one.rankings
    ]
    rule = _("Area between the curve of good outcomes gained and a call at random; 0 is chance.")
    return " · ".join([*(session.say(t) for t in told), session.say(rule)])


def fifths_table(one: Uplift) -> Table:
    """The fifths of both learners."""
    look, unit = session.look(), _unit(one)
    rows = [
        (
            session.say(LEARNERS[r.learner]),
            b.number,
            b.effect.treated.known + b.effect.base.known,
            written(b.effect.difference, unit, look),
            range_words(b.effect.low, b.effect.high, unit),
        )
        for r in one.rankings
        for b in r.bands
    ]
    labels = {"learner": _("Learner"), "fifth": _("Fifth"), "n": _("Members"), "difference": _("Difference"), "range": _("95% range")}
    kinds = {c: pl.Int64 if c in ("fifth", "n") else pl.String for c in labels}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "effect-by-fifth", labels, {"n": "count"})


def quadrants_table(one: Uplift) -> Table:
    """Risk × expected effect."""
    look, unit = session.look(), _unit(one)
    rows = [
        (
            session.say(QUADRANTS[q.name]),
            q.effect.treated.known + q.effect.base.known,
            look.show(q.effect.base.mean, unit),
            written(q.effect.difference, unit, look),
            range_words(q.effect.low, q.effect.high, unit),
        )
        for q in one.quadrants
    ]
    labels = {
        "quadrant": _("Quarter"),
        "n": _("Members"),
        "untreated": _("In the hold-out"),
        "difference": _("Difference"),
        "range": _("95% range"),
    }
    kinds = {c: pl.Int64 if c == "n" else pl.String for c in labels}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "risk-and-effect", labels, {"n": "count"}, only=True)
