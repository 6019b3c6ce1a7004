"""One customer on one time axis: balances, activity beneath them, and what happened in lanes beneath that, an own mark a kind."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from churn_dash.charts.ground.axes import tick_text, value_ticks
from churn_dash.charts.ground.chart import Chart, Look, plain
from churn_dash.charts.over_time.timeline import timeline
from churn_dash.words import Text, _

_BALANCES, _ACTIVITY, _GAP = 220, 74, 30
_LANE = 34
_FOOT = 40


@dataclass(frozen=True)
class Lane:
    """Happenings of one kind: its name, the Plotly symbol and the tone (asks: something to act on; bank: what the bank did; else
    neither), and for each its day and the words shown when it is touched."""

    name: str
    symbol: str
    tone: str
    marks: tuple[tuple[datetime.date, str], ...]


@dataclass(frozen=True)
class Activity:
    """A count by month: its name, whether it is drawn as bars or as a line, its values in the order of the months."""

    name: str
    bars: bool
    values: tuple[float | None, ...]


def life(
    months: Sequence[datetime.date],
    balances: Sequence[float | None],
    *,
    look: Look,
    label: str,
    peers: Sequence[float | None] = (),
    activity: Sequence[Activity] = (),
    lanes: Sequence[Lane] = (),
) -> Chart:
    """Balances with ``peers`` dotted, as ``timeline``; the counts of ``activity`` under them; a lane a kind of happening under those.

    One axis of time for all. What happened before the first month is not drawn: it would leave no room for the months. Lanes
    without a mark are left out. Their names stand above the marks, so that the picture has its whole width on a phone too.
    """
    drawn = timeline(months, balances, look=look, label=label, peers=peers)
    figure, first = drawn.figure, months[0]
    counted = [a for a in activity if any(a.values)]
    shown = [x for x in lanes if any(day >= first for day, _words in x.marks)]
    below = (_ACTIVITY + _GAP if counted else 0) + (_LANE * len(shown) + _GAP // 2 if shown else 0)
    height = _BALANCES + below
    figure.update_yaxes(domain=[below / height, 1])
    if counted:
        top = 1 - (_BALANCES + _GAP) / height
        _activity(figure, months, counted, (top - _ACTIVITY / height, top), look)
    if shown:
        _lanes(figure, shown, first, _LANE * len(shown) / height, look)
    figure.update_xaxes(anchor="free", position=0)
    figure.update_layout(height=height + _FOOT, hovermode="closest", showlegend=False)
    n = sum(day >= first for x in shown for day, _words in x.marks)
    parts = ", ".join(f"{x.name} {sum(day >= first for day, _w in x.marks)}" for x in shown)
    what = Text(_("{balances} Beneath it what happened, {n} marks: {parts}."), balances=drawn.alt, n=n, parts=parts)
    return Chart(figure, look.say(what) if shown else drawn.alt)


def _activity(
    figure: go.Figure, months: Sequence[datetime.date], counted: Sequence[Activity], domain: tuple[float, float], look: Look
) -> None:
    palette = look.palette
    colours = [palette.slate, palette.teal, palette.plum]
    most = max(v for a in counted for v in a.values if v is not None)
    ticks = value_ticks(0.0, most, 2)
    for one, colour in zip(counted, colours, strict=False):
        words = [f"{plain(one.name)} {look.show(v, 'count')}" for v in one.values]
        trace = (
            go.Bar(marker={"color": colour, "opacity": 0.45}) if one.bars else go.Scatter(mode="lines", line={"color": colour, "width": 2})
        )
        trace.update(
            x=list(months),
            y=list(one.values),
            yaxis="y2",
            name=plain(one.name),
            customdata=words,
            hovertemplate="%{customdata}<extra></extra>",
        )
        figure.add_trace(trace)
    figure.update_layout(
        yaxis2={
            "domain": list(domain),
            "anchor": "x",
            "range": [0, ticks[-1] * 1.05],
            "tickvals": [ticks[0], ticks[-1]],
            "ticktext": tick_text([ticks[0], ticks[-1]], "count", look.language),
        }
    )
    keys = ["▮" if a.bars else "—" for a in counted]
    names = "  ".join(f"<span style='color:{c}'>{k}</span> {plain(a.name)}" for a, c, k in zip(counted, colours, keys, strict=False))
    figure.add_annotation(
        x=0,
        xref="paper",
        y=domain[1],
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        text=names,
        showarrow=False,
        font={"size": 11, "color": palette.muted},
    )


def _lanes(figure: go.Figure, shown: Sequence[Lane], first: datetime.date, top: float, look: Look) -> None:
    palette = look.palette
    colours = {"asks": palette.orange, "bank": palette.blue}
    n = len(shown)
    for i, lane in enumerate(shown):
        inside = [(day, words) for day, words in lane.marks if day >= first]
        at = n - 1 - i
        figure.add_scatter(
            x=[day for day, _words in inside],
            y=[at + 0.28] * len(inside),
            yaxis="y3",
            mode="markers",
            name=plain(lane.name),
            marker={"symbol": lane.symbol, "size": 10, "color": colours.get(lane.tone, palette.slate), "opacity": 0.85},
            customdata=[f"{plain(lane.name)}, {day.isoformat()}<br>{plain(words, 60)}" for day, words in inside],
            hovertemplate="%{customdata}<extra></extra>",
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            y=at + 0.74,
            yref="y3",
            xanchor="left",
            yanchor="middle",
            text=f"{plain(lane.name)} · {len(inside)}",
            showarrow=False,
            font={"size": 11, "color": palette.muted},
        )
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=at, y1=at, yref="y3", line={"color": palette.grid, "width": 1})
    figure.update_layout(yaxis3={"domain": [0, top], "anchor": "x", "range": [0, n], "visible": False})
