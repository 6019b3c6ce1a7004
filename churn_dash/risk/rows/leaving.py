"""In which month of the outcome somebody left."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.risk.rows.windows import Windows


def months_until_left(rows: pl.DataFrame, spells: pl.DataFrame, frame: Windows) -> NDArray[np.int64]:
    """For each row (customer_id, score_date, fate) the month of the outcome in which its customer left, from 1; 0: stayed."""
    ends = spells.filter(pl.col("event") & pl.col("end_date").is_not_null()).select("customer_id", "start_date", "end_date")
    number = [pl.col(c).dt.year().cast(pl.Int64) * 12 + pl.col(c).dt.month().cast(pl.Int64) for c in ("end_date", "score_date")]
    leavers = rows.select("customer_id", "score_date", "fate").with_row_index("row").filter(pl.col("fate") == "leaves")
    found = (
        leavers.join(ends, on="customer_id")
        .filter((pl.col("start_date") <= pl.col("score_date")) & (pl.col("end_date") > pl.col("score_date")))
        .group_by("row")
        .agg((number[0] - number[1]).min() - frame.gap)
    )
    when = np.zeros(rows.height, dtype=np.int64)
    when[found["row"].to_numpy()] = found[:, 1].to_numpy()
    return when
