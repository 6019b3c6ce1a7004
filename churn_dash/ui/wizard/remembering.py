"""What was said of these files last time, and what is different since."""

import dataclasses

import streamlit as st

from churn_dash.intake import Preview
from churn_dash.store import Recalled, recall
from churn_dash.ui import places, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.wizard import state
from churn_dash.words import Text, _

_MOST = 6


def remembered(upload: state.Upload) -> tuple[state.Upload, Recalled | None]:
    """The upload with what was said of its source last time; None where nothing is known of it. Raises what ``preview`` raises."""
    there = places.opened(places.places().own)
    if there is None:
        return upload, None
    found: Recalled | None = state.held("recall", upload.key)
    if found is None:
        with st.spinner(session.say(_("Looking whether such a file was loaded before"))):
            found = recall(there, upload.sources, upload.options)
        state.hold("recall", upload.key, found)
    if not found.known:
        return upload, None
    return dataclasses.replace(upload, options=found.options), found


def complete(upload: state.Upload, found: Recalled, look: Preview) -> bool:
    """Whether every column of the contract that the source had has one now; else draw which not, and the choice to go on without."""
    held = {m.field for m in look.mapping} | set(upload.options.mapping.values())
    lost = [(header, field) for d in found.differences for header, field in d.lost if field not in held]
    for header, field in lost:
        told = Text(_("Column {column} is gone; it was {field}. Say in the table of columns which one it is."), column=header, field=field)
        st.markdown(f":orange[:material/warning:] {safe(session.say(told))}")
    return not lost or st.checkbox(session.say(_("Load without it")), key=f"without-{upload.key}")


def drawn(found: Recalled) -> None:
    """Draw that the source is known, and a plain list of what is different."""
    changes = [s for d in found.differences for s in d.sentences()]
    before = found.differences[0].before
    if not changes:
        told = Text(_("Read and matched as {file} was; nothing is different."), file=before)
        st.markdown(f":blue[:material/history:] {safe(session.say(told))}")
        return
    told = Text(_("Read and matched as {file} was; {n} things are different:"), file=before, n=len(changes))
    st.markdown(f":orange[:material/history:] {safe(session.say(told))}")
    for sentence in changes[:_MOST]:
        st.caption(safe(session.say(sentence)))
    if len(changes) > _MOST:
        st.caption(safe(session.say(Text(_("and {n} more"), n=len(changes) - _MOST))))
