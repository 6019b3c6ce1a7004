"""Undo and redo: an earlier load is served again, under a new version number. PLATFORM 0.8."""

import dataclasses

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.store.catalogue import Kind, Version
from churn_dash.store.versions import steps
from churn_dash.store.versions.publishing import told
from churn_dash.store.versions.recovery import begun, ended, mended
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import Workspace, now, who


def undoable(workspace: Workspace) -> Version | None:
    """The load that ``undo`` would take back; None where there is none before it, or its rows were removed."""
    current, known = workspace.current(), _known(workspace)
    if current is None:
        return None
    load = known[current.state]
    before = known.get(load.parent)
    return load if before is not None and not before.removed else None


def redoable(workspace: Workspace) -> Version | None:
    """The load that ``redo`` would serve again: the last undone since the newest load; None where there is none."""
    undone: list[int] = []
    for row in reversed(workspace.versions()):
        if row.kind == "load":
            undone = []
        elif row.kind == "undo":
            undone.append(row.undone)
        else:
            undone.remove(row.undone)
    found = _known(workspace).get(undone[-1]) if undone else None
    return found if found is not None and not found.removed else None


def undo(workspace: Workspace) -> Version:
    """Serve the data as before the load that is served now; returns the new version. Raises ``NotPossible`` where nothing can be undone."""
    with workspace.writing(), told(workspace):
        load = undoable(workspace)
        if load is None:
            raise NotPossible(_("There is nothing to undo: no load before this one is kept."))
        return _served(workspace, _known(workspace)[load.parent], "undo", load.version)


def redo(workspace: Workspace) -> Version:
    """Serve the load that was undone last; returns the new version. Raises ``NotPossible`` where none was since the newest load."""
    with workspace.writing(), told(workspace):
        load = redoable(workspace)
        if load is None:
            raise NotPossible(_("There is nothing to redo: no load was undone since the newest one."))
        return _served(workspace, load, "redo", load.version)


def _known(workspace: Workspace) -> dict[int, Version]:
    return {v.version: v for v in workspace.versions()}


def _served(workspace: Workspace, state: Version, kind: Kind, undone: int) -> Version:
    current = workspace.current()
    assert current is not None
    workspace.upgrade()
    steps.done("upgraded")
    mended(workspace)
    steps.done("tidied")
    begun(workspace)
    steps.done("begun")
    tables = Tables(workspace.root)
    heads = {}
    for name, version in state.tables.items():
        same = current.tables.get(name) == version
        heads[name] = version if same and tables.head(name) == version else tables.restore(name, version)
        steps.done("restored")
    row = dataclasses.replace(
        state,
        version=current.version + 1,
        created=now(),
        who=who(),
        mode=kind,
        kind=kind,
        files=_known(workspace)[undone].files,
        tables=heads,
        undone=undone,
        removed="",
    )
    workspace.catalogue.add(row)
    steps.done("listed")
    ended(workspace)
    steps.done("ended")
    return row
