"""What kind a campaign is, by the words that banks write in the column type. Source: METHODS A1 4.3.3, E3."""

from collections.abc import Mapping

from churn_dash.marks import _

TEST = "test"
"""Nothing is offered: a check of the draw is no attempt to keep anybody."""
KINDS: Mapping[str, str] = {
    "education": _("Event or course"),
    "call": _("Calls and visits"),
    "offer": _("Offer"),
    "lottery": _("Lottery"),
    "points": _("Points"),
    "cross_sell": _("Cross-selling"),
    "digital": _("Digital banking"),
    "complaints": _("Answers to complaints"),
    TEST: _("Test of the method"),
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
    "call": ("call", "calls", "care call", "care calls", "contact", "visit", "电话", "外呼", "回访", "关怀电话", "拜访"),
    "offer": ("offer", "coupon", "优惠", "权益", "优惠活动"),
    "lottery": ("lottery", "抽奖"),
    "points": ("points", "积分"),
    "cross_sell": ("cross-sell", "cross_sell", "crosssell", "交叉销售"),
    "digital": ("digital", "activation", "digital activation", "电子银行", "电子银行开通"),
    "complaints": ("complaint", "complaint resolution", "投诉处理"),
    TEST: ("test", "a/a", "aa", "a/a test", "check", "测试", "检验", "空白测试"),
}


def kind(word: str | None) -> str | None:
    """The code of a kind of campaign, or the bank's own word; None where nothing is written.

    >>> kind("讲座"), kind(" Seminar "), kind("raffle"), kind(" ")
    ('education', 'education', 'raffle', None)
    """
    text = (word or "").strip()
    return next((code for code, words in _WORDS.items() if text.casefold() in words), text or None)
