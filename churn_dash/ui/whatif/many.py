"""What the What-if page shows of a segment, the bank, or another market: leavers and balances expected before and after."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, Chart, bars
from churn_dash.errors import NotPossible
from churn_dash.measures import Filters
from churn_dash.measures.conditions.saved_segments import IN, PREFIX, saved
from churn_dash.risk import GroupAnswer, Model, group_if, market_if
from churn_dash.risk.scores.grades import GRADES
from churn_dash.risk.whatif.asked import market_of, portfolio_of, situation
from churn_dash.ui import cache, models, session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.progress import long_work, progress
from churn_dash.ui.parts.tiles import Tile, money_tile, tiles
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.whatif.levers import KINDS, effects, settings
from churn_dash.ui.whatif.moves import change, levers
from churn_dash.ui.whatif.words import KEY, RANGE_HELP, between, difference
from churn_dash.words import Count, Ratio, Text, _

_VISIBLE = 0.05
_HARDLY = 5e-5


@dataclass(frozen=True)
class Group:
    """Who is asked about: in words, and their features with what they hold."""

    name: str
    people: pl.DataFrame


def show(question: PageQuestion, kept: Model, whom: str) -> None:
    """Draw the part of the page for a segment, the bank, or the market."""
    top = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        of = _group(question, kept, whom)
        said = settings(question)
        if not of.people.height:
            with top:
                heading(f"{session.say(_('What-if'))} · {of.name}", _("Nobody here can still leave, so nothing can change."))
            return
        try:
            here = market_of(question.ds, kept, of.people) if whom == "market" else situation(kept, of.people.drop("held"), said)
        except NotPossible as problem:
            with top:
                heading(f"{session.say(_('What-if'))} · {of.name}", problem)
            return
        features = levers(here)
        if not features:
            with top:
                heading(f"{session.say(_('What-if'))} · {of.name}", _("Nothing that a bank can change has room to move here."))
            return
        changes = {f.name: change(here, f, several=len(features) > 1) for f in features}
    with progress() as tell:
        if whom == "market":
            found = market_if(question.ds, kept, of.people, changes, tell, models.cuts(kept))
        else:
            found = group_if(kept, of.people, changes, said, effects(question, kept, said), tell, models.cuts(kept))
    with top:
        heading(f"{session.say(_('What-if'))} · {of.name}", answer(found))
        tiles(_tiles(found, whom == "market"))
        for one in found.measured:
            cards.note(session.say(one.words), "science")
        for sentence in found.aside:
            cards.note(session.say(sentence), "science")
        if found.kind != "measured effect":
            cards.note(session.say(found.note), "info")
    if len(found.applied) > 1:
        table = levers_table(found)
        with cards.card(_("What becomes of each lever"), _("All of them moved at once"), table, key="wi-applied"):
            cards.shown(table)
    left, right = st.columns([3, 2], gap="small")
    caption, table = _("Share of customers by how far their risk moves"), moves_table(found)
    with left, cards.card(moves_finding(found), caption, table, key="wi-moves") as as_table:
        cards.picture(_moves_chart(found), as_table)
    table = grades_table(found)
    with right, cards.card(_("Customers by grade, before and after"), _whom_words(found), table, key="wi-grades"):
        cards.shown(table)


def _group(question: PageQuestion, kept: Model, whom: str) -> Group:
    filters, name = Filters(), session.say(_("The bank"))
    if whom in ("segment", "market"):
        known = saved(question.ds)
        codes = ([""] if whom == "market" else []) + list(known)
        if not codes:
            return Group(session.say(_("A segment")), pl.DataFrame())
        words = {"": name, **{n: (n if not s.ready else session.say(n)) for n, s in known.items()}}
        chosen = controls.choice(session.say(_("Segment")), codes, key=f"{KEY}-segment", words=words.__getitem__, width=280)
        if chosen:
            filters, name = Filters(((PREFIX + chosen, (IN,)),)), words[chosen]

    def read(tell: object) -> pl.DataFrame:
        return portfolio_of(question.of(filters), kept, tell)  # type: ignore[arg-type]

    return Group(name, long_work(question.ds, question.scope, read, kept.id, filters.where, name="what-if-people"))


def tenths(number: float) -> str:
    """Customers expected, to a tenth.

    >>> tenths(1234.56)
    '1,234.6'
    """
    return f"{number:,.1f}"


def signed(number: float) -> str:
    """A change of customers expected, to a tenth.

    >>> signed(-12.34), signed(0.0), signed(3.0)
    ('−12.3', '0.0', '+3.0')
    """
    return "0.0" if abs(number) < _VISIBLE else f"{number:+,.1f}".replace("-", "−")


def answer(found: GroupAnswer) -> Text:
    """The page's sentence: how many fewer or more are expected to leave."""
    was = found.leavers("before")
    by = found.leavers("after") - was
    named: dict[str, Any] = {
        "n": tenths(abs(by)),
        "all": Count(found.n),
        "before": tenths(found.leavers("before")),
        "kind": KINDS[found.kind],
    }
    if abs(by) < _VISIBLE:
        return Text(_("The number expected to leave would hardly move: {before} of {all}, {kind}."), **named)
    fewer = _("{n} fewer of {all} customers would leave, {before} expected before: {kind}.")
    more = _("{n} more of {all} customers would leave, {before} expected before: {kind}.")
    if found.leavers_low is not None and found.leavers_high is not None:
        named |= {"low": signed(found.leavers_low - was), "high": signed(found.leavers_high - was)}
        fewer = _("{n} fewer of {all} customers would leave (change {low} to {high}), {before} expected before: {kind}.")
        more = _("{n} more of {all} customers would leave (change {low} to {high}), {before} expected before: {kind}.")
        if found.leavers_low < was < found.leavers_high:
            fewer = more = _(
                "Whether fewer or more of {all} customers would leave cannot be told (change {low} to {high}), {before} expected before: "
                "{kind}."
            )
    return Text(fewer if by < 0 else more, **named)


