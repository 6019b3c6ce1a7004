"""Things that happened: numbered on a figure, explained beneath it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True)
class Event:
    """Something that happened: drawn as a number, explained under the chart."""

    date: datetime.date
    label: str

    @property
    def month(self) -> datetime.date:
        """The first day of its month, where it is drawn."""
        return self.date.replace(day=1)


def numbered(events: Iterable[Event], months: Sequence[datetime.date]) -> list[tuple[str, Event]]:
    """The events that fall on ``months``' span, in order of time, each with its circled number; at most twenty.

    >>> d = datetime.date
    >>> [n for n, _ in numbered([Event(d(2026, 3, 9), "b"), Event(d(2026, 1, 2), "a")], [d(2026, 1, 1), d(2026, 4, 1)])]
    ['①', '②']
    """
    if not months:
        return []
    inside = (e for e in events if months[0] <= e.month <= months[-1])
    return list(zip(CIRCLED, sorted(inside, key=lambda e: e.date), strict=False))


def numbers_by_month(marks: Iterable[tuple[str, Event]]) -> dict[datetime.date, str]:
    """The numbers to print at each month: two events of one month stand side by side."""
    found: dict[datetime.date, str] = {}
    for number, event in marks:
        found[event.month] = found.get(event.month, "") + number
    return found
