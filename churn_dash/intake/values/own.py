"""Columns that the contract does not know: what kind of values they hold."""

import polars as pl

from churn_dash.contract.attributes import Kind
from churn_dash.intake.source import DayOrder
from churn_dash.intake.values.amounts import numbers
from churn_dash.intake.values.dates import dates
from churn_dash.intake.values.flags import flags
from churn_dash.intake.values.missing import blanked, by_value, text

_MOST_LEVELS = 200
_EXACT = 2.0**53
_LEADING_ZERO = r"^\s*[+-]?0\d"
_LONG_DIGITS = r"^\s*\d{16,}\s*$"
_DATE_FORM = r"(?i)^(?:\d{4}\s*[-/.年]|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[\s\-]?[a-z]{3,9}[\s\-,]*\d{4})"
_DATE_WORDS = ("date", "day", "日", "time", "时间")


def attribute(values: pl.Series, day_order: DayOrder | None = None) -> tuple[pl.Series, Kind]:
    """The values typed by what they all are, and their kind: number, flag, date, category or text.

    A column is a number when every cell that is not missing is one; identifiers with leading zeros or more digits than
    a number can hold stay text; yes/no and 0/1 are flags when both occur.

    >>> [attribute(pl.Series("x", cells))[1] for cells in (["1.5", " ", "3"], ["001", "002"], ["Yes", "No"])]
    ['number', 'category', 'flag']
    """
    if values.dtype == pl.Boolean:
        return values, "flag"
    if values.dtype.is_temporal():
        return dates(values), "date"
    if values.dtype != pl.String:
        found, _bad = numbers(values)
        return _number(found, values)
    if values.null_count() == len(values):
        return values, "category"
    if _looks_numeric(values):
        found, bad = numbers(values)
        if bad is None and found.null_count() < len(found) and not _identifies(values):
            return _number(found, values)
    words = text(values)
    if words.null_count() == len(words):
        return words, "category"
    levels = words.unique()
    n_levels = len(levels) - int(words.null_count() > 0)
    if n_levels == 2:
        flag, bad = flags(words)
        if bad is None and flag.null_count() == words.null_count():
            return flag, "flag"
    if _all_dates(values.name, levels, day_order):
        return dates(words, day_order), "date"
    few = n_levels <= _MOST_LEVELS and 2 * n_levels <= max(len(words), 20)
    return words, "category" if few else "text"


def _looks_numeric(values: pl.Series) -> bool:
    """Cheap look at some cells before all are read."""
    some = blanked(values.drop_nulls().head(200), numeric=True).drop_nulls()
    return not len(some) or bool(some.str.contains(r"\d").all())


def _identifies(values: pl.Series) -> bool:
    return bool(values.str.contains(_LEADING_ZERO).any()) or bool(values.str.contains(_LONG_DIGITS).any())


def _number(found: pl.Series, values: pl.Series) -> tuple[pl.Series, Kind]:
    whole = bool((found == found.round()).all()) and bool((found.abs() < _EXACT).all())
    if whole and values.dtype != pl.Float64:
        if found.n_unique() - int(found.null_count() > 0) == 2 and found.min() == 0 and found.max() == 1:
            return found.cast(pl.Boolean), "flag"
        return found.cast(pl.Int64), "number"
    return found, "number"


def _all_dates(name: str, levels: pl.Series, day_order: DayOrder | None) -> bool:
    """Every value is a date spelled with separators, or with digits alone under a header that speaks of a date."""
    words = blanked(levels, numeric=True).drop_nulls()
    if not len(words):
        return False
    if not any(w in name.casefold() for w in _DATE_WORDS) and not words.str.contains(_DATE_FORM).all():
        return False
    return dates(words, day_order).null_count() == 0


def loose(values: pl.Series) -> pl.Series:
    """Numbers where every cell is one, otherwise text; nothing else is changed. For experiment files.

    >>> loose(pl.Series(["1", "0"])).dtype, loose(pl.Series(["Mens E-Mail", "No E-Mail"])).dtype
    (Int64, String)
    """
    if values.dtype != pl.String:
        return values.cast(pl.Float64) if values.dtype.is_float() else values
    if values.null_count() < len(values) and _looks_numeric(values):
        found, bad = numbers(values)
        if bad is None and found.null_count() < len(found) and not _identifies(values):
            whole = bool((found == found.round()).all()) and bool((found.abs() < _EXACT).all())
            return found.cast(pl.Int64) if whole else found
    return by_value(values, text, pl.String)
