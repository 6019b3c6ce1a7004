"""What the Cohorts page shows: of those who began together how many are still there, and one age over all cohorts."""

import datetime
from contextlib import AbstractContextManager
from dataclasses import dataclass

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Series, Square, trend, triangle
from churn_dash.charts.axes import time_text
from churn_dash.errors import ChurnDashError, NotPossible
from churn_dash.measures.cohorts import Counted, Grain, Mode, Pooled, Relative, Triangle, cohorts
from churn_dash.measures.first_events import EVENTS, JOINED, events
from churn_dash.ui import cache, cards, controls, session
from churn_dash.ui.cards import Table
from churn_dash.ui.headings import heading
from churn_dash.ui.question import Question, where
from churn_dash.ui.segments import COUNT_BY
from churn_dash.ui.tables import RANGE_LABELS
from churn_dash.ui.tiles import Tile
from churn_dash.ui.trends import GRAINS
from churn_dash.words import Count, Money, Ratio, Text, _
from churn_dash.words.numbers import ratio

PAGE = _("Cohorts")
FEWEST = 30
_MOST_AGES = 13
_TILES = (1, 3, 6, 12, 24)
_COUNTED: dict[str, Counted] = {"churn_rate": "heads", "aum_churn_rate": "aum"}
_MODES: dict[str, str] = {"on": _("At that age"), "on_or_after": _("Then or later")}
_RELATIVE: dict[str, str] = {"start": _("Start"), "previous": _("Month before")}


@dataclass(frozen=True)
class Asked:
    """What the reader chose."""

    event: str
    grain: Grain
    count: Counted
    mode: Mode
    relative: Relative


def controls_drawn(question: Question) -> Asked | None:
    """Draw the switches; None where there are no months."""
    known = events(question.ds)
    if not known or question.period is None:
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        event = controls.choice(
            session.say(_("Cohorts begin with")), list(known), key="of", words=lambda n: session.say(EVENTS[n].label), width=196
        )
        grain = controls.choice(
            session.say(_("Periods")), list(GRAINS), key="grain", words=lambda n: session.say(GRAINS[n]), kind="segments"
        )
        counted = controls.choice(
            session.say(_("Count by")), list(COUNT_BY), key="count", words=lambda n: session.say(COUNT_BY[n]), kind="segments"
        )
        mode = controls.choice(
            session.say(_("Still there")), list(_MODES), key="mode", words=lambda n: session.say(_MODES[n]), kind="segments"
        )
        relative = controls.choice(
            session.say(_("Relative to")), list(_RELATIVE), key="relative", words=lambda n: session.say(_RELATIVE[n]), kind="segments"
        )
    return Asked(event, grain, _COUNTED[counted], mode, relative)  # type: ignore[arg-type]


def found(question: Question, asked: Asked) -> Triangle:
    """The triangle, remembered; of every cohort where the reader looks at all months. Raises what ``cohorts`` raises."""
    q = question
    whole = q.period is not None and q.period.start <= q.ds.measurable[0] and q.period.end >= q.ds.measurable[-1]
    period = None if whole else q.period

    def work(*_asked: object) -> Triangle:
        return cohorts(q.ds, asked.event, asked.grain, asked.count, asked.mode, asked.relative, q.filters, period, q.definition, q.scope)

    return cache.worked_out(q.ds, q.scope, work, asked, q.filters, str(period), q.definition, name="cohorts")


def answered(question: Question, asked: Asked | None, top: AbstractContextManager[object]) -> Triangle | None:
    """The triangle with the page's sentence in ``top``; where there is none, the reason as the sentence and what would help."""
    try:
        if asked is None:
            raise NotPossible(_("Cohorts need customers by month: these data hold one row a customer."))
        told = found(question, asked)
    except ChurnDashError as problem:
        with top:
            heading(where(PAGE, question), session.say(problem))
        cards.needs_time(_("A cohort are the customers who began in the same month; following them needs customers by month."))
        return None
    with top:
        heading(where(PAGE, question), answer(told))
    return told


def cohort_words(told: Triangle, cohort: datetime.date) -> str:
    """A cohort in words: its month, quarter or year."""
    return time_text(cohort, told.grain, session.language(), lines=False)


def usual_age(told: Triangle) -> int:
    """The age to speak of: the oldest that at least half of the cohorts have reached, with enough customers; 0 where none has."""
    enough = [p.age for p in told.pooled if p.n >= FEWEST and 2 * p.n_cohorts >= len(told.cohorts) and p.value is not None]
    return max(enough, default=0)


