"""Feature values as they are written inside sentences and beside bars."""

import datetime
from dataclasses import dataclass
from typing import Any

from churn_dash.marks import _
from churn_dash.risk.features.ratios import LEAST_CHANGE, MOST_CHANGE
from churn_dash.words import Count, Money, Number, say
from churn_dash.words.numbers import DASH, ratio


@dataclass(frozen=True)
class Whole:
    """A share or change as a whole percentage.

    >>> Whole(0.62).in_("en")
    '62%'
    """

    value: float | None

    def in_(self, language: str) -> str:
        return ratio(self.value, 0)

    def __str__(self) -> str:
        return self.in_("en")


@dataclass(frozen=True)
class Signed:
    """A change as a whole percentage with its sign.

    >>> str(Signed(-0.04)), str(Signed(0.031)), str(Signed(0.0)), str(Signed(None))
    ('−4%', '+3%', '0%', '—')
    """

    value: float | None

    def in_(self, language: str) -> str:
        text = ratio(self.value, 0).replace("−0%", "0%")
        return f"+{text}" if self.value is not None and self.value > 0 and text != "0%" else text

    def __str__(self) -> str:
        return self.in_("en")


@dataclass(frozen=True)
class Change(Signed):
    """A ratio to the own past less 1, with its sign; in words where it stands at an end of what is told of ratios.

    >>> str(Change(-0.04)), str(Change(9.0)), str(Change(-0.9)), Change(9.0).in_("zh")
    ('−4%', 'tenfold or more', 'a tenth or less', '十倍或以上')
    """

    def in_(self, language: str) -> str:
        if self.value is not None and self.value >= MOST_CHANGE:
            return say(_("tenfold or more"), language)
        if self.value is not None and self.value <= LEAST_CHANGE:
            return say(_("a tenth or less"), language)
        return super().in_(language)

    def __str__(self) -> str:
        return self.in_("en")


@dataclass(frozen=True)
class SignedNumber:
    """A difference of counts with its sign.

    >>> str(SignedNumber(-1.0)), str(SignedNumber(2.0)), str(SignedNumber(0.0)), str(SignedNumber(None))
    ('−1', '+2', '0', '—')
    """

    value: float | None

    def in_(self, language: str) -> str:
        text = DASH if self.value is None else Number(self.value).in_(language)
        return f"+{text}" if self.value is not None and self.value > 0 else text

    def __str__(self) -> str:
        return self.in_("en")


def spoken(value: Any, unit: str) -> Any:
    """A value of a feature in the format of its unit, to be put into a ``Text``; "—" where unknown.

    >>> str(spoken(31000.0, "money")), spoken(1.0, "flag"), str(spoken(None, "count")), spoken("gold", "category")
    ('¥31K', 'yes', '—', 'gold')
    """
    if value is None:
        return DASH
    if unit == "category":
        return str(value)
    if unit == "flag":
        return _("yes") if value else _("no")
    if unit == "money":
        return Money(float(value))
    if unit == "ratio":
        return Whole(float(value))
    if unit == "change":
        return Change(float(value))
    if unit == "days":
        return (datetime.date(1970, 1, 1) + datetime.timedelta(days=int(value))).isoformat()
    if unit in ("months", "years"):
        return Count(float(value))
    return Number(float(value))
