"""The retention triangle: of those who began together, how many are still there after so many months. Source: METHODS B2."""

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from churn_dash.contract.calendar import ordinal, shifted
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.leaving import must_leave
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.intervals import Interval, ends, normal_quantile, ratio_of_sums, wilson
from churn_dash.measures.tenure.cohort_rows import began, heads, members, money, sizes
from churn_dash.measures.tenure.first_events import JOINED, event
from churn_dash.store.derive.grains import spans
from churn_dash.words import Month, Text

Counted = Literal["heads", "aum"]
Mode = Literal["on", "on_or_after"]
Relative = Literal["start", "previous"]
Grain = Literal["month", "quarter", "year"]

_STILL_THERE = _(
    "Who falls a tier is still a customer: choose a definition by which customers leave to see who of a cohort is still there."
)


@dataclass(frozen=True)
class Cell:
    """One cohort at one age (months after the month of beginning; 0: the end of that month).

    ``top`` of ``bottom``: customers, or balances in CNY. ``value`` is their ratio (0–1; balances may grow beyond), None where
    undefined, with its 95 % range where there is one. ``provisional``: may still change as an absence or a dormancy is taken back.
    """

    cohort: datetime.date
    age: int
    top: float
    bottom: float | None
    value: float | None
    low: float | None
    high: float | None
    provisional: bool


@dataclass(frozen=True)
class Pooled:
    """One age over every cohort that has reached it: sums of numerators and denominators, never a mean of rates.

    ``n`` customers and ``n_cohorts``; ``chained``: the product, age by age, of the ratios to the age before, each over the cohorts
    that have reached it, with its 95 % range (Greenwood, log−log) where nobody came back.
    """

    age: int
    n: int
    n_cohorts: int
    top: float
    bottom: float | None
    value: float | None
    low: float | None
    high: float | None
    chained: float | None
    chained_low: float | None
    chained_high: float | None
    provisional: bool


@dataclass(frozen=True)
class Triangle:
    """Cohorts (first day of month, quarter or year → customers) and their finished cells; what has not come is not there.

    ``n_before`` customers began before the data, ``n_outside`` were no customers when they began or are not among those chosen.
    ``last``: the last complete month. ``may_rise``: by on-or-after, customers who come back later can still raise a cell.
    """

    event: str
    grain: Grain
    count: Counted
    mode: Mode
    relative: Relative
    definition: str
    cohorts: Mapping[datetime.date, int]
    cells: tuple[Cell, ...]
    pooled: tuple[Pooled, ...]
    n_before: int
    n_outside: int
    last: datetime.date

    @property
    def may_rise(self) -> bool:
        """Whether a later return can raise a cell."""
        return self.mode == "on_or_after"

    def complete_until(self, cohort: datetime.date) -> int:
        """The last age that a cohort has reached; −1: none yet."""
        return max((c.age for c in self.cells if c.cohort == cohort), default=-1)


@dataclass(frozen=True)
class _Sums:
    """What a cohort of one month holds at one age; ``yy``, ``xy`` squares of balances."""

    n: float = 0.0
    y: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def __add__(self, other: "_Sums") -> "_Sums":
        return _Sums(self.n + other.n, self.y + other.y, self.yy + other.yy, self.xy + other.xy)


def cohorts(
    question: Question,
    event_name: str = JOINED,
    grain: Grain = "month",
    count: Counted = "heads",
    mode: Mode = "on",
    relative: Relative = "start",
    progress: Callable[[Text, float], None] | None = None,
) -> Triangle:
    """The retention triangle of those who began inside ``period`` (without one: inside the data).

    ``mode``: active at the end of the month, or then or in any later month of the data. ``relative``: to the whole cohort (its
    balances: at the end of its first month), or to the age before. Filters look at customers as in the month of their beginning.

    Raises ``NotPossible`` without months, without the event's table, where nobody began, for balances that the data lack, and by a
    definition by which nobody leaves.
    """
    ds = question.ds
    tell = progress or (lambda text, share: None)
    if ds.shape == "empty":
        definition_of(ds, question.definition)  # says why not
    if ds.shape != "panel" or not ds.months:
        raise NotPossible(ONE_LIST, what=_("Cohorts need customers by month: these data hold one row a customer"))
    chosen, rule = event(ds, event_name), question.chosen
    must_leave(ds, rule, _STILL_THERE)
    last = ds.months[-1]
    months = [m for m in ds.all_months if m <= last and (question.period is None or question.period.start <= m <= question.period.end)]
    tell(Text(_("Finding who began when")), 0.1)
    found = members(ds, chosen, rule, condition(question, began(chosen, rule, question.scope, months)), months)
    with found.closed():
        groups = _groups(grain, [m for m in months if m >= found.first])
        n = sizes(found)
        whole = {label: sum(n.get(m, 0) for m in group) for label, group in groups.items()}
        if not any(whole.values()):
            raise NotPossible(
                _("Nobody among the customers chosen began in these months: {event}, {first} to {last}."),
                event=chosen.label, first=Month(months[0] if months else last), last=Month(months[-1] if months else last),
            )  # fmt: skip
        tell(Text(_("Counting who is there at each age")), 0.4)
        rows = (money if count == "aum" else heads)(found, rule, last, mode == "on_or_after")
    if count == "aum" and not int(rows["known"].sum() or 0):
        raise NotPossible(_("These data hold no balances: load a column of balances (aum_end)."))
    tell(Text(_("Laying the triangle")), 0.8)
    sums = {(r["cohort"], r["month"]): _Sums(*(r.get(c) or 0.0 for c in ("n", "y", "yy", "xy"))) for r in rows.to_dicts()}
    lines = {
        label: [sum((sums.get((m, shifted(m, age)), _Sums()) for m in group), _Sums()) for age in _ages(group, last)]
        for label, group in groups.items()
        if whole[label]
    }
    ratio = _Ratio(count, relative)
    settled = shifted(last, -ds.rules[rule].unsettled_months)
    cells = tuple(
        ratio.cell(label, age, line, whole[label], shifted(groups[label][-1], age) > settled)
        for label, line in lines.items()
        for age in range(len(line))
    )
    counted = {label: whole[label] for label in lines}
    pooled = _pooled(ratio, lines, counted, cells)
    return Triangle(chosen.name, grain, count, mode, relative, rule, counted, cells, pooled, found.n_before, found.n_outside, last)


