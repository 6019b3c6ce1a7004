"""Charts that can be clicked: an unseen mark over everything that stands for a group, and a frame around the chosen one."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from churn_dash.charts.grids.heat import Cell, heat
from churn_dash.charts.ground.chart import Chart, Look
from churn_dash.charts.groups.bars import Bar, bars
from churn_dash.charts.over_time.trend import Series, trend

_UNSEEN = {"marker": {"opacity": 0}}
_HIT = 34
_LABEL_ABOVE = 0.17
"""The name stands above its bar: the middle of a row lies so much higher than the bar's."""


def clickable_bars(rows: Sequence[Bar], *, look: Look, chosen: int | None = None, **named: Any) -> Chart:
    """``bars``, each whole row a mark to click: the point's index counts from the top. The ``chosen`` one has a frame."""
    chart = bars(rows, look=look, **named)
    _over_rows(chart.figure, len(rows), look, chosen)
    return chart


def clickable_rows(chart: Chart, n: int, *, look: Look, chosen: int | None = None, words: Sequence[str] = ()) -> Chart:
    """A chart of ``n`` horizontal bars, one a row from the top, each whole row a mark to click. ``words`` are shown under the pointer
    where the bars themselves have none. The chart given is left as it is."""
    figure = go.Figure(chart.figure)
    _over_rows(figure, n, look, chosen, words)
    return Chart(figure, chart.alt, chart.notes)


def _over_rows(figure: go.Figure, n: int, look: Look, chosen: int | None, words: Sequence[str] = ()) -> None:
    """Over each row an unseen bar. Rows lie at n − 1 … 0, or at 0 … n − 1 where the axis runs downwards."""
    bar = next(t for t in figure.data if t.type == "bar")
    axis, ends = bar.xaxis or "x", figure.layout.yaxis.range
    downwards = bool(ends and ends[0] > ends[1])
    left, right = (float(v) for v in figure.layout[f"xaxis{axis.removeprefix('x')}"].range)
    at = list(range(n)) if downwards else list(range(n - 1, -1, -1))
    lift = 0.0 if downwards else _LABEL_ABOVE
    told = list(words) or list(bar.customdata if bar.customdata is not None else [""] * n)
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    figure.add_bar(
        orientation="h",
        base=[left] * n,
        x=[right - left] * n,
        y=[y + lift for y in at],
        xaxis=axis,
        width=0.96,
        marker={"opacity": 0},
        customdata=told,
        hovertemplate="%{customdata}<extra></extra>",
        selected=_UNSEEN,
        unselected=_UNSEEN,
    )
    figure.update_layout(barmode="overlay", hovermode="closest")
    if chosen is not None:
        low, high = (-0.45, 0.45) if downwards else (-0.3, 0.64)
        _frame(figure, look, left, right, at[chosen] + low, at[chosen] + high, axis)
    _still(figure)


def clickable_heat(
    cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], *, look: Look, chosen: tuple[int, int] | None = None, **named: Any
) -> Chart:
    """``heat``, each cell a mark to click: the point's index counts row by row. The ``chosen`` cell (row, column) has a frame."""
    chart = heat(cells, rows, columns, look=look, **named)
    _over_cells(chart.figure, len(rows), len(columns), look, None if chosen is None else chosen[0] * len(columns) + chosen[1])
    return chart


def clickable_cells(chart: Chart, n_rows: int, n_columns: int, *, look: Look, chosen: int | None = None) -> Chart:
    """A grid of cells, each a mark to click: the point's index counts row by row. The chart given is left as it is."""
    figure = go.Figure(chart.figure)
    _over_cells(figure, n_rows, n_columns, look, chosen)
    return Chart(figure, chart.alt, chart.notes)


