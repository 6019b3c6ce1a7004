"""The rows of a table about one customer, every asked column there."""

from typing import Any

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.store import Dataset


def rows_about(ds: Dataset, table: str, customer_id: str) -> list[dict[str, Any]] | None:
    """The rows of a table about the customer, a dictionary each with every column of the contract; None where the bank brought no such
    table or it names no customers."""
    found = ds.scan(table)
    if found is None or "customer_id" not in found.collect_schema():
        return None
    rows = found.filter(pl.col("customer_id") == customer_id).collect()
    lacking = {c: None for c in TABLES[table].columns if c not in rows.columns}
    return [lacking | r for r in rows.to_dicts()]
