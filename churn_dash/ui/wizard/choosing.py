"""The first step: one or several files, or a folder of them."""

from typing import Literal

import streamlit as st

from churn_dash.ui import session
from churn_dash.ui.wizard import state
from churn_dash.words import Text, _


def chosen() -> state.Upload | None:
    """Draw the uploader; the upload, None while nothing is chosen."""
    folder = st.session_state.get("whole-folder", False)
    label = session.say(_("A folder: all its files are one extract")) if folder else session.say(_("One or several files of one extract"))
    several: Literal["directory", True] = "directory" if folder else True
    files = st.file_uploader(label, type=state.ENDINGS, accept_multiple_files=several, key=f"{state.uploader_key()}-{folder}")
    st.toggle(session.say(_("Choose a whole folder")), key="whole-folder")
    return state.upload(files) if files else None


def files_words(upload: state.Upload) -> str:
    """The names of the files, shortened where there are many."""
    names = [s.name for s in upload.sources]
    if len(names) <= 3:
        return ", ".join(names)
    return session.say(Text(_("{first} and {n} more files"), first=names[0], n=len(names) - 1))
