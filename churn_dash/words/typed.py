"""Numbers that a person typed into a field or an option: 1.5%, ¥1,200, 3.2万, -2pp. The one reader of them."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from churn_dash.errors import BadInput
from churn_dash.marks import _

_ASCII = {0xFF01 + i: 0x21 + i for i in range(94)} | {ord("￥"): "¥", ord("−"): "-", ord("\u3000"): " "}
_WRITTEN = re.compile(
    r"(?P<yuan>¥)?\s*(?P<sign>[+-])?\s*(?P<size>[0-9]+(?:,[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?P<power>e[+-]?[0-9]{1,3})?"
    r"\s*(?P<scale>万亿|亿|万)?\s*(?P<mark>%|pp|个?百分点|元)?"
)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_SCALES = {"万": 4, "亿": 8, "万亿": 12}
_SHARES = ("ratio", "share", "points")
_MARKS = {"%": _SHARES, "pp": ("points",), "元": ("money",)}


@dataclass(frozen=True)
class Typed:
    """A number as it was typed: a percentage is a share 0–1. ``decimals``: places of its last digit (5.2% has 3, 1.2万 has −3)."""

    value: float
    percent: bool
    decimals: int


def typed(text: str, units: tuple[str, ...], refusal: str, **named: object) -> Typed:
    """What was typed for something in one of ``units`` (ratio, share, points, money, count, or any other: a bare number).

    % belongs to shares, pp and 百分点 to their differences (points), ¥ and 元 to money, 万 and 亿 to money and counts. A comma stands
    between thousands or nowhere.

    >>> typed("5.2%", ("ratio",), "{text}?"), typed("1.2万", ("count",), "{text}?")
    (Typed(value=0.052, percent=True, decimals=3), Typed(value=12000.0, percent=False, decimals=-3))

    Raises ``BadInput``: a sentence of its own where a comma could mean two numbers, else ``refusal``, of ``text`` and ``named``.
    """
    plain = text.translate(_ASCII).strip().casefold()
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise BadInput(refusal, text=text, **named)
    size, mark, scale = found["size"], (found["mark"] or "").removeprefix("个").replace("百分点", "pp"), found["scale"]
    if "," in size and (mark in ("%", "pp") or not _THOUSANDS.fullmatch(size)):
        raise BadInput(_("{text} could be two numbers; write decimals with a point, as in 1.5, and thousands as in 1,500."), text=text)
    fits = not mark or any(u in _MARKS[mark] for u in units)
    fits = fits and not (found["yuan"] and "money" not in units) and not (scale and not {"money", "count"} & {*units})
    shift = int((found["power"] or "e0")[1:]) + _SCALES.get(scale or "", 0) - (2 if mark in ("%", "pp") else 0)
    value = float(Decimal(f"{found['sign'] or ''}{size.replace(',', '')}").scaleb(shift))
    if not fits or (scale and mark in ("%", "pp")) or not math.isfinite(value):
        raise BadInput(refusal, text=text, **named)
    return Typed(value, mark in ("%", "pp"), len(size.partition(".")[2]) - shift)


def number(text: str, unit: str, refusal: str, **named: object) -> float:
    """The number that was typed for something in ``unit``; as ``typed`` says.

    >>> number("1.5%", "ratio", "{text}?"), number("¥1,200元", "money", "{text}?"), number("−2 pp", "points", "{text}?")
    (0.015, 1200.0, -0.02)
    >>> number("1,5%", "ratio", "{text}?")
    Traceback (most recent call last):
    churn_dash.errors.BadInput: 1,5% could be two numbers; write decimals with a point, as in 1.5, and thousands as in 1,500.
    """
    return typed(text, (unit,), refusal, **named).value
