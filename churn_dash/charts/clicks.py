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
    figure, n = chart.figure, len(rows)
    top = float(figure.layout.xaxis.range[1])
    at = list(range(n - 1, -1, -1))
    words = figure.data[0].customdata
    figure.update_traces(hoverinfo="skip", hovertemplate=None)
    figure.add_bar(
        orientation="h",
        x=[top] * n,
        y=[y + _LABEL_ABOVE for y in at],
        width=0.96,
        marker={"opacity": 0},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        selected=_UNSEEN,
        unselected=_UNSEEN,
    )
    figure.update_layout(barmode="overlay")
    if chosen is not None:
        _frame(figure, look, 0, top, at[chosen] - 0.3, at[chosen] + 0.64)
    return _still(chart)


def clickable_heat(
    cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str], *, look: Look, chosen: tuple[int, int] | None = None, **named: Any
) -> Chart:
    """``heat``, each cell a mark to click: the point's index counts row by row. The ``chosen`` cell (row, column) has a frame."""
    chart = heat(cells, rows, columns, look=look, **named)
    figure, places = chart.figure, [(i, j) for i in range(len(rows)) for j in range(len(columns))]
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
    figure.update_xaxes(range=[-0.5, len(columns) - 0.5])
    figure.update_yaxes(range=[len(rows) - 0.5, -0.5], autorange=False)
    if chosen is not None:
        _frame(figure, look, chosen[1] - 0.49, chosen[1] + 0.49, chosen[0] - 0.48, chosen[0] + 0.48)
    return _still(chart)


def clickable_trend(rows: pl.DataFrame, series: Sequence[Series], *, look: Look, chosen: int | None = None, **named: Any) -> Chart:
    """``trend``, in which a click anywhere picks the points of that time: their ``x`` is its date. The ``chosen`` time has a line."""
    chart = trend(rows, series, look=look, **named)
    figure = chart.figure
    for trace in figure.data:
        if trace.type == "scatter" and trace.hoverinfo != "skip":
            if trace.mode == "lines":
                # Only what has marks can be picked; these have no size.
                trace.update(mode="lines+markers", marker={"size": 0, "opacity": 0})
            trace.update(selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
    # Said here and not only in the template: Streamlit would take the nearest point alone where points can be chosen.
    figure.update_layout(hovermode="x unified")
    if chosen is not None:
        time = rows[str(named.get("time", "month"))][chosen]
        line = {"color": look.palette.ink, "width": 1.5}
        figure.add_shape(type="line", x0=time, x1=time, y0=0, y1=1, yref="paper", line=line)
    return _still(chart)


def _frame(figure: go.Figure, look: Look, x0: float, x1: float, y0: float, y1: float) -> None:
    figure.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": look.palette.ink, "width": 2}, fillcolor="rgba(0,0,0,0)")


def _still(chart: Chart) -> Chart:
    """The chart without a way to drag it: where points can be chosen, Streamlit would let it be moved."""
    chart.figure.update_xaxes(fixedrange=True)
    chart.figure.update_yaxes(fixedrange=True)
    return chart
