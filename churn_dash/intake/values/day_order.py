"""Dates such as 05/03/2024: which number is the month is decided from the whole column, or by the person, never guessed."""

from typing import Literal

import polars as pl

from churn_dash.intake.source import DayOrder
from churn_dash.intake.values.missing import blanked

CLOCK = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:am|pm)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$"
"""A time of day after a date; it is not kept."""
_YEAR_LAST = r"(?i)^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*((?:18|19|20|21)\d{2})" + CLOCK

Proof = DayOrder | Literal["mixed", "open", ""]


def proof(texts: pl.Series) -> Proof:
    """What a column of half-width texts proves: an order, "mixed" for both, "open" where neither, "" where no date needs one.

    >>> [proof(pl.Series(c)) for c in (["31/01/2024"], ["1/31/2024"], ["31/1/2024", "1/31/2024"], ["1/2/2024"], ["2/2/2024"])]
    ['day-first', 'month-first', 'mixed', 'open', '']
    """
    first, second, _year = _parts(texts)
    day_first = bool(((first > 12) & (first <= 31) & second.is_between(1, 12)).any())
    month_first = bool(((second > 12) & (second <= 31) & first.is_between(1, 12)).any())
    if day_first and month_first:
        return "mixed"
    if day_first or month_first:
        return "day-first" if day_first else "month-first"
    return "open" if either(texts).any() else ""


def either(texts: pl.Series) -> pl.Series:
    """Which texts are a date whichever number is the month, and not the same one.

    >>> either(pl.Series(["05/03/2024", "05/05/2024", "31/03/2024"])).to_list()
    [True, False, False]
    """
    first, second, _year = _parts(texts)
    return (first.is_between(1, 12) & second.is_between(1, 12) & (first != second)).fill_null(False)


def ordered(texts: pl.Series, order: DayOrder | None) -> pl.Series:
    """The texts as days in this order; None: those alone that can be read one way.

    >>> ordered(pl.Series(["05/03/2024", "31/03/2024"]), None).is_null().to_list()
    [True, False]
    """
    first, second, year = _parts(texts)
    if order is None:
        swap = second > 12
        first, second = first.set(either(texts), None), second.set(either(texts), None)
        first, second = first.zip_with(~swap.fill_null(False), second), second.zip_with(~swap.fill_null(False), first)
    elif order == "month-first":
        first, second = second, first
    frame = pl.DataFrame({"y": year, "m": second, "d": first}).with_columns(pl.all().cast(pl.String).str.zfill(2))
    written = frame.select(pl.concat_str("y", pl.lit("-"), "m", pl.lit("-"), "d").alias("day"))["day"]
    days = written.str.to_date("%Y-%m-%d", strict=False)
    return days.set(~days.dt.year().is_between(1800, 2899).fill_null(True), None)


def _parts(texts: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    parts = texts.str.extract_groups(_YEAR_LAST).struct.unnest()
    one, two, three = (parts[str(i)].cast(pl.Int32, strict=False) for i in (1, 2, 3))
    return one, two, three


def undecided(cells: pl.Series) -> str | None:
    """An example of a date whose order only a person can say, if the column has one and proves no order.

    >>> undecided(pl.Series(["01/02/2024", "03/02/2024"])), undecided(pl.Series(["01/02/2024", "13/02/2024"]))
    ('01/02/2024', None)
    """
    texts = blanked(cells.cast(pl.String).drop_nulls(), numeric=True).drop_nulls()
    if proof(texts) != "open":
        return None
    return str(texts.filter(either(texts))[0])
