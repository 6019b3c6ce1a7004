"""Dates and months in every form that extracts have them."""

import polars as pl

from churn_dash.intake.values.missing import blanked, by_value

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
_FIRST_YEAR, _OPEN_END = 1_800, 2_900
_SEPARATED = (
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})?\s*日?)?"
    r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$"
)
_COMPACT = r"^((?:18|19|20|21)\d{2})(\d{2})(\d{2})?(?:\.0+)?(?:[T\s]*\d{2}:?\d{2}(?::?\d{2})?)?$"
_SERIAL = r"^(\d{5})(?:\.\d+)?$"


def dates(values: pl.Series) -> pl.Series:
    """Days, as Date; missing stays missing and what is no date becomes missing too.

    Years from 2900 on stand for an end that has not come, and are missing; so is the year 1. Five digits from 20000 to 60000 are
    Excel's day numbers; a month alone is its first day.

    >>> dates(pl.Series(["2024/3/5", "20240305", "2024年3月5日", "202403", "45356", "9999-12-31"])).to_list()[1:5]
    [datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), datetime.date(2024, 3, 1), datetime.date(2024, 3, 5)]
    """
    if values.dtype == pl.Date:
        return values
    if isinstance(values.dtype, pl.Datetime):
        return values.cast(pl.Date)
    texts = values.cast(pl.String)
    if _mostly_iso(texts):
        quick = texts.str.to_date("%Y-%m-%d", strict=False)
        rest = (quick.is_null() & texts.is_not_null()) | ~quick.dt.year().is_between(_FIRST_YEAR, _OPEN_END - 1).fill_null(True)
        if not rest.any():
            return quick
        places = rest.arg_true()
        return quick.scatter(places, by_value(texts.gather(places), _parsed, pl.Date))
    return by_value(texts, _parsed, pl.Date)


def months(values: pl.Series) -> pl.Series:
    """First days of months, as Date.

    >>> months(pl.Series(["2024-03-31", "2024年3月", None])).to_list()
    [datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), None]
    """
    return dates(values).dt.month_start()


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


def _spelled(pattern: str) -> pl.Expr:
    parts = pl.col("t").str.extract_groups(pattern)
    year, month, day = (parts.struct.field(str(i)) for i in (1, 2, 3))
    text = pl.concat_str(year, pl.lit("-"), month.str.zfill(2), pl.lit("-"), day.fill_null("01").str.zfill(2))
    return text.str.to_date("%Y-%m-%d", strict=False)


def open_ended(texts: pl.Series) -> pl.Series:
    """Whether a text stands for a day that is not known, such as 9999-12-31 for an end that has not come, or 0001-01-01.

    >>> open_ended(pl.Series(["9999-12-31", "29991231", "2024-01-01"])).to_list()
    [True, True, False]
    """
    return texts.cast(pl.String).str.contains(r"^\s*(?:29\d{2}|99\d{2}|0001)[-/.年]?\d{2}").fill_null(False)
