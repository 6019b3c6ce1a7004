"""A workspace: a folder that holds versions of the bank's data and what was worked out from them."""

import datetime
import getpass
import json
import os
import pathlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from filelock import FileLock, Timeout

from churn_dash.errors import NotFound, NotPossible, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store.catalogue import CATALOGUE, Catalogue, Version
from churn_dash.store.dataset import Dataset
from churn_dash.store.stamps import read_json

CHANGING = "changing.json"
"""Lies in staging while tables are written."""
FORMAT = 2
"""1 knew loads alone; 2 knows undo, redo and removed versions. Format 1 is read, and becomes 2 with the next change."""
FOLDERS = ("tables", "derived", "models", "quarantine", "staging")


class Workspace:
    """The folder of one body of data; see DESIGN, "Workspace".

    Any number of readers, one writer at a time.
    """

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.catalogue = Catalogue(root / CATALOGUE)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "Workspace":
        """The workspace at ``path``.

        Raises ``WorkspaceProblem`` where there is none or a newer version wrote it.
        """
        root = pathlib.Path(path)
        marker = root / "workspace.json"
        if not marker.exists():
            raise WorkspaceProblem(
                _("There is no workspace at {path}. Load a file first: churn-dash load FILE --workspace {path}"), path=root
            )
        try:
            written = int(read_json(marker)["format"])
        except (ValueError, KeyError, TypeError) as problem:
            raise WorkspaceProblem(_("{path} is not a workspace: workspace.json in it cannot be read."), path=root) from problem
        if written > FORMAT:
            raise WorkspaceProblem(
                _(
                    "The workspace {path} was written by a newer version of Churn Dash "
                    "(format {written}, this one reads {known}). Update Churn Dash."
                ),
                path=root,
                written=written,
                known=FORMAT,
            )
        found = cls(root)
        if not found.catalogue.path.exists() and any(root.glob("tables/*/_delta_log")) and not (root / "staging" / CHANGING).exists():
            raise WorkspaceProblem(
                _("The catalogue of the workspace {path} is gone, though its rows are there. Put catalogue.sqlite back from a copy."),
                path=root,
            )
        return found

    @classmethod
    def create(cls, path: str | os.PathLike[str], sample: bool = False) -> "Workspace":
        """The workspace at ``path``, made where there is none; ``sample`` marks invented data."""
        root = pathlib.Path(path)
        marker = root / "workspace.json"
        if marker.exists():
            return cls.open(root)
        if any(c in str(root.absolute()) for c in "=?*"):
            raise WorkspaceProblem(_("A workspace cannot be made at {path}: choose a path without = ? and *."), path=root)
        try:
            for folder in FOLDERS:
                (root / folder).mkdir(parents=True, exist_ok=True)
            _marked(root, {"format": FORMAT, "sample": sample})
        except OSError as problem:
            raise WorkspaceProblem(_("A workspace cannot be made at {path}: the folder cannot be written."), path=root) from problem
        return cls(root)

    @property
    def sample(self) -> bool:
        """Whether the data are invented."""
        return bool(read_json(self.root / "workspace.json").get("sample"))

    @property
    def models(self) -> pathlib.Path:
        return self.root / "models"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one writer lock; raises ``WorkspaceProblem`` where somebody else writes or nobody may."""
        lock = FileLock(self.root / "lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as problem:
            raise WorkspaceProblem(_("Somebody else is loading data into {path}; try again in a minute."), path=self.root) from problem
        except OSError as problem:
            raise WorkspaceProblem(_("The workspace {path} is read-only; nothing was changed."), path=self.root) from problem
        try:
            yield
        finally:
            lock.release()

    def upgrade(self) -> None:
        """Bring the folder to this format, so that an older Churn Dash refuses it. Only while ``writing``."""
        body = json.loads((self.root / "workspace.json").read_text())
        if body["format"] < FORMAT:
            _marked(self.root, body | {"format": FORMAT})

    def tidy(self) -> None:
        """Make folders that somebody deleted. Only while ``writing``.

        Raises ``PermissionError`` where a folder cannot be written.
        """
        for folder in FOLDERS:
            (self.root / folder).mkdir(exist_ok=True)
            if not os.access(self.root / folder, os.W_OK):
                raise PermissionError(self.root / folder)

    def versions(self) -> list[Version]:
        """Every published version, newest first."""
        return self.catalogue.versions()

    def current(self) -> Version | None:
        return self.catalogue.current()

    def dataset(self, version: int | None = None) -> Dataset:
        """The published data: the newest version, or the one asked for.

        Raises ``WorkspaceProblem`` while nothing is loaded, ``NotFound`` for an unknown version, ``NotPossible`` for one whose rows
        were removed.
        """
        found = self.current() if version is None else self.catalogue.version(version)
        if found is None and version is not None:
            known = ", ".join(str(v.version) for v in self.versions()[:5])
            raise NotFound(_("There is no data version {version} here; the newest are {known}."), version=version, known=known)
        if found is None:
            raise WorkspaceProblem(
                _("Nothing is loaded in {path} yet. Load a file first: churn-dash load FILE --workspace {path}"), path=self.root
            )
        if found.removed:
            raise NotPossible(
                _("Data version {version} was removed on {date} to free disk; its entry in the history stays."),
                version=found.version,
                date=found.removed[:10],
            )
        return Dataset(self.root, found)


def _marked(root: pathlib.Path, body: Mapping[str, object]) -> None:
    staged = root / f"workspace-{uuid.uuid4().hex[:8]}.part"
    staged.write_text(json.dumps(body))
    os.replace(staged, root / "workspace.json")


def now() -> str:
    """The time as the catalogue writes it: UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def who() -> str:
    """Who changes the workspace, as the operating system calls them; empty where it does not know."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return ""
