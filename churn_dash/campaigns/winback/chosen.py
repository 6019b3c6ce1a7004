"""Which losses a reader's filters keep."""

import polars as pl

from churn_dash.causes.reading import resolved
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question
from churn_dash.store.derive.facts import month_rows
from churn_dash.store.reading import fetched


def kept_by(question: Question) -> pl.DataFrame | None:
    """Losses of customers who match the filters at the start of the month of the loss: customer_id, lost_on. None without filters.

    Raises what ``measure`` raises for filters that it does not know.
    """
    ds = question.ds
    if not question.filters.where or not ds.measurable:
        return None
    asked = resolved(question.over(Period(ds.measurable[0], ds.measurable[-1])))
    sql = (
        f"select p.customer_id, s.end_day as lost_on from {month_rows(asked.definition)} join people p on p.c = m.c "
        f"where s.active and s.end_day >= m.month and s.end_day < m.month + INTERVAL 1 MONTH{asked.where.and_sql}"
    )
    return fetched(ds, sql, asked.where.bound).with_columns(pl.col("lost_on").cast(pl.Date))
