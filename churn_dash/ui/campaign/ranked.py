"""What a ranking by expected effect is worth: fifths, the Qini curve, and quarters by risk and effect."""

import polars as pl
import streamlit as st

from churn_dash.campaigns.uplift import Uplift
from churn_dash.campaigns.uplift.found import LEARNERS, QUADRANTS
from churn_dash.charts import Chart, Gained, gains
from churn_dash.charts import Effect as Mark
from churn_dash.charts import effects as effects_picture
from churn_dash.charts.groups.effects import written
from churn_dash.ui import cache, session
from churn_dash.ui.campaign.evidence import range_words
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Count, Text, _

_UNITS = {"ratio": "ratio", "money": "money", "amount": "number"}
_FIFTHS = _("Observed effect in fifths by expected effect, the first expected to gain most · nobody is ranked by a model that saw him")
_QUARTERS = _("Averages of groups, never a word on one customer")
_CURVE = _("Good outcomes more, by the share called · band: 95% range · Qini is the area between curve and line")


def unit_of(one: Uplift) -> str:
    """The unit of its effects, for charts and tables."""
    return _UNITS[one.outcome.unit]


def drawn(one: Uplift) -> None:
    """Draw the three cards."""
    left, right = st.columns(2, gap="small")
    table = fifths_table(one)
    with left, cards.card(fifths_finding(one), _FIFTHS, table, key=f"fifths-{one.arm}") as as_table:
        cards.picture(fifths_chart(one), as_table)
    table = curve_table(one)
    with right, cards.card(_("What calling the most promising first would gain"), _CURVE, table, key=f"qini-{one.arm}") as as_table:
        cards.picture(curve_chart(one), as_table)
        st.caption(safe(qini_words(one)))
    table = quadrants_table(one)
    with cards.card(_("Risk and effect, in quarters"), _QUARTERS, table, key=f"quadrants-{one.arm}", tall=False):
        cards.shown(table)


def curve_chart(one: Uplift) -> Chart:
    """The Qini curve of the X-learner with its band, and the line of a call at random."""
    first = one.rankings[0]
    points = [Gained(p.share, p.gain, p.low, p.high, p.random) for p in first.qini.points]
    return cache.chart(gains, points, unit=unit_of(one), look=session.look(), learner=session.say(LEARNERS[first.learner]))


def curve_table(one: Uplift) -> Table:
    """The curves of both learners at every tenth."""
    look, unit = session.look(), unit_of(one)
    rows = [
        (
            session.say(LEARNERS[r.learner]),
            look.show(p.share, "ratio"),
            written(p.gain, unit, look),
            range_words(p.low, p.high, unit),
            written(p.random, unit, look),
        )
        for r in one.rankings
        for p in r.qini.points[::5]
    ]
    labels = {"learner": _("Learner"), "share": _("Called"), "gain": _("Gained"), "range": _("95% range"), "random": _("At random")}
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "qini-curve", labels)


def fifths_chart(one: Uplift) -> Chart:
    """The observed effect of each fifth of the X-learner."""
    bands = one.rankings[0].bands
    rows = [
        Mark(session.say(Text(_("Fifth {n}"), n=b.number)), b.effect.difference, b.effect.low, b.effect.high) for b in bands if b.effect
    ]
    what = session.say(one.outcome.label)
    return cache.chart(effects_picture, rows, unit=unit_of(one), look=session.look(), what=what, better=one.outcome.better)


def fifths_finding(one: Uplift) -> str:
    """Title: whether the ranking finds those whom the campaign moves."""
    q = one.rankings[0].qini
    return session.say(_("The ranking finds those whom it moves") if q.low > 0 else _("The ranking finds them no better than chance"))


def qini_words(one: Uplift) -> str:
    """What the ranking of both learners gains over chance, and their Qini, in a sentence."""
    look, unit = session.look(), unit_of(one)
    words = _("{learner}: {gain} a customer called beyond calling at random, on average ({range}); Qini {qini}")
    told = [
        Text(
            words,
            learner=session.say(LEARNERS[r.learner]),
            gain=written(r.qini.beyond, unit, look),
            range=range_words(r.qini.beyond_low, r.qini.beyond_high, unit),
            qini=Count(r.qini.qini),
        )
        for r in one.rankings
    ]
    return " · ".join(session.say(t) for t in told)


def fifths_table(one: Uplift) -> Table:
    """The fifths of both learners."""
    look, unit = session.look(), unit_of(one)
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
    look, unit = session.look(), unit_of(one)
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
