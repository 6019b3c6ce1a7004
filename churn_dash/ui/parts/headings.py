"""The top of a page: where we are in small type, then the answer as a sentence."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text


def heading(where: str, answer: str | Text | ChurnDashError | None) -> None:
    """``where`` (page · scope · as of) above ``answer``, the page's one sentence; both plain text. None: there is no sentence."""
    with st.container(gap=None):
        st.caption(safe(where))
        if answer is None:
            return
        sentence = session.say(answer)
        st.markdown(f"# {safe(sentence[:1].upper() + sentence[1:])}")


def badges(*labels: tuple[str, str, str]) -> None:
    """Small facts in a row: (words, icon, colour); blue is good, orange asks for action, gray is a fact."""
    with st.container(horizontal=True, gap="xsmall"):
        for words, icon, colour in labels:
            st.badge(
                safe(words),
                icon=f":material/{icon}:" if icon else None,
                color="blue" if colour == "blue" else "orange" if colour == "orange" else "gray",
            )
