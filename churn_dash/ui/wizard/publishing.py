"""The last step: the new version, served from now on."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.intake import Extract
from churn_dash.measures import Outlook
from churn_dash.store import Loaded, commit, publish, remember
from churn_dash.ui import address, frame, places, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import progress
from churn_dash.ui.problems import shown
from churn_dash.ui.wizard import state
from churn_dash.words import Count, Text, _


def published(upload: state.Upload, extract: Extract, mode: str, compared: Outlook | None) -> None:
    """Draw the button that publishes into the bank's own data, just what was compared; on success the page starts over."""
    if not st.button(session.say(_("Publish")), icon=":material/publish:", key="publish", type="primary"):
        return
    try:
        with progress() as told:
            space = places.usable(places.places().own)
            prepared = compared.prepared if compared is not None else None
            loaded = commit(space, prepared, told) if prepared is not None else publish(space, extract, mode, told)
            remember(space, extract, upload.options)
    except ChurnDashError as problem:
        shown(problem)
        return
    state.finish(loaded)
    if places.places().sample is not None:
        address.touched()
        address.hold("data", ("own",), ("sample",), shared=True)
        st.session_state.pop("data", None)
    st.rerun()


def done(loaded: Loaded) -> None:
    """Draw what a load did, in counts that add up, and where to go on."""
    with st.container(border=True):
        named = {"total": loaded.rows_in, "good": loaded.rows_good, "aside": loaded.rows_quarantined, "repeated": loaded.rows_repeated}
        sentence = Text(
            _("{total} rows in the files: {good} good, {aside} set aside, {repeated} repeated."), **{k: Count(n) for k, n in named.items()}
        )
        st.markdown(f":blue[:material/check_circle:] {safe(session.say(sentence))}")
        if not loaded.published:
            st.markdown(safe(session.say(_("Nothing is new in these files, so no version was made."))))
        for warning in loaded.warnings:
            st.caption(safe(session.say(warning)))
        st.page_link(
            frame.page("overview"), label=session.say(_("See the overview")), icon=":material/arrow_forward:", icon_position="right"
        )
