"""Dates and months in every form that extracts have them."""

from dataclasses import dataclass

import polars as pl

from churn_dash.intake.source import DayOrder
from churn_dash.intake.values.day_order import CLOCK, either, ordered, proof
from churn_dash.intake.values.missing import blanked

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
_FIRST_YEAR, _OPEN_END = 1_800, 2_900
_SEPARATED = r"(?i)^(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})?\s*[日号]?)?" + CLOCK
_COMPACT = r"^((?:18|19|20|21)\d{2})(\d{2})(\d{2})?(?:\.0+)?(?:[T\s]*\d{2}:?\d{2}(?::?\d{2})?)?$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_FOUR = r"((?:18|19|20|21)\d{2})"
_WORDED = {
    (3, 2, 1): r"(?i)^(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*" + _NAME + r"[\s\-/.,]*" + _FOUR + CLOCK,
    (3, 1, 2): r"(?i)^" + _NAME + r"[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]+" + _FOUR + CLOCK,
    (2, 1, 0): r"(?i)^" + _NAME + r"[\s\-/.,]*" + _FOUR + "$",
    (1, 2, 3): r"(?i)^" + _FOUR + r"[\s\-/.]*" + _NAME + r"[\s\-/.]*(\d{1,2})?" + CLOCK,
    (2, 1, -1): r"^(\d{1,2})\s*[-/.]\s*" + _FOUR + "$",
}
"""Forms in which the month's place is plain: the groups of year, month and day (0: the first day; −1: the month is a number)."""
_SHORT_YEAR = (
    r"(?i)^(?:\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*'?\d{2}|\d{1,2}[\s\-/.]*" + _NAME + r"[\s\-/.,']*\d{2}|" + _NAME + r"[\s\-/.,']*\d{2})"
    r"(?:[T\s]+\d{1,2}[:.]\d{2}.*)?$"
)


@dataclass(frozen=True)
class Dated:
    """Days as Date; and cells that are dates but stay unread, because day and month could be either or the year has two digits."""

    days: pl.Series
    unsure: pl.Series | None = None
    short_year: pl.Series | None = None


def dates(values: pl.Series, day_order: DayOrder | None = None) -> pl.Series:
    """Days, as Date; missing stays missing and what is no date becomes missing too.

    Years from 2900 on stand for an end that has not come, and are missing; so is the year 1. Five digits from 20000 to 60000 are
    Excel's day numbers; a month alone is its first day. Of 05/03/2024 see ``dated``.

    >>> dates(pl.Series(["2024/3/5", "20240305", "2024年3月5日", "202403", "45356", "9999-12-31"])).to_list()[1:5]
    [datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), datetime.date(2024, 3, 1), datetime.date(2024, 3, 5)]
    """
    return dated(values, day_order).days


def months(values: pl.Series, day_order: DayOrder | None = None) -> pl.Series:
    """First days of months, as Date.

    >>> months(pl.Series(["2024-03-31", "2024年3月", None])).to_list()
    [datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), None]
    """
    return dates(values, day_order).dt.month_start()


def dated(values: pl.Series, day_order: DayOrder | None = None) -> Dated:
    """Days, and dates that cannot be told.

    Which number of 05/03/2024 is the month is decided by the column: a part above 12 somewhere proves it. Where none does,
    ``day_order`` says it; unsaid, such cells stay unread. So they do in a column that proves both.

    >>> dated(pl.Series(["05/03/2024", "31/03/2024"])).days[0]
    datetime.date(2024, 3, 5)
    >>> dated(pl.Series(["05/03/2024", "5 Mar 2024"])).unsure.to_list()
    [True, False]
    """
    if values.dtype == pl.Date:
        return Dated(values)
    if isinstance(values.dtype, pl.Datetime):
        return Dated(values.cast(pl.Date))
    texts = values.cast(pl.String)
    if not _mostly_iso(texts):
        return _read(texts, day_order)
    quick = texts.str.to_date("%Y-%m-%d", strict=False)
    rest = (quick.is_null() & texts.is_not_null()) | ~quick.dt.year().is_between(_FIRST_YEAR, _OPEN_END - 1).fill_null(True)
    if not rest.any():
        return Dated(quick)
    places = rest.arg_true()
    found = _read(texts.gather(places), day_order)
    return Dated(
        quick.scatter(places, found.days),
        *(m if m is None else _at(len(texts), places.filter(m)) for m in (found.unsure, found.short_year)),
    )


