"""What stands for missing: blank cells, the words for it, and numbers that the person names."""

from collections.abc import Callable, Sequence

import polars as pl

_MISSING = ("", "-", "--", "—", "——", "?", "？", "na", "n/a", "null", "nan", "#n/a", "<na>", "\\n", "(null)", "[null]", "#null!", "nat")
_MISSING_NUMBER = (
    *_MISSING, "unknown", "unk", "未知", "不详", "不詳", "不明", "none", "nil", "无", "無", "空", "空值", "缺失", "暂无",
    "missing", "not available", ".", "/", "#value!", "#ref!", "#div/0!", "#name?", "#num!",
)  # fmt: skip


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


def without(values: pl.Series, said: Sequence[str]) -> tuple[pl.Series, int]:
    """The cells but for those that hold one of the values said to stand for missing, however the number is written; and how many went.

    >>> cells, n = without(pl.Series(["-999999.00", "5", "n.v."]), ["-999999", "n.v."])
    >>> cells.to_list(), n
    ([None, '5', None], 2)
    """
    sizes = [n for s in said if (n := _size(s)) is not None]
    if values.dtype == pl.String:
        gone = values.str.strip_chars().is_in([s.strip() for s in said])
        gone |= values.cast(pl.Float64, strict=False).is_in(sizes).fill_null(False)
    elif values.dtype.is_numeric():
        gone = values.cast(pl.Float64).is_in(sizes)
    else:
        gone = values.cast(pl.String).is_in([s.strip() for s in said])
    gone = gone.fill_null(False)
    return (values.set(gone, None) if gone.any() else values), int(gone.sum())


def _size(said: str) -> float | None:
    try:
        return float(said.replace(",", ""))
    except ValueError:
        return None


def by_value(values: pl.Series, form: Callable[[pl.Series], pl.Series], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """``form`` of every value, worked out once for each distinct value.

    >>> by_value(pl.Series(["a", "a", None]), lambda s: s.str.to_uppercase(), pl.String).to_list()
    ['A', 'A', None]
    """
    distinct = values.unique()
    if 2 * len(distinct) > len(values):
        return form(values).cast(dtype).alias(values.name)
    return values.replace_strict(distinct, form(distinct), return_dtype=dtype)
