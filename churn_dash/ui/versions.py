"""The published versions: what was loaded when, by whom, from what, and the way back."""

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.intake.quarantine import spoken
from churn_dash.store import Version, Workspace, redo, redoable, undo, undoable
from churn_dash.ui import address, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.ui.wizard import state
from churn_dash.words import Text, _

_KINDS = {"load": _("Load"), "undo": _("Undone"), "redo": _("Brought back")}


def arrive(workspace: Workspace | None) -> None:
    """Take over the older version that the address asks for, if this workspace has it and it is not the newest."""
    if workspace is not None:
        current = workspace.current()
        address.share("version", _others(workspace, current))


def _others(workspace: Workspace, current: Version | None) -> list[str]:
    """Versions beside the newest whose rows are still there."""
    return [str(v.version) for v in workspace.versions() if not v.removed and (current is None or v.version != current.version)]


def ribbon(workspace: Workspace | None) -> None:
    """Say above every page that an older version is looked at, and how to leave it."""
    number, current = session.older(), workspace.current() if workspace is not None else None
    if number is None or current is None:
        return
    told = Text(_("Version {version}, to look at only; the newest is {newest}"), version=number, newest=current.version)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="older"):
        st.badge(safe(session.say(told)), icon=":material/history:", color="orange")
        words = session.say(_("Back to the newest"))
        st.button(words, type="tertiary", icon=":material/update:", key="newest", on_click=address.forget, args=(["version"],))


def opening(workspace: Workspace | None) -> None:
    """Draw the choice of an older version to look at."""
    current = workspace.current() if workspace is not None else None
    if workspace is None or current is None:
        return
    dates = {str(v.version): v.created[:10] for v in workspace.versions()}
    others = {number: f"{number} · {dates[number]}" for number in _others(workspace, current)}
    if not others:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = session.say(_("An older version, to look at only"))
        picked = st.selectbox(label, list(others), format_func=others.__getitem__, key="older-version", width=220)
        st.button(session.say(_("Open")), icon=":material/history:", key="open-older", on_click=_open, args=(picked,))


def moving(workspace: Workspace | None) -> None:
    """Draw undo and redo, each only where it is possible."""
    if workspace is None:
        return
    back, forth = undoable(workspace), redoable(workspace)
    with st.container(horizontal=True, gap="small"):
        if back is not None:
            words = session.say(Text(_("Undo the load of {files}"), files=_short(back.files)))
            if st.button(safe(words), icon=":material/undo:", key="undo"):
                _move(undo, workspace)
        if forth is not None:
            words = session.say(Text(_("Bring back the load of {files}"), files=_short(forth.files)))
            if st.button(safe(words), icon=":material/redo:", key="redo"):
                _move(redo, workspace)


def _short(files: Sequence[str]) -> str:
    return files[0] if len(files) == 1 else session.say(Text(_("{n} files"), n=len(files)))


def _move(step: Callable[[Workspace], Version], workspace: Workspace) -> None:
    try:
        step(workspace)
    except ChurnDashError as problem:
        shown(problem)
        return
    state.dismiss()
    st.rerun()


def _open(number: str) -> None:
    address.touched()
    address.hold("version", (number,), shared=True)


def versions() -> Table | None:
    """The published versions, newest first; None while there is none."""
    found = session.workspace()
    listed = found.versions() if found is not None else []
    if not listed:
        return None
    rows = pl.DataFrame(
        [
            (
                v.version,
                v.created[:16].replace("T", " "),
                v.who,
                session.say(_KINDS[v.kind]),
                ", ".join(v.files),
                v.counts.get("rows_good"),
                v.counts.get("rows_quarantined"),
            )
            for v in listed
        ],
        schema={
            "version": pl.Int64,
            "created": pl.String,
            "who": pl.String,
            "kind": pl.String,
            "files": pl.String,
            "good": pl.Int64,
            "aside": pl.Int64,
        },
        orient="row",
    )
    labels = {
        "version": _("Version"),
        "created": _("Loaded on"),
        "who": _("By"),
        "kind": _("What"),
        "files": _("Files"),
        "good": _("Rows good"),
        "aside": _("Set aside"),
    }
    return Table(rows, "versions", labels, {"good": "count", "aside": "count"}, only=True)


def kept_aside() -> Table | None:
    """The rows that the newest version set aside; None where there are none."""
    found = session.workspace()
    current = found.current() if found is not None else None
    if found is None or current is None or not current.quarantine:
        return None
    path = found.root / "quarantine" / current.quarantine
    if not path.exists():
        return None
    return Table(spoken(pl.read_parquet(path), session.language()), "rows-set-aside", is_list=True, only=True)
