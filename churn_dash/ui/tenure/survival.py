"""What the Survival page shows: how long customers stay, and who stays longer."""

from collections.abc import Callable
from typing import Any

import polars as pl

from churn_dash.charts import Chart, Line, staying
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures.tenure.survival import Stay, Survival, day_of, survival
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Month, Ratio, Text, _
from churn_dash.words.numbers import DASH

EVERYBODY = "all"
_MOST_GROUPS = 7
_YEARS = (1, 3, 5)
_FOLLOWED = 12
"""Months that a group must have been watched to be named in the title."""
HOW = _(
    "Kaplan–Meier by days since the customer joined; who was there before the first month enters late, at his age then; who is still there "
    "leaves the count at the end. A return begins anew. Ranges: 95%, log-log."
)


def group_control(question: PageQuestion) -> str | None:
    """Choose by what the customers are set beside one another; only what has few enough levels for one picture."""
    known = {n: d for n, d in question.groupings.items() if len(d.values) <= _MOST_GROUPS and n != "tenure_band"}
    picked = controls.choice(
        session.say(_("Set side by side")),
        [EVERYBODY, *known],
        key="stay-by",
        words=lambda n: session.say(_("All customers together")) if n == EVERYBODY else dimension_words(known[n]),
        default="tier" if "tier" in known else EVERYBODY,
        width=240,
    )
    return None if picked == EVERYBODY else picked


def stay(question: PageQuestion, by: str | None) -> tuple[Stay | None, NotPossible | None]:
    """The answer of ``measures.survival``, remembered, or why there is none."""
    q = question

    def work(told: Callable[[Text, float], None]) -> Stay:
        return survival(q, by, told)

    try:
        return long_work(q.ds, q.scope, work, by, q.filters, str(q.period), q.definition, name="survival"), None
    except NotPossible as problem:
        return None, problem


def age(months: float | None) -> Text | str:
    """A span of life in words: months below two years, else years.

    >>> str(age(8.04)), str(age(60.7)), str(age(None))
    ('8 months', '5.1 years', '—')
    """
    if months is None:
        return DASH
    if months < 24:
        return Text(_("{n} months"), n=round(months))
    return Text(_("{n} years"), n=f"{months / 12:.1f}".removesuffix(".0"))


def answer(found: Stay) -> Text | str:
    """The page's sentence: when half are gone, or how many are left after the longest age that was watched."""
    one, median = found.whole, found.whole.median[0]
    if one.n < TOO_FEW:
        return Text(_("{n} customers are too few for a curve: {left} of them left."), n=Count(one.n), left=Count(one.n_left))
    if one.start > day_of(1):
        rest = one.at(one.last_told)[0]
        if rest is None:
            return Text(_("{n} customers are too few for a curve: {left} of them left."), n=Count(one.n), left=Count(one.n_left))
        named = {"start": age(one.start / 30.4375), "share": Ratio(rest), "end": age(one.last_told)}
        return Text(_("Of customers who had stayed {start}, {share} are still there after {end}."), **named)
    first = one.at(12)[0]
    if median is not None and first is not None:
        return Text(_("{share} of new customers stay a year; half are gone after {median}."), share=Ratio(first), median=age(median))
    last = one.last_told
    return Text(_("{share} of new customers are still there after {age}."), share=Ratio(one.at(last)[0]), age=age(last))


def told(found: Stay) -> bool:
    """Whether enough customers were watched for pictures."""
    return found.whole.n >= TOO_FEW


def tiles(found: Stay) -> list[Tile]:
    """The row of figures: the share still there after some years, and the median."""
    look, one = session.look(), found.whole
    small = one.n < TOO_FEW
    made = []
    for years in _YEARS:
        share, low, high = one.at(12 * years) if 12 * years <= one.last_told and not small else (None, None, None)
        label = session.say(_("After 1 year")) if years == 1 else session.say(Text(_("After {n} years"), n=years))
        ends = Text(_("{low} to {high} · n={n}"), low=Ratio(low), high=Ratio(high), n=Count(one.at_risk(12 * years)))
        note = session.say(ends) if low is not None else session.say(_("too few watched at that age"))
        made.append(Tile(label, look.show(share, "ratio"), note=note))
    median, low, high = (None, None, None) if small else one.median
    note = (
        session.say(Text(_("{low} to {high}"), low=age(low), high=age(high))) if median is not None else session.say(_("not reached yet"))
    )
    made.append(Tile(session.say(_("Half are gone")), session.say(age(median)), note=note))
    watched = session.say(Text(_("{left} of them left"), left=Count(one.n_left)))
    made.append(Tile(session.say(_("Watched")), look.show(one.n, "count"), note=watched))
    return made


def caption(question: PageQuestion, found: Stay) -> str:
    """Under the title of the curves: what they are made of, and who is not in them."""
    months = Text(_("{start} to {end}"), start=Month(found.period.start), end=Month(found.period.end))
    words = session.say(Text(_("Share still there by time since joining, at the pace of {months}"), months=months))
    if found.left_out:
        words += " · " + session.say(Text(_("{n} left out: nothing tells when they joined"), n=Count(found.left_out)))
    small = [g for g in found.groups if g.n < TOO_FEW]
    if small:
        words += " · " + session.say(Text(_("groups under {n} customers only in the table"), n=TOO_FEW))
    return words


