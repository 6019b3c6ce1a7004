"""Customers near a downgrade or on watch for one. Source: METHODS A3, B3."""

import polars as pl

from churn_dash.care.standing import Standing
from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import FLOORS, NEAR
from churn_dash.intake.values.codes import coded
from churn_dash.segments import members


def near(standing: Standing) -> pl.DataFrame:
    """Customers at most 10 % above the threshold of their own tier, or below it and on watch; the closest to falling most first:
    customer_id, own_tier, average (month-average balances, CNY), threshold (CNY), gap (threshold less balances; below 0: what is
    left before it), on_watch. Of a list without months: customer_id alone."""
    if standing.month is None:
        rows = members(standing.ds, only="near_downgrade").join(standing.people, on="customer_id", how="semi")
        return rows.sort("balance", descending=True, nulls_last=True).select("customer_id")
    column = "aum_avg" if standing.has("customer_month", ("aum_avg",)) else "aum_end"
    rows = standing.months((column, "tier"), 1)
    tier = coded(rows["tier"], TIER)
    floor = tier.replace_strict(list(FLOORS), list(FLOORS.values()), default=None, return_dtype=pl.Float64)
    rows = rows.with_columns(tier.alias("own_tier"), floor.alias("threshold")).filter(
        (pl.col("threshold") > 0) & (pl.col(column) <= pl.col("threshold") * (1 + NEAR))
    )
    gap = pl.col("threshold") - pl.col(column)
    return rows.select(
        "customer_id",
        "own_tier",
        pl.col(column).alias("average"),
        "threshold",
        gap.alias("gap"),
        (gap > 0).alias("on_watch"),
    ).sort("threshold", "gap", "customer_id", descending=[True, True, False])
