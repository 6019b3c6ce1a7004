"""Which losses a reader's filters keep."""

import polars as pl

from churn_dash.access import Scope
from churn_dash.causes.reading import asked
from churn_dash.measures.filters import Filters, Period
from churn_dash.store import Dataset
from churn_dash.store.derive.facts import month_rows
from churn_dash.store.reading import fetched


def kept_by(ds: Dataset, filters: Filters, definition: str, scope: Scope) -> pl.DataFrame | None:
    """Losses of customers who match the filters at the start of the month of the loss: customer_id, lost_on. None without filters.

    Raises what ``measure`` raises for filters that it does not know.
    """
    if not filters.where or not ds.measurable:
        return None
    question = asked(ds, filters, Period(ds.measurable[0], ds.measurable[-1]), definition, scope)
    sql = (
        f"select p.customer_id, s.end_day as lost_on from {month_rows(question.definition)} join people p on p.c = m.c "
        f"where s.active and s.end_day >= m.month and s.end_day < m.month + INTERVAL 1 MONTH{question.where.and_sql}"
    )
    return fetched(ds, sql, question.where.bound).with_columns(pl.col("lost_on").cast(pl.Date))
