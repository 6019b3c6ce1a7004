"""Numbers that add up also as they are printed: the largest remainders are rounded up."""

import math
from collections.abc import Sequence

from churn_dash.words.numbers import MINUS, scales


def printed_steps(start: float, contributions: Sequence[float], end: float, digits: int = 1) -> tuple[float, list[float], float]:
    """Start, contributions and end in points, rounded so that what is printed adds up.

    >>> printed_steps(0.08, [0.00333, 0.00333, 0.00334], 0.09)
    (8.0, [0.3, 0.3, 0.4], 9.0)
    """
    first, steps, last = _rounded(start, contributions, end, 10**-digits / 100)
    unit = 10**digits
    return first / unit, [s / unit for s in steps], last / unit


def printed_amounts(start: float, steps: Sequence[float], end: float, unit: str, language: str) -> tuple[str, list[str], str]:
    """Start, steps and end in one scale, rounded so that what is printed adds up. ``unit``: count or money.

    >>> printed_amounts(6, [2, -3], 5, "count", "en")
    ('6', ['+2', '−3'], '5')
    >>> printed_amounts(2.8745e9, [4.3649e8, -1.385e8], 3.17249e9, "money", "zh")
    ('¥28.74亿', ['+¥4.36亿', '−¥1.38亿'], '¥31.72亿')
    >>> printed_amounts(1.2e13, [3.45e11], 1.2345e13, "money", "en")
    ('¥12.00T', ['+¥0.34T'], '¥12.34T')
    """
    largest = max(abs(v) for v in (start, end, *steps, 1.0))
    scale, name, digits = 1.0, "", 0
    if unit == "money":
        least = 10.0 if language == "en" else 1.0
        scale, name = next(((s, n) for s, n in scales(language) if largest / s >= least), (1.0, ""))
        digits = max(0, min(2, 3 - math.floor(math.log10(largest / scale)))) if name else 0
    first, whole, last = _rounded(start, steps, end, scale / 10**digits)
    yuan = "¥" if unit == "money" else ""

    def shown(value: int, signed: bool) -> str:
        text = f"{yuan}{abs(value) / 10**digits:,.{digits}f}{name}"
        return (MINUS if value < 0 else "+" if signed and value else "") + text

    return shown(first, False), [shown(w, True) for w in whole], shown(last, False)


def _rounded(start: float, steps: Sequence[float], end: float, one: float) -> tuple[int, list[int], int]:
    """Start, steps and end in whole numbers of ``one`` that add up."""
    first, last = round(start / one), round(end / one)
    whole = [math.floor(s / one) for s in steps]
    order = sorted(range(len(steps)), key=lambda i: (whole[i] - steps[i] / one, i))
    for i in order[: max(last - first - sum(whole), 0)]:
        whole[i] += 1
    return first, whole, last
