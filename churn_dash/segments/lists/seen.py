"""Given customers as they stood when they were first seen in a period, and whether they left in it."""

from collections.abc import Sequence

import polars as pl

from churn_dash.measures import dimensions
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.filters import Filters
from churn_dash.measures.question import Question
from churn_dash.store.derive.facts import month_rows


def seen(question: Question, ids: Sequence[str]) -> pl.DataFrame:
    """A row a customer of ``ids`` within the viewer's scope, by number; those who are in no month of the period are left out.

    Columns: customer_id, the dimensions by name, balance (CNY; null where unknown), left (by an event in the period), left_on (the last
    such day; null for a cross-section). Of whoever was there at the start they are as in ``members``; of whoever came later as in the
    month of coming.
    """
    ds = question.ds
    chosen, known = question.chosen, list(dimensions(ds).values())
    where = condition(question.of(Filters()))  # customers named one by one are not filtered
    listed = ", ".join(f'm.{d.column} as "{i}"' for i, d in enumerate(known))
    columns = f"p.customer_id, {listed}, " if known else "p.customer_id, "
    mine = f"p.customer_id in (select unnest(?)){where.and_sql}"
    if ds.shape != "panel":
        gone = "s.end_day is not null" if ds.flagged else "CAST(NULL AS BOOLEAN)"
        sql = f"select {columns}m.aum_start, {gone}, CAST(NULL AS DATE) from {month_rows(chosen)} join people p on p.c = m.c where {mine}"
    else:
        whole = question.months
        inside = f"m.month between DATE '{whole.start}' and DATE '{whole.end}'"
        ends = (
            f"select z.c, max(z.end_date) as day from spell_rows z where z.definition = '{chosen}' and z.form is not null "
            f"and z.end_date between DATE '{whole.start}' and DATE '{whole.last_day}' group by z.c"
        )
        balance = "coalesce(m.aum_start, case when m.joined then m.aum_end end)"
        sql = (
            f"select {columns}{balance}, z.day is not null, CAST(z.day AS DATE) from month_rows m join people p on p.c = m.c "
            f"left join ({ends}) z on z.c = m.c where {inside} and {mine} "
            "qualify row_number() over (partition by m.c order by m.month) = 1"
        )
    rows = ds.cursor().execute(sql, [list(ids), *where.bound]).fetchall()
    kinds = {"customer_id": pl.String, **{d.name: pl.String for d in known}}
    kinds |= {"balance": pl.Float64, "left": pl.Boolean, "left_on": pl.Date}  # type: ignore[dict-item]
    return pl.DataFrame(rows, schema=kinds, orient="row").sort("customer_id")
