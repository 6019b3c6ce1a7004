"""What is derived of a planned change: from the version before it where months were only appended, else from the ground up."""

import pathlib
from collections.abc import Callable

from churn_dash.contract.definitions import Settings
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
    if not _extended(workspace, change, path, settings):
        derived.build(path, change.shape, change.frames, change.attributes, progress, change.absences, settings)
    change.frames.release()


def _extended(workspace: Workspace, change: Change, path: pathlib.Path, settings: Settings) -> bool:
    merge = change.merges.get("customer_month")
    if change.base is None or merge is None or merge.write != "append":
        return False
    before = change.old.get("customers") if "customers" in change.merges else change.frames.get("customers")
    previous = workspace.root / "derived" / derived_name(change.base, settings)
    return extend(previous, path, merge.rows, change.frames, before, change.attributes, change.absences, settings)
