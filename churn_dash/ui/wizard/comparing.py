"""The fifth step: how the load meets what is published, and what would change."""

import streamlit as st

from churn_dash.ui import places, session
from churn_dash.words import _

CAPTION = _("The version before stays, and can be brought back")
MODES = {
    "append": _("Add to what is there"),
    "replace-months": _("Replace the months in the file"),
    "replace-all": _("Replace everything"),
}


def mode() -> str:
    """Draw the choice of how to load; only where something is published already."""
    there = places.opened(places.places().own)
    if there is None or there.current() is None:
        return "append"
    labels = {code: session.say(words) for code, words in MODES.items()}
    return str(st.selectbox(session.say(_("How to load")), list(MODES), format_func=labels.__getitem__, key="mode", width=300))
