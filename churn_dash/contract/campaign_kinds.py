"""What kind a campaign is, by the words that banks write in the column type. Source: METHODS A1 4.3.3, E3."""

from collections.abc import Mapping

from churn_dash.marks import _

KINDS: Mapping[str, str] = {
    "education": _("Event or course"),
    "call": _("Calls"),
    "offer": _("Offer"),
    "lottery": _("Lottery"),
    "points": _("Points"),
    "test": _("Test of the method"),
}
"""Known kinds, by code; a bank's own word stands as it is written."""
_WORDS = {
    "education": (
        "education",
        "event",
        "course",
        "seminar",
        "talk",
        "customer education",
        "教育",
        "客户教育",
        "讲座",
        "课程",
        "沙龙",
        "活动日",
    ),
    "call": ("call", "calls", "care call", "care calls", "电话", "外呼", "回访", "关怀电话"),
    "offer": ("offer", "coupon", "优惠", "权益", "优惠活动"),
    "lottery": ("lottery", "抽奖"),
    "points": ("points", "积分"),
    "test": ("test", "a/a", "aa", "测试"),
}


def kind(word: str | None) -> str | None:
    """The code of a kind of campaign, or the bank's own word; None where nothing is written.

    >>> kind("讲座"), kind(" Seminar "), kind("raffle"), kind(" ")
    ('education', 'education', 'raffle', None)
    """
    text = (word or "").strip()
    return next((code for code, words in _WORDS.items() if text.casefold() in words), text or None)