def _tiles(found: GroupAnswer, market: bool) -> list[Tile]:
    look, before, after = session.look(), found.leavers("before"), found.leavers("after")
    by = after - before
    change = f"{abs(by):,.1f}" if abs(by) >= _VISIBLE else ""
    note = session.say(Text(_("before: {n}"), n=tenths(before)))
    if found.leavers_low is not None and found.leavers_high is not None:
        note += " · " + between(found.range_of, tenths(found.leavers_low), tenths(found.leavers_high))
    why = "" if found.range_of is None else session.say(RANGE_HELP)
    rows = [Tile(_("Expected to leave"), f"{after:,.1f}", change, by > 0, (by < 0) if change else None, note=note, help=why)]
    held, then = found.balances("before"), found.balances("after")
    if held is not None and then is not None:
        rows.append(
            money_tile(
                _("Balances at risk"),
                then,
                change=look.show(abs(then - held), "money") if abs(then - held) >= 1 else "",
                rose=then > held,
                good=then < held if abs(then - held) >= 1 else None,
                note=session.say(
                    Text(_("before: {value}; of {n} whose balances are known"), value=look.show(held, "money"), n=Count(found.n_held))
                ),
            )
        )
    for a in found.applied if len(found.applied) == 1 else ():
        told = Text(
            _("{already} already there, {room} without room, {unknown} not known"),
            already=Count(a.already),
            room=Count(a.no_room),
            unknown=Count(a.unknown),
        )
        rows.append(Tile(_("Customers moved"), look.show(a.moved, "count"), note=session.say(told)))
        bound = Text(
            _("would have gone further than the months have shown") if market else _("would have gone further than similar customers show")
        )
        rows.append(Tile(_("Stopped at a bound"), look.show(a.at_bound, "count"), note=session.say(bound)))
    return rows


