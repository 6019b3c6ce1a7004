"""Where a figure that is not final yet will settle, judged by how earlier months settled. Source: METHODS B0.

An absence or a dormancy of the last month is taken back when the customer is in the next list, or moves or pays in. Of earlier months
it is known what was: the share of their new absences and dormancies, as they stood at the end of the month, that still stood a month
later. The absences and dormancies of the last month will stand by that share.
"""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from churn_dash.contract.calendar import month_end
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts, within
from churn_dash.measures.filters import Filters
from churn_dash.measures.metrics import METRICS
from churn_dash.measures.query import asked_spans
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, shifted
from churn_dash.store.derive.facts import Span, month_rows
from churn_dash.words import Count, Ratio, Text

MONTHS = 12
"""Earlier months from which a band is judged, at most."""
LEAST_MONTHS, LEAST = 3, 30
"""Fewer earlier months, or fewer absences and dormancies in them, tell nothing of how a month settles."""

_LOSSES = {"churned", "churned_voluntary", "churned_involuntary", "aum_start_churned", "events", "joiners_churned"}


@dataclass(frozen=True)
class Nowcast:
    """A provisional churn rate and where it will settle.

    ``n`` were there at the start; ``counted`` of them are lost as it stands, ``pending`` may be taken back, of whom ``uncounted`` are
    missing from the last list alone and not in ``counted`` yet. ``stood`` of ``seen`` such events in ``months`` earlier months still
    stood a month later. ``value``, ``low``, ``high`` (0–1): the settled rate expected, and the 95 % band of what it can become; None
    where earlier months are too few to tell.
    """

    settles_on: datetime.date
    start: datetime.date
    last_month: datetime.date
    n: int
    counted: int
    pending: int
    uncounted: int
    months: int
    stood: int
    seen: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def unknown(self) -> bool:
        """Whether the rate as it stands tells nothing: more are not counted yet than are."""
        return self.start == self.last_month and self.uncounted > self.counted

    @property
    def sentence(self) -> Text:
        """Until when it is provisional, and where it will settle."""
        named = {"date": self.settles_on.isoformat(), "months": Count(self.months)}
        if self.value is None:
            return Text(_("settles on {date}; earlier months are too few to tell where"), **named)
        named |= {"value": Ratio(self.value), "low": Ratio(self.low), "high": Ratio(self.high)}
        return Text(_("settles on {date}, likely at {value} ({low} to {high}), by how {months} earlier months settled"), **named)

    def written(self) -> dict[str, Any]:
        """As the command line gives it."""
        return asdict(self)


def nowcast(question: Question, start: datetime.date, last_month: datetime.date) -> Nowcast | None:
    """The churn rate of the period from ``start`` to ``last_month`` (first days) as it will settle.

    None where it is final, or nobody was there at its start. How earlier months settled is that of the same customers where these had
    ``LEAST`` absences and dormancies, else of everybody in the scope.
    """
    ds, chosen = question.ds, question.chosen
    rule = ds.rules[chosen]
    if not rule.unsettled_months or last_month not in ds.measurable[-rule.unsettled_months :]:
        return None
    n, lost, pending, uncounted = _now(question, chosen, start, last_month)
    if not n:
        return None
    earlier = _earlier(question, chosen, last_month)
    if question.filters.where and sum(seen for seen, _stood in earlier) < LEAST:
        earlier = _earlier(question.of(Filters()), chosen, last_month)
    settled = (settles(pending, earlier), lost - (pending - uncounted))
    value, low, high = (None, None, None) if settled[0] is None else ((settled[1] + k) / n for k in settled[0])
    day = month_end(shifted(last_month, rule.unsettled_months))
    seen, stood = (sum(pair[i] for pair in earlier) for i in (0, 1))
    return Nowcast(day, start, last_month, n, lost, pending, uncounted, len(earlier), stood, seen, value, low, high)


def latest(question: Question, time: str | None) -> Nowcast | None:
    """``nowcast`` of the last month, quarter or year (``time``) of the period, without ``time`` of the whole of it, as ``measure`` takes
    them; None also for data without months."""
    ds = question.ds
    spans = asked_spans(ds, question.period, time) if ds.shape == "panel" else []
    return nowcast(question, spans[-1].start, spans[-1].last_month) if spans else None


def without_unknown(rows: pl.DataFrame, names: Sequence[str], time: str | None, found: Nowcast | None) -> pl.DataFrame:
    """The rows of ``measure`` in which metrics of losses are null, with their ranges, in a month of which ``Nowcast.unknown`` holds."""
    if found is None or not found.unknown:
        return rows
    here = pl.col(time) == found.last_month if time else pl.lit(value=True)
    losses = [c for n in names if METRICS[n].sums & _LOSSES for c in (n, f"{n}_low", f"{n}_high")]
    return rows.with_columns(pl.when(here).then(None).otherwise(pl.col(c)).alias(c) for c in losses)


