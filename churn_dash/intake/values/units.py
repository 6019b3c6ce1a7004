"""Units said in a header: 月末资产（万元）, 月末资产_万元, AUM_wan, Balance (CNY mn), 利率(%)."""

import re
import unicodedata
from dataclasses import dataclass

from churn_dash.words import Text, _

_SIZES = {
    "": 1.0, "千": 1e3, "仟": 1e3, "万": 1e4, "萬": 1e4, "十万": 1e5, "百万": 1e6, "百萬": 1e6, "千万": 1e7, "千萬": 1e7, "亿": 1e8,
    "億": 1e8, "十亿": 1e9, "k": 1e3, "thousand": 1e3, "thousands": 1e3, "'000": 1e3, "000s": 1e3, "000": 1e3, "wan": 1e4, "mn": 1e6,
    "mm": 1e6, "million": 1e6, "millions": 1e6, "yi": 1e8, "bn": 1e9, "billion": 1e9, "billions": 1e9,
}  # fmt: skip
_MONEY = ("人民币元", "人民币", "rmb", "cny", "yuan", "元", "圆", "¥")
_BARE = frozenset({"wan", "yi", "mn", "million", "millions", "thousand", "thousands", "bn", "billion", "万", "亿"})
"""Sizes that need neither brackets nor a currency."""
_COUNTS = frozenset({"笔", "次", "个", "户", "人", "件", "天", "日", "月", "年", "岁", "分", "count", "days", "pcs", "#"})
_FOREIGN = frozenset({"usd", "us$", "$", "eur", "€", "gbp", "£", "hkd", "hk$", "jpy", "美元", "欧元", "英镑", "港币", "港元", "日元"})
_BRACKETS = re.compile(r"^(.*?)\s*[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]\s*$")
_TAIL = re.compile(r"^(.*?\S)[\s_\-/,:]+(?:in[\s_])?([^\s_\-/,:]+(?:[\s_](?:元|rmb|cny|yuan|mn|bn|million|thousand|wan))?)$")
_LAST_WORD = re.compile(r"^(.*\S)[\s_\-/,:]+([^\s_\-/,:]+)$")
_GLUED = re.compile(r"^(.*?[\u4e00-\u9fff])((?:千|万|萬|百万|亿|億)?元)$")


@dataclass(frozen=True)
class Unit:
    """What a header says of its numbers: ``factor`` they are multiplied by, for ``kind`` money, count or share."""

    kind: str
    factor: float = 1.0

    def fits(self, unit: str) -> bool:
        """Whether a column of the contract with this unit may be said so.

        >>> Unit("money", 1e4).fits("CNY"), Unit("money", 1e4).fits("count"), Unit("count").fits("count")
        (True, False, True)
        """
        if self.kind == "money":
            return unit == "CNY" or self.factor == 1
        return unit != "CNY" if self.kind == "count" else unit in ("ratio", "share", "rate", "percent")


def unit_of(header: str) -> tuple[str, Unit] | None:
    """The header without its unit, and the unit; None where it says none that is known.

    >>> unit_of("月末资产（万元）"), unit_of("AUM_wan")[1].factor, unit_of("Balance (CNY mn)")[1].factor, unit_of("city (home)")
    (('月末资产', Unit(kind='money', factor=10000.0)), 10000.0, 1000000.0, None)
    """
    plain = " ".join(unicodedata.normalize("NFKC", header).strip().split())
    for pattern in (_BRACKETS, _TAIL, _LAST_WORD, _GLUED):
        found = pattern.match(plain)
        if found and found[1] and (unit := _unit(found[2], bracketed=pattern is _BRACKETS)) is not None:
            return found[1], unit
    return None


def foreign(header: str) -> str | None:
    """The foreign currency in a header's brackets, as written there; its amounts are not in yuan.

    >>> foreign("AUM (USD)"), foreign("AUM (元)")
    ('USD', None)
    """
    found = _BRACKETS.match(unicodedata.normalize("NFKC", header).strip())
    words = re.split(r"[\s_/,]+", found[2].casefold()) if found else []
    return found[2] if found and any(w in _FOREIGN for w in words) else None


def _unit(said: str, bracketed: bool) -> Unit | None:
    words = re.sub(r"^(?:单位|單位|unit|in)\s*[:：]?\s*", "", said.strip().casefold())
    if words in _COUNTS and bracketed:
        return Unit("count")
    if words in ("%", "pct", "percent") and (bracketed or words != "%"):
        return Unit("share", 0.01)
    bare = re.sub(r"[\s_/,]+", "", words)
    size = bare
    for money in _MONEY:
        size = size.removeprefix(money)
    for money in _MONEY:
        size = size.removesuffix(money)
    if size not in _SIZES or not bare or (size == bare and not bracketed and size not in _BARE):
        return None
    return Unit("money", _SIZES[size])


def reason(unit: Unit) -> Text:
    """Why the numbers are multiplied."""
    if unit.kind == "share":
        return Text(_("Known header, in percent"))
    return Text(_("Known header, in units of {unit}"), unit=f"{unit.factor:,.0f}")
