"""Customers whose satisfaction fell, and whose complaints wait. Source: METHODS A3, plan 2.4(4), 4.3.4, 002-3."""

import datetime

import polars as pl

from churn_dash.care.holidays import working_days
from churn_dash.care.standing import Standing


def drops(standing: Standing) -> pl.DataFrame:
    """Answers of late (usually 90 days) well below the customer's own answer before, core customers first, the largest fall first:
    customer_id, answered_at, score, score_before, drop, scale (csat 1–5; nps 0–10 where satisfaction was not asked), core."""
    surveys = standing.table("surveys")
    scale = "csat" if surveys["csat"].null_count() < surveys.height else "nps"
    least = standing.settings.drop_csat if scale == "csat" else standing.settings.drop_nps
    answers = surveys.filter((pl.col("answered_at") <= standing.day) & pl.col(scale).is_not_null())
    answers = answers.sort("customer_id", "answered_at", "survey_id").with_columns(
        pl.col(scale).shift(1).over("customer_id").alias("before")
    )
    last = answers.unique("customer_id", keep="last", maintain_order=True)
    since = standing.day - datetime.timedelta(days=standing.settings.answer_days)
    found = last.with_columns((pl.col("before") - pl.col(scale)).alias("drop")).filter(
        (pl.col("answered_at") > since) & (pl.col("drop") >= least)
    )
    rows = found.select(
        "customer_id",
        "answered_at",
        pl.col(scale).alias("score"),
        pl.col("before").alias("score_before"),
        "drop",
        pl.lit(scale).alias("scale"),
    ).join(standing.people.select("customer_id", "core", "balance"), on="customer_id", how="left")
    order = ["core", "drop", "balance", "customer_id"]
    return rows.sort(order, descending=[True, True, True, False], nulls_last=True).drop("balance")


def waiting(standing: Standing) -> pl.DataFrame:
    """Complaints open for more working days than the settings say (usually 3), the longest first: customer_id, complaint_id,
    created_at, waits (working days since it came in), category, reopened."""
    day = standing.day
    opened = standing.table("complaints").filter(
        (pl.col("created_at") <= day) & (pl.col("resolved_at").is_null() | (pl.col("resolved_at") > day))
    )
    days = opened.select("created_at").unique()
    counted = pl.Series("waits", [working_days(d, day) for d in days["created_at"].to_list()], dtype=pl.Int64)
    waits = opened.join(days.with_columns(counted), on="created_at", how="left")
    late = waits.filter(pl.col("waits") > standing.settings.waits_days)
    rows = late.select("customer_id", "complaint_id", "created_at", "waits", "category", "reopened")
    return rows.sort("created_at", "complaint_id")
