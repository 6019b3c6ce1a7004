"""Fifths and tenths of a number, equal values always together."""

import polars as pl


def share_below(values: pl.Expr) -> pl.Expr:
    """The share of the known values that are smaller, 0–1: the least has 0, equal values have equal shares; null stays null.

    >>> pl.DataFrame({"v": [0.0, 0.0, 5.0, 9.0]}).select(share_below(pl.col("v")))["v"].to_list()
    [0.0, 0.0, 0.5, 0.75]
    """
    return (values.rank("min") - 1) / values.count()


def parts(values: pl.Expr, n: int) -> pl.Expr:
    """Which of ``n`` equal parts by size a value falls in, 1 (smallest) to ``n``; null stays null.

    The part is that of the last of equal values, so that they are never torn apart: many equal values make the parts unequal, and
    parts may be empty.

    >>> pl.DataFrame({"v": [1.0, 2.0, 3.0, 4.0, 5.0, None]}).select(parts(pl.col("v"), 5))["v"].to_list()
    [1, 2, 3, 4, 5, None]
    >>> pl.DataFrame({"v": [7.0, 7.0, 7.0, 7.0, 1.0]}).select(parts(pl.col("v"), 5))["v"].to_list()
    [5, 5, 5, 5, 1]
    """
    # In whole numbers: 0.6 * 5 is not always 3.
    place = values.rank("max").cast(pl.Int64) * n
    return ((place + values.count().cast(pl.Int64) - 1) // values.count().cast(pl.Int64)).cast(pl.Int64)
