"""Who was on a list too short a time ago to be on one again. Source: METHODS B4."""

import datetime

import polars as pl

from churn_dash.retention.warnings.scorecard import AGAIN

BEFORE = pl.Schema({"customer_id": pl.String, "listed_on": pl.Date, "listed_rank": pl.Int64})
"""Who was on a list, on which day of the data, and the place of his grade among ``alerts.GRADES`` then."""
NOBODY = pl.DataFrame(schema=BEFORE)


def too_soon(before: pl.DataFrame, day: datetime.date, again: int = AGAIN) -> pl.DataFrame:
    """Of ``exports.listed_before``, the last list of each customer on an earlier day than ``day`` and less than ``again`` days before it.

    The same day is no repetition: whoever takes a list twice takes the same one.
    """
    ago = (pl.lit(day) - pl.col("listed_on")).dt.total_days()
    return before.filter((ago > 0) & (ago < again)).sort("listed_on", "listed_rank").unique("customer_id", keep="last", maintain_order=True)
