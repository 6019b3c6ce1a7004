"""How customers go from active to silent, asleep and lost; two cards of the Survival page."""

from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Move, moves
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.tenure.silence import STATES, Silence, ToLoss, silence
from churn_dash.ui import cache, session
from churn_dash.ui.answers import shown as share
from churn_dash.ui.parts import cards, tiles
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Number, Ratio, Text, _

NAMES = {"active": _("Active"), "silent": _("Silent"), "sleeping": _("Asleep"), "lost": _("Lost")}
HOW = _(
    "Active: a transaction in the month. Silent: one or two months running without. Asleep: three or more. Lost: left by the definition. "
    "The model remembers only the state (Markov), at the pace of the period; its months to the loss (fundamental matrix) "
    "count every return, so that they are far more than most who are lost need; the range takes each customer as one draw."
)
_LACKING = _("These data hold no transactions by month; with them one could tell who falls silent.")


def fallen(question: PageQuestion) -> Silence | None:
    """The chain, remembered."""
    q = question

    def work(*_asked: Any) -> Silence | None:
        return silence(q)

    return cache.worked_out(q.ds, q.scope, work, q.filters, str(q.period), q.definition, name="silence")


def _name(state: str) -> str:
    return session.say(NAMES[state])


def _told(s: ToLoss) -> bool:
    return s.n >= TOO_FEW


def finding(found: Silence | None) -> str:
    """Title of the moves: how many of the silent come back within a month, and how many of those asleep are lost."""
    rows = {(m.before, m.after): m for m in found.moves} if found else {}
    states = {s.state: s for s in found.states} if found else {}
    back, lost = rows.get(("silent", "active")), rows.get(("sleeping", "lost"))
    if back is None or lost is None or not (_told(states["silent"]) and _told(states["sleeping"])):
        return session.say(_("From active to silent, asleep and lost"))
    named = {"back": Ratio(back.share), "lost": Ratio(lost.share)}
    return session.say(Text(_("Each month {back} of the silent are active again, and {lost} of those asleep are lost"), **named))


def caption(found: Silence | None) -> str:
    """Under the title of the moves."""
    words = session.say(_("From the end of a month (down) to the end of the next (across), % of customer-months"))
    if found is None or not found.unknown:
        return words
    return f"{words} · {session.say(Text(_('customer-months not known: {n}'), n=Count(found.unknown)))}"


def picture(found: Silence | None, as_table: bool) -> None:
    """The moves as a grid; without transactions by month, what would tell."""
    if found is None:
        st.caption(session.say(_LACKING))
    else:
        cards.picture(_chart(found), as_table)


def _chart(found: Silence) -> Chart:
    people = {s.state for s in found.states if _told(s)}
    shown = [Move(m.before, m.after, m.share, m.n, m.n_before, m.low, m.high) for m in found.moves if m.before in people]
    befores, words = [s for s in STATES[:3] if s in people], {state: _name(state) for state in STATES}
    named = {"words": words, "worse": ("silent", "sleeping", "lost"), "counted": _("{n} of {all} customer-months")}
    return cache.chart(moves, shown, befores, list(STATES), look=session.look(), **named)


def table(found: Silence | None) -> Table:
    """The moves as rows."""
    rows = [(_name(m.before), _name(m.after), m.n, m.n_before, m.share, m.low, m.high) for m in (found.moves if found else ())]
    names = ("before", "after", "n", "n_before", "share", "low", "high")
    kinds = dict(zip(names, (pl.String, pl.String, pl.Int64, pl.Int64, *[pl.Float64] * 3), strict=True))
    labels = {
        "before": _("A month's end"),
        "after": _("The next"),
        "n": _("Customer-months"),
        "n_before": _("Of"),
        "share": _("Share"),
        "low": _("95% range from"),
        "high": _("95% range to"),
    }
    units = {"n": "count", "n_before": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "moves-into-silence", labels, units, how=session.say(HOW))


def months_finding(found: Silence | None) -> str:
    """Title of the losses: how many of those asleep, and of the active, were lost in these months."""
    told = {s.state: s.observed for s in (found.states if found else ()) if s.n_start >= TOO_FEW and s.observed is not None}
    if found is None or not {"active", "sleeping"} <= set(told):
        return session.say(_("Lost from each state"))
    named = {"active": Ratio(told["active"]), "asleep": Ratio(told["sleeping"]), "n": found.n_months}
    return session.say(Text(_("Of those asleep {asleep} were lost within {n} months, of the active {active}"), **named))


def months_caption(found: Silence | None) -> Text:
    """Under the title of the losses: of whom they are told, and what the model is."""
    words = _("Of those in the state before these {n} months · model: from the moves of a month to the next, if their pace lasted")
    return Text(words, n=found.n_months if found else 0)


def _tiles(found: Silence) -> list[Tile]:
    """Each state: the share lost with its range, and beneath it what the model says of the same months and of the time to the loss."""
    made = []
    for s in found.states:
        notes = [Text(_("{n} of {all} lost"), n=Count(s.n_lost), all=Count(s.n_start))]
        if s.n_start >= TOO_FEW and s.observed is not None:
            notes = [Text(_("{low} to {high} of {n}"), low=Ratio(s.observed_low), high=Ratio(s.observed_high), n=Count(s.n_start))]
            if s.foretold is not None:
                missed = _("the model says {foretold}: it misses what happened") if s.model_misses else _("the model says {foretold}")
                notes.append(Text(missed, foretold=Ratio(s.foretold)))
        if _told(s) and s.months is not None:
            named = {"months": Number(s.months), "low": Number(s.low), "high": Number(s.high)}
            notes.append(Text(_("by the model {months} months to the loss, returns included ({low} to {high})"), **named))
        label = Text(_("{state}: lost within {n} months"), state=_name(s.state), n=found.n_months)
        made.append(Tile(session.say(label), share(s.observed, s.n_start), note=" · ".join(session.say(n) for n in notes)))
    return made


def shown(found: Silence | None, as_table: bool) -> None:
    """Draw the states side by side."""
    if found is not None and not as_table:
        tiles.tiles(_tiles(found))


def months_table(found: Silence | None) -> Table:
    """The states as rows."""
    names = ("state", "n", "months", "low", "high", "n_start", "n_lost", "observed", "observed_low", "observed_high", "foretold")
    rows = [(_name(s.state), *(getattr(s, name) for name in names[1:])) for s in (found.states if found else ())]
    kinds = {n: pl.String if n == "state" else pl.Int64 if n in ("n", "n_start", "n_lost") else pl.Float64 for n in names}
    labels = {
        "state": _("State"),
        "n": _("Customers"),
        "months": _("Months to the loss, by the model"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "n_start": _("At the start"),
        "n_lost": _("Lost"),
        "observed": _("Share"),
        "observed_low": _("share, 95% range from"),
        "observed_high": _("share, 95% range to"),
        "foretold": _("By the model"),
    }
    units = {"n": "count", "n_start": "count", "n_lost": "count"}
    units |= dict.fromkeys(("months", "low", "high"), "decimal")
    units |= dict.fromkeys(("observed", "observed_low", "observed_high", "foretold"), "ratio")
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "months-to-loss", labels, units, how=session.say(HOW))