def levers_table(found: GroupAnswer) -> Table:
    """Every lever moved as a row: how many customers it moved, and why not the others."""
    names = ("moved", "mean_move", "at_bound", "already", "no_room", "unknown")
    rows = [(session.say(a.label), *(getattr(a, n) for n in names)) for a in found.applied]
    kinds = {"lever": pl.String, **dict.fromkeys(names, pl.Int64), "mean_move": pl.Float64}
    labels = {
        "lever": _("Lever"),
        "moved": _("Customers moved"),
        "mean_move": _("Moved by, mean"),
        "at_bound": _("Stopped at a bound"),
        "already": _("Already there"),
        "no_room": _("Without room"),
        "unknown": _("Not known"),
    }
    units = {"mean_move": "decimal"} | dict.fromkeys(("moved", "at_bound", "already", "no_room", "unknown"), "count")
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "what-if-levers", labels, units, only=True)


def _whom_words(found: GroupAnswer) -> Text:
    return Text(_("High from {high}, medium from {medium}"), high=Ratio(found.cuts.high), medium=Ratio(found.cuts.medium))


def _bin(row: dict[str, float | None]) -> str:
    low, high = row["low"], row["high"]
    if low is None:
        return session.say(Text(_("falls by more than {high}"), high=difference(high).lstrip("−")))
    if high is None:
        return session.say(Text(_("rises by more than {low}"), low=difference(low).lstrip("+")))
    if low < 0 < high:
        return session.say(Text(_("hardly moves, within {high}"), high=difference(high).lstrip("+")))
    first, second = (-high, -low) if high <= 0 else (low, high)
    words = _("falls by {low} to {high}") if high <= 0 else _("rises by {low} to {high}")
    return session.say(Text(words, low=difference(first).lstrip("+").removesuffix(" pp"), high=difference(second).lstrip("+")))


def _moves_chart(found: GroupAnswer) -> Chart:
    rows = [Bar(_bin(r), r["n"] / max(1, found.n), r["n"], of=found.n) for r in found.by_move if r["n"]]
    what = session.say(_("Customers by the move of their risk"))
    return cache.chart(bars, rows, unit="ratio", look=session.look(), what=what, all_grey=True)


def moves_finding(found: GroupAnswer) -> str:
    """Title of the distribution: the move of the customer in the middle, and how far most of them move."""
    middle, low, high = (found.spread[q] or 0.0 for q in ("0.5", "0.1", "0.9"))
    if max(abs(low), abs(high)) < _HARDLY:
        n = int((found.moves.abs() >= _HARDLY).sum())
        return session.say(Text(_("The risk of {n} of {all} customers moves at all"), n=Count(n), all=Count(found.n)))
    named = {"middle": difference(middle), "low": difference(low), "high": difference(high)}
    return session.say(Text(_("The customer in the middle moves by {middle}; eight of ten between {low} and {high}"), **named))


def moves_table(found: GroupAnswer) -> Table:
    """Every band of moves as a row: customers, their share, and what their balances at risk change by."""
    rows = [(_bin(r), r["n"], r["n"] / max(1, found.n), r["balances"] if found.n_held else None) for r in found.by_move]
    kinds = {"move": pl.String, "n": pl.Int64, "share": pl.Float64, "balances": pl.Float64}
    labels = {"move": _("Risk"), "n": _("Customers"), "share": _("Share"), "balances": _("Balances at risk, change, ¥")}
    units = {"n": "count", "share": "ratio", "balances": "money"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "what-if-moves", labels, units)


def grades_table(found: GroupAnswer) -> Table:
    """The grades before and after."""
    before, after = found.grades("before"), found.grades("after")
    rows = [(session.say(GRADES[g]), before[g], after[g]) for g in GRADES]
    labels = {"grade": _("Grade"), "before": _("Before"), "after": _("After")}
    frame = pl.DataFrame(rows, schema={"grade": pl.String, "before": pl.Int64, "after": pl.Int64}, orient="row")
    return Table(frame, "what-if-grades", labels, {"before": "count", "after": "count"}, only=True)
