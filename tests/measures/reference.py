"""Formulas by hand: the second way to what DuckDB sums. METHODS B9, T2."""

import datetime

import polars as pl

from churn_dash.measures.movement.recovery import Recovery, _of


def recovery(rows: pl.DataFrame, month: datetime.date | None = None, unknown: int = 0, again: int = 0) -> Recovery:
    """The recovery of customers with ``previous`` (month-average of the month before), ``start`` and ``end`` balances, CNY.

    >>> r = pl.DataFrame({"customer_id": list("1234"), "previous": [100.0, 200, 80, 50], "start": [60.0, 150, 80, 10]})
    >>> found = recovery(r.with_columns(end=pl.Series([100.0, 170, 90, 5])))
    >>> round(found.rate, 4), found.reached, (found.reached_from_below, found.below)
    (0.4615, 2, (1, 3))
    """
    missing = (pl.col("previous") - pl.col("start")).clip(0.0)
    found = rows.select(
        "customer_id",
        missing.alias("x"),
        pl.min_horizontal((pl.col("end") - pl.col("start")).clip(0.0), missing).alias("y"),
        (pl.col("start") < pl.col("previous")).alias("below"),
        (pl.col("end") >= pl.col("previous")).alias("reached"),
    )
    short = found.filter("below")
    each = short.group_by("customer_id").agg(pl.col("x").sum(), pl.col("y").sum())
    squares = [float((each[a] * each[b]).sum()) for a, b in (("y", "y"), ("x", "y"), ("x", "x"))]
    n_back, x, y = int(short["reached"].sum()), float(short["x"].sum()), float(short["y"].sum())
    counts = (rows.height, short.height, int(found["reached"].sum()), n_back, again, unknown)
    return _of(month, counts, x, y, squares, each.height)


def value_of_acting(uplift: float, value: float, contact_cost: float, acceptance: float = 0.0, incentive: float = 0.0) -> float:
    """What contacting one customer is expected to bring: uplift · value − contact − acceptance · incentive, CNY. METHODS B9.

    ``uplift`` is the fall of the churn probability that the contact causes (0–1), ``acceptance`` the share that takes the incentive.

    >>> round(value_of_acting(0.05, 2000, 20, 0.3, 100), 2)
    50.0
    """
    return uplift * value - contact_cost - acceptance * incentive