def _over_cells(figure: go.Figure, n_rows: int, n_columns: int, look: Look, chosen: int | None) -> None:
    places = [(i, j) for i in range(n_rows) for j in range(n_columns)]
    words = figure.data[0].customdata
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    figure.add_scatter(
        x=[j for _i, j in places],
        y=[i for i, _j in places],
        mode="markers",
        marker={"symbol": "square", "size": _HIT, "opacity": 0},
        customdata=[words[i][j] for i, j in places],
        hovertemplate="%{customdata}<extra></extra>",
        selected=_UNSEEN,
        unselected=_UNSEEN,
    )
    # Whatever cell the pointer is in, its middle is the nearest mark.
    figure.update_layout(hoverdistance=-1)
    figure.update_xaxes(range=[-0.5, n_columns - 0.5])
    figure.update_yaxes(range=[n_rows - 0.5, -0.5], autorange=False)
    if chosen is not None:
        i, j = places[chosen]
        _frame(figure, look, j - 0.49, j + 0.49, i - 0.48, i + 0.48)
    _still(figure)


def clickable_points(chart: Chart, marks: Sequence[tuple[float, float, str]], *, look: Look, chosen: Sequence[int] = ()) -> Chart:
    """A chart with a mark to click at each place (x, y, words), in that order; the ``chosen`` ones are ringed. The chart given is left
    as it is."""
    figure = go.Figure(chart.figure)
    figure.update_traces(hoverinfo="skip", hovertemplate=None, hoveron=None)
    ringed = set(chosen)
    figure.add_scatter(
        x=[x for x, _y, _words in marks],
        y=[y for _x, y, _words in marks],
        mode="markers",
        marker={
            "size": 18,
            "opacity": [1.0 if i in ringed else 0.0 for i in range(len(marks))],
            "symbol": "circle-open",
            "color": look.palette.ink,
            "line": {"width": 2},
        },
        customdata=[words for _x, _y, words in marks],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_layout(hovermode="closest", hoverdistance=40)
    _still(figure)
    return Chart(figure, chart.alt, chart.notes)


def clickable_times(chart: Chart, *, look: Look, chosen: Any = None) -> Chart:
    """A chart over time in which a click anywhere picks the points of that time: their ``x`` is its date. The ``chosen`` date has a
    line. The chart given is left as it is."""
    figure = go.Figure(chart.figure)
    _over_times(figure, look, chosen)
    return Chart(figure, chart.alt, chart.notes)


def clickable_trend(rows: pl.DataFrame, series: Sequence[Series], *, look: Look, chosen: int | None = None, **named: Any) -> Chart:
    """``trend``, in which a click anywhere picks the points of that time: their ``x`` is its date. The ``chosen`` time has a line."""
    chart = trend(rows, series, look=look, **named)
    _over_times(chart.figure, look, None if chosen is None else rows[str(named.get("time", "month"))][chosen])
    return chart


def _over_times(figure: go.Figure, look: Look, time: Any) -> None:
    for trace in figure.data:
        if trace.type == "bar":
            trace.update(selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
        if trace.type == "scatter" and trace.hoverinfo != "skip":
            if trace.mode == "lines":
                # Only what has marks can be picked; these have no size.
                trace.update(mode="lines+markers", marker={"size": 0, "opacity": 0})
            trace.update(selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
    # Said here and not only in the template: Streamlit would take the nearest point alone where points can be chosen.
    figure.update_layout(hovermode="x unified")
    if time is not None:
        line = {"color": look.palette.ink, "width": 1.5}
        figure.add_shape(type="line", x0=time, x1=time, y0=0, y1=1, yref="paper", line=line)
    _still(figure)


def _frame(figure: go.Figure, look: Look, x0: float, x1: float, y0: float, y1: float, axis: str = "x") -> None:
    line = {"color": look.palette.ink, "width": 2}
    figure.add_shape(type="rect", xref=axis, x0=x0, x1=x1, y0=y0, y1=y1, line=line, fillcolor="rgba(0,0,0,0)")


def _still(figure: go.Figure) -> None:
    """The figure without a way to drag it: where points can be chosen, Streamlit would let it be moved."""
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
