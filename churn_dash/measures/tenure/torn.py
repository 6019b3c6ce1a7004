"""Who is fraying right now: of the customers there after the period, those whose threads are broken, and those silent or asleep.

The rules are those by which ``threads`` and ``silence`` judge departures; here they give names. Source: METHODS A1 1.1(3), B0.
"""

import polars as pl

from churn_dash.contract.calendar import shifted
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question
from churn_dash.measures.tenure.silence import SILENT, SLEEPING
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.measures.tenure.threads import Kind, prepared
from churn_dash.store.derive.facts import month_rows


def torn(question: Question) -> pl.DataFrame:
    """The customers still there after the period with a broken thread: customer_id, thread, since (first day of the first empty month), a
    row each pair, by thread and customer. Counts are ``Thread.stayed_broken``. Raises what ``survival`` raises."""
    ds = question.ds
    whole = watched_months(ds, question.period)
    con = ds.cursor()
    columns, lasts = prepared(con, question.over(whole))
    people = pl.DataFrame(con.sql("select c, customer_id from people").to_arrow_table()).cast({"customer_id": pl.String})
    there = lasts.filter(~pl.col("gone_for_good")).join(people, on="c")
    parts = [_broken(there, kind) for kind in columns]
    schema = {"customer_id": pl.String, "thread": pl.String, "since": pl.Date}
    return pl.concat([pl.DataFrame(schema=schema), *parts]).sort("thread", "customer_id")


def _broken(there: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    since = pl.col("month").dt.offset_by(pl.format("-{}mo", pl.col(kind) - 1))
    return there.filter(f"{kind}_broke").select("customer_id", pl.lit(kind).alias("thread"), since.alias("since"))


def quiet(question: Question) -> pl.DataFrame:
    """The customers there after the period as they are at its end: customer_id, state (active, silent, sleeping; null: nothing tells),
    months without a transaction, by customer; nobody where transactions by month are not in the data. Raises what ``survival`` raises."""
    ds = question.ds
    chosen, whole = question.chosen, watched_months(ds, question.period)
    if "idle_months" not in ds.month_columns:
        return pl.DataFrame(schema={"customer_id": pl.String, "state": pl.String, "months": pl.Int64})
    after = shifted(whole.end, 1)
    where = condition(question, at_starts(chosen, question.scope, [after]))
    sql = (
        f"select p.customer_id, case when b.idle_months < {SILENT} then 'active' when b.idle_months < {SLEEPING} then 'silent' "
        f"when b.idle_months is not null then 'sleeping' end as state, CAST(b.idle_months AS BIGINT) as months from {month_rows(chosen)} "
        f"join people p on p.c = m.c left join month_rows b on b.c = m.c and b.month = DATE '{whole.end}' and b.listed "
        f"where s.active and m.month = DATE '{after}'{where.and_sql} order by 1"
    )
    return pl.DataFrame(ds.cursor().sql(sql, params=list(where.bound)).to_arrow_table()).cast({"customer_id": pl.String})
