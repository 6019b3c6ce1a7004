"""What stands for a missing value, and text brought to one form."""

from collections.abc import Callable

import polars as pl

_MISSING = ("", "-", "--", "—", "——", "?", "na", "n/a", "null", "nan", "#n/a", "<na>", "\\n", "(null)", "#null!", "nat")
_MISSING_NUMBER = (*_MISSING, "unknown", "未知", "不详", "none", "无", "#value!", "#ref!", "#div/0!", "空")


def text(values: pl.Series) -> pl.Series:
    """Text without blanks around it; what stands for missing is missing. "Unknown" is a level like any other.

    >>> text(pl.Series([" a ", "N/A", "Unknown", "?"])).to_list()
    ['a', None, 'Unknown', None]
    """
    stripped = values.cast(pl.String).str.strip_chars().str.strip_chars("\u3000\ufeff")
    short = stripped.str.len_chars() <= 7
    if not short.any():
        return stripped
    gone = short & stripped.str.to_lowercase().is_in(_MISSING)
    return stripped.set(gone, None) if gone.any() else stripped


def blanked(values: pl.Series, numeric: bool) -> pl.Series:
    """Text for reading numbers or dates from: half-width, without blanks around it, missing where it stands for missing.

    >>> blanked(pl.Series(["１２．５ ", "未知"]), numeric=True).to_list()
    ['12.5', None]
    """
    normal = values.str.normalize("NFKC").str.replace_all("\u2212", "-", literal=True).str.strip_chars()
    gone = normal.str.to_lowercase().is_in(_MISSING_NUMBER if numeric else _MISSING)
    return normal.set(gone.fill_null(False), None)


def by_value(values: pl.Series, form: Callable[[pl.Series], pl.Series], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """``form`` of every value, worked out once for each distinct value.

    >>> by_value(pl.Series(["a", "a", None]), lambda s: s.str.to_uppercase(), pl.String).to_list()
    ['A', 'A', None]
    """
    distinct = values.unique()
    if 2 * len(distinct) > len(values):
        return form(values).cast(dtype).alias(values.name)
    return values.replace_strict(distinct, form(distinct), return_dtype=dtype)
