"""Balances that came back to the level of the month before. Source: METHODS B7 (T7), 002-1."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import within
from churn_dash.measures.filters import Filters, Period, covered, last_12
from churn_dash.measures.query import definition_of
from churn_dash.measures.statistics.intervals import Interval, ratio_of_sums, wilson
from churn_dash.store import Dataset, shifted
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


def recoveries(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> tuple[Recovery, list[Recovery]]:
    """The recovery of all months of the period together, and of each, ascending; by default the last twelve complete ones.

    Raises ``NotPossible`` where the data hold no balances by month, and what ``measure`` raises.
    """
    whole = covered(ds, period) if period is not None else last_12(ds)
    months = [m for m in ds.months if whole.start <= m <= whole.end]
    sql, bound = _sql(ds, filters, whole, definition, scope, named=False)
    cursor = ds.cursor()
    sums = {r[0]: r[1:] for r in cursor.execute(_SUMMED.format(rows=sql, chain=_chain(months)), bound).fetchall()}
    found = []
    for month in months:
        n_all, n, n_below, reached, n_back, again, x, y, *squares = sums.get(month, (0,) * 6 + (0.0,) * 5)
        found.append(_of(month, (n, n_below, reached, n_back, again, n_all - n), x, y, squares, n_below))
    n_customers, *squares = sums[None]
    counts = [sum(c) for c in zip(*((f.n, f.below, f.reached, f.reached_from_below, f.again, f.unknown) for f in found), strict=True)]
    return _of(None, counts, sum(f.missing for f in found), sum(f.back for f in found), squares[-3:], n_customers), found


def _chain(months: Sequence[datetime.date]) -> str:
    """SQL of the months, each with the one before it among them."""
    before = dict(zip(months[1:], months, strict=False))
    earlier = {m: f"DATE '{before[m]}'" if m in before else "CAST(NULL AS DATE)" for m in months}
    return " union all ".join(f"select DATE '{m}' as month, {day} as earlier" for m, day in earlier.items())


_SUMMED = """
with chain as ({chain}), rows as ({rows}),
told as (
    select r.customer_id as c, r.month, r."start" < r.previous as below, r."end" >= r.previous as reached,
    greatest(r.previous - r."start", CAST(0 AS DOUBLE)) as x,
    least(greatest(r."end" - r."start", CAST(0 AS DOUBLE)), greatest(r.previous - r."start", CAST(0 AS DOUBLE))) as y,
    r.previous is not null and r."start" is not null and r."end" is not null as known
    from rows r where r.month in (select month from chain)
),
short as (select c, month, reached, x, y from told where known and below),
back as (select s.c, s.month, k.earlier from short s join chain k on k.month = s.month where s.reached),
again as (select a.month, count(*) as n from back a join back b on b.c = a.c and b.month = a.earlier group by a.month),
months as (
    select month, count(*) as everybody, CAST(sum(case when known then 1 else 0 end) AS BIGINT) as n,
    CAST(sum(case when known and reached then 1 else 0 end) AS BIGINT) as reached from told group by month
),
shorts as (
    select month, count(*) as n, CAST(sum(case when reached then 1 else 0 end) AS BIGINT) as back, sum(x) as x, sum(y) as y,
    sum(y * y) as yy, sum(x * y) as xy, sum(x * x) as xx from short group by month
),
each as (select c, sum(x) as x, sum(y) as y from short group by c)
select m.month, m.everybody, m.n, coalesce(s.n, 0), m.reached, coalesce(s.back, 0), coalesce(a.n, 0), coalesce(s.x, 0), coalesce(s.y, 0),
coalesce(s.yy, 0), coalesce(s.xy, 0), coalesce(s.xx, 0) from months m left join shorts s on s.month = m.month
left join again a on a.month = m.month
union all
select CAST(NULL AS DATE), count(*), 0, 0, 0, 0, 0, 0, 0, coalesce(sum(y * y), 0), coalesce(sum(x * y), 0), coalesce(sum(x * x), 0)
from each
"""
"""By month the counts and sums of ``_of``, a customer once a month; the row without a month: customers of all months together."""


def eligible(
    ds: Dataset,
    month: datetime.date,
    filters: Filters = Filters(),  # noqa: B008
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """Who may enter the lottery of a month: customers at its end at last month's level or above, who were below it at the start
    first, the most brought back first: customer_id, previous, start, end (CNY), brought_back (CNY; 0 for who never was below)."""
    rows = _rows(ds, filters, covered(ds, Period(month, month)), definition, scope).drop_nulls(["previous", "start", "end"])
    back = (pl.col("previous") - pl.col("start")).clip(0.0).alias("brought_back")
    found = rows.filter(pl.col("end") >= pl.col("previous")).select("customer_id", "previous", "start", "end", back)
    return found.sort("brought_back", "customer_id", descending=[True, False])


def _rows(ds: Dataset, filters: Filters, period: Period, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The rows of ``_sql``, by month and customer number."""
    sql, bound = _sql(ds, filters, period, definition, scope)
    rows = pl.from_arrow(ds.cursor().sql(f"{sql} order by 2 nulls last, 1 nulls last", params=bound).to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows


def _sql(
    ds: Dataset, filters: Filters, period: Period, definition: str | None, scope: Scope, named: bool = True
) -> tuple[str, list[object]]:
    """SQL of the customers active at the start of each month with its three balances; who left in it holds nothing at its end.

    ``named``: by the bank's numbers; else by the number of their row, which is all that counting needs.
    """
    by = definition_of(ds, definition)
    where = condition(ds, filters, scope, within(by, scope, [Span(period.start, period.start, period.last_day)]))
    if "aum_avg" not in ds.month_columns:
        raise NotPossible(_("Recovery needs month-average and month-end balances month by month, which these data do not hold."))
    who, people = ("p.customer_id", " join people p on p.c = m.c") if named else ("m.c", "")
    first, last = shifted(period.start, -1), shifted(period.end, -1)
    earlier = (
        "select c, CAST(month + INTERVAL 1 MONTH AS DATE) as next, aum_avg from month_rows "
        f"where month between DATE '{first}' and DATE '{last}' and aum_avg is not null"
    )
    sql = (
        f'select {who} as customer_id, m.month, b.aum_avg as previous, m.aum_start as "start", '
        'case when coalesce(s.end_day <= last_day(m.month), false) then coalesce(m.aum_end, CAST(0 AS DOUBLE)) else m.aum_end end as "end" '
        f"from {month_rows(by)}{people} left join ({earlier}) b on b.c = m.c and b.next = m.month "
        f"where s.active and m.month between ? and ?{where.and_sql}"
    )
    return sql, [period.start, period.end, *where.bound]
