"""One customer's balances over time, beside similar customers, with what happened to them."""

import datetime
from collections.abc import Sequence

import plotly.graph_objects as go

from churn_dash.charts.ground.axes import axis_text, tick_text, time_text, time_ticks, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, bare_figure, plain
from churn_dash.charts.ground.events import Event, numbered, numbers_by_month
from churn_dash.words import Text, _

_HEIGHT = 300
_ROOM = 0.12


def timeline(
    months: Sequence[datetime.date],
    balances: Sequence[float | None],
    *,
    look: Look,
    label: str,
    peers: Sequence[float | None] = (),
    events: Sequence[Event] = (),
    unit: str = "money",
    height: int = _HEIGHT,
) -> Chart:
    """Balances, or another figure in its ``unit``, as a line over a soft area; ``peers`` (their median, same months) dotted; events as
    numbered open dots on the line.

    Numbers, not words, stand beside the dots, so that nothing collides on a phone; the notes explain them.
    """
    palette = look.palette
    figure = bare_figure(look, height)
    values = [v for v in [*balances, *peers] if v is not None]
    ticks = value_ticks(min([0.0, *values]), max([*values, 1.0 if unit == "money" else 0.01]))
    words = [look.show(v, unit) for v in balances]
    figure.add_scatter(
        x=list(months),
        y=list(balances),
        mode="lines",
        line={"color": palette.blue, "width": 2.5},
        fill="tozeroy",
        fillcolor=palette.soft,
        name=plain(label),
        customdata=words,
        hovertemplate=f"{plain(label)} %{{customdata}}<extra></extra>",
    )
    if any(p is not None for p in peers):
        name = look.say(_("Similar customers (median)"))
        figure.add_scatter(
            x=list(months),
            y=list(peers),
            mode="lines",
            line={"color": palette.slate, "width": 1.5, "dash": "dot"},
            name=name,
            customdata=[look.show(p, unit) for p in peers],
            hovertemplate=f"{name} %{{customdata}}<extra></extra>",
        )
        first = next(i for i, p in enumerate(peers) if p is not None)
        figure.add_annotation(
            x=months[first],
            y=peers[first],
            text=name,
            showarrow=False,
            xanchor="left",
            yshift=-10,
            bgcolor=palette.page,
            borderpad=0,
            font={"size": 11, "color": palette.muted},
        )
    notes = _marks(figure, months, balances, events, look)
    end = next(((m, b) for m, b in zip(reversed(months), reversed(balances), strict=True) if b is not None), None)
    if end:
        figure.add_annotation(
            x=end[0],
            y=end[1],
            text=f"<b>{look.show(end[1], unit)}</b>",
            showarrow=False,
            xanchor="left",
            xshift=6,
            font={"color": palette.blue},
        )
    at = time_ticks(list(months))
    hover = "%Y年%-m月" if look.language == "zh" else "%b %Y"
    figure.update_xaxes(tickvals=at, ticktext=axis_text(at, "month", look.language), type="date", hoverformat=hover)
    # A dot on the highest line of the grid, and its number, need room above it.
    room = _ROOM * (ticks[-1] - ticks[0]) if notes else 0.0
    figure.update_yaxes(tickvals=ticks, ticktext=tick_text(ticks, unit, look.language), range=[ticks[0], ticks[-1] + room])
    figure.update_layout(margin={"r": 58, "t": 12})
    last = look.show(end[1], unit) if end else look.show(None, unit)
    month = time_text(end[0], "month", look.language, lines=False) if end else last
    alt = Text(_("Line chart of {what}: {last} in {month}; events marked: {n}."), what=label, last=last, month=month, n=len(notes))
    return Chart(figure, look.say(alt), tuple(notes))


def _marks(
    figure: go.Figure, months: Sequence[datetime.date], balances: Sequence[float | None], events: Sequence[Event], look: Look
) -> list[str]:
    """Open orange dots with numbers; what the numbers mean, in order of time."""
    by_month = {m: b for m, b in zip(months, balances, strict=True) if b is not None}
    marks = numbered([e for e in events if e.month in by_month], list(months))
    numbers = numbers_by_month(marks)
    if numbers:
        figure.add_scatter(
            x=list(numbers),
            y=[by_month[m] for m in numbers],
            mode="markers+text",
            text=list(numbers.values()),
            textposition="top right",
            marker={"size": 11, "color": look.palette.page, "line": {"color": look.palette.orange, "width": 2}},
            hoverinfo="skip",
        )
    when = {number: time_text(event.month, "month", look.language, lines=False) for number, event in marks}
    return [look.say(Text(_("{number} {event}, {month}"), number=number, event=event.label, month=when[number])) for number, event in marks]
