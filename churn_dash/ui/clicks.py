"""A chart in which a click limits the other charts, and not itself; a second click takes it away."""

import hashlib
from collections.abc import Mapping, Sequence

import streamlit as st

from churn_dash.charts import CONFIG, Chart
from churn_dash.store import Dataset
from churn_dash.ui import limits
from churn_dash.ui.markdown import safe


def picture(
    ds: Dataset, name: str, chart: Chart, levels: Sequence[Mapping[str, str] | None], as_table: bool = False, key: str = ""
) -> None:
    """The figure, clickable. ``levels``: of each point of the last trace, in order, the dimensions and levels that a click limits the
    others to; None where a click means nothing. ``name`` is one of ``limits.CHARTS``; figures that share it are
    told apart by ``key``."""
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


def _clicked(ds: Dataset, name: str, key: str, levels: Sequence[Mapping[str, str] | None]) -> None:
    """Take over what was clicked. The figure is drawn anew afterwards, with nothing selected, so that the next click tells again."""
    points = [int(p["point_index"]) for p in st.session_state[key].selection.points]
    st.session_state[_turn(name)] = st.session_state.get(_turn(name), 0) + 1
    wanted = levels[points[-1]] if points and 0 <= points[-1] < len(levels) else None
    if wanted is not None:
        limits.click(name, wanted, ds)
