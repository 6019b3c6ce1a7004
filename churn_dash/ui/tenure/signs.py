"""How long before they left customers gave a first sign; a card of the Survival page."""

from typing import Any

import polars as pl
import streamlit as st

from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.tenure.signals import FALL, LOOK_BACK, Signal, signals
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile, drawn
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import DASH

SIGNS = {"warning": _("First warning"), "balances": _("Balances began to fall")}


def signs(question: PageQuestion) -> tuple[Signal, ...]:
    """The time from the first sign to the departure, remembered."""
    q = question

    def work(*_asked: Any) -> tuple[Signal, ...]:
        return signals(q)

    return cache.worked_out(q.ds, q.scope, work, q.filters, str(q.period), q.definition, name="signals")


def finding(found: tuple[Signal, ...]) -> str:
    """Title of the signs: how much time there was."""
    known = [s for s in found if s.median is not None and s.n_signal >= TOO_FEW]
    if not known:
        return session.say(_("Time from the first sign to the departure"))
    first = max(known, key=lambda s: s.n_signal)
    share = Ratio(first.n_signal / first.n_left)
    named = {"share": share, "days": Count(first.median)}
    if first.kind == "warning":
        return session.say(Text(_("{share} of those who left had a warning before, half of them {days} days or more ahead"), **named))
    return session.say(Text(_("{share} of those who left drew their balances down before, half of them for {days} days or more"), **named))


def tiles(found: tuple[Signal, ...]) -> list[Tile]:
    """Each kind of sign: the median time to the departure, and how many gave it."""
    made = []
    for s in found:
        told = s.n_signal >= TOO_FEW
        value = session.say(Text(_("{n} days"), n=Count(s.median))) if told and s.median is not None else DASH
        note = session.say(Text(_("{n} of {all} who left had it"), n=Count(s.n_signal), all=Count(s.n_left)))
        if told and s.first_quarter is not None and s.third_quarter is not None:
            note += " · " + session.say(
                Text(_("the middle half {low} to {high} days"), low=Count(s.first_quarter), high=Count(s.third_quarter))
            )
        made.append(Tile(session.say(SIGNS[s.kind]), value, note=note))
    return made


def shown(found: tuple[Signal, ...], as_table: bool) -> None:
    """Draw the signs one below the other; where the data tell of none, what would."""
    if not found:
        st.caption(session.say(_("These data hold neither warnings nor balances; with one of them the first sign could be told.")))
    for row in () if as_table else tiles(found):
        with st.container(border=True, gap="xsmall"):
            drawn(row)


def caption() -> Text:
    """Under the title of the signs: what counts as one."""
    return Text(
        _("Looked for in the {months} months before · balances: an unbroken fall of at least {share} up to the departure"),
        months=LOOK_BACK,
        share=Ratio(FALL),
    )


def table(found: tuple[Signal, ...]) -> Table:
    """The signs as rows."""
    rows = [(session.say(SIGNS[s.kind]), s.n_left, s.n_signal, s.median, s.low, s.high, s.first_quarter, s.third_quarter) for s in found]
    names = ("sign", "n_left", "n_signal", "median", "low", "high", "first_quarter", "third_quarter")
    kinds = dict(zip(names, (pl.String, pl.Int64, pl.Int64, *[pl.Float64] * 5), strict=True))
    labels = {
        "sign": _("Sign"),
        "n_left": _("Left"),
        "n_signal": _("Had it"),
        "median": _("Days before, median"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "first_quarter": _("a quarter later than"),
        "third_quarter": _("a quarter earlier than"),
    }
    units = dict.fromkeys(names[1:], "count")
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "first-signs", labels, units)
