"""Which workspaces there are: the sample bank and the bank's own data, side by side, never mixed."""

import os
import pathlib
from dataclasses import dataclass

from churn_dash.errors import WorkspaceProblem
from churn_dash.store import Workspace

WORKSPACE_VARIABLE = "CHURN_DASH_WORKSPACE"
_OWN = "-own"


@dataclass(frozen=True)
class Places:
    """The folders: ``sample`` is None where no sample bank was built; ``own`` may not exist yet."""

    sample: pathlib.Path | None
    own: pathlib.Path

    def folder(self, own: bool) -> pathlib.Path:
        """The folder to show."""
        return self.own if own or self.sample is None else self.sample


def served() -> pathlib.Path:
    """The workspace that was asked for: ``CHURN_DASH_WORKSPACE``, else ``./workspace``."""
    return pathlib.Path(os.environ.get(WORKSPACE_VARIABLE) or "workspace").resolve()


def places() -> Places:
    """Own data live beside the sample bank, in ``<workspace>-own``; a workspace of own data has no sample beside it."""
    root = served()
    if (found := opened(root)) is not None and found.sample:
        return Places(root, root.with_name(root.name + _OWN))
    beside = root.with_name(root.name.removesuffix(_OWN))
    if beside != root and (found := opened(beside)) is not None and found.sample:
        return Places(beside, root)
    return Places(None, root)


def opened(root: pathlib.Path) -> Workspace | None:
    """The workspace in a folder; None where there is none. Raises ``WorkspaceProblem`` for one that cannot be read."""
    return Workspace.open(root) if (root / "workspace.json").exists() else None


def usable(root: pathlib.Path) -> Workspace:
    """The workspace in a folder, made where there is none. Raises ``WorkspaceProblem`` where that is not possible."""
    found = opened(root)
    return found if found is not None else Workspace.create(root)


__all__ = ["WORKSPACE_VARIABLE", "Places", "WorkspaceProblem", "opened", "places", "served", "usable"]
