"""The top of a page: where we are in small type, then the answer as a sentence."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text


def heading(where: str, answer: str | Text | ChurnDashError) -> None:
    """``where`` (page · scope · as of) above ``answer``, the page's one sentence; both plain text."""
    sentence = session.say(answer)
    with st.container(gap=None):
        st.caption(safe(where))
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
