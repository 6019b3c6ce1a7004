"""Where customers stood in some months: the bridge from the month table to rows of other tables."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Literal

import polars as pl

from churn_dash.measures.conditions.condition import Condition, laid_over
from churn_dash.measures.conditions.groupings import View
from churn_dash.store import Dataset, Dimension


def stood(
    ds: Dataset,
    months: Iterable[datetime.date],
    dims: Sequence[str],
    where: Condition,
    over: Sequence[Dimension] = (),
    view: View | None = None,
    who: Literal["customer_id", "c"] = "customer_id",
) -> pl.DataFrame:
    """The customers who meet the condition at the start of each month: ``who`` (customer_id, or the number c), month, and the columns
    ``dims`` of the month table.

    One row a customer a month. The month after the last one holds how the data end. ``over``: the dimensions of ``dims``, where saved
    segments and groups may be among them; ``view`` as with ``condition``.
    """
    listed = ", ".join(f"DATE '{m}'" for m in sorted(set(months)))
    held = "".join(f", CAST(m.{d} AS VARCHAR) as {d}" for d in dict.fromkeys(dims))
    named = "p.customer_id" if who == "customer_id" else "CAST(m.c AS BIGINT) as c"
    sql = f"select {named}, m.month{held} from month_rows m join people p on p.c = m.c where m.month in ({listed}){where.and_sql}"
    sql, bound = laid_over(ds, over, sql, where.bound, view)
    found = ds.cursor().sql(sql, params=bound).to_arrow_table()
    rows = pl.from_arrow(found)
    assert isinstance(rows, pl.DataFrame)
    texts = (*(("customer_id",) if who == "customer_id" else ()), *dict.fromkeys(dims))
    return rows.with_columns(pl.col(c).cast(pl.String) for c in texts)
