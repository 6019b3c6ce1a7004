"""Balances that came back to the level of the month before. Source: METHODS B7 (T7), 002-1."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import within
from churn_dash.measures.filters import Period, covered
from churn_dash.measures.layout import Layout, numbers
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import Interval, ratio_of_sums, wilson
from churn_dash.store import shifted
from churn_dash.store.derive.facts import Span, month_rows


@dataclass(frozen=True)
class Recovery:
    """One month: of what customers had less at its start than on average the month before (``missing``, CNY), how much came back by
    its end (``back``).

    ``month`` None: of several months together, a row a customer a month, the interval by customer.

    ``n`` customers, ``below`` of them below their level at the start; ``reached`` at it or above at the end, whoever they were: who
    may enter the lottery; ``reached_from_below`` of those below; ``again`` of these also came back the month before, which the
    lottery invites. ``unknown``: customers left out, because a balance is not known.
    """

    month: datetime.date | None
    n: int
    below: int
    missing: float
    back: float
    rate: float | None
    interval: Interval | None
    reached: int
    reached_from_below: int
    reached_rate: float | None
    reached_interval: Interval | None
    again: int
    unknown: int


def _of(month: datetime.date | None, counts: Sequence[int], x: float, y: float, squares: Sequence[float], n_customers: int) -> Recovery:
    """The recovery of sums: ``counts`` of customers, below, reached, reached from below, again and unknown; ``x`` CNY missing, ``y`` back,
    and of these by customer the sums of y², x·y and x²."""
    n, n_below, reached, n_back, again, unknown = counts
    y_sq, xy_sum, x_sq = squares
    return Recovery(
        month,
        n,
        n_below,
        x,
        y,
        y / x if x else None,
        ratio_of_sums(y, x, y_sq, xy_sum, x_sq, n_customers, within=(0.0, 1.0)),
        reached,
        n_back,
        n_back / n_below if n_below else None,
        wilson(n_back, n_below) if month is not None else None,
        again,
        unknown,
    )


def recoveries(question: Question) -> tuple[Recovery, list[Recovery]]:
    """The recovery of all months of the period together, and of each, ascending; by default the last twelve complete ones.

    Raises ``NotPossible`` where the data hold no balances by month, and what ``measure`` raises.
    """
    ds, whole = question.ds, question.months
    months = [m for m in ds.months if whole.start <= m <= whole.end]
    asked, bound = _starters(question, months)
    layout = Layout(ds.cursor(), shifted(whole.start, -1), whole.end)
    average, back = layout.filled(np.nan, np.float64), layout.filled(0, np.bool_)
    earlier = f"m.month between DATE '{layout.months[0]}' and DATE '{layout.months[-2]}'"
    for at, rows in layout.parts(f"select m.c, m.month, m.aum_avg from month_rows m where {earlier} and m.aum_avg is not null"):
        average.ravel()[at] = rows["aum_avg"].to_numpy()
    sums = np.zeros((layout.n_months, 10))
    each = np.zeros((2, layout.n_customers))
    for at, rows in layout.parts(asked, bound):
        place, c = np.divmod(at, layout.n_customers)
        previous, start, end = average.ravel()[at - layout.n_customers], numbers(rows["start"]), numbers(rows["end"])
        known = ~(np.isnan(previous) | np.isnan(start) | np.isnan(end))
        below, reached = known & (start < previous), known & (end >= previous)
        x = np.where(below, previous - start, 0.0)
        y = np.minimum(np.where(below, np.maximum(end - start, 0.0), 0.0), x)
        back.ravel()[at] = below & reached
        of_rows = (np.ones(len(at)), known, below, reached, below & reached, x, y, y * y, x * y, x * x)
        for i, values in enumerate(of_rows):
            sums[:, i] += np.bincount(place, weights=values, minlength=layout.n_months)
        for i, values in enumerate((x, y)):
            each[i] += np.bincount(c, weights=values, minlength=layout.n_customers)
    found: list[Recovery] = []
    before: npt.NDArray[np.bool_] = np.zeros(layout.n_customers, dtype=bool)
    for month, row, came in zip(layout.months, sums.tolist(), back, strict=True):
        if month in months:
            n_all, n, n_below, n_reached, n_back = map(int, row[:5])
            again = int(np.count_nonzero(before & came))
            found.append(_of(month, (n, n_below, n_reached, n_back, again, n_all - n), row[5], row[6], row[7:], n_below))
            before = came
    counts = [sum(v) for v in zip(*((f.n, f.below, f.reached, f.reached_from_below, f.again, f.unknown) for f in found), strict=True)]
    x_each, y_each = each
    squares = [float(y_each @ y_each), float(x_each @ y_each), float(x_each @ x_each)]
    n_short = int(np.count_nonzero(x_each > 0))
    return _of(None, counts, sum(f.missing for f in found), sum(f.back for f in found), squares, n_short), found


def eligible(question: Question, month: datetime.date) -> pl.DataFrame:
    """Who may enter the lottery of a month: customers at its end at last month's level or above, who were below it at the start
    first, the most brought back first: customer_id, previous, start, end (CNY), brought_back (CNY; 0 for who never was below)."""
    ds = question.ds
    asked, bound = _starters(question.over(covered(ds, Period(month, month))), [month])
    sql = (
        'select p.customer_id, b.aum_avg as previous, r."start", r."end", '
        'greatest(b.aum_avg - r."start", CAST(0 AS DOUBLE)) as brought_back '
        f"from ({asked}) r join people p on p.c = r.c join month_rows b on b.c = r.c and b.month = DATE '{shifted(month, -1)}' "
        'where r."end" >= b.aum_avg and r."start" is not null order by brought_back desc, p.customer_id nulls last'
    )
    return pl.DataFrame(ds.cursor().sql(sql, params=bound).to_arrow_table())


def _starters(question: Question, months: Sequence[datetime.date]) -> tuple[str, list[object]]:
    """SQL of the customers active at the start of each of the months of a period, by number, with the balances at its start and its end;
    who left in it holds nothing at its end."""
    period = question.months
    by = question.chosen
    where = condition(question, within(by, question.scope, [Span(period.start, period.start, period.last_day)]))
    if "aum_avg" not in question.ds.month_columns:
        raise NotPossible(_("Recovery needs month-average and month-end balances month by month, which these data do not hold."))
    listed = ", ".join(f"DATE '{m}'" for m in months)
    sql = (
        'select m.c, m.month, m.aum_start as "start", '
        'case when coalesce(s.end_day <= last_day(m.month), false) then coalesce(m.aum_end, CAST(0 AS DOUBLE)) else m.aum_end end as "end" '
        f"from {month_rows(by)} where s.active and m.month in ({listed}){where.and_sql}"
    )
    return sql, [*where.bound]
