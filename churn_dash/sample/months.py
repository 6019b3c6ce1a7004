"""The months of the bank: their first days, quarter ends, Chinese New Year."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.contract.calendar import shifted

WARM_UP = 4
"""Months simulated before the first one, so that features that look back exist from the start."""

_NEW_YEAR_IN_JANUARY = {2001, 2004, 2006, 2009, 2012, 2014, 2017, 2020, 2023, 2025, 2028, 2031, 2033, 2036, 2039}
EPOCH = datetime.date(1970, 1, 1)


def day(date: datetime.date) -> int:
    """Days since 1970-01-01.

    >>> day(datetime.date(1970, 2, 1))
    31
    """
    return (date - EPOCH).days


def new_year_month(year: int) -> int:
    """Month in which Chinese New Year falls (2001–2040).

    >>> new_year_month(2025), new_year_month(2026)
    (1, 2)
    """
    return 1 if year in _NEW_YEAR_IN_JANUARY else 2


@dataclass(frozen=True)
class Months:
    """``count`` months ending with the one that holds ``end``; rows of every time array are warm-up months, then these."""

    count: int
    end: datetime.date

    def date(self, t: int) -> datetime.date:
        """First day of month ``t`` (0 is the first month of the bank; negative before it, ``count`` after it)."""
        return shifted(self.end, t + 1 - self.count)

    @property
    def dates(self) -> list[datetime.date]:
        return [self.date(t) for t in range(self.count)]

    @property
    def start(self) -> NDArray[np.int64]:
        """First day of each month as a day number, and of the month after the last: (count + 1,)."""
        return np.array([day(self.date(t)) for t in range(self.count + 1)])

    @property
    def all_starts(self) -> NDArray[np.int64]:
        """The same with the warm-up months in front: (WARM_UP + count + 1,)."""
        return np.array([day(self.date(t)) for t in range(-WARM_UP, self.count + 1)])

    @property
    def number(self) -> NDArray[np.int64]:
        """Calendar month 1–12, warm-up first: (WARM_UP + count,)."""
        return np.array([self.date(t).month for t in range(-WARM_UP, self.count)])

    @property
    def new_year(self) -> NDArray[np.bool_]:
        """Whether Chinese New Year falls in the month, warm-up first."""
        dates = [self.date(t) for t in range(-WARM_UP, self.count)]
        return np.array([d.month == new_year_month(d.year) for d in dates])

    @property
    def quarter_end(self) -> NDArray[np.bool_]:
        return np.asarray(self.number % 3 == 0)
