"""The row of figures at the top of a page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from churn_dash.charts import spark
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text, _


@dataclass(frozen=True)
class Tile:
    """One figure: its short name, its value in words, the change against something, its line, and what it rests on.

    ``change`` is unsigned words; ``rose`` its direction; ``good`` its meaning (None: neither). Without a comparison there is
    no change and ``note`` says why.
    """

    label: str
    value: str
    change: str = ""
    rose: bool = True
    good: bool | None = None
    against: str = ""
    line: tuple[float | None, ...] = field(default=())
    note: str = ""
    help: str = ""


def money_tile(label: str, value: float | None, **more: Any) -> Tile:
    """A tile of yuan. In Chinese the unit stands in the label, so that the figures of a row keep one height."""
    shown = session.look().show(value, "money")
    unit = next((u for u in ("万亿", "亿", "万") if shown.endswith(u)), "")
    if session.language() != "zh" or value is None:
        return Tile(label, shown, **more)
    named = session.say(Text(_("{label}, {unit}"), label=label, unit=f"{unit}元"))
    return Tile(named, shown.removesuffix(unit).replace("¥", ""), **more)


def tiles(rows: Sequence[Tile]) -> None:
    """Draw the figures side by side, two across on a phone."""
    with st.grid(max(3, min(5, len(rows))), min_column_width=150, gap="small"):
        for row in rows:
            with st.container(border=True, height="stretch", gap="xsmall"):
                drawn(row)


def drawn(row: Tile) -> None:
    """One figure without its frame."""
    st.metric(
        session.say(row.label),
        row.value,
        delta=row.change or None,
        delta_arrow="up" if row.rose else "down",
        delta_color="gray" if row.good is None else "blue" if row.good else "orange",
        delta_description=row.against or None,
        chart_data=spark(row.line),
        chart_type="area",
        help=row.help or None,
    )
    if row.note:
        st.caption(safe(row.note))
