"""What one customer holds one by one, here and as far as the bank was told at other banks, and when it falls due. Source: METHODS E1."""

import datetime

import polars as pl

from churn_dash.segments.portrait.rows import rows_about
from churn_dash.store import Dataset

KINDS = {
    "holding_id": pl.String,
    "bank": pl.String,
    "bank_name": pl.String,
    "product_kind": pl.String,
    "product_id": pl.String,
    "amount": pl.Float64,
    "rate": pl.Float64,
    "start_date": pl.Date,
    "maturity_date": pl.Date,
    "days_left": pl.Int64,
}


def holdings(ds: Dataset, customer_id: str, day: datetime.date) -> pl.DataFrame | None:
    """What is held on ``day``: the columns of ``KINDS``, a row a holding, own bank first, what falls due soonest first; None without the
    table. ``bank``: own or other (own where it is not said); ``amount`` CNY; ``rate`` per cent a year; ``days_left`` to the maturity,
    null where it has none. Left out: what was paid out by then, what begins later, and what fell due before."""
    rows = rows_about(ds, "product_holdings", customer_id)
    if rows is None:
        return None
    held = [
        r | {"bank": r["bank"] or "own", "days_left": (r["maturity_date"] - day).days if r["maturity_date"] is not None else None}
        for r in rows
        if (r["closed_date"] is None or r["closed_date"] > day)
        and (r["start_date"] is None or r["start_date"] <= day)
        and (r["maturity_date"] is None or r["maturity_date"] >= day)
        and (r["recorded_at"] is None or r["recorded_at"] <= day)
    ]
    found = pl.DataFrame([{c: r[c] for c in KINDS} for r in held], schema=KINDS)
    return found.sort(
        pl.col("bank") != "own", "maturity_date", "amount", "holding_id", descending=[False, False, True, False], nulls_last=True
    )
