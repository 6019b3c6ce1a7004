"""Public holidays of mainland China and the working days between them.

Source: for 2019–2026 the yearly notices of the General Office of the State Council (国务院办公厅关于部分节假日安排的通知), with the days
worked in exchange. For the years after, whose notice was not yet known, the days that the Measures of 2024 (全国年节及纪念日放假办法)
fix, without exchange. Other years: weekends alone.
"""

import datetime
from dataclasses import dataclass

from churn_dash.marks import _

ONE = datetime.timedelta(days=1)
NAMES = {
    "new_year": _("New Year"),
    "spring": _("Chinese New Year"),
    "qingming": _("Qingming"),
    "labour": _("Labour Day"),
    "dragon_boat": _("Dragon Boat Festival"),
    "mid_autumn": _("Mid-Autumn Festival"),
    "national": _("National Day"),
}
"""The holidays by code."""

_FREE = {
    2019: "0101-0101 0204-0210 0405-0407 0501-0504 0607-0609 0913-0915 1001-1007",
    2020: "0101-0101 0124-0202 0404-0406 0501-0505 0625-0627 none 1001-1008",
    2021: "0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007",
    2022: "0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007",
    2023: "0101-0102 0121-0127 0405-0405 0429-0503 0622-0624 none 0929-1006",
    2024: "0101-0101 0210-0217 0404-0406 0501-0505 0608-0610 0915-0917 1001-1007",
    2025: "0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 none 1001-1008",
    2026: "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
    2027: "0101-0101 0205-0208 0405-0405 0501-0502 0609-0609 0915-0915 1001-1003",
    2028: "0101-0101 0125-0128 0404-0404 0501-0502 0528-0528 1003-1003 1001-1003",
    2029: "0101-0101 0212-0215 0404-0404 0501-0502 0616-0616 0922-0922 1001-1003",
    2030: "0101-0101 0202-0205 0405-0405 0501-0502 0605-0605 0912-0912 1001-1003",
}
"""First and last free day of each holiday in the order of ``NAMES``; none: it falls inside National Day's."""
_WORKED = {
    2019: "0202 0203 0428 0505 0929 1012",
    2020: "0119 0426 0509 0628 0927 1010",
    2021: "0207 0220 0425 0508 0918 0926 1009",
    2022: "0129 0130 0402 0424 0507 1008 1009",
    2023: "0128 0129 0423 0506 0625 1007 1008",
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}
ARRANGED = 2026
"""The last year whose arrangement had been published."""


@dataclass(frozen=True)
class Holiday:
    """A public holiday: its code, its first and its last free day."""

    name: str
    first: datetime.date
    last: datetime.date


def _day(year: int, text: str) -> datetime.date:
    return datetime.date(year, int(text[:2]), int(text[2:]))


HOLIDAYS = tuple(
    sorted(
        (
            Holiday(name, _day(year, free[:4]), _day(year, free[5:]))
            for year, listed in _FREE.items()
            for name, free in zip(NAMES, listed.split(), strict=True)
            if free != "none"
        ),
        key=lambda h: h.first,
    )
)
"""Every holiday known, in order."""
_FREE_DAYS = frozenset(h.first + i * ONE for h in HOLIDAYS for i in range((h.last - h.first).days + 1))
_WORKED_DAYS = frozenset(_day(year, text) for year, listed in _WORKED.items() for text in listed.split())


def known(day: datetime.date) -> bool:
    """Whether the holidays of the day's year are known."""
    return day.year in _FREE


def working(day: datetime.date) -> bool:
    """Whether banks work on a day: no holiday and no weekend, or a weekend worked in exchange.

    >>> [working(datetime.date(2024, 2, d)) for d in (4, 9, 10, 18)]
    [True, True, False, True]
    """
    return day in _WORKED_DAYS or (day not in _FREE_DAYS and day.weekday() < 5)


def working_days(after: datetime.date, until: datetime.date) -> int:
    """Working days after one day up to another, the second included; 0 where it is not later.

    >>> working_days(datetime.date(2024, 2, 8), datetime.date(2024, 2, 19))
    3
    """
    return sum(working(after + i * ONE) for i in range(1, (until - after).days + 1))


def window(day: datetime.date, ahead: int) -> datetime.date:
    """The last day that a list of ``day`` looks at: ``ahead`` days on, that day included.

    On the last working day before a holiday it is also the list of every day of the holiday, when nobody works. METHODS A3.

    >>> window(datetime.date(2024, 3, 1), 7), window(datetime.date(2024, 2, 9), 7)
    (datetime.date(2024, 3, 8), datetime.date(2024, 2, 24))
    """
    last = day
    if working(day):
        following = day + ONE
        while not working(following):
            following += ONE
        if any((day + i * ONE) in _FREE_DAYS for i in range(1, (following - day).days)):
            last = following - ONE
    return last + ahead * ONE


def coming(day: datetime.date, ahead: int) -> list[Holiday]:
    """The holidays that have begun and not ended, or that begin within the window of the day.

    >>> [h.name for h in coming(datetime.date(2024, 4, 30), 7)]
    ['labour']
    """
    until = window(day, ahead)
    return [h for h in HOLIDAYS if h.last >= day and h.first <= until]


def following(day: datetime.date) -> Holiday | None:
    """The next holiday that begins after a day; None where none is known."""
    return next((h for h in HOLIDAYS if h.first > day), None)
