"""In which group a customer was on each score date: the bridge from held-out rows to the dimensions. Source: METHODS D7."""

import datetime

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.calendar import ordinal, shifted
from churn_dash.measures.conditions.condition import Condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.conditions.stood import stood
from churn_dash.measures.filters import dimension
from churn_dash.store import Dataset


def grouped(ds: Dataset, rows: pl.DataFrame, by: str, definition: str | None) -> pl.DataFrame:
    """``rows`` (customer_id and, for a panel, score_date) with the column group: the level of the dimension as the customer stood on the
    score date, null where it is not known. Raises ``NotFound`` for an unknown dimension."""
    over = dimension(ds, by)
    if "score_date" not in rows.columns:
        sql = f"select customer_id, CAST({over.column} AS VARCHAR) as level from months"
        levels = pl.DataFrame(ds.cursor().sql(sql).to_arrow_table()).unique("customer_id")
        return rows.join(levels.rename({"level": "group"}), on="customer_id", how="left", maintain_order="left")
    dates = rows["score_date"].unique().to_list()
    after = {d: shifted(datetime.date(d.year, d.month, 1), 1) for d in dates}
    months = sorted(after.values(), key=ordinal)
    view = at_starts(definition or ds.default_definition, Scope.everything(), months)
    levels = stood(ds, months, (over.column,), Condition("", (), frozenset()), (over,), view).rename({over.column: "group"})
    at = rows.with_columns(pl.col("score_date").replace_strict(after, return_dtype=pl.Date).alias("month"))
    return at.join(levels.unique(["customer_id", "month"]), on=["customer_id", "month"], how="left", maintain_order="left").drop("month")
