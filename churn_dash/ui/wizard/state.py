"""Where an upload stands, and what the steps before found. Anything a person changes takes back the steps after it."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from churn_dash.intake import Extract, Options, Preview, Source
from churn_dash.store import Loaded
from churn_dash.words import _

STEPS = {
    "choose": _("Choose a file"),
    "read": _("Read"),
    "match": _("Match columns"),
    "check": _("Check"),
    "compare": _("Compare"),
    "publish": _("Publish"),
}
ENDINGS = ["csv", "txt", "tsv", "gz", "bz2", "zip", "xlsx", "xls", "parquet"]
_HELD, _DONE, _UPLOADS = "_wizard", "_published", "_uploads"


@dataclass(frozen=True)
class Upload:
    """The chosen files with what was said of them so far; ``key`` names the files by their contents."""

    sources: tuple[Source, ...]
    key: str
    options: Options = field(default_factory=Options)

    def saying(self, **options: Any) -> "Upload":
        """The same files with more said of them."""
        return dataclasses.replace(self, options=dataclasses.replace(self.options, **options))

    @property
    def asked(self) -> str:
        """What a step depends on: the files and everything said of them."""
        return f"{self.key} {sorted(self.options.said().items(), key=str)}"


@dataclass(frozen=True)
class Standing:
    """How far an upload has come on this page; ``problem`` stops it at its step."""

    step: str = "choose"
    found: Preview | None = None
    checked: Extract | None = None


def upload(files: Sequence[UploadedFile]) -> Upload:
    """The files as sources, nothing said of them yet."""
    sources = tuple(Source(f.name, f.getvalue()) for f in files)
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.name.encode() + bytes(source.data))
    return Upload(sources, digest.hexdigest()[:16])


def uploader_key() -> str:
    """Changes when an upload is done, so that the uploader stands empty again."""
    return f"files-{st.session_state.get(_UPLOADS, 0)}"


def held(step: str, asked: str) -> Any:
    """What a step found for exactly this question; None otherwise."""
    found: Mapping[str, tuple[str, Any]] = st.session_state.get(_HELD, {})
    return found[step][1] if step in found and found[step][0] == asked else None


def hold(step: str, asked: str, what: Any) -> None:
    """Keep what a step found; only the newest question of each step is kept."""
    st.session_state.setdefault(_HELD, {})[step] = (asked, what)


def newest(step: str) -> Any:
    """What a step found last, whatever was asked; None otherwise."""
    found: Mapping[str, tuple[str, Any]] = st.session_state.get(_HELD, {})
    return found[step][1] if step in found else None


def forget(*steps: str) -> None:
    """Drop what these steps found."""
    for step in steps:
        st.session_state.get(_HELD, {}).pop(step, None)


def finish(loaded: Loaded) -> None:
    """The upload is done: forget it, keep what it did for the page's sentence."""
    st.session_state[_DONE] = loaded
    st.session_state.pop(_HELD, None)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def published() -> Loaded | None:
    """What was published just now; None otherwise."""
    found: Loaded | None = st.session_state.get(_DONE)
    return found


def dismiss() -> None:
    """Stop telling of what was published: something else happened since."""
    st.session_state.pop(_DONE, None)
