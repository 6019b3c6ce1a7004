"""What is derived of a planned change: as it was where nothing changed that months are made of, from the version before it where months
were only appended, else from the ground up."""

import os
import pathlib
import shutil
import uuid
from collections.abc import Callable

import duckdb

from churn_dash.contract.definitions import Settings
from churn_dash.store import connections
from churn_dash.store.dataset import derived_name
from churn_dash.store.derive import derived
from churn_dash.store.derive.extending import extend
from churn_dash.store.official import settings_of
from churn_dash.store.versions.planning import Change
from churn_dash.store.workspace import Workspace
from churn_dash.words import Text

Progress = Callable[[Text, float], None]


def derive(workspace: Workspace, change: Change, path: pathlib.Path, progress: Progress) -> None:
    """Write the derived file of a change at ``path``, and let its rows go."""
    settings = settings_of(workspace.root)
    if not (_carried(workspace, change, path, settings) or _extended(workspace, change, path, settings)):
        derived.build(path, change.shape, change.frames, change.attributes, progress, change.absences, settings)
    change.frames.release()


def _carried(workspace: Workspace, change: Change, path: pathlib.Path, settings: Settings) -> bool:
    """Copy the file of the version before it, where a build would give the same: campaigns, answers, complaints make no months."""
    base = change.base
    if base is None or not change.shape == base.shape == "panel":
        return False
    if change.closed != base.closed or change.attributes != base.attributes:
        return False
    if any(
        change.published.get(name) != base.tables.get(name) or (name in change.merges and change.merges[name].write != "none")
        for name in derived.BUILT_FROM
    ):
        return False
    previous = workspace.root / "derived" / derived_name(base, settings)
    try:
        connections.opened(previous).close()
    except (duckdb.Error, OSError):
        return False
    staged = path.with_name(f"{path.stem}-{uuid.uuid4().hex[:8]}.part")
    shutil.copyfile(previous, staged)
    os.replace(staged, path)
    return True


def _extended(workspace: Workspace, change: Change, path: pathlib.Path, settings: Settings) -> bool:
    merge = change.merges.get("customer_month")
    if change.base is None or merge is None or merge.write != "append":
        return False
    before = change.old.get("customers") if "customers" in change.merges else change.frames.get("customers")
    previous = workspace.root / "derived" / derived_name(change.base, settings)
    return extend(previous, path, merge.rows, change.frames, before, change.attributes, change.absences, settings)
