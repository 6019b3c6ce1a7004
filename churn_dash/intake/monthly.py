"""One wide monthly file to customers and months."""

import polars as pl

from churn_dash.contract import TABLES


def lasting(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A wide monthly table to (customer_month, customers).

    customer_month keeps its own columns, the extract's own ones, and the columns of customers that may change;
    customers holds each customer's latest value that is not missing of every column of customers.
    """
    columns = TABLES["customers"].columns
    own = TABLES["customer_month"].columns
    found = [c for c in columns if c in rows.columns and c != "customer_id"]
    fixed = [c for c in found if (columns[c].metadata or {}).get("lasting") and c not in own]
    ordered = rows.select("customer_id", "month", *found).sort("month")
    people = ordered.group_by("customer_id", maintain_order=True).agg(pl.col(found).drop_nulls().last())
    return rows.drop(fixed), people
