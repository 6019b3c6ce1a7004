"""Yes and no in every dialect."""

import polars as pl

from churn_dash.intake.values.missing import blanked, by_value
from churn_dash.intake.values.scripts import simplified

_YES = ("yes", "y", "true", "t", "1", "1.0", "on", "ja", "oui", "是", "是的", "有", "√", "✓", "✔", "☑", "对", "真", "已", "开通", "已开通")
_NO = (
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "off",
    "nein",
    "non",
    "否",
    "无",
    "×",
    "✗",
    "✘",
    "☐",
    "错",
    "假",
    "没有",
    "未",
    "不是",
    "未开通",
)
_LEFT = (
    "attrited customer", "attrited", "attrition", "churned", "churn", "churner", "left", "lost", "lost customer", "exited", "closed",
    "gone",
    "流失", "已流失", "流失客户", "已销户", "销户", "已离开", "离开", "已注销", "注销",
)  # fmt: skip
_STAYED = (
    "existing customer", "existing", "stayed", "retained", "active", "current", "joined", "not churned", "no churn", "non-churn",
    "not_churned", "open", "未流失", "非流失", "没有流失", "正常", "存续", "留存", "在用", "存量", "未销户",
)  # fmt: skip


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
        words = simplified(distinct.str.normalize("NFKC").str.strip_chars().str.to_lowercase())
        return words.replace_strict(meaning, default=None, return_dtype=pl.Boolean)

    def known(distinct: pl.Series) -> pl.Series:
        empty = blanked(distinct, numeric=True).is_null() & ~distinct.str.strip_chars().is_in(_NO)
        return form(distinct).is_not_null() | empty

    texts = values.cast(pl.String)
    found = by_value(texts, form, pl.Boolean)
    bad = ~by_value(texts, known, pl.Boolean).fill_null(True)
    return found, bad if bad.any() else None
