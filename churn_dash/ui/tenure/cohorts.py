"""What the Cohorts page shows: of those who began together how many are still there, and one age over all cohorts."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import streamlit as st

from churn_dash.charts.ground.axes import time_text
from churn_dash.contract.few import ONE_LIST, TOO_FEW
from churn_dash.errors import ChurnDashError, NotPossible
from churn_dash.measures.tenure.cohorts import Counted, Grain, Mode, Pooled, Relative, Triangle, cohorts
from churn_dash.measures.tenure.first_events import EVENTS, events
from churn_dash.ui import session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.choices import COUNT_BY, COUNTED, GRAINS
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion, where
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import ratio

PAGE = _("Cohorts")
_TILES = (1, 3, 6, 12, 24)
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


def controls_drawn(question: PageQuestion) -> Asked | None:
    """Draw the switches; None where there are no months."""
    known = events(question.ds)
    if not known or question.period is None:
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        event = controls.choice(
            session.say(_("Cohorts begin with")), list(known), key="of", words=lambda n: session.say(EVENTS[n].label), width=196
        )
        grain = controls.choice(
            session.say(_("Cohorts by")), list(GRAINS), key="grain", words=lambda n: session.say(GRAINS[n]), kind="segments"
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
    return Asked(event, grain, COUNTED[counted], mode, relative)  # type: ignore[arg-type]


def found(question: PageQuestion, asked: Asked) -> Triangle:
    """The triangle, remembered; of every cohort where the reader looks at all months. Raises what ``cohorts`` raises."""
    q = question
    whole = q.period is not None and q.period.start <= q.ds.measurable[0] and q.period.end >= q.ds.measurable[-1]
    period = None if whole else q.period

    def work(told: Callable[[Text, float], None]) -> Triangle | NotPossible:
        how = (asked.event, asked.grain, asked.count, asked.mode, asked.relative)
        try:
            return cohorts(q.over(period), *how, told)
        except NotPossible as problem:
            # That nobody began in these months is told only after all of them were looked at: it is kept like a triangle.
            return problem.with_traceback(None)

    triangle = long_work(q.ds, q.scope, work, asked, q.filters, str(period), q.definition, name="cohorts")
    if isinstance(triangle, NotPossible):
        raise NotPossible(triangle.template, **triangle.params)
    return triangle


def answered(question: PageQuestion, asked: Asked | None, top: AbstractContextManager[object]) -> Triangle | None:
    """The triangle with the page's sentence in ``top``; where there is none, the reason as the sentence and what would help."""
    try:
        if asked is None:
            raise NotPossible(ONE_LIST, what=_("Cohorts need customers by month: these data hold one row a customer"))
        told = found(question, asked)
    except ChurnDashError as problem:
        with top:
            heading(where(PAGE, question), session.say(problem))
        cards.needs_time(_("A cohort are the customers who began in the same month; to follow them, load a list for each month."))
        return None
    with top:
        heading(where(PAGE, question), answer(told))
    return told


def cohort_words(told: Triangle, cohort: datetime.date) -> str:
    """A cohort in words: its month, quarter or year."""
    return time_text(cohort, told.grain, session.language(), lines=False)


def usual_age(told: Triangle) -> int:
    """The age to speak of: the oldest that at least half of the cohorts have reached, with enough customers; 0 where none has."""
    enough = [p.age for p in told.pooled if p.n >= TOO_FEW and 2 * p.n_cohorts >= len(told.cohorts) and p.value is not None]
    return max(enough, default=0)


def answer(told: Triangle) -> Text:
    """The page's sentence: the pooled value at the usual age, and the cohort that lies surely below it."""
    pooled = {p.age: p for p in told.pooled}[usual_age(told)]
    worst = _surely_below(told, pooled)
    if pooled.n < TOO_FEW:
        return Text(_("{event}: {n} customers are too few for a rate."), event=EVENTS[told.event].label, n=Count(pooled.n))
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
        if c.age == pooled.age and told.cohorts[c.cohort] >= TOO_FEW and c.value is not None and c.high is not None
        if pooled.value is not None and c.high < pooled.value
    ]
    return (min(low)[1], min(low)[0]) if low else None


def tiles(told: Triangle) -> list[Tile]:
    """The pooled value after 1, 3, 6, 12 and 24 months, those that there are."""
    by = {p.age: p for p in told.pooled}
    shown = [by[age] for age in _TILES if age in by]
    return [
        Tile(
            session.say(_tile_label(told, p.age)),
            session.look().show(p.value if p.n >= TOO_FEW else None, "ratio"),
            note=_tile_note(p),
        )
        for p in shown
    ]


def _tile_label(told: Triangle, age: int) -> Text:
    if told.relative == "previous":
        return Text(_("In month {n}"), n=age)
    return Text(_("After {n} months"), n=age) if age > 1 else Text(_("After 1 month"))


def _tile_note(p: Pooled) -> str:
    if p.n < TOO_FEW:
        return session.say(Text(_("only {n} customers"), n=Count(p.n)))
    if p.low is None:
        return f"n={Count(p.n)}"
    return f"{ratio(p.low, 1)}–{ratio(p.high, 1)} · n={Count(p.n)}"
