"""The assumption ledger: every amount opened into its inputs, and which of them decides."""

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Moved, tornado
from churn_dash.evaluation.ledger.decision import Decision, Swing
from churn_dash.evaluation.ledger.inputs import SWING
from churn_dash.evaluation.ledger.opened import CAMPAIGNS, VALUE_FORMULA, Ledger, ledger
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.rests_on import inputs, shown
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.words import Money, Ratio, Text, _

_MOVED: dict[str, str | Text] = {
    "range": _("its 95% range"),
    "fifth": Text(_("assumed, {share} either way"), share=f"{SWING:.0%}"),
    "year": _("assumed, a year either way"),
}


def found(one: Asked) -> Ledger:
    """Every amount, opened; again when an assumption was set."""
    q, m = one.question, one.measured
    stamp = tuple((h.assumption.name, h.value, h.version) for h in one.held.values())
    return one.remembered(lambda _stamp: ledger(q.ds, m, one.held, q.scope), stamp, name="ledger")


def tiles(book: Ledger) -> list[Tile]:
    """The amounts in a row."""
    pool, look = book.pool, session.look()
    first = book.of(CAMPAIGNS)
    net = "" if pool.net.low is None else session.say(Text(_("{low} to {high}"), low=Money(pool.net.low), high=Money(pool.net.high)))
    even = look.show(first.break_even, "ratio")
    known = session.say(Text(_("measured {rate}"), rate=Ratio(pool.rate.value))) if pool.rate.value is not None else ""
    return [
        money_tile(_("Net of campaigns"), first.amount, note=net or _why(first)),
        money_tile(_("Cost of campaigns"), pool.cost if pool.campaigns else None),
        money_tile(_("Cost per save"), pool.cost_per_save.value),
        Tile(_("Pays from a save rate of"), even, note=known),
        money_tile(
            _("Customer kept"), book.worth.implied, note=session.say(_("mean lifetime value by the data; the value assumed is below"))
        ),
    ]


def _why(d: Decision) -> str:
    return session.say(d.why_not) if d.why_not is not None else ""


def opened(book: Ledger) -> None:
    """Draw each amount with its formula and inputs."""
    for d in book.decisions:
        with st.expander(safe(f"{session.say(d.label)} · {session.look().show(d.amount, 'money')}"), expanded=d.key == CAMPAIGNS):
            if d.why_not is not None:
                st.markdown(safe(session.say(d.why_not)))
            st.caption(safe(session.say(d.formula)))
            if d.inputs:
                cards.shown(inputs(d.inputs, d.key))
    worth = book.worth
    with st.expander(
        safe(f"{session.say(_('What a customer kept is worth by the data'))} · {session.look().show(worth.implied, 'money')}")
    ):
        if worth.why_not is not None:
            st.markdown(safe(session.say(worth.why_not)))
        st.caption(safe(session.say(VALUE_FORMULA)))
        cards.shown(inputs(worth.inputs, "worth"))


def finding(d: Decision) -> Text:
    """Title of the tornado: what alone would turn the decision."""
    if not d.flipping:
        pays = _("{what}: no input within its range turns the gain into a loss")
        loses = _("{what}: no input within its range turns the loss into a gain")
        return Text(pays if (d.amount or 0) > 0 else loses, what=d.label)
    first = d.flipping[0]
    return Text(
        _("{what}: decided by {name}, which turns it at {value}"),
        what=d.label,
        name=first.label,
        value=shown(first.unit, first.turns_at or 0.0),
    )


CAPTION = _("Each input moved alone · full bars: measured, to the ends of the 95% range · pale bars: assumed, so far either way as is said")


def chart(d: Decision) -> Chart:
    """The amount with each input moved alone."""
    rows = [
        Moved(session.say(s.label), shown(s.unit, s.low), shown(s.unit, s.high), s.at_low, s.at_high, s.moved == "range", _moved(s))
        for s in d.swings
    ]
    return cache.chart(tornado, rows, d.amount or 0.0, look=session.look(), what=session.say(d.label), better="up")


def _moved(s: Swing) -> str:
    return session.say(_MOVED[s.moved])


def table(d: Decision) -> Table:
    """The tornado as rows, with the value at which each input turns the decision."""
    rows = [_row(s) for s in d.swings]
    labels = {
        "what": _("Input"),
        "moved": _("How far it is moved"),
        "low": _("Lower"),
        "high": _("Higher"),
        "at_low": _("Amount when lower, ¥"),
        "at_high": _("Amount when higher, ¥"),
        "turns": _("Turns at"),
        "flips": _("Within its range"),
    }
    kinds = {n: pl.Float64() if n in ("at_low", "at_high") else pl.String() for n in labels}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    return Table(frame, f"tornado-{d.key}", labels, {"at_low": "money", "at_high": "money"})


def _row(s: Swing) -> tuple[object, ...]:
    turns = "—" if s.turns_at is None or s.turns_at < 0 else shown(s.unit, s.turns_at)
    flips = session.say(_("yes") if s.flips else _("no"))
    return session.say(s.label), _moved(s), shown(s.unit, s.low), shown(s.unit, s.high), s.at_low, s.at_high, turns, flips
