"""One wide monthly file to customers and months."""

from collections.abc import Collection

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput
from churn_dash.intake.source import Closed
from churn_dash.words import Text, _


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


def closed_warnings(closed: Closed | None, tables: Collection[str], columns: Collection[str]) -> list[Text]:
    """What follows from what the person said becomes of customers who leave.

    Raises BadInput where closed customers keep their rows and nothing tells which they are.
    """
    if closed == "status" and "churned" not in columns and "accounts" not in tables:
        raise BadInput(
            _(
                "Closed customers keep their rows, you say, but no column tells which they are. "
                "Name it with --map COLUMN=churned, or load the accounts with their closing dates beside it."
            )
        )
    if closed == "unknown":
        told = _(
            "It is not known what becomes of customers who leave: absence from later months is not counted as leaving. "
            "Load accounts with closing dates, or name a column that says who has left."
        )
        return [Text(told)] if "churned" not in columns and "accounts" not in tables else []
    return []
