"""A chart in which a click limits the other charts, and not itself; a second click takes it away."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from churn_dash.charts import CONFIG, Chart, clickable_cells, clickable_points, clickable_rows, clickable_times
from churn_dash.store import Dataset
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import limits
from churn_dash.ui.parts.markdown import safe

Levels = Sequence[Mapping[str, str] | None] | Mapping[str, Mapping[str, str]]


def picture(
    ds: Dataset,
    name: str,
    chart: Chart,
    levels: Levels,
    as_table: bool = False,
    key: str = "",
    notes: Sequence[str] = (),
    listed: bool = True,
) -> None:
    """The figure, clickable. ``levels``: of each point that can be clicked, the dimensions and levels that a click limits the others to,
    in the order of the points, or by date; None where a click means nothing. ``name`` is one of ``limits.CHARTS`` or of
    ``behind.SPLITS``; figures that share it are told apart by ``key``. What can be clicked can also be chosen in the card of the
    customers under the page, unless the page lists them itself (``listed`` False)."""
    if listed:
        _offered(name, levels)
    if as_table:
        return
    state = hashlib.sha256(repr((limits.clicked(name, ds), st.session_state.get(_turn(name), 0))).encode()).hexdigest()[:8]
    own = f"click-{name}-{key}-{state}"
    st.plotly_chart(
        chart.figure,
        theme=None,
        config=CONFIG,
        alt=chart.alt,
        key=own,
        on_select=lambda: _clicked(ds, name, own, levels),
        selection_mode="points",
    )
    lines = [*chart.notes, *notes]
    if lines:
        st.caption(" · ".join(safe(line) for line in lines))


def rows(
    ds: Dataset,
    name: str,
    chart: Chart,
    levels: Sequence[Mapping[str, str] | None],
    as_table: bool = False,
    key: str = "",
    notes: Sequence[str] = (),
    words: Sequence[str] = (),
) -> None:
    """``picture`` of a chart of horizontal bars, a row a level from the top."""
    if levels:
        chart = cache.chart(clickable_rows, chart, len(levels), look=session.look(), chosen=chosen(ds, name, levels), words=words)
    picture(ds, name, chart, levels, as_table, key, notes)


def cells(
    ds: Dataset,
    name: str,
    chart: Chart,
    levels: Sequence[Sequence[Mapping[str, str] | None]],
    as_table: bool = False,
    key: str = "",
    notes: Sequence[str] = (),
) -> None:
    """``picture`` of a grid, a level a cell, row by row."""
    flat = [level for row in levels for level in row]
    if flat:
        chart = cache.chart(clickable_cells, chart, len(levels), len(levels[0]), look=session.look(), chosen=chosen(ds, name, flat))
    picture(ds, name, chart, flat, as_table, key, notes)


def points(
    ds: Dataset,
    name: str,
    chart: Chart,
    marks: Sequence[tuple[float, float, str]],
    levels: Sequence[Mapping[str, str] | None],
    as_table: bool = False,
    key: str = "",
    notes: Sequence[str] = (),
    ring: bool = True,
) -> None:
    """``picture`` of a chart with a level at each place (x, y, words); several places may have the same."""
    now = limits.clicked(name, ds)
    ringed = [i for i, level in enumerate(levels) if ring and level is not None and dict(level) == now]
    chart = cache.chart(clickable_points, chart, marks, look=session.look(), chosen=ringed)
    picture(ds, name, chart, levels, as_table, key, notes)


def times(
    ds: Dataset,
    name: str,
    chart: Chart,
    levels: Mapping[str, Mapping[str, str]],
    as_table: bool = False,
    key: str = "",
    notes: Sequence[str] = (),
) -> None:
    """``picture`` of a chart over time, a level a date."""
    now = limits.clicked(name, ds)
    time = next((date for date, level in levels.items() if dict(level) == now), None)
    picture(ds, name, cache.chart(clickable_times, chart, look=session.look(), chosen=time), levels, as_table, key, notes)


def chosen(ds: Dataset, name: str, levels: Sequence[Mapping[str, str] | None]) -> int | None:
    """Which of the points is clicked; None where none is."""
    now = limits.clicked(name, ds)
    return next((i for i, level in enumerate(levels) if level is not None and dict(level) == now), None)


def of_split(split: str, cells: Sequence[str | None], how: str = "") -> list[dict[str, str] | None]:
    """The levels of a chart whose points are cells of a split of ``behind``."""
    return [None if c is None else limits.Cell(split, how, c).level for c in cells]


_OFFERED = "_offered"


def start_page() -> None:
    """Forget what the page before offered."""
    st.session_state[_OFFERED] = {}


def offered() -> dict[str, tuple[str, Mapping[str, str]]]:
    """What can be clicked on this page, in the order drawn: the chart and what a click on it means, by a code of both."""
    found: dict[str, tuple[str, Mapping[str, str]]] = st.session_state.get(_OFFERED, {})
    return found


def _offered(name: str, levels: Levels) -> None:
    for level in levels.values() if isinstance(levels, Mapping) else levels:
        if level is not None:
            code = f"{name} " + " ".join(f"{k}={v}" for k, v in level.items())
            st.session_state.setdefault(_OFFERED, {})[code] = (name, dict(level))


def _turn(name: str) -> str:
    return f"_turn-{name}"


def _clicked(ds: Dataset, name: str, key: str, levels: Levels) -> None:
    """Take over what was clicked. The figure is drawn anew afterwards, with nothing selected, so that the next click tells again."""
    points = st.session_state[key].selection.points
    st.session_state[_turn(name)] = st.session_state.get(_turn(name), 0) + 1
    wanted = _meant(points[-1], levels) if points else None
    if wanted is not None:
        limits.click(name, wanted, ds)


def _meant(point: Mapping[str, Any], levels: Levels) -> Mapping[str, str] | None:
    if isinstance(levels, Mapping):
        return levels.get(str(point["x"])[:10])
    at = int(point["point_index"])
    return levels[at] if 0 <= at < len(levels) else None
