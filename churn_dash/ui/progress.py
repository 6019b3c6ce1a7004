"""Long work by named stages: a bar while it runs, nothing afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from churn_dash.ui import session
from churn_dash.words import Text, _


@contextmanager
def progress() -> Iterator[Callable[[Text, float], None]]:
    """Yields the teller of stages; the bar goes when the work ends, however it ends."""
    bar = st.progress(0.0, session.say(_("Starting")))

    def told(stage: Text, share: float) -> None:
        bar.progress(min(max(share, 0.0), 1.0), session.say(stage))

    try:
        yield told
    finally:
        bar.empty()
