"""Large amounts that customers have booked to take out, for the lobby and the counter. Source: METHODS A3, 002-3."""

import datetime

import polars as pl

from churn_dash.care.holidays import window
from churn_dash.care.standing import Standing

OPEN_DAYS = 30
"""A booking without a day is asked about for so long."""


def booked(standing: Standing) -> pl.DataFrame:
    """Open bookings of large amounts out of the bank within the days of the settings, by branch and day: customer_id, txn_id,
    branch_id (where it was booked, else the customer's own), day (on which it is to be paid; null where none is named), booked_at,
    amount (CNY), share (of the customer's balances; null where they are unknown), channel, counter_bank."""
    day = standing.day
    rows = standing.table("large_transactions").rename({"branch_id": "booked_branch"})
    open_since = pl.col("booked_at") > day - datetime.timedelta(days=OPEN_DAYS)
    waits = pl.col("txn_date").is_between(day, window(day, standing.settings.ahead_days)) | (pl.col("txn_date").is_null() & open_since)
    outside = (pl.col("direction") == "out") & ~pl.col("internal").fill_null(False)
    rows = rows.filter((pl.col("booked_at") <= day) & waits & outside)
    rows = rows.join(standing.people.select("customer_id", "balance", "branch_id"), on="customer_id", how="left")
    least = pl.max_horizontal(pl.lit(standing.settings.booked_amount), standing.settings.booked_share * pl.col("balance").fill_null(0.0))
    return (
        rows.filter(pl.col("amount") >= least)
        .select(
            "customer_id",
            "txn_id",
            pl.coalesce("booked_branch", "branch_id").alias("branch_id"),
            pl.col("txn_date").alias("day"),
            "booked_at",
            "amount",
            pl.when(pl.col("balance") > 0).then(pl.col("amount") / pl.col("balance")).alias("share"),
            "channel",
            "counter_bank",
        )
        .sort("branch_id", "day", "amount", "txn_id", descending=[False, False, True, False], nulls_last=True)
    )
