"""Which alerts were acted on: a customer who was kept looks like a false alarm. Source: METHODS B4."""

import polars as pl


def acted_on(tasks: pl.LazyFrame | None, alerts: pl.DataFrame, horizon: int) -> pl.Series | None:
    """For each alert whether a task was made of it: one that names the warning, or one for the customer within ``horizon`` days after.

    None where the bank keeps no tasks. Tasks without a day of making count by the day they were done.
    """
    if tasks is None:
        return None
    has = set(tasks.collect_schema().names())
    if "customer_id" not in has and "warning_id" not in has:
        return None
    known = tasks.collect()
    named = known["warning_id"].drop_nulls().unique() if "warning_id" in has else pl.Series([], dtype=pl.String)
    by_number = alerts["warning_id"].is_in(named.implode()).fill_null(False)
    days = [c for c in ("created_at", "done_at") if c in has]
    if "customer_id" not in has or not days:
        return by_number
    made = known.select("customer_id", day=pl.coalesce(days)).drop_nulls()
    after = (pl.col("day") - pl.col("ts")).dt.total_days()
    touched = alerts.with_row_index("alert").join(made, on="customer_id").filter((after >= 0) & (after <= horizon))["alert"].unique()
    return by_number | pl.Series(range(alerts.height), dtype=pl.UInt32).is_in(touched.implode())
