"""A chart in which a click limits the other charts, and not itself; a second click takes it away."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from churn_dash.charts import CONFIG, Chart
from churn_dash.store import Dataset
from churn_dash.ui.filtering import limits
from churn_dash.ui.parts.markdown import safe

Levels = Sequence[Mapping[str, str] | None] | Mapping[str, Mapping[str, str]]


def picture(ds: Dataset, name: str, chart: Chart, levels: Levels, as_table: bool = False, key: str = "") -> None:
    """The figure, clickable. ``levels``: of each point that can be clicked, the dimensions and levels that a click limits the others to,
    in the order of the points, or by date; None where a click means nothing. ``name`` is one of ``limits.CHARTS``; figures that share
    it are told apart by ``key``."""
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
    if chart.notes:
        st.caption(" · ".join(safe(line) for line in chart.notes))


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
