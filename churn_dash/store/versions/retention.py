"""How many versions keep their rows. The history keeps every entry."""

import pathlib
from dataclasses import dataclass

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import connections
from churn_dash.store.catalogue import Version
from churn_dash.store.versions.publishing import told
from churn_dash.store.versions.recovery import mended, unneeded
from churn_dash.store.versions.tables import removed
from churn_dash.store.workspace import Workspace, now


@dataclass(frozen=True)
class Retention:
    """The versions whose rows stay and those whose rows go, newest first, and the bytes that are freed."""

    kept: tuple[int, ...]
    removed: tuple[int, ...]
    bytes_freed: int


def retention(workspace: Workspace, n: int) -> Retention:
    """What keeping the rows of the newest ``n`` loads would remove; nothing is changed.

    An undo serves an earlier load again, which then counts as the newest. Raises ``BadInput`` for less than one.
    """
    return _retention(workspace, n)[0]


def keep(workspace: Workspace, n: int) -> Retention:
    """Remove the rows of all but the newest ``n`` loads. What is served now always stays.

    The catalogue is told first: a version is never offered whose rows are gone. Raises ``BadInput`` for less than one,
    ``WorkspaceProblem`` where files cannot be deleted.
    """
    with workspace.writing(), told(workspace):
        mended(workspace)
        found, files = _retention(workspace, n)
        workspace.upgrade()
        workspace.catalogue.remove(found.removed, now())
        for path in files:
            connections.close(path)
        removed(files)
    return found


def _retention(workspace: Workspace, n: int) -> tuple[Retention, list[pathlib.Path]]:
    if n < 1:
        raise BadInput(_("At least one version is kept."))
    there = [v for v in workspace.versions() if not v.removed]
    states = list(dict.fromkeys(v.state for v in there))[:n]
    kept: list[Version] = [v for v in there if v.state in states]
    files = unneeded(workspace, kept)
    size = sum(p.stat().st_size for p in files)
    gone = tuple(v.version for v in there if v.state not in states)
    return Retention(tuple(v.version for v in kept), gone, size), files