def _ages(group: Sequence[datetime.date], last: datetime.date) -> range:
    """The ages that every month of a group has reached."""
    return range(ordinal(last) - ordinal(group[-1]) + 1)


def _groups(grain: str, months: Sequence[datetime.date]) -> dict[datetime.date, list[datetime.date]]:
    """Months by the month, quarter or year that they belong to; a quarter or year counts only where it is whole."""
    if grain == "month":
        return {m: [m] for m in months}
    found = spans(grain, months)
    if months and not found:
        raise NotPossible(
            _("The data hold no whole {unit}: they measure {first} to {last}."), unit=grain, first=Month(months[0]), last=Month(months[-1])
        )
    return {s.period: [m for m in months if s.start <= m <= s.last_month] for s in found}


@dataclass(frozen=True)
class _Ratio:
    """What a cell is a ratio of."""

    count: str
    relative: str

    def top(self, line: Sequence[_Sums], age: int) -> float:
        return line[age].n if self.count == "heads" else line[age].y

    def bottom(self, line: Sequence[_Sums], age: int, n: int) -> float | None:
        if self.count == "heads":
            return float(n) if self.relative == "start" or age == 0 else line[age - 1].n
        if self.relative == "start":
            return line[0].y
        return line[age - 1].y if age else None

    def range(self, sums: _Sums, top: float, bottom: float | None, xx: float, n: int) -> Interval | None:
        """Wilson's of customers where nobody came back in between; of balances beside the first month's, the linearised one."""
        if self.count == "heads":
            return wilson(top, bottom) if bottom and top <= bottom else None
        return ratio_of_sums(sums.y, bottom, sums.yy, sums.xy, xx, n) if self.relative == "start" and bottom else None

    def cell(self, cohort: datetime.date, age: int, line: Sequence[_Sums], n: int, provisional: bool) -> Cell:
        top, bottom = self.top(line, age), self.bottom(line, age, n)
        low, high = ends(self.range(line[age], top, bottom, line[0].yy, n))
        return Cell(cohort, age, top, bottom, top / bottom if bottom else None, low, high, provisional)


def _pooled(
    ratio: _Ratio, lines: Mapping[datetime.date, Sequence[_Sums]], whole: Mapping[datetime.date, int], cells: Sequence[Cell]
) -> tuple[Pooled, ...]:
    found: list[Pooled] = []
    chained: float | None = 1.0
    spread: float | None = 0.0
    step = _Ratio(ratio.count, "previous")
    for age in range(max((len(line) for line in lines.values()), default=0)):
        reached = {label: line for label, line in lines.items() if len(line) > age}
        n = sum(whole[label] for label in reached)
        top = math.fsum(ratio.top(line, age) for line in reached.values())
        bottoms = [ratio.bottom(line, age, whole[label]) for label, line in reached.items()]
        bottom = None if None in bottoms else math.fsum(b for b in bottoms if b is not None)
        sums = sum((line[age] for line in reached.values()), _Sums())
        xx = math.fsum(line[0].yy for line in reached.values())
        low, high = ends(ratio.range(sums, top, bottom, xx, n))
        befores = [step.bottom(line, age, whole[label]) for label, line in reached.items()]
        before = None if None in befores else math.fsum(b for b in befores if b is not None)
        chained = chained if before is None else chained * top / before if chained is not None and before else None
        spread = _greenwood(spread, top, before) if ratio.count == "heads" else None
        limits = ends(_log_log(chained, spread))
        provisional = any(c.provisional for c in cells if c.age == age)
        value = top / bottom if bottom else None
        counted = (age, n, len(reached), top, bottom)
        found.append(Pooled(*counted, value, low, high, chained, *limits, provisional))
    return tuple(found)


def _greenwood(spread: float | None, top: float, before: float | None) -> float | None:
    """Greenwood's sum with one more age; None as soon as more are there than before, or nobody is left."""
    if spread is None or not before or top > before or not top:
        return None
    return spread + (before - top) / (before * top)


def _log_log(value: float | None, spread: float | None) -> Interval | None:
    if value is None or spread is None or not 0 < value < 1:
        return None
    width = math.exp(normal_quantile() * math.sqrt(spread) / abs(math.log(value)))
    return Interval(value**width, value ** (1 / width))
