"""What is final, what may still change and until when, and what a month that did not come whole says so far. Source: METHODS B0."""

import calendar
import datetime

import polars as pl

from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.question import Question, definition_of
from churn_dash.store import Dataset, month_end, shifted
from churn_dash.store.derive.facts import month_rows


def settles_on(ds: Dataset, last_month: datetime.date, definition: str | None = None) -> datetime.date | None:
    """The day on which a period that ends with ``last_month`` is final; None where it is final now.

    An absence or a dormancy can be taken back within a month; a closure cannot.
    """
    months = ds.rules[definition_of(ds, definition)].unsettled_months
    if not months or last_month not in ds.measurable[-months:]:
        return None
    return month_end(shifted(last_month, months))


def last_month_of(period: datetime.date, grain: str) -> datetime.date:
    """The last month of a month, quarter or year that is named by its first day.

    >>> last_month_of(datetime.date(2026, 7, 1), "quarter")
    datetime.date(2026, 9, 1)
    """
    return shifted(period, {"month": 0, "quarter": 2, "year": 11}[grain])


def incomplete(question: Question) -> pl.DataFrame:
    """The months that did not come whole, with what they say so far: never to be read as a month's figure.

    Columns: month, rows (of all customers), rows_expected (of the last whole month before), days (in the month), customers (at its
    start), lost_so_far (of those, by what the data tell), rate_so_far (0–1; null without customers). A row a month, ascending; none
    where every month came whole, or for data without months.
    """
    ds = question.ds
    schema = {
        "month": pl.Date, "rows": pl.Int64, "rows_expected": pl.Int64, "days": pl.Int64,
        "customers": pl.Int64, "lost_so_far": pl.Int64, "rate_so_far": pl.Float64,
    }  # fmt: skip
    partial = [m for m in ds.all_months[1:] if m not in set(ds.months)] if ds.shape == "panel" else []
    if not partial:
        return pl.DataFrame(schema=schema)
    chosen = question.chosen
    where = condition(question, at_starts(chosen, question.scope, partial))
    listed = ", ".join(f"DATE '{m}'" for m in partial)
    gone = "s.active and s.end_day is not null and date_trunc('month', s.end_day) = m.month"
    sql = (
        f"select m.month, CAST(sum(case when s.active then 1 else 0 end) AS BIGINT) as customers, "
        f"CAST(sum(case when {gone} then 1 else 0 end) AS BIGINT) as lost from {month_rows(chosen)} "
        f"where m.month in ({listed}){where.and_sql} group by m.month"
    )
    found = {month: (n, lost) for month, n, lost in ds.cursor().execute(sql, list(where.bound)).fetchall()}
    counts = dict(ds.cursor().execute("select month, count(*) from month_rows where listed group by month").fetchall())
    out = []
    for month in partial:
        n, lost = found.get(month, (0, 0))
        whole = [m for m in ds.months if m < month]
        days = calendar.monthrange(month.year, month.month)[1]
        out.append((month, counts.get(month, 0), counts.get(whole[-1], 0) if whole else None, days, n, lost, lost / n if n else None))
    return pl.DataFrame(out, schema=schema, orient="row")
