"""Balances that came back to the level of the month before. Source: METHODS B7 (T7), 002-1."""

import datetime
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
from churn_dash.store import Dataset
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


def recovery(rows: pl.DataFrame, month: datetime.date | None = None, unknown: int = 0, again: int = 0) -> Recovery:
    """The recovery of customers with ``previous`` (month-average of the month before), ``start`` and ``end`` balances, CNY.

    >>> r = pl.DataFrame({"customer_id": list("1234"), "previous": [100.0, 200, 80, 50], "start": [60.0, 150, 80, 10]})
    >>> found = recovery(r.with_columns(end=pl.Series([100.0, 170, 90, 5])))
    >>> round(found.rate, 4), found.reached, (found.reached_from_below, found.below)
    (0.4615, 2, (1, 3))
    """
    missing = (pl.col("previous") - pl.col("start")).clip(0.0)
    found = rows.select(
        "customer_id",
        missing.alias("x"),
        pl.min_horizontal((pl.col("end") - pl.col("start")).clip(0.0), missing).alias("y"),
        (pl.col("start") < pl.col("previous")).alias("below"),
        (pl.col("end") >= pl.col("previous")).alias("reached"),
    )
    short = found.filter("below")
    each = short.group_by("customer_id").agg(pl.col("x").sum(), pl.col("y").sum())
    x, y = float(short["x"].sum()), float(short["y"].sum())
    y_sq, xy_sum, x_sq = (float((each[a] * each[b]).sum()) for a, b in (("y", "y"), ("x", "y"), ("x", "x")))
    n_below, n_back = short.height, int(short["reached"].sum())
    return Recovery(
        month,
        rows.height,
        n_below,
        x,
        y,
        y / x if x else None,
        ratio_of_sums(y, x, y_sq, xy_sum, x_sq, each.height, within=(0.0, 1.0)),
        int(found["reached"].sum()),
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
    rows = _rows(ds, filters, whole, definition, scope, named=False)
    complete = rows.drop_nulls(["previous", "start", "end"])
    found, before = [], pl.DataFrame(schema=rows.schema)
    for month in (m for m in ds.months if whole.start <= m <= whole.end):
        mine, everybody = complete.filter(pl.col("month") == month), rows.filter(pl.col("month") == month)
        back = mine.filter((pl.col("start") < pl.col("previous")) & (pl.col("end") >= pl.col("previous")))
        again = back.join(before, on="customer_id", how="semi").height
        found.append(recovery(mine, month, everybody.height - mine.height, again))
        before = back
    whole_period = recovery(complete, None, rows.height - complete.height, sum(f.again for f in found))
    return whole_period, found


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


def _rows(ds: Dataset, filters: Filters, period: Period, definition: str | None, scope: Scope, named: bool = True) -> pl.DataFrame:
    """Customers active at the start of each month with its three balances; who left in it holds nothing at its end.

    ``named``: by the bank's numbers; else by the number of their row, which is all that counting needs.
    """
    by = definition_of(ds, definition)
    where = condition(ds, filters, scope, within(by, scope, [Span(period.start, period.start, period.last_day)]))
    columns = ds.month_columns
    if "aum_avg" not in columns:
        raise NotPossible(_("Recovery needs month-average and month-end balances month by month, which these data do not hold."))
    who, people = ("p.customer_id", " join people p on p.c = m.c") if named else ("m.c", "")
    sql = (
        f'select {who} as customer_id, m.month, b.aum_avg as previous, m.aum_start as "start", '
        'case when coalesce(s.end_day <= last_day(m.month), false) then coalesce(m.aum_end, CAST(0 AS DOUBLE)) else m.aum_end end as "end" '
        f"from {month_rows(by)}{people} left join month_rows b on b.c = m.c and b.month = m.month - INTERVAL 1 MONTH "
        f"where s.active and m.month between ? and ?{where.and_sql} order by m.month nulls last, {who} nulls last"
    )
    rows = pl.from_arrow(ds.cursor().sql(sql, params=[period.start, period.end, *where.bound]).to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows
