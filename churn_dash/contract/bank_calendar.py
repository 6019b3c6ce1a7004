"""The calendar of Chinese retail banking: quarter ends, the first-quarter drive, Chinese New Year. Source: METHODS B0, PRODUCT 13.

Chinese New Year moves between 21 January and 20 February. The table is the civil calendar kept at Beijing time (GB/T 33661-2017):
the day of the second new moon after the winter solstice, in rare years the third. The tests work the new moons out anew.
"""

import datetime
from collections.abc import Iterable

from churn_dash.marks import _

_DAYS = (
    "0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 "
    "0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 0212 0201 0122 0210 0130 0217 0206 0126 0214 0202 0123"
)
_FIRST = 2000
NEW_YEAR = {_FIRST + i: datetime.date(_FIRST + i, int(text[:2]), int(text[2:])) for i, text in enumerate(_DAYS.split())}
"""Chinese New Year's Day by year, 2000 to 2050."""

BANDS = {
    "quarter_end": _("Quarter ends"),
    "quarter_start": _("Months after a quarter end"),
    "new_year": _("Chinese New Year"),
    "opening": _("First-quarter drive"),
}
"""What a month can be beside a month like any other."""


def new_year_month(year: int) -> datetime.date | None:
    """The month in which Chinese New Year's Day falls; None outside 2000 to 2050.

    >>> new_year_month(2025), new_year_month(2026)
    (datetime.date(2025, 1, 1), datetime.date(2026, 2, 1))
    """
    found = NEW_YEAR.get(year)
    return None if found is None else found.replace(day=1)


def in_band(month: datetime.date, band: str) -> bool:
    """Whether a month (its first day) lies in a band of ``BANDS``.

    >>> in_band(datetime.date(2026, 2, 1), "new_year"), in_band(datetime.date(2026, 2, 1), "quarter_end")
    (True, False)
    """
    if band == "quarter_end":
        return month.month % 3 == 0
    if band == "quarter_start":
        return month.month % 3 == 1
    if band == "opening":
        return month.month <= 3
    return month == new_year_month(month.year)


def marked(months: Iterable[datetime.date], band: str) -> list[datetime.date]:
    """Those of the months that lie in the band."""
    return [m for m in months if in_band(m, band)]
