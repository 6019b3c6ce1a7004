"""Yes and no in every dialect, and codes in English."""

import unicodedata

import polars as pl

from churn_dash.contract.tables import Codes
from churn_dash.intake.values.missing import blanked, by_value, text

_YES = ("yes", "y", "true", "t", "1", "1.0", "是", "有", "√", "对", "真")
_NO = ("no", "n", "false", "f", "0", "0.0", "否", "无", "×", "错", "假", "没有")
_LEFT = (
    "attrited customer",
    "attrited",
    "churned",
    "churn",
    "left",
    "lost",
    "exited",
    "closed",
    "流失",
    "已流失",
    "流失客户",
    "已销户",
    "销户",
)
_STAYED = (
    "existing customer",
    "existing",
    "stayed",
    "retained",
    "active",
    "current",
    "joined",
    "not churned",
    "no churn",
    "未流失",
    "非流失",
    "正常",
    "存续",
    "留存",
    "在用",
)


def flags(values: pl.Series, leaving: bool = False) -> tuple[pl.Series, pl.Series | None]:
    """Values as Boolean, and which cells are neither yes nor no (None: all are). ``leaving`` adds words for churned and stayed.

    >>> flags(pl.Series(["Yes", "否", "", "maybe"]))[0].to_list()
    [True, False, None, None]
    >>> flags(pl.Series(["Attrited Customer", "Existing Customer"]), leaving=True)[0].to_list()
    [True, False]
    """
    if values.dtype == pl.Boolean:
        return values, None
    yes, no = (_YES + _LEFT, _NO + _STAYED) if leaving else (_YES, _NO)
    meaning = dict.fromkeys(yes, True) | dict.fromkeys(no, False)

    def form(distinct: pl.Series) -> pl.Series:
        words = distinct.str.normalize("NFKC").str.strip_chars().str.to_lowercase()
        return words.replace_strict(meaning, default=None, return_dtype=pl.Boolean)

    def known(distinct: pl.Series) -> pl.Series:
        empty = blanked(distinct, numeric=True).is_null() & ~distinct.str.strip_chars().is_in(_NO)
        return form(distinct).is_not_null() | empty

    texts = values.cast(pl.String)
    found = by_value(texts, form, pl.Boolean)
    bad = ~by_value(texts, known, pl.Boolean).fill_null(True)
    return found, bad if bad.any() else None


def coded(values: pl.Series, codes: Codes) -> pl.Series:
    """Words as the contract's English codes; words it does not know stay as they are.

    >>> coded(pl.Series(["女", "Female", "M", "X"]), {"F": ("female", "女"), "M": ("male",)}).to_list()
    ['F', 'F', 'M', 'X']
    """
    words = text(values)
    if not codes:
        return words
    meaning = {_folded(a): code for code, also in codes.items() for a in (code, *also)}

    def form(distinct: pl.Series) -> pl.Series:
        folded = distinct.str.normalize("NFKC").str.to_lowercase().str.strip_chars()
        return folded.replace_strict(meaning, default=distinct, return_dtype=pl.String)

    return by_value(words, form, pl.String)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower().strip()