def finding(question: PageQuestion, found: Stay) -> str:
    """Title of the curves: which group stays longest, and whether the groups differ beyond chance."""
    large = [g for g in found.groups if g.n >= TOO_FEW and g.level is not None]
    if found.difference is None or len(large) < 2:
        last = min(60, found.whole.last_told)
        return session.say(Text(_("Still there after {age}: {share}"), age=age(last), share=Ratio(found.whole.at(last)[0])))
    if found.difference.p >= 0.05:
        return session.say(_("The groups differ no more than chance would make them"))
    followed = [g for g in large if g.last_told >= _FOLLOWED]
    month = min((60, *(g.last_told for g in followed)))
    told = [(g.at(month)[0], g) for g in followed if g.at(month)[0] is not None]
    if len(told) < 2:
        return session.say(_("The groups leave at different paces"))
    top, bottom = max(told, key=lambda t: t[0] or 0.0), min(told, key=lambda t: t[0] or 0.0)
    named = {
        "top": _level(question, found, top[1].level),
        "most": Ratio(top[0]),
        "bottom": _level(question, found, bottom[1].level),
        "least": Ratio(bottom[0]),
        "age": age(month),
    }
    return session.say(Text(_("Still there after {age}: {top} {most}, {bottom} {least}"), **named))


def _level(question: PageQuestion, found: Stay, level: str | None) -> str:
    return value_words(question.groupings[found.by], level) if found.by else session.say(_("all customers"))


def _line(name: str, one: Survival) -> Line:
    months = range(one.last_told + 1)
    shares, lows, highs = zip(*(one.at(m) for m in months), strict=True)
    return Line(name, shares, lows, highs, [one.at_risk(m) for m in months])


def chart(question: PageQuestion, found: Stay) -> Chart:
    """The curves of the groups, or of everybody."""
    large = [g for g in found.groups if g.n >= TOO_FEW]
    lines = [_line(_level(question, found, g.level), g) for g in large] or [_line(session.say(_("all customers")), found.whole)]
    return cache.chart(staying, lines if found.whole.n >= TOO_FEW else [], look=session.look())


CHART = "curves"


def picture(question: PageQuestion, found: Stay, as_table: bool) -> None:
    """The curves on the page: a click on one limits the other charts to its group."""
    large = [g for g in found.groups if g.n >= TOO_FEW][:_MOST_GROUPS] if found.by else []
    if not large:
        cards.picture(chart(question, found), as_table or not told(found), notes(found))
        return
    marks: list[tuple[float, float, str]] = []
    levels: list[dict[str, str] | None] = []
    for g in large:
        name = _level(question, found, g.level)
        for month in range(g.last_told + 1):
            share = g.at(month)[0]
            if share is not None:
                words = Text(_("{group}: {share} still there after {n} months"), group=name, share=Ratio(share), n=month)
                marks.append((float(month), share, session.say(words)))
                levels.append({str(found.by): g.level} if g.level is not None else None)
    clicks.points(question.ds, CHART, chart(question, found), marks, levels, as_table or not told(found), notes=notes(found), ring=False)


def notes(found: Stay) -> list[str]:
    """Under the curves: the test, and from which age they speak."""
    told = []
    if found.difference is not None:
        p = found.difference.p
        words = Text(_("log-rank test: p < 0.001")) if p < 0.001 else Text(_("log-rank test: p = {p}"), p=f"{p:.3f}")
        told.append(session.say(words))
    late = [g for g in (found.groups or (found.whole,)) if g.start > day_of(1) and g.n >= TOO_FEW]
    if late:
        told.append(session.say(_("a curve that begins later speaks of those who had stayed that long: too few joined in these months")))
    return told


def table(question: PageQuestion, found: Stay) -> Table:
    """The groups as rows; of small ones only the counts."""
    rows: list[tuple[Any, ...]] = []
    for one in (found.whole, *found.groups):
        name = session.say(_("all customers")) if one is found.whole else _level(question, found, one.level)
        told = one.n >= TOO_FEW
        shares = [one.at(12 * y)[0] if told and 12 * y <= one.last_told else None for y in _YEARS]
        median = [None if m is None or not told else m for m in one.median]
        rows.append((name, one.n, one.n_left, *shares, *median))
    years = [f"year_{y}" for y in _YEARS]
    names = ["group", "n", "left", *years, "median", "median_low", "median_high"]
    kinds = [pl.String, pl.Int64, pl.Int64, *[pl.Float64] * (len(years) + 3)]
    frame = pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")
    labels = {
        "group": _("Group"),
        "n": _("Watched"),
        "left": _("Left"),
        **{f"year_{y}": session.say(_("After 1 year")) if y == 1 else session.say(Text(_("After {n} years"), n=y)) for y in _YEARS},
        "median": _("Half gone after, months"),
        "median_low": _("95% range from"),
        "median_high": _("95% range to"),
    }
    units = {"n": "count", "left": "count", **dict.fromkeys(years, "ratio"), **dict.fromkeys(names[-3:], "decimal")}
    return Table(frame, "survival", labels, units, how=session.say(HOW))
