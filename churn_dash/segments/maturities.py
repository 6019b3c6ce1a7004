"""Products that fall due soon. Source: METHODS A3."""

import datetime

import polars as pl

from churn_dash.access import Scope
from churn_dash.store import Dataset

AHEAD_DAYS = 90
_SCHEMA = {"customer_id": pl.String, "product_id": pl.String, "bank": pl.String, "amount": pl.Float64, "maturity_date": pl.Date}


def as_of(ds: Dataset) -> datetime.date | None:
    """The day from which maturities are looked at: the last of the data, else the latest day that the holdings know of."""
    held = ds.table("product_holdings")
    if ds.data_end is not None or held is None:
        return ds.data_end
    days = [held[c].max() for c in ("start_date", "recorded_at", "closed_date") if c in held.columns]
    return max((d for d in days if isinstance(d, datetime.date)), default=None)


def maturing(ds: Dataset, days: int = AHEAD_DAYS, scope: Scope = Scope.everything()) -> pl.DataFrame | None:  # noqa: B008
    """Holdings not yet paid out that fall due in the ``days`` after the data, both ends included, soonest first.

    Columns: customer_id, product_id, bank (own, other), amount (CNY), maturity_date; those that the table lacks are null. None
    without the table ``product_holdings`` or its days.
    """
    held, day = ds.table("product_holdings"), as_of(ds)
    if held is None or day is None or "maturity_date" not in held.columns:
        return None
    lacking = [pl.lit(None, dtype=kind).alias(c) for c, kind in _SCHEMA.items() if c not in held.columns]
    rows = held.with_columns(lacking).filter(pl.col("maturity_date").is_between(day, day + datetime.timedelta(days=days)))
    if "closed_date" in held.columns:
        rows = rows.filter(pl.col("closed_date").is_null())
    if scope.branches is not None:
        people = ds.table("customers")
        mine = (
            people.filter(pl.col("branch_id").is_in(sorted(scope.branches)))
            if people is not None and "branch_id" in people.columns
            else None
        )
        rows = rows.clear() if mine is None else rows.join(mine.select("customer_id"), on="customer_id", how="semi")
    return rows.select(list(_SCHEMA)).sort("maturity_date", "customer_id")
