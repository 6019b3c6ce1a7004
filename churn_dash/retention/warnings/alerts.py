"""Warnings as alerts: what is repeated too soon is none, unless the grade rises. Source: METHODS B4."""

import polars as pl

GRADES = ("low", "medium", "high")
_SCHEMA = {"warning_id": pl.String, "customer_id": pl.String, "ts": pl.Date, "source": pl.String, "grade": pl.String}


def told(warnings: pl.DataFrame) -> pl.DataFrame:
    """The warnings with a customer and a day: warning_id, customer_id, ts, source (the rule or model), grade; columns that the bank
    does not keep are null. In order of customer and day."""
    columns = {name: "rule_or_model" if name == "source" else name for name in _SCHEMA}
    has = set(warnings.columns)
    found = warnings.select(
        (pl.col(column) if column in has else pl.lit(None)).cast(kind).alias(name)
        for (name, column), kind in zip(columns.items(), _SCHEMA.values(), strict=True)
    )
    return found.drop_nulls(["customer_id", "ts"]).sort("customer_id", "ts", "warning_id")


def alerts(warnings: pl.DataFrame, again: int) -> tuple[pl.DataFrame, int]:
    """The warnings of ``told`` that count as alerts, and how many were repeats.

    A warning within ``again`` days of the customer's last alert repeats it, unless its grade is higher than that alert's: then the
    alert it belongs to has risen, and it counts as an alert of its own.

    >>> import datetime as d
    >>> rows = [(str(i), "7", d.date(2024, 2, i), None, g) for i, g in ((1, "low"), (15, "low"), (20, "high"))]
    >>> found, repeats = alerts(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), 60)
    >>> found["ts"].dt.day().to_list(), repeats
    ([1, 20], 1)
    """
    rank = {grade: i for i, grade in enumerate(GRADES)}
    kept: list[bool] = []
    last_customer, last_day, last_rank = None, None, -1
    for customer, day, grade in warnings.select("customer_id", "ts", "grade").iter_rows():
        height = rank.get(grade, -1)
        soon = customer == last_customer and last_day is not None and (day - last_day).days < again
        fresh = not soon or height > last_rank
        if fresh:
            last_customer, last_day, last_rank = customer, day, height
        kept.append(fresh)
    found = warnings.filter(pl.Series(kept, dtype=pl.Boolean))
    return found, len(warnings) - len(found)
