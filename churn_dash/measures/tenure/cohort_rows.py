"""Who belongs to which cohort, and what each cohort's customers were and held month by month: one scan of the month table.

SQL in the portable subset (PLATFORM 1.2). Source: METHODS B2.
"""

import datetime
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass

import duckdb
import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import shifted
from churn_dash.measures.conditions.condition import Condition
from churn_dash.measures.conditions.groupings import View, at_starts
from churn_dash.measures.tenure.first_events import ENTRIES, JOINED, FirstEvent, entries_known, first_days
from churn_dash.store import Dataset

_AUM = "coalesce(m.aum_start, CAST(0 AS DOUBLE))"


@dataclass(frozen=True)
class Members:
    """The customers of every cohort, as the relation ``members`` (c, cohort: a first day of month) of a cursor.

    ``n_before``: those whose beginning lies before the data. ``n_outside``: those who matched no row of that month, because they
    were no customers then or the filters leave them out. ``first``: the earliest month that can be a cohort.
    """

    cursor: duckdb.DuckDBPyConnection
    n_before: int
    n_outside: int
    first: datetime.date

    def closed(self) -> AbstractContextManager[object]:
        """Give the cursor back at the end of a block."""
        return closing(self.cursor)


def began(chosen: FirstEvent, definition: str, scope: Scope, months: Sequence[datetime.date]) -> View:
    """At which starts groups are taken of those who began in ``months``; who joined in a month was in none at its start."""
    return at_starts(definition, scope, () if chosen.name == JOINED else months)


def members(ds: Dataset, chosen: FirstEvent, definition: str, where: Condition, months: Sequence[datetime.date]) -> Members:
    """Who began in which of ``months``. Filters look at each customer as in the month of the beginning.

    Of another event than joining only those count who were customers in that month.
    """
    cursor = ds.cursor()
    begun = _joined(ds, cursor) if chosen.name == JOINED else _first(ds, cursor, chosen)
    n_before, first = begun
    inside = f"cohort between DATE '{min(months)}' and DATE '{max(months)}'" if months else "1 = 0"
    if chosen.name == JOINED and not where.sql:
        cursor.execute(f"create temp table members as select c, cohort from begun where {inside}")
        return Members(cursor, n_before, 0, first)
    there = "" if chosen.name == JOINED else " and (s.active or s.exposure > 0)"
    cursor.execute(
        f"create temp table members as select e.c, e.cohort from begun e join month_rows m on m.c = e.c and m.month = e.cohort "
        f"join states s on s.definition = '{definition}' and s.code = m.s_{definition} where {inside}{there}{where.and_sql}",
        list(where.bound),
    )
    sizes = cursor.execute(f"select (select count(*) from begun where {inside}), (select count(*) from members)").fetchall()[0]
    return Members(cursor, n_before, int(sizes[0]) - int(sizes[1]), first)


def _joined(ds: Dataset, cursor: duckdb.DuckDBPyConnection) -> tuple[int, datetime.date]:
    """Make ``begun`` (c, cohort) of those whose joining the data saw; how many were there before, and the first month seen."""
    start = ds.all_months[0]
    first = start if entries_known(ds) else shifted(start, 1)
    seen = f"CAST(date_trunc('month', e.day) AS DATE) as cohort from {ENTRIES} e where e.day >= DATE '{first}'"
    cursor.execute(f"create temp table begun as select e.c, {seen}")
    before = cursor.execute(f"select count(*) from {ENTRIES} e where e.day < DATE '{first}'").fetchall()
    return int(before[0][0]), first


def _first(ds: Dataset, cursor: duckdb.DuckDBPyConnection, chosen: FirstEvent) -> tuple[int, datetime.date]:
    """The same of another event."""
    days, n_before, first = first_days(ds, chosen)
    cursor.register("first_days", days.to_arrow())
    month = "CAST(date_trunc('month', f.day) AS DATE)"
    cursor.execute(
        f"create temp table begun as select p.c, {month} as cohort from first_days f join people p on p.customer_id = f.customer_id"
    )
    return n_before, first


