"""The row under the filter bar: every limit on the customers as a chip with a cross, and what to do with those who are left."""

from collections.abc import Callable

import streamlit as st

from churn_dash.measures import Filters
from churn_dash.segments import rule_of_where
from churn_dash.store import Dataset
from churn_dash.ui import session
from churn_dash.ui.filtering import limits
from churn_dash.ui.parts import saving
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text, _

_LONGEST = 40


def row(ds: Dataset, chosen: Filters) -> None:
    """Draw the chips; nothing where nothing limits the customers."""
    found, known, moment = limits.held(ds), limits.groupings(ds), limits.moment(ds)
    cells = limits.cells()
    if not found and moment is None and not cells:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="chips"):
        if moment is not None:
            code = limits.moment_code(*moment)
            _chip(session.say(limits.time_words(code)), f"chip-{limits.WHEN}", limits.drop_moment)
        for i, limit in enumerate(found):
            _chip(limits.words(limit, known), f"chip-{i}", limits.drop, limit)
        for cell in cells:
            _chip(cell.words, f"chip-{cell.split}", limits.drop_cell, cell)
        if found and not cells:
            saving.offered(ds, rule_of_where(chosen.where), key="chips")


def _chip(words: str, key: str, dropped: Callable[..., None], *args: object) -> None:
    short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    hint = session.say(Text(_("Take away: {what}"), what=words))
    st.button(safe(short), icon=":material/close:", icon_position="right", key=key, help=safe(hint), on_click=dropped, args=args)
