"""The line at the foot of every page and in every export: data version, definition, model, filters."""

import datetime

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.measures import tag
from churn_dash.store import Dataset
from churn_dash.ui import session
from churn_dash.ui.filtering import filters
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Text, _

_MODEL = "_model_shown"


def note_model(name: str) -> None:
    """Name the risk model that this page used, for the foot of the page."""
    st.session_state[_MODEL] = name


def data_version() -> int | None:
    """The version looked at; None while nothing is loaded."""
    try:
        ds = session.dataset()
    except ChurnDashError:
        return None
    return ds.version if ds is not None else None


def facts(ds: Dataset) -> list[tuple[str, str]]:
    """What an export must say about itself: (what, words)."""
    found = [(_("Data version"), str(ds.version))]
    if ds.data_end:
        found.append((_("Data up to"), ds.data_end.isoformat()))
    found.append((_("Definition of churn"), session.say(tag(ds, filters.definition(ds)))))
    if st.session_state.get(_MODEL):
        found.append((_("Risk model"), st.session_state[_MODEL]))
    if filters.period_words(ds):
        found.append((_("Period"), filters.period_words(ds)))
    found.append((_("Filters"), filters.words(ds)))
    return [(session.say(what), words) for what, words in found]


def about() -> list[tuple[str, str]]:
    """The second sheet of a workbook."""
    ds = session.dataset()
    listed = facts(ds) if ds is not None else []
    return [
        *listed,
        (session.say(_("Written")), datetime.datetime.now().astimezone().isoformat(timespec="minutes")),
    ]


def footer() -> None:
    """Draw the line."""
    try:
        ds = session.dataset()
        found = session.workspace()
    except ChurnDashError:
        return
    if ds is None:
        return
    parts = [session.say(Text(_("{what}: {words}"), what=what, words=words)) for what, words in facts(ds)]
    if found is not None and found.sample:
        parts.append(session.say(_("sample data")))
    st.caption(safe(" · ".join(parts)))
