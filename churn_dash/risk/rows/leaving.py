"""On which day, and in which month of the outcome, somebody left."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.risk.rows.windows import Windows


def last_days(rows: pl.DataFrame, spells: pl.DataFrame) -> pl.Series:
    """For each row (customer_id, score_date, fate) the day on which its customer left; null for who stayed."""
    ends = spells.filter(pl.col("event") & pl.col("end_date").is_not_null()).select("customer_id", "start_date", "end_date")
    leavers = rows.select("customer_id", "score_date", "fate").with_row_index("row").filter(pl.col("fate") == "leaves")
    found = (
        leavers.join(ends, on="customer_id")
        .filter((pl.col("start_date") <= pl.col("score_date")) & (pl.col("end_date") > pl.col("score_date")))
        .group_by("row")
        .agg(pl.min("end_date"))
    )
    each = pl.DataFrame({"row": pl.arange(0, rows.height, eager=True, dtype=pl.UInt32)})
    return each.join(found, on="row", how="left", maintain_order="left")["end_date"]


def months_until_left(rows: pl.DataFrame, spells: pl.DataFrame, frame: Windows) -> NDArray[np.int64]:
    """For each row (customer_id, score_date, fate) the month of the outcome in which its customer left, from 1; 0: stayed."""
    told = rows.select("score_date").with_columns(end_date=last_days(rows, spells))
    number = [pl.col(c).dt.year().cast(pl.Int64) * 12 + pl.col(c).dt.month().cast(pl.Int64) for c in ("end_date", "score_date")]
    return told.select((number[0] - number[1] - frame.gap).fill_null(0)).to_series().to_numpy()
