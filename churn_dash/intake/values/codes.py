"""Coded words in every dialect as the contract's English codes."""

import unicodedata

import polars as pl

from churn_dash.contract.tables import Codes
from churn_dash.intake.values.missing import by_value, text
from churn_dash.intake.values.scripts import simplified

_NUMBERED = r"^[a-z]?\d{1,3}\s*[-.:、|_)]\s*"
_AFTER = r"\s*[(\[].*[)\]]$"
_SUFFIXES = ("客户", "账户", "存款", "产品", "类", "型", "性", "度")


def coded(values: pl.Series, codes: Codes) -> pl.Series:
    """Words as the contract's English codes; words it does not know stay as they are.

    Traditional characters, a number before the word (1-男) and a remark in brackets after it make no difference, nor do Chinese
    endings such as 女性 for 女.

    >>> coded(pl.Series(["女", "Female", "M", "2-女", "男性", "X"]), {"F": ("female", "女"), "M": ("male", "男")}).to_list()
    ['F', 'F', 'M', 'F', 'M', 'X']
    """
    words = text(values)
    if not codes:
        return words
    meaning = {_folded(a): code for code, also in codes.items() for a in (code, *also)}
    longer = {word + end: code for word, code in meaning.items() if not word.isascii() for end in _SUFFIXES}
    meaning = {**longer, **meaning}

    def form(distinct: pl.Series) -> pl.Series:
        folded = simplified(distinct.str.normalize("NFKC").str.to_lowercase().str.strip_chars())
        bare = folded.str.replace(_NUMBERED, "").str.replace(_AFTER, "").str.strip_chars()
        spaced = bare.str.replace_all(r"[\s_\-]+", " ")
        found = [s.replace_strict(meaning, default=None, return_dtype=pl.String) for s in (folded, bare, spaced)]
        return pl.DataFrame([s.alias(str(i)) for i, s in enumerate((*found, distinct))]).select(pl.coalesce(pl.all()))["0"]

    return by_value(words, form, pl.String)


def _folded(word: str) -> str:
    return str(simplified(pl.Series([unicodedata.normalize("NFKC", word).lower().strip()]))[0])
