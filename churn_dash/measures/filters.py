"""What a question asks about: which months, which customers."""

import datetime
import re
from dataclasses import dataclass

from churn_dash.contract.calendar import ordinal
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.groupings import grouping, groupings
from churn_dash.measures.conditions.rules import WRITTEN, rule_in
from churn_dash.measures.conditions.saved_segments import PREFIX, membership, segment
from churn_dash.store import Dataset, Dimension, month_end, shifted
from churn_dash.words import Month, nearest


@dataclass(frozen=True)
class Period:
    """Whole months, first and last inclusive (first days of months).

    >>> Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1)).last_day
    datetime.date(2024, 3, 31)
    """

    start: datetime.date
    end: datetime.date

    @property
    def last_day(self) -> datetime.date:
        return month_end(self.end)

    @property
    def n_months(self) -> int:
        return ordinal(self.end) - ordinal(self.start) + 1

    @property
    def year_before(self) -> "Period":
        return Period(shifted(self.start, -12), shifted(self.end, -12))


@dataclass(frozen=True)
class Filters:
    """Dimension → wanted values; a customer must match every one. Part of every cache key.

    A saved segment is the dimension ``segment:NAME`` with the values ``in`` and ``out``; customers named one by one are such a
    dimension as well, see ``conditions.among``.
    """

    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def month_of(text: str) -> datetime.date:
    """The first day of a month written YYYY-MM.

    >>> month_of("2024-03")
    datetime.date(2024, 3, 1)
    """
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        raise BadInput(_("{text} is not a month; write it as 2024-03."), text=text)
    return datetime.date(int(found[1]), int(found[2]), 1)


def last_12(ds: Dataset) -> Period:
    """The last twelve complete months, or as many as there are.

    Raises ``NotPossible`` where no month has a month before it.
    """
    months = ds.measurable
    if not months:
        raise NotPossible(_("Churn needs at least two months of data; version {version} has {n}."), version=ds.version, n=len(ds.months))
    return Period(max(months[0], shifted(months[-1], -11)), months[-1])


def covered(ds: Dataset, period: Period) -> Period:
    """The period itself; raises ``NotPossible`` where the data do not reach, with the months that they do."""
    months = ds.measurable
    if not months:
        last_12(ds)
    if period.end < period.start:
        raise BadInput(_("The period ends before it starts: {start} to {end}."), start=Month(period.start), end=Month(period.end))
    if period.start < months[0] or period.end > months[-1]:
        raise NotPossible(
            _("The data measure {first} to {last}; {start} to {end} lies outside. A period needs the month before it."),
            first=Month(months[0]), last=Month(months[-1]), start=Month(period.start), end=Month(period.end),
        )  # fmt: skip
    return period


def dimension(ds: Dataset, name: str) -> Dimension:
    """The dimension by name, header or alias, whatever the case, a grouping (RFM and the like), or ``segment:NAME``; ``NotFound`` with
    the nearest known name."""
    if name.startswith(PREFIX):
        return segment(ds, name).dimension
    if name.startswith(WRITTEN):
        return membership(rule_in(name).dimension, _("Rule"))
    wanted = name.strip().casefold()
    for match in ("name", "column", "aliases"):
        for d in ds.dimensions:
            own = (d.name,) if match == "name" else (d.column.removeprefix("d_"),) if match == "column" else d.aliases
            if wanted in (o.casefold() for o in own):
                return d
    group = grouping(ds, wanted)
    if group is not None:
        return group.dimension
    known = [*(d.name for d in ds.dimensions), *groupings(ds)]
    near = nearest(name, known)
    if near:
        raise NotFound(_("There is no dimension {name} in these data; the nearest is {near}."), name=name, near=near)
    raise NotFound(_("There is no dimension {name} in these data; there are: {known}."), name=name, known=", ".join(known))


def period(ds: Dataset, start: str | None, end: str | None) -> Period | None:
    """The period written as two months, YYYY-MM; None where neither is given. One alone reaches to the data's own end.

    Raises ``BadInput`` for what is no month, ``NotPossible`` for data without months.
    """
    if start is None and end is None:
        return None
    if ds.shape != "panel":
        raise NotPossible(_("These data hold one row a customer and no months; leave out the dates."))
    whole = last_12(ds)
    return covered(ds, Period(month_of(start) if start else ds.measurable[0], month_of(end) if end else whole.end))
