"""The retention triangle as a picture and a table, and one age over all cohorts."""

import datetime

import polars as pl

from churn_dash.charts import Chart, Series, Square, trend, triangle
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.tenure.cohorts import Triangle
from churn_dash.measures.tenure.first_events import EVENTS, JOINED
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.tenure.cohorts import cohort_words, usual_age
from churn_dash.words import Count, Money, Ratio, Text, _

_MOST_AGES = 13


def ages(told: Triangle) -> list[int]:
    """The ages that fit: every month, else every third, sixth or twelfth."""
    oldest = max((p.age for p in told.pooled), default=0)
    step = next((s for s in (1, 3, 6, 12) if oldest // s < _MOST_AGES), 12)
    return list(range(0, oldest + 1, step))


def chart(told: Triangle, chosen: tuple[str, int] | None) -> Chart:
    """The triangle, each cohort coloured beside all cohorts of the same age."""
    squares = [
        Square(
            f"{c.cohort:%Y-%m}",
            c.age,
            c.value,
            c.low,
            c.high,
            _counted(told, c.top, c.bottom),
            few=told.cohorts[c.cohort] < TOO_FEW,
            provisional=c.provisional,
        )
        for c in told.cells
    ]
    labels = [(f"{c:%Y-%m}", f"{_short(told, c)} · {Count(n)}") for c, n in told.cohorts.items()]
    pooled = {p.age: p.value if p.n >= TOO_FEW else None for p in told.pooled}
    what = session.say(EVENTS[told.event].label)
    words = session.say(_("All cohorts"))
    return cache.chart(triangle, squares, labels, pooled, ages(told), look=session.look(), what=what, all_label=words, chosen=chosen)


def _short(told: Triangle, cohort: datetime.date) -> str:
    """A cohort as an axis names it: a month in figures leaves the room to the cells of a phone."""
    return f"{cohort:%Y-%m}" if told.grain == "month" else cohort_words(told, cohort)


def _counted(told: Triangle, top: float, bottom: float | None) -> str:
    if told.count == "heads":
        return f"{Count(top)}/{Count(bottom)}"
    return session.say(Text(_("{top} of {bottom}"), top=Money(top), bottom=Money(bottom)))


def finding(told: Triangle) -> str:
    """Title of the triangle: how many cohorts are surely below or above the others at the usual age."""
    pooled = {p.age: p for p in told.pooled}[usual_age(told)]
    ends = [
        (c.low, c.high)
        for c in told.cells
        if c.age == pooled.age and told.cohorts[c.cohort] >= TOO_FEW and c.low is not None and c.high is not None
    ]
    if pooled.value is None or not ends or not pooled.age:
        return session.say(_("Who began when, and who is still there"))
    apart = sum(1 for low, high in ends if not low <= pooled.value <= high)
    return session.say(
        Text(_("{n} of {all} cohorts differ clearly from the others after {age} months"), n=apart, all=len(ends), age=pooled.age)
    )


_UNITS = {
    ("heads", "start"): _("% of the cohort still there, by months since the beginning"),
    ("heads", "previous"): _("% of those there a month earlier, by months since the beginning"),
    ("aum", "start"): _("% of the balances of the first month, by months since the beginning"),
    ("aum", "previous"): _("% of the balances a month earlier, by months since the beginning"),
}


def caption(told: Triangle) -> str:
    """Under it: the unit, the colours and what is blank."""
    words = [session.say(_UNITS[told.count, told.relative]), session.say(_("orange below, blue above all cohorts of that age"))]
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


def table(told: Triangle) -> Table:
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
    "sums of the finished cells. Chained: the ratios to the age before, multiplied, each over the cohorts that have reached that age."
)


def age_rows(told: Triangle, age: int) -> pl.DataFrame:
    """One age over the cohorts: month (the cohort), value with its range and n; the cohorts that have not reached it left out."""
    lines = [
        (c.cohort, c.value if told.cohorts[c.cohort] >= TOO_FEW else None, c.low, c.high, told.cohorts[c.cohort])
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


def age_caption(told: Triangle) -> str:
    """Under the title of the line."""
    return f"{session.say(_UNITS[told.count, told.relative])} · {session.say(_('cohorts that have not come so far are left out'))}"
