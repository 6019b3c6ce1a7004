"""Numbers as people write them: K/M/B in English, 万/亿 in Chinese; "—" where undefined."""

import datetime
import math
from dataclasses import dataclass

DASH = "—"
_GROUPS = {
    "en": ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}
MINUS = "−"


def scales(language: str) -> tuple[tuple[float, str], ...]:
    """Sizes by which large numbers are shortened, the largest first, each with its name."""
    return _GROUPS.get(language, _GROUPS["en"])


def undefined(value: float | None) -> bool:
    """None and NaN are undefined.

    >>> undefined(None), undefined(float("nan")), undefined(0.0)
    (True, True, False)
    """
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def ratio(value: float | None, digits: int = 2) -> str:
    """A rate 0–1 as a percentage.

    >>> ratio(0.0158), ratio(None)
    ('1.58%', '—')
    """
    return DASH if undefined(value) else _signed(f"{100 * float(value or 0):.{digits}f}%")


def points(value: float | None, language: str = "en", digits: int = 2) -> str:
    """A difference of rates in percentage points, with its sign.

    >>> points(-0.0026), points(0.0026, "zh"), points(-0.00001)
    ('−0.26 pp', '+0.26 个百分点', '0.00 pp')
    """
    if undefined(value):
        return DASH
    number = round(100 * float(value or 0), digits)
    text = _signed(f"{number:+.{digits}f}") if number else f"{0:.{digits}f}"
    return f"{text} 个百分点" if language == "zh" else f"{text} pp"


def compact(value: float | None, language: str = "en", digits: int = 1) -> str:
    """A large number shortened, carrying at the boundary.

    >>> compact(214e6), compact(99_996_000, "zh"), compact(123_456, "zh"), compact(83_680_000, "zh"), compact(950)
    ('214M', '1亿', '12.3万', '8,368万', '950')
    """
    if undefined(value):
        return DASH
    number = float(value or 0)
    sign, size = (MINUS if number < 0 else ""), abs(number)
    groups = scales(language)
    for at, (unit, name) in enumerate(groups):
        if size < unit * (1 - 0.5 * 10 ** -(digits + 4 if language == "zh" else digits + 3)):
            continue
        shown = round(size / unit, 0 if size >= 100 * unit else 2 if unit >= 1e8 and language == "zh" else digits)
        if at and shown * unit >= groups[at - 1][0]:
            unit, name = groups[at - 1]
            shown = round(size / unit, digits)
        return f"{sign}{shown:,g}{name}"
    return sign + (f"{size:,.0f}" if size >= 100 or size == int(size) else f"{size:,.{digits}f}")


def count(value: float | None) -> str:
    """A count with separators.

    >>> count(48210)
    '48,210'
    """
    return DASH if undefined(value) else _signed(f"{float(value or 0):,.0f}")


def money(value: float | None, language: str = "en") -> str:
    """Yuan, shortened.

    >>> money(31e6), money(2.14e8, "zh")
    ('¥31M', '¥2.14亿')
    """
    if undefined(value):
        return DASH
    text = compact(value, language)
    return f"{MINUS}¥{text[1:]}" if text.startswith(MINUS) else f"¥{text}"


def month(value: datetime.date | None, language: str = "en") -> str:
    """A month in words.

    >>> month(datetime.date(2026, 11, 1)), month(datetime.date(2026, 11, 1), "zh")
    ('Nov 2026', '2026年11月')
    """
    if value is None:
        return DASH
    return f"{value.year}年{value.month}月" if language == "zh" else f"{_MONTHS[value.month - 1]} {value.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def show(value: float | None, unit: str, language: str = "en") -> str:
    """A value in the format of its unit: ratio, points, money, count, per_month, number.

    >>> show(0.5, "ratio"), show(0.2155, "per_month"), show(None, "money")
    ('50.00%', '21.55%', '—')
    """
    if unit in ("ratio", "per_month"):
        return ratio(value)
    if unit == "points":
        return points(value, language)
    if unit == "money":
        return money(value, language)
    if unit == "count":
        return count(value)
    return DASH if undefined(value) else compact(value, language, 2)


@dataclass(frozen=True)
class _Spoken:
    value: float | None

    def in_(self, language: str) -> str:
        return show(self.value, type(self).__name__.lower(), language)

    def __str__(self) -> str:
        return self.in_("en")


class Ratio(_Spoken):
    """A rate 0–1 inside a sentence."""


class Points(_Spoken):
    """A difference of rates inside a sentence."""


class Money(_Spoken):
    """Yuan inside a sentence."""


class Count(_Spoken):
    """A count inside a sentence."""


class Number(_Spoken):
    """Any other number inside a sentence."""


@dataclass(frozen=True)
class Month:
    """A month inside a sentence."""

    value: datetime.date | None

    def in_(self, language: str) -> str:
        return month(self.value, language)

    def __str__(self) -> str:
        return self.in_("en")
