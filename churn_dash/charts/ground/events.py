"""Things that happened: numbered on a figure, explained beneath it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from churn_dash.charts.ground.axes import time_text
from churn_dash.charts.ground.chart import Look
from churn_dash.words import Text, _

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


def marked(figure: go.Figure, events: Iterable[Event], times: Sequence[datetime.date], look: Look) -> list[str]:
    """Draw the events on a figure over time, each a number on a dotted line, and return their explanations in order."""
    marks = numbered(events, times)
    for month, numbers in numbers_by_month(marks).items():
        line = {"color": look.palette.slate, "width": 1, "dash": "dot"}
        figure.add_shape(type="line", x0=month, x1=month, y0=0, y1=1, yref="paper", line=line)
        figure.add_annotation(x=month, y=1, yref="paper", yanchor="bottom", text=numbers, showarrow=False, font={"size": 14})
    when = {number: time_text(event.month, "month", look.language, lines=False) for number, event in marks}
    return [
        look.say(Text(_("{number} {event}, from {month}"), number=number, event=event.label, month=when[number])) for number, event in marks
    ]