def readable(values: pl.Series) -> pl.Series:
    """Which values are dates, in whatever order of day and month.

    >>> readable(pl.Series(["05/03/2024", "2024-03", "oct"])).to_list()
    [True, True, False]
    """
    found = dated(values)
    days = found.days.is_not_null()
    return days if found.unsure is None else days | found.unsure


def _at(n: int, places: pl.Series) -> pl.Series | None:
    return pl.repeat(False, n, eager=True).scatter(places, True) if len(places) else None


def _read(texts: pl.Series, day_order: DayOrder | None) -> Dated:
    """Dates worked out once for each distinct text."""
    distinct = texts.unique()
    if 2 * len(distinct) > len(texts):
        return _read_each(texts, day_order)
    found = _read_each(distinct, day_order)
    days = texts.replace_strict(distinct, found.days, return_dtype=pl.Date)
    marks = [None if m is None else texts.replace_strict(distinct, m, return_dtype=pl.Boolean) for m in (found.unsure, found.short_year)]
    return Dated(days, *marks)


def _read_each(texts: pl.Series, day_order: DayOrder | None) -> Dated:
    days = _parsed(texts)
    places = (days.is_null() & texts.is_not_null()).arg_true()
    if not len(places):
        return Dated(days)
    left = blanked(texts.gather(places), numeric=True)
    if not left.str.contains(r"(?i)^\d{1,2}\D|[a-z]{3}").any():
        return Dated(days)
    found = _worded(left)
    shown = proof(left)
    order: DayOrder | None = shown if shown == "day-first" or shown == "month-first" else day_order if shown == "open" else None
    found = found.zip_with(found.is_not_null(), ordered(left, order))
    unsure = places.filter(found.is_null() & either(left))
    short = places.filter(found.is_null() & left.str.contains(_SHORT_YEAR).fill_null(False))
    return Dated(days.scatter(places, found), _at(len(texts), unsure), _at(len(texts), short))


def _mostly_iso(texts: pl.Series) -> bool:
    head = texts.drop_nulls().head(100)
    return len(head) > 0 and bool((head.str.len_chars() == 10).all()) and head.str.to_date("%Y-%m-%d", strict=False).null_count() == 0


def _parsed(texts: pl.Series) -> pl.Series:
    frame = blanked(texts, numeric=True).alias("t").to_frame()
    found = frame.select(
        pl.coalesce(_spelled(_SEPARATED), _spelled(_COMPACT)).alias("day"),
        pl.col("t").str.extract(_SERIAL).cast(pl.Int32, strict=False).alias("serial"),
    )
    serial = pl.when(pl.col("serial").is_between(_FIRST_SERIAL, _LAST_SERIAL)).then(
        pl.lit("1899-12-30").str.to_date() + pl.duration(days="serial")
    )
    day = pl.when(pl.col("day").dt.year().is_between(_FIRST_YEAR, _OPEN_END - 1)).then(pl.col("day"))
    return found.select(pl.coalesce(day, serial).cast(pl.Date).alias("d"))["d"]


def _spelled(pattern: str, groups: tuple[int, int, int] = (1, 2, 3)) -> pl.Expr:
    parts = pl.col("t").str.extract_groups(pattern)
    year, month = (parts.struct.field(str(i)) for i in groups[:2])
    day = parts.struct.field(str(groups[2])).fill_null("01") if groups[2] > 0 else pl.lit("01")
    if groups[2] != -1 and pattern in _WORDED.values():
        month = month.str.to_lowercase().str.slice(0, 3).replace_strict(_MONTHS, [str(i) for i in range(1, 13)], default=None)
    text = pl.concat_str(year, pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.str.zfill(2))
    return text.str.to_date("%Y-%m-%d", strict=False)


def _worded(texts: pl.Series) -> pl.Series:
    """Dates with the month's name, and 03/2024."""
    return texts.alias("t").to_frame().select(pl.coalesce(_spelled(p, groups) for groups, p in _WORDED.items()).alias("d"))["d"]


def open_ended(texts: pl.Series) -> pl.Series:
    """Whether a text stands for a day that is not known, such as 9999-12-31 for an end that has not come, or 0001-01-01.

    >>> open_ended(pl.Series(["9999-12-31", "31/12/9999", "29991231", "2024-01-01"])).to_list()
    [True, True, True, False]
    """
    plain = texts.cast(pl.String)
    iso = plain.str.contains(r"^\s*(?:29\d{2}|99\d{2}|0001)[-/.年]?\d{2}")
    return (iso | plain.str.contains(r"^\s*\d{1,2}[-/.]\d{1,2}[-/.](?:29\d{2}|99\d{2}|0001)\b")).fill_null(False)