def answer(told: Triangle) -> Text:
    """The page's sentence: the pooled value at the usual age, and the cohort that lies surely below it."""
    pooled = {p.age: p for p in told.pooled}[usual_age(told)]
    worst = _surely_below(told, pooled)
    named: dict[str, object] = {
        "event": EVENTS[told.event].label,
        "rate": Ratio(pooled.value),
        "n": Count(pooled.n),
        "age": pooled.age,
        "before": pooled.age - 1,
        "cohort": cohort_words(told, worst[0]) if worst else "",
        "low": Ratio(worst[1] if worst else None),
    }
    if told.relative == "previous":
        if told.count == "aum":
            return Text(_("{event}: of the balances held after {before} months, {rate} are held a month later."), **named)
        return Text(_("{event}: of those there after {before} months, {rate} are there a month later."), **named)
    if told.count == "aum":
        return Text(_("{event}: after {age} months these customers hold {rate} of their first balances."), **named)
    if told.mode == "on_or_after":
        return Text(_("{event}: {rate} of {n} customers are there after {age} months or come back later."), **named)
    if worst is None:
        return Text(_("{event}: {rate} of {n} customers are still there after {age} months, and no cohort is clearly below."), **named)
    return Text(_("{event}: {rate} of {n} customers are still there after {age} months; fewest of {cohort}, {low}."), **named)


def _surely_below(told: Triangle, pooled: Pooled) -> tuple[datetime.date, float] | None:
    """The cohort with the lowest value at this age whose range lies below the pooled value."""
    low = [
        (c.value, c.cohort)
        for c in told.cells
        if c.age == pooled.age and told.cohorts[c.cohort] >= FEWEST and c.value is not None and c.high is not None
        if pooled.value is not None and c.high < pooled.value
    ]
    return (min(low)[1], min(low)[0]) if low else None


def tiles(told: Triangle) -> list[Tile]:
    """The pooled value after 1, 3, 6, 12 and 24 months, those that there are."""
    by = {p.age: p for p in told.pooled}
    shown = [by[age] for age in _TILES if age in by]
    return [
        Tile(
            session.say(Text(_("After {n} months"), n=p.age)) if p.age > 1 else session.say(_("After 1 month")),
            session.look().show(p.value if p.n >= FEWEST else None, "ratio"),
            note=_tile_note(p),
        )
        for p in shown
    ]


def _tile_note(p: Pooled) -> str:
    if p.n < FEWEST:
        return session.say(Text(_("only {n} customers"), n=Count(p.n)))
    if p.low is None:
        return f"n={Count(p.n)}"
    return f"{ratio(p.low, 1)}–{ratio(p.high, 1)} · n={Count(p.n)}"