def settles(pending: int, earlier: list[tuple[int, int]]) -> tuple[float, float, float] | None:
    """How many of ``pending`` will stand: expected, and the ends of the 95 % prediction; None where ``earlier`` tells too little.

    ``earlier`` has a pair a month, seen and stood. Beta-binomial: months differ by more than chance as far as these did.

    >>> settles(100, [(100, 0)] * 3)[2] < 5, settles(0, [(100, 50)] * 3), settles(9, [(100, 50)] * 2)
    (True, (0.0, 0.0, 0.0), None)
    """
    seen = np.array([pair[0] for pair in earlier], dtype=float)
    stood = np.array([pair[1] for pair in earlier], dtype=float)
    if len(earlier) < LEAST_MONTHS or seen.sum() < LEAST:
        return None
    share = (stood.sum() + 0.5) / (seen.sum() + 1)
    excess = float((((stood - seen * share) ** 2)[seen > 0] / (seen[seen > 0] * share * (1 - share))).sum()) / (len(earlier) - 1)
    size = seen.mean()
    alike = (size - 1) / (excess - 1) - 1 if excess > 1 and size > 1 else np.inf
    known = (seen.sum() + 1) / max(excess, 1.0)
    # How unsure the mean is, and how far a month lies from it, add up as variances do.
    weight = max(1 / (1 / (known + 1) + 1 / (max(alike, 0.0) + 1)) - 1, 0.5)
    spread = stats.betabinom(pending, share * weight, (1 - share) * weight)
    return float(pending * share), float(spread.ppf(0.025)), float(spread.ppf(0.975))


def _now(question: Question, chosen: str, start: datetime.date, last: datetime.date) -> tuple[int, int, int, int]:
    """Of those there at ``start``: how many, lost, lost or missing in ``last`` in a way that can be taken back, of those not counted."""
    ds = question.ds
    where = condition(question, within(chosen, question.scope, (Span(start, start, month_end(last)),)))
    end = f"DATE '{month_end(last)}'"
    may_return = f"o.c is not null and {_still('b.end_day', end)}"
    sql = (
        f"with before as (select m.c, s.end_day from {month_rows(chosen)} where m.month = DATE '{start}' and s.active{where.and_sql}), "
        f"open as ({_open(ds, chosen, [last])}) "
        f"select count(*), {_count(f'b.end_day <= {end}')}, {_count(may_return)}, {_count('o.c is not null and b.end_day is null')} "
        f"from before b left join open o on o.c = b.c"
    )
    row = ds.cursor().execute(sql, list(where.bound)).fetchall()[0]
    return row[0], row[1] or 0, row[2] or 0, row[3] or 0


def _earlier(question: Question, chosen: str, last: datetime.date) -> list[tuple[int, int]]:
    """Of each earlier month that has a whole month before and after it: absences and dormancies at its end, and those that stood."""
    ds = question.ds
    whole = set(ds.months)
    months = [m for m in ds.months if m < last and {shifted(m, -1), shifted(m, 1)} <= whole][-MONTHS:]
    if not months:
        return []
    where = condition(question, at_starts(chosen, question.scope, months))
    taken_back = f"f.c is not null and not (o.listed and {_quiet(ds, chosen, 'f')})"
    sql = (
        f"with open as ({_open(ds, chosen, months)}) select o.month, count(*), {_count(f'not ({taken_back})')} "
        f"from open o join {month_rows(chosen)} on m.c = o.c and m.month = o.month "
        f"left join month_rows f on f.c = o.c and f.month = o.month + interval 1 month and f.listed where s.active{where.and_sql} "
        f"group by o.month"
    )
    found = {month: (seen, stood) for month, seen, stood in ds.cursor().execute(sql, list(where.bound)).fetchall()}
    return [found.get(m, (0, 0)) for m in months]


def _open(ds: Dataset, chosen: str, months: list[datetime.date]) -> str:
    """SQL of new absences and dormancies at the end of each month that can be taken back: month, c, listed (false: absent)."""
    forms, ways = ds.rules[chosen].forms, []
    if "absent" in forms and ds.absences:
        ways.append("not m.listed and p.c is not null")
    if "dormant" in forms and "dormant" in ds.definitions and ds.settings.dormancy.grace_months:
        ways.append(f"m.listed and {_quiet(ds, chosen, 'm')} and not (p.c is not null and {_quiet(ds, chosen, 'p')})")
    listed = ", ".join(f"DATE '{m}'" for m in months)
    still = _still("s.end_day", "last_day(m.month)")
    return (
        f"select m.month, m.c, m.listed from {month_rows(chosen)} "
        f"left join month_rows p on p.c = m.c and p.month = m.month - interval 1 month and p.listed "
        f"where m.month in ({listed}) and s.active and {still} and ({' or '.join(f'({w})' for w in ways) or '1 = 0'})"
    )


def _quiet(ds: Dataset, chosen: str, row: str) -> str:
    """SQL: the rule of dormancy holds in this row of the list."""
    rule = ds.settings.dormancy
    if "dormant" not in ds.rules[chosen].forms or not {"idle_months", "aum_end"} <= ds.month_columns:
        return "1 = 1"
    return f"coalesce({row}.idle_months >= {rule.months} and {row}.aum_end <= {float(rule.balance)!r}, 1 = 0)"


def _still(day: str, end: str) -> str:
    """SQL: not lost before the last day of the month by anything that cannot be taken back."""
    return f"({day} is null or {day} >= {end})"


def _count(condition_sql: str) -> str:
    return f"CAST(sum(case when {condition_sql} then 1 else 0 end) AS BIGINT)"
