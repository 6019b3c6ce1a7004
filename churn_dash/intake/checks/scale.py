"""Amounts in another unit than before: 元 and 万元, or a decimal point lost."""

import datetime
import math

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.checks.load import Load
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Text, _

POWERS = (2, 3, 4)
_NEAR = 0.2
"""How far from a power of ten, in powers: a factor from 1/1.6 to 1.6 of it."""
_ENOUGH = 20
"""Positive values that make a median."""


def jump(before: float | None, after: float | None) -> int:
    """The power of ten between two medians where it is near 100, 1,000 or 10,000 times, either way; 0 otherwise.

    >>> jump(5_000.0, 0.52), jump(5.0, 5_100.0), jump(5.0, 90.0), jump(None, 3.0)
    (-4, 3, 0, 0)
    """
    if not before or not after or before <= 0 or after <= 0:
        return 0
    power = math.log10(after / before)
    whole = round(power)
    return whole if abs(whole) in POWERS and abs(power - whole) <= _NEAR else 0


def medians(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Month by month the median of each column's positive values; missing where there are fewer than twenty."""
    positive = [pl.when(pl.col(c) > 0).then(pl.col(c)).alias(c) for c in columns]
    each = [pl.when(pl.col(c).count() >= _ENOUGH).then(pl.col(c).median()).alias(c) for c in columns]
    return rows.lazy().select("month", *positive).group_by("month").agg(each).sort("month").collect()


def amounts(table: str, rows: pl.DataFrame) -> list[str]:
    """Columns that may come in another unit: money of the contract, and the bank's own numbers."""
    known = TABLES[table].columns
    return [
        c
        for c, t in rows.schema.items()
        if t.is_numeric() and (t.is_float() or c not in known) and ((known[c].metadata or {}).get("unit") == "CNY" if c in known else True)
    ]


def scale(load: Load) -> list[Finding]:
    """Columns of the monthly table whose usual size jumps between months of this load."""
    rows = load.tables.get("customer_month")
    columns = amounts("customer_month", rows) if rows is not None else []
    if rows is None or not columns or rows["month"].n_unique() < 2:
        return []
    by_month = medians(_spread(rows.select("month", *columns)), columns)
    found = []
    for column in columns:
        odd = _odd(by_month["month"].to_list(), by_month[column].to_list())
        if not odd:
            continue
        title, power = load.title("customer_month", column), odd[0][1]
        n = rows.filter(pl.col("month").is_in([m for m, _p in odd])).height
        found.append(
            Finding(
                "scale",
                "error",
                Text(
                    _("{column}: in {n} months, such as {month}, the usual value is {times} of that in the others. Has the unit changed?"),
                    column=title,
                    n=Count(len(odd)),
                    month=f"{odd[0][0]:%Y-%m}",
                    times=times(power),
                ),
                Text(
                    _("If those months are in another unit (元, 万元), say so in the header, such as {column}(万元)."),
                    column=title,
                ),
                "customer_month",
                title,
                n,
                n / rows.height,
                tuple(f"{m:%Y-%m}" for m, _p in odd[:5]),
            )
        )
    return found


def times(power: int) -> str:
    """A power of ten as people write a factor.

    >>> times(3), times(-4)
    ('1,000×', '1/10,000')
    """
    return f"{10**power:,}×" if power > 0 else f"1/{10**-power:,}"


def _spread(rows: pl.DataFrame, most: int = 300_000) -> pl.DataFrame:
    """Rows enough for medians of each month."""
    return rows if rows.height <= most else rows.gather_every(-(-rows.height // most))


def _odd(months: list[datetime.date], usual: list[float | None]) -> list[tuple[datetime.date, int]]:
    """Months on another level than most, with the power of ten between; of two levels as common the later one is odd."""
    levels: list[tuple[datetime.date, int]] = []
    at, last = 0, None
    for month, value in zip(months, usual, strict=True):
        if value is None:
            continue
        at += jump(last, value)
        last = value
        levels.append((month, at))
    counts = {level: sum(1 for _m, x in levels if x == level) for _m, level in levels}
    if len(counts) < 2:
        return []
    most = max(counts, key=lambda level: (counts[level], -next(i for i, (_m, x) in enumerate(levels) if x == level)))
    return [(m, level - most) for m, level in levels if level != most]