def ages(told: Triangle) -> list[int]:
    """The ages that fit: every month, else every third, sixth or twelfth."""
    oldest = max((p.age for p in told.pooled), default=0)
    step = next((s for s in (1, 3, 6, 12) if oldest // s < _MOST_AGES), 12)
    return list(range(0, oldest + 1, step))


def triangle_chart(told: Triangle, chosen: tuple[str, int] | None) -> Chart:
    """The triangle, each cohort coloured beside all cohorts of the same age."""
    squares = [
        Square(
            f"{c.cohort:%Y-%m}",
            c.age,
            c.value,
            c.low,
            c.high,
            _counted(told, c.top, c.bottom),
            few=told.cohorts[c.cohort] < FEWEST,
            provisional=c.provisional,
        )
        for c in told.cells
    ]
    labels = [(f"{c:%Y-%m}", f"{cohort_words(told, c)} · {Count(n)}") for c, n in told.cohorts.items()]
    pooled = {p.age: p.value if p.n >= FEWEST else None for p in told.pooled}
    what = session.say(EVENTS[told.event].label)
    words = session.say(_("All cohorts"))
    return cache.chart(triangle, squares, labels, pooled, ages(told), look=session.look(), what=what, all_label=words, chosen=chosen)


def _counted(told: Triangle, top: float, bottom: float | None) -> str:
    if told.count == "heads":
        return f"{Count(top)}/{Count(bottom)}"
    return session.say(Text(_("{top} of {bottom}"), top=Money(top), bottom=Money(bottom)))


def triangle_finding(told: Triangle) -> str:
    """Title of the triangle: how many cohorts are surely below or above the others at the usual age."""
    pooled = {p.age: p for p in told.pooled}[usual_age(told)]
    ends = [
        (c.low, c.high)
        for c in told.cells
        if c.age == pooled.age and told.cohorts[c.cohort] >= FEWEST and c.low is not None and c.high is not None
    ]
    if pooled.value is None or not ends or not pooled.age:
        return session.say(_("Who began when, and who is still there"))
    apart = sum(1 for low, high in ends if not low <= pooled.value <= high)
    return session.say(
        Text(_("{n} of {all} cohorts differ clearly from the others after {age} months"), n=apart, all=len(ends), age=pooled.age)
    )


def triangle_caption(told: Triangle) -> str:
    """Under it: the unit, the colours and what is blank."""
    words = [session.say(_("% still there by months since the beginning · orange below, blue above all cohorts of that age"))]
    if any(c.provisional for c in told.cells):
        words.append(session.say(_("dotted: may still change")))
    return " · ".join(words)


def notes(told: Triangle) -> list[str]:
    """What the triangle leaves out, in whole sentences."""
    found: list[str] = []
    if told.n_before:
        text = (
            _("{n} customers were there before the data begin and are in no cohort")
            if told.event == JOINED
            else _("{n} customers had their first before the data begin and are in no cohort")
        )
        found.append(session.say(Text(text, n=Count(told.n_before))))
    if told.n_outside:
        found.append(session.say(Text(_("{n} more were no customers then or are filtered out"), n=Count(told.n_outside))))
    if told.may_rise:
        found.append(session.say(_("a cell can still rise when lost customers come back")))
    found.append(session.say(_("click a cell for its customers")))
    return found


def triangle_table(told: Triangle) -> Table:
    """A row a cohort and age, the pooled rows last, with ranges and counts."""
    lines: list[dict[str, object]] = [
        {
            "cohort": cohort_words(told, c.cohort),
            "age": c.age,
            "value": c.value,
            "low": c.low,
            "high": c.high,
            "top": c.top,
            "bottom": c.bottom,
        }
        for c in told.cells
    ]
    lines += [
        {
            "cohort": session.say(_("All cohorts")),
            "age": p.age,
            "value": p.value,
            "low": p.low,
            "high": p.high,
            "top": p.top,
            "bottom": p.bottom,
        }
        | {"chained": p.chained}
        for p in told.pooled
    ]
    kinds = {"cohort": pl.String, "age": pl.Int64, **dict.fromkeys(("value", "low", "high", "top", "bottom", "chained"), pl.Float64)}
    labels = {
        "cohort": _("Cohort"),
        "age": _("Months since"),
        "value": _("Still there"),
        **{k: v for k, v in RANGE_LABELS.items() if k != "n"},
        "top": _("Counted"),
        "bottom": _("Out of"),
        "chained": _("Chained"),
    }
    unit = "count" if told.count == "heads" else "money"
    units = {"value": "ratio", "low": "ratio", "high": "ratio", "chained": "ratio", "top": unit, "bottom": unit}
    return Table(pl.DataFrame(lines, schema=kinds), f"cohorts-{told.event}", labels, units, how=session.say(HOW))


HOW = _(
    "Age 0 is the end of the month of beginning. Cells that have not come are blank and count nowhere; all cohorts together are the "
    "sums of the finished cells. Chained: the ratios to the age before, multiplied, each over the cohorts that have reached that age "
    "(METHODS B2)."
)


def age_rows(told: Triangle, age: int) -> pl.DataFrame:
    """One age over the cohorts: month (the cohort), value with its range and n; the cohorts that have not reached it left out."""
    lines = [
        (c.cohort, c.value if told.cohorts[c.cohort] >= FEWEST else None, c.low, c.high, told.cohorts[c.cohort])
        for c in told.cells
        if c.age == age
    ]
    kinds = {told.grain: pl.Date, "value": pl.Float64, "value_low": pl.Float64, "value_high": pl.Float64, "value_n": pl.Int64}
    return pl.DataFrame(lines, schema=kinds, orient="row")


def age_chart(told: Triangle, age: int) -> Chart:
    """One age over the cohorts as a line."""
    provisional = sum(1 for c in told.cells if c.age == age and c.provisional)
    rows = age_rows(told, age)
    words = session.say(_("still there"))
    return cache.chart(trend, rows, [Series("value", words)], unit="ratio", look=session.look(), time=told.grain, provisional=provisional)


def age_finding(told: Triangle, age: int) -> str:
    """Title of the line: the newest cohort that has reached the age beside the first one shown."""
    known = age_rows(told, age).drop_nulls("value")
    if known.height < 2:
        return session.say(Text(_("Retention after {n} months, cohort by cohort"), n=age))
    first, last = known.row(0, named=True), known.row(-1, named=True)
    named = {"n": age, "old": Ratio(first["value"]), "new": Ratio(last["value"]), "first": cohort_words(told, first[told.grain])}
    return session.say(Text(_("After {n} months: {new} of the newest cohort, {old} of {first}"), **named))


def age_caption(age: int) -> Text:
    """Under the title of the line."""
    return Text(_("% still there after {n} months, by when they began; cohorts that have not reached it are left out"), n=age)
