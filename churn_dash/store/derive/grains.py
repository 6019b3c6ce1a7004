"""Periods of whole months: the grains of the cube."""

import calendar
import datetime
from collections.abc import Sequence

from churn_dash.store.derive.facts import Span

GRAINS = {"month": 1, "quarter": 3, "year": 12, "trailing": 12}
"""Name of each grain and its length in months. A trailing period is named by its last month."""


def shifted(month: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months later.

    >>> shifted(datetime.date(2024, 1, 1), -1)
    datetime.date(2023, 12, 1)
    """
    at = month.year * 12 + month.month - 1 + months
    return datetime.date(at // 12, at % 12 + 1, 1)


def month_end(month: datetime.date) -> datetime.date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def spans(grain: str, months: Sequence[datetime.date]) -> list[Span]:
    """Every whole period of a grain in which each month can be measured, ascending.

    >>> months = [datetime.date(2024, m, 1) for m in range(1, 7)]
    >>> [str(s.period) for s in spans("quarter", months)]
    ['2024-01-01', '2024-04-01']
    """
    known = set(months)
    length = GRAINS[grain]
    found = []
    for month in months:
        starts_here = grain in ("month", "trailing") or (month.month - 1) % length == 0
        inside = [shifted(month, i) for i in range(length)]
        if starts_here and known.issuperset(inside):
            found.append(Span(inside[-1] if grain == "trailing" else month, month, month_end(inside[-1])))
    return found
