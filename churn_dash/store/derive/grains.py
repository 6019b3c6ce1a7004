"""Periods of whole months: the grains of the cube."""

import datetime
from collections.abc import Sequence

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.store.derive.facts import Span

GRAINS = {"month": 1, "quarter": 3, "year": 12, "trailing": 12}
"""Name of each grain and its length in months. A trailing period is named by its last month."""


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
            found.append(Span(inside[-1] if grain == "trailing" else month, month, month_end(inside[-1]), grain))
    return found
