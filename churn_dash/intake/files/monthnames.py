"""Months in the names of files, folders and sheets."""

import datetime
import re

_YEAR = r"((?:19|20)\d\d)"
_FULL = (
    re.compile(_YEAR + r"\s*年\s*(\d{1,2})\s*月"),
    re.compile(r"(?<!\d)" + _YEAR + r"[-_./ ](\d{1,2})(?:[-_./ ]\d{1,2})?(?!\d)"),
    re.compile(r"(?<!\d)" + _YEAR + r"(0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)"),
)
_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SPELLED = (
    re.compile(r"(?<![a-z])(" + "|".join(_ENGLISH) + r")[a-z]*[-_.,' ]*" + _YEAR + r"(?!\d)", re.IGNORECASE),
    re.compile(r"(?<!\d)" + _YEAR + r"[-_.,' ]*(" + "|".join(_ENGLISH) + r")(?![a-z]{7})", re.IGNORECASE),
)
_MONTH_ALONE = re.compile(r"^\D*?(?<!\d)(\d{1,2})\s*月份?\D*$")
_YEAR_ALONE = re.compile(r"(?<!\d)" + _YEAR + r"(?!\d)")


def month_in(*names: str) -> datetime.date | None:
    """The month that the first of these names tells, the innermost first; None where it tells none, or several.

    A name such as 3月 takes its year from a later name.

    >>> [str(month_in(n)) for n in ("客户清单_202403.xlsx", "2024年3月", "aum 2024-03-31.csv", "March 2024")]
    ['2024-03-01', '2024-03-01', '2024-03-01', '2024-03-01']
    >>> month_in("202401-202412.csv"), month_in("客户.csv"), month_in("3月", "客户2024.xlsx")
    (None, None, datetime.date(2024, 3, 1))
    """
    for at, name in enumerate(names):
        found = _months(name)
        alone = _MONTH_ALONE.match(name)
        if not found and alone and (year := next((y[1] for n in names[at + 1 :] if (y := _YEAR_ALONE.search(n))), None)):
            found = {(int(year), int(alone[1]))}
        found = {(year, month) for year, month in found if 1 <= month <= 12}
        if found:
            return datetime.date(*found.pop(), 1) if len(found) == 1 else None
    return None


def _months(name: str) -> set[tuple[int, int]]:
    for pattern in _FULL:
        if found := {(int(y), int(m)) for y, m in pattern.findall(name)}:
            return found
    spelled = {(int(y), _ENGLISH.index(m.casefold()) + 1) for m, y in _SPELLED[0].findall(name)}
    return spelled or {(int(y), _ENGLISH.index(m.casefold()) + 1) for y, m in _SPELLED[1].findall(name)}
