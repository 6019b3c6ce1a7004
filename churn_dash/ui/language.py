"""The reader's language, and words in it."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.ui import address
from churn_dash.words import LANGUAGES, Text
from churn_dash.words import say as spoken


def usual_language() -> str:
    """The browser's language where it is spoken here, else English."""
    wanted = (st.context.locale or "en").lower()
    return next((code for code in LANGUAGES if wanted.startswith(code)), "en")


def language() -> str:
    """The reader's language: ``en`` or ``zh``."""
    codes = address.held("lang")
    return codes[0] if codes and codes[0] in LANGUAGES else usual_language()


def say(what: str | Text | ChurnDashError) -> str:
    """The words in the reader's language."""
    return spoken(what, language())
