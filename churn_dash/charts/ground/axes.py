"""Ticks that people read: round numbers in the language's own units, months that do not collide on a phone."""

import datetime
import math
from collections.abc import Sequence

from churn_dash.words import show
from churn_dash.words.numbers import month

_MOST_TICKS = 6
_FARTHEST = 1e300
"""Beyond it the next round number may be none at all; only broken data reach so far."""


def value_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round values that cover low…high, at most about ``most`` of them, ascending.

    >>> value_ticks(0.0141, 0.0206)
    [0.014, 0.016, 0.018, 0.02, 0.022]
    >>> value_ticks(0, 0)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if not math.isfinite(low) or not math.isfinite(high) or high <= low:
        top = high if math.isfinite(high) and high > 0 else 1.0
        low, high = 0.0, top
    low, high = max(low, -_FARTHEST), min(high, _FARTHEST)
    raw = (high - low) / max(most - 1, 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def tick_text(ticks: Sequence[float], unit: str, language: str) -> list[str]:
    """How the ticks are written: as many decimals as their step needs.

    >>> tick_text([0.014, 0.016], "ratio", "en"), tick_text([0.0, 50e6], "money", "zh")
    (['1.4%', '1.6%'], ['¥0', '¥5,000万'])
    >>> tick_text([0.0075, 0.01], "ratio", "en")
    ['0.75%', '1.00%']
    """
    if unit in ("ratio", "per_month"):
        digits = next(d for d in range(8) if d == 7 or all(abs(round(100 * t, d) - 100 * t) < 1e-9 for t in ticks))
        return [f"{100 * t:.{digits}f}%".replace("-", "−") for t in ticks]
    if unit == "points":
        # The unit stands under the title: as a word at every tick it would leave no room for the picture on a phone.
        return [f"{100 * t:+.2f}".replace("-", "−") if t else "0" for t in ticks]
    return [show(t, unit, language) for t in ticks]


def time_ticks(times: Sequence[datetime.date], grain: str = "month", most: int = _MOST_TICKS) -> list[datetime.date]:
    """At most ``most`` of the times, evenly spaced and ending with the last.

    >>> [t.month for t in time_ticks([datetime.date(2026, m, 1) for m in range(1, 13)])]
    [2, 4, 6, 8, 10, 12]
    """
    steps = {"month": (1, 2, 3, 6, 12, 24), "quarter": (1, 2, 4, 8), "year": (1, 2, 5)}.get(grain, (1, 2, 3, 6, 12))
    step = next((s for s in steps if -(-len(times) // s) <= most), steps[-1])
    return list(reversed(list(times)[::-1][::step]))


def time_text(time: datetime.date, grain: str = "month", language: str = "en", lines: bool = True) -> str:
    """How a month, quarter or year is written; on an axis in two lines.

    >>> d = datetime.date(2026, 10, 1)
    >>> time_text(d), time_text(d, "quarter", lines=False), time_text(d, language="zh"), time_text(d, "year", "zh")
    ('Oct<br>2026', '2026 Q4', '10月<br>2026', '2026年')
    """
    if grain == "year":
        return f"{time.year}年" if language == "zh" else str(time.year)
    quarter = (time.month + 2) // 3
    if grain == "quarter":
        if not lines:
            return f"{time.year}年第{quarter}季度" if language == "zh" else f"{time.year} Q{quarter}"
        return f"{quarter}季度<br>{time.year}" if language == "zh" else f"Q{quarter}<br>{time.year}"
    if not lines:
        return month(time, language)
    return f"{time.month}月<br>{time.year}" if language == "zh" else f"{month(time, 'en')[:3]}<br>{time.year}"


def axis_text(ticks: Sequence[datetime.date], grain: str = "month", language: str = "en") -> list[str]:
    """The ticks of a time axis: the year only where it changes, so that nothing collides on a phone.

    >>> axis_text([datetime.date(2025, 8, 1), datetime.date(2025, 11, 1), datetime.date(2026, 2, 1)])
    ['Aug<br>2025', 'Nov', 'Feb<br>2026']
    >>> axis_text([datetime.date(2025, 12, 1), datetime.date(2026, 2, 1)])
    ['Dec', 'Feb<br>2026']
    """
    found = []
    for i, tick in enumerate(ticks):
        text = time_text(tick, grain, language)
        new_year = ticks[i - 1].year != tick.year if i else len(ticks) == 1 or ticks[1].year == tick.year
        found.append(text if new_year else text.partition("<br>")[0])
    return found


LABEL_HEIGHT = 32
"""Pixels of a label of two lines at a line's end."""


def apart(wanted: Sequence[float], pixels: float, each: float = LABEL_HEIGHT) -> list[float]:
    """Ascending heights moved so that no two labels of height ``each`` overlap and the last stays inside ``pixels``.

    >>> apart([10, 20], 300)
    [10, 42]
    """
    heights: list[float] = []
    for height in wanted:
        heights.append(height if not heights else max(height, heights[-1] + each))
    over = max(0.0, heights[-1] - pixels) if heights else 0.0
    for i in range(len(heights) - 1, -1, -1):
        limit = heights[i + 1] - each if i + 1 < len(heights) else pixels
        if over and heights[i] > limit:
            heights[i] = limit
    return heights
