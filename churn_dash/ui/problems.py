"""Errors that a person can act on, shown as one sentence where they happened. Anything else is a bug and goes to the log."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import say


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a ``ChurnDashError`` raised inside as a card in the reader's language; let everything else through."""
    try:
        yield
    except ChurnDashError as problem:
        shown(problem)


def shown(problem: ChurnDashError) -> None:
    """The error's sentence in a bordered card."""
    with st.container(border=True):
        st.markdown(f":orange[:material/info:] {safe(say(problem, session.language()))}")
