"""An invented bank as it was some months ago, and what came since: the outcome of a list is then known."""

import datetime

import polars as pl

from churn_dash.contract.calendar import month_end, shifted

TABLES = ("customers", "accounts", "customer_month", "contacts")


def cut(tables: dict[str, pl.DataFrame], months: int) -> dict[str, pl.DataFrame]:
    """The tables as they were ``months`` months before their end: what happened later is not known yet."""
    last = shifted(tables["customer_month"]["month"].max(), -months)
    end: datetime.date = month_end(last)
    monthly = tables["customer_month"].filter(pl.col("month") <= last)
    accounts = tables["accounts"].filter(pl.col("open_date") <= end)
    closed = pl.col("close_date") > end
    accounts = accounts.with_columns(
        pl.when(closed).then(None).otherwise("close_date").alias("close_date"),
        pl.when(closed).then(None).otherwise("close_initiator").alias("close_initiator"),
    )
    people = tables["customers"].filter(pl.col("customer_id").is_in(accounts["customer_id"].unique().implode()))
    contacts = tables["contacts"].filter(pl.col("ts") <= end)
    return {"customers": people, "accounts": accounts, "customer_month": monthly, "contacts": contacts}


def later(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same tables as they are at their end."""
    return {name: tables[name] for name in TABLES}
