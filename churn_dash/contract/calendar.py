"""Months: counting with them, and which of them came whole. The one rule of METHODS B0 for every room."""

import calendar
import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

FEWER = 0.2
"""A month with over this share fewer rows than its neighbours is incomplete."""


def ordinal(day: datetime.date) -> int:
    """The month of a day as a running number, so that months can be added and subtracted.

    >>> ordinal(datetime.date(2024, 3, 31)) - ordinal(datetime.date(2023, 12, 1))
    3
    """
    return day.year * 12 + day.month - 1


def first_day(number: int) -> datetime.date:
    """The first day of the month with that running number.

    >>> first_day(ordinal(datetime.date(2024, 2, 29)) + 11)
    datetime.date(2025, 1, 1)
    """
    return datetime.date(number // 12, number % 12 + 1, 1)


def shifted(month: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months later.

    >>> shifted(datetime.date(2024, 1, 1), -1)
    datetime.date(2023, 12, 1)
    """
    return first_day(ordinal(month) + months)


def month_end(month: datetime.date) -> datetime.date:
    """The last day of a month.

    >>> month_end(datetime.date(2024, 2, 1))
    datetime.date(2024, 2, 29)
    """
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def month_number(day: pl.Expr) -> pl.Expr:
    """``ordinal`` of a column of dates.

    >>> pl.select(month_number(pl.lit(datetime.date(2024, 3, 31)))).item() == ordinal(datetime.date(2024, 3, 1))
    True
    """
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month() - 1


@dataclass(frozen=True)
class MonthRows:
    """One month of a calendar without gaps: its rows, the rows of the nearest months before and after that have any, and the verdict.

    ``before`` and ``after`` are months with rows, None at either end.
    """

    month: datetime.date
    n: int
    before: datetime.date | None
    n_before: int
    after: datetime.date | None
    n_after: int

    @property
    def fell(self) -> bool:
        """Over a fifth fewer rows than the month before."""
        return self.before is not None and self.n < (1 - FEWER) * self.n_before

    @property
    def complete(self) -> bool:
        """Not over a fifth below its neighbours: both of them, and for the last month the one before. METHODS B0."""
        if not self.n:
            return False
        rises = self.after is None or self.n < (1 - FEWER) * self.n_after
        return not (self.fell and rises)


def month_rows(counts: Sequence[tuple[datetime.date, int]]) -> list[MonthRows]:
    """Every month from the first to the last, those without rows too, from (first day, rows) in any order.

    >>> january, march = datetime.date(2024, 1, 1), datetime.date(2024, 3, 1)
    >>> [(m.n, m.complete) for m in month_rows([(march, 100), (january, 100)])]
    [(100, True), (0, False), (100, True)]
    """
    known = {month: n for month, n in counts if n}
    if not known:
        return []
    loaded = sorted(known)
    later = dict(itertools.pairwise(loaded))
    found = []
    before = last = loaded[0]
    for number in range(ordinal(loaded[0]), ordinal(loaded[-1]) + 1):
        month = first_day(number)
        before, last = (last, month) if month in known else (last, last)
        earlier = None if before == month else before
        after = later.get(last)
        found.append(MonthRows(month, known.get(month, 0), earlier, known[before] if earlier else 0, after, known[after] if after else 0))
    return found