def sizes(found: Members) -> dict[datetime.date, int]:
    """Customers of each cohort."""
    rows = found.cursor.execute("select cohort, count(*) from members group by cohort order by cohort nulls last").fetchall()
    return {cohort: int(n) for cohort, n in rows}


def heads(found: Members, definition: str, last: datetime.date, later: bool) -> pl.DataFrame:
    """Customers active at the end of each month, or then or ``later``: columns cohort, month (its first day), n.

    A row of the month table tells who is active at the start of its month: the end of the month before.
    """
    active = _active(definition, last)
    if later:
        lasts = f"select e.c, e.cohort, max(m.month) as last {active} group by e.c, e.cohort"
        counted = f"select a.cohort, a.last as seen, count(*) as n from ({lasts}) a group by a.cohort, a.last"
    else:
        counted = f"select e.cohort, m.month as seen, count(*) as n {active} group by e.cohort, m.month"
    rows = found.cursor.execute(f"select cohort, seen, n from ({counted}) order by cohort nulls last, seen nulls last").fetchall()
    frame = pl.DataFrame(rows, schema={"cohort": pl.Date, "seen": pl.Date, "n": pl.Int64}, orient="row")
    if later:
        frame = _every_month(frame, last).with_columns(pl.col("n").cum_sum(reverse=True).over("cohort", order_by="seen"))
    return frame.select("cohort", pl.col("seen").dt.offset_by("-1mo").alias("month"), "n")


def money(found: Members, definition: str, last: datetime.date, later: bool) -> pl.DataFrame:
    """Balances at the end of each month of the customers that ``heads`` counts, with the squares that a range needs.

    Columns cohort, month, known (balances known), y (sum), yy, xy, xx: x is a customer's balance at the end of the cohort's month.
    """
    active = _active(definition, last)
    found.cursor.execute(
        f"create or replace temp table counted as select e.c, e.cohort, max(m.month) as last {active} group by e.c, e.cohort"
    )
    joined = "from counted e join month_rows m on m.c = e.c and m.month > e.cohort and m.month <= e.last"
    state = "" if later else f" join states s on s.definition = '{definition}' and s.code = m.s_{definition} and s.active"
    begin = f"select e.c, {_AUM} as x {joined} {state} where m.month = e.cohort + interval 1 month"
    sql = (
        f"select e.cohort, m.month as seen, count(m.aum_start) as known, sum({_AUM}) as y, sum({_AUM} * {_AUM}) as yy, "
        f"sum({_AUM} * coalesce(b.x, CAST(0 AS DOUBLE))) as xy {joined} {state} left join ({begin}) b on b.c = e.c "
        f"group by e.cohort, m.month order by e.cohort nulls last, m.month nulls last"
    )
    kinds = {"cohort": pl.Date, "seen": pl.Date, "known": pl.Int64, "y": pl.Float64, "yy": pl.Float64, "xy": pl.Float64}
    frame = pl.DataFrame(found.cursor.execute(sql).fetchall(), schema=kinds, orient="row")
    return frame.select("cohort", pl.col("seen").dt.offset_by("-1mo").alias("month"), "known", "y", "yy", "xy")


def _active(definition: str, last: datetime.date) -> str:
    """SQL of the months in which a member is active at the start, up to the one after the last."""
    end = shifted(last, 1)
    return (
        f"from members e join month_rows m on m.c = e.c and m.month > e.cohort and m.month <= DATE '{end}' "
        f"join states s on s.definition = '{definition}' and s.code = m.s_{definition} where s.active"
    )


def _every_month(rows: pl.DataFrame, last: datetime.date) -> pl.DataFrame:
    """A row for every month after the cohort's up to the one after the last; 0 where nobody was active for the last time."""
    end = shifted(last, 1)
    cohorts = (
        rows.select("cohort").unique().with_columns(seen=pl.date_ranges(pl.col("cohort").dt.offset_by("1mo"), pl.lit(end), interval="1mo"))
    )
    return (
        cohorts.explode("seen").join(rows, on=["cohort", "seen"], how="left").with_columns(pl.col("n").fill_null(0)).sort("cohort", "seen")
    )
