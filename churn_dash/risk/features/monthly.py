"""Measures of one monthly column, counted back from the last known month (offset 0). Source: METHODS D1.

Each measure has its ingredients, aggregated once a customer, and a value made of them. A ratio to nothing is undefined.
"""

from collections.abc import Mapping

import polars as pl

from churn_dash.risk.features.feature import Source

MONTHLY = ("level", "change", "mean", "mean_change", "slope", "peak", "share", "difference", "changed", "since")
_LEAST_POINTS = 3


def ingredients(source: Source, schema: Mapping[str, pl.DataType]) -> dict[str, pl.Expr]:
    """Name → aggregation over a customer's rows, which have ``offset`` (0: last known month), in any order."""
    column, n = source.column, source.months
    if source.measure == "changed" or (source.measure == "level" and _text(schema[column])):
        return {f"{column}@0": _at(column, 0).cast(pl.String), f"{column}@{n}": _at(column, n).cast(pl.String)}
    found = {
        "level": {f"{column}@0": _at(column, 0)},
        "change": {f"{column}@0": _at(column, 0), f"{column}@{n}": _at(column, n)},
        "difference": {f"{column}@0": _at(column, 0), f"{column}@{n}": _at(column, n)},
        "share": {f"{column}@0": _at(column, 0), f"{source.other}@0": _at(source.other, 0)},
        "peak": {f"{column}@0": _at(column, 0), f"{column}@max": _number(column).max()},
        "mean": {f"{column}@0-{n}": _mean(column, 0, n)},
        "mean_change": {f"{column}@0-{n}": _mean(column, 0, n), f"{column}@{n}-{2 * n}": _mean(column, n, 2 * n)},
        "slope": {f"{column}@slope{n}": _slope(column, n)},
        "since": {f"{column}@since": _since(column)},
    }
    return {name: expr.cast(pl.Float64) for name, expr in found[source.measure].items()}


def value(source: Source) -> pl.Expr:
    """The measure from its ingredients."""
    column, n = source.column, source.months
    now = pl.col(f"{column}@0")
    if source.measure == "level":
        return now
    if source.measure == "change":
        return _relative(now, pl.col(f"{column}@{n}"))
    if source.measure == "difference":
        return now - pl.col(f"{column}@{n}")
    if source.measure == "share":
        whole = pl.col(f"{source.other}@0")
        return pl.when(whole > 0).then(now / whole)
    if source.measure == "peak":
        return _relative(now, pl.col(f"{column}@max"))
    if source.measure == "mean":
        return pl.col(f"{column}@0-{n}")
    if source.measure == "mean_change":
        return _relative(pl.col(f"{column}@0-{n}"), pl.col(f"{column}@{n}-{2 * n}"))
    if source.measure == "slope":
        return pl.col(f"{column}@slope{n}")
    if source.measure == "changed":
        return (now != pl.col(f"{column}@{n}")).cast(pl.Float64)
    return pl.col(f"{column}@since")


def _text(kind: pl.DataType) -> bool:
    return not (kind.is_numeric() or kind == pl.Boolean)


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64)


def _at(column: str, offset: int) -> pl.Expr:
    return pl.col(column).filter(pl.col("offset") == offset).first()


def _mean(column: str, nearest: int, farthest: int) -> pl.Expr:
    return _number(column).filter(pl.col("offset").is_between(nearest, farthest - 1)).mean()


def _relative(now: pl.Expr, then: pl.Expr) -> pl.Expr:
    return pl.when(then > 0).then(now / then - 1)


def _slope(column: str, months: int) -> pl.Expr:
    """Least-squares growth a month of log1p over the last ``months``; null with fewer than three points."""
    use = (pl.col("offset") < months) & pl.col(column).is_not_null()
    x = pl.when(use).then(-pl.col("offset").cast(pl.Float64))
    y = pl.when(use).then(_number(column).clip(0).log1p())
    n = use.sum()
    growth = (n * (x * y).sum() - x.sum() * y.sum()) / (n * (x * x).sum() - x.sum() ** 2)
    return pl.when(n >= _LEAST_POINTS).then(growth.exp() - 1)


def _since(column: str) -> pl.Expr:
    """Months since the last one with something in it; where there was none, the months looked at."""
    return pl.coalesce(pl.col("offset").filter(_number(column) > 0).min(), pl.col("offset").max() + 1)
