"""What a change that did not end leaves behind, and how it is taken back. Only while ``writing``."""

import json
import os
import pathlib
import time
from collections.abc import Sequence

from deltalake.exceptions import DeltaError

from churn_dash.errors import WorkspaceProblem
from churn_dash.store.catalogue import Version
from churn_dash.store.dataset import derived_name
from churn_dash.store.official import settings_of
from churn_dash.store.versions.tables import Tables, removed
from churn_dash.store.workspace import CHANGING, Workspace

PREVIEW = "preview-"
"""Begins the name of a derived file that was built to be looked at."""
_HOUR = 3600


def begun(workspace: Workspace) -> None:
    """Note that the tables are about to be written."""
    current = workspace.current()
    body = {"upon": current.version if current is not None else 0, "process": os.getpid()}
    (workspace.root / "staging" / CHANGING).write_text(json.dumps(body))


def ended(workspace: Workspace) -> None:
    """Note that all of it is published."""
    (workspace.root / "staging" / CHANGING).unlink(missing_ok=True)


def crashed(workspace: Workspace) -> bool:
    """Whether a change was begun and did not end: it runs now, or it was killed."""
    return (workspace.root / "staging" / CHANGING).exists()


def mended(workspace: Workspace, keep: pathlib.Path | None = None) -> int:
    """Take back what a change that was killed had written, and sweep up what it staged; returns the bytes freed.

    A table whose head is not what the catalogue says is restored, then files that no version names are deleted. Tables that are
    damaged stay as they are: whoever needs their rows is told.
    """
    workspace.tidy()
    freed = 0
    if crashed(workspace):
        taken_back(workspace)
        freed += removed(leftovers(workspace))
    freed += removed([p for p in staged(workspace) if p != keep and not _waiting(p)])
    ended(workspace)
    return freed


def taken_back(workspace: Workspace) -> list[str]:
    """Restore each table whose head is not what the served version names; returns their names. Damaged tables are passed over."""
    current, tables, found = workspace.current(), Tables(workspace.root), []
    for name, version in (current.tables if current is not None else {}).items():
        try:
            head = tables.head(name)
            if head is not None and not tables.holds(name, head, version):
                tables.restore(name, version)
                found.append(name)
        except WorkspaceProblem:
            continue
    return found


def leftovers(workspace: Workspace) -> list[pathlib.Path]:
    """Files that no version with rows names: of rows, of what is derived, of rows set aside."""
    return unneeded(workspace, [v for v in workspace.versions() if not v.removed])


def unneeded(workspace: Workspace, kept: Sequence[Version]) -> list[pathlib.Path]:
    """Files that none of these versions names; those of tables that are damaged are all kept."""
    rows = Tables(workspace.root).unnamed(item for v in kept for item in v.tables.items())
    settings = settings_of(workspace.root)
    built, aside = {derived_name(v, settings) for v in kept}, {v.quarantine for v in kept}
    others = [p for p in _files(workspace, "derived") if p.name not in built and (p.suffix == ".duckdb" or _age(p) > _HOUR)]
    return [*rows, *others, *(p for p in _files(workspace, "quarantine") if p.name not in aside)]


def staged(workspace: Workspace) -> list[pathlib.Path]:
    """What a load, or a look at one, put into ``staging``."""
    return [p for p in _files(workspace, "staging") if p.name != CHANGING]


def unfinished(workspace: Workspace) -> None:
    """After a failure: take back at once what can be; what cannot, on a full disk, the next change takes back.

    What was staged is deleted first, since restoring a table needs a little room.
    """
    try:
        if crashed(workspace):
            removed([p for p in staged(workspace) if not _waiting(p)])
            mended(workspace)
    except (OSError, DeltaError, WorkspaceProblem):
        return


def _files(workspace: Workspace, folder: str) -> list[pathlib.Path]:
    return sorted((workspace.root / folder).iterdir()) if (workspace.root / folder).is_dir() else []


def _age(path: pathlib.Path) -> float:
    return time.time() - path.stat().st_mtime


def _waiting(path: pathlib.Path) -> bool:
    """Whether somebody may still be looking at what this file holds."""
    return path.name.startswith(PREVIEW) and _age(path) < 6 * _HOUR
