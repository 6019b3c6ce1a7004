"""From an extract that was read and checked to a published version. Nothing is half-loaded."""

import dataclasses
import json
import os
import pathlib
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl
from deltalake.exceptions import DeltaError

from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.intake import Extract
from churn_dash.intake.findings import Finding
from churn_dash.marks import _
from churn_dash.store import connections
from churn_dash.store.catalogue import Version
from churn_dash.store.derive import derived
from churn_dash.store.official import mark, settings_of
from churn_dash.store.versions import steps
from churn_dash.store.versions.deriving import derive
from churn_dash.store.versions.merging import Merge
from churn_dash.store.versions.planning import Change, plan
from churn_dash.store.versions.recovery import PREVIEW, begun, ended, mended, unfinished
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import Workspace, now, who
from churn_dash.words import Text, say

Progress = Callable[[Text, float], None]
_ROOM = 4
"""Free disk wanted, as a multiple of the rows in memory."""


@dataclass(frozen=True)
class Loaded:
    """What a load did, in rows of the file. rows_in = rows_good + rows_quarantined + rows_repeated.

    ``seen`` is the version that loaded the same files before, 0 for none.
    """

    version: int
    published: bool
    rows_in: int
    rows_good: int
    rows_quarantined: int
    rows_repeated: int
    rows_updated: int
    warnings: tuple[Text, ...]
    quarantine: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    seen: int = 0

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "version": self.version,
            "published": self.published,
            "rows_in": self.rows_in,
            "rows_good": self.rows_good,
            "rows_quarantined": self.rows_quarantined,
            "rows_repeated": self.rows_repeated,
            "rows_updated": self.rows_updated,
            "loaded_before_as": self.seen or None,
            "warnings": [say(w, language) for w in self.warnings],
            "findings": [f.as_json(language) for f in self.findings],
        }


@dataclass(frozen=True)
class Prepared:
    """A change whose derived file is built and waits in ``staging``: it can be looked at, then committed or discarded."""

    change: Change
    path: pathlib.Path


def publish(workspace: Workspace, extract: Extract, mode: str = "append", progress: Progress | None = None) -> Loaded:
    """Publish an extract as the next version; the version before it is served until the last step.

    Raises ``BadInput`` for an unknown mode or a shape that does not fit what is published, ``WorkspaceProblem`` where the
    workspace cannot be written. A load that changes nothing publishes nothing.
    """
    with workspace.writing(), told(workspace):
        return _committed(workspace, plan(workspace, extract, mode), None, progress or _silent)


def prepare(workspace: Workspace, change: Change, progress: Progress | None = None) -> Prepared:
    """Build what is derived of a change without publishing it. Raises ``WorkspaceProblem`` where there is no room for it."""
    with workspace.writing(), told(workspace):
        mended(workspace)
        _enough_room(workspace, change)
        path = workspace.root / "staging" / f"{PREVIEW}{uuid.uuid4().hex}.duckdb"
        derive(workspace, change, path, progress or _silent)
        return Prepared(change, path)


def discard(prepared: Prepared) -> None:
    """Forget a change that shall not be published."""
    connections.close(prepared.path)
    prepared.path.unlink(missing_ok=True)


def commit(workspace: Workspace, change: Change | Prepared, progress: Progress | None = None) -> Loaded:
    """Publish a planned change.

    Raises ``NotPossible`` where another version was published since it was planned, ``WorkspaceProblem`` where the workspace cannot
    be written.
    """
    planned, path = (change.change, change.path) if isinstance(change, Prepared) else (change, None)
    with workspace.writing(), told(workspace):
        current = workspace.current()
        if (current.version if current is not None else 0) != planned.number - 1:
            raise NotPossible(_("Another version was published in the meantime; compare and publish again."))
        return _committed(workspace, planned, path, progress or _silent)


def _silent(_text: Text, _share: float) -> None:
    pass


@contextmanager
def told(workspace: Workspace) -> Iterator[None]:
    """Say in one sentence what the disk refused, after taking back what was written."""
    try:
        yield
    except PermissionError as problem:
        unfinished(workspace)
        raise WorkspaceProblem(_("The workspace {path} is read-only; nothing was changed."), path=workspace.root) from problem
    except (OSError, DeltaError, duckdb.Error, pl.exceptions.PolarsError) as problem:
        unfinished(workspace)
        raise _refused(workspace, problem) from problem
    except WorkspaceProblem as problem:
        unfinished(workspace)
        if _full(problem.__cause__):
            raise _refused(workspace, problem) from problem
        raise
    except BaseException:
        unfinished(workspace)
        raise


def _refused(workspace: Workspace, problem: BaseException) -> WorkspaceProblem:
    why = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
    if _full(problem) or _full(problem.__cause__):
        return WorkspaceProblem(
            _("The disk of {path} is full; nothing was changed. Make room (churn-dash versions --keep N removes old ones) and try again."),
            path=workspace.root,
        )
    return WorkspaceProblem(_("The workspace {path} cannot be written, and nothing was changed: {why}"), path=workspace.root, why=why)


def _full(problem: BaseException | None) -> bool:
    """Whether the disk was full, as the system, the Delta library and SQLite say it."""
    return any(told in str(problem) for told in ("No space left", "os error 28", "database or disk is full"))


def _enough_room(workspace: Workspace, change: Change) -> None:
    size = sum(int(f.estimated_size()) for f in change.extract.tables.values())
    if shutil.disk_usage(workspace.root).free < _ROOM * size:
        raise WorkspaceProblem(_("The disk of {path} is nearly full; nothing was changed."), path=workspace.root)


def _committed(workspace: Workspace, change: Change, prepared: pathlib.Path | None, progress: Progress) -> Loaded:
    if not change.changes:
        assert change.base is not None
        return _loaded(change, change.base.version, False)
    _enough_room(workspace, change)
    staged = prepared or workspace.root / "staging" / f"{uuid.uuid4().hex}.duckdb"
    if prepared is not None:
        connections.close(prepared)
    workspace.upgrade()
    steps.done("upgraded")
    mended(workspace, keep=prepared)
    steps.done("tidied")
    tables, number = Tables(workspace.root), change.number
    begun(workspace)
    steps.done("begun")
    for name, version in change.published.items():
        tables.restore(name, version)
    steps.done("restored")
    progress(Text(_("Writing the rows")), 0.45)
    # The rows are written beside the derived file: most of either is waiting for the other core.
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(_written, tables, change.merges)
        if not staged.exists():
            derive(workspace, change, staged, progress)
        steps.done("built")
        known = dict(change.published) | writing.result()
    steps.done("written")
    name = derived.name_of(known, json.dumps([change.extract.content_hash, change.shape, number]))
    os.replace(staged, workspace.root / "derived" / f"{name}{mark(settings_of(workspace.root))}.duckdb")
    steps.done("named")
    kept = _kept_quarantine(workspace, number, change.quarantine)
    steps.done("set aside")
    workspace.catalogue.add(_version(change, known, name, kept))
    steps.done("listed")
    ended(workspace)
    steps.done("ended")
    progress(Text(_("Published as version {n}"), n=number), 1.0)
    return _loaded(change, number, True)


def _version(change: Change, tables: Mapping[str, int], name: str, quarantine: str) -> Version:
    extract = change.extract
    return Version(
        version=change.number,
        created=now(),
        who=who(),
        mode=change.mode,
        files=extract.files,
        content_hash=extract.content_hash,
        shape=change.shape,
        tables=tables,
        attributes=change.attributes,
        derived=name,
        counts=dataclasses.asdict(change.counts),
        warnings=tuple(say(w) for w in change.warnings),
        quarantine=quarantine,
        state=change.number,
        parent=change.base.state if change.base is not None else 0,
        sources=tuple(zip(extract.files, extract.hashes, strict=False)),
        options=extract.said.said(),
        recipe=derived.RECIPE,
        closed=change.closed,
        notes={"findings": [f.stored() for f in change.findings], "mapping": extract.headers, **change.also},
    )


def _loaded(change: Change, version: int, published: bool) -> Loaded:
    told = list(change.warnings)
    if not published and change.seen:
        told.append(Text(_("Nothing was published: these files were loaded before, as version {seen}."), seen=change.seen))
    elif not published:
        told.append(Text(_("Nothing was published: the files hold no row that version {version} lacks."), version=version))
    counts = dataclasses.asdict(change.counts)
    return Loaded(
        version, published, **counts, warnings=tuple(told), quarantine=change.quarantine, findings=change.findings, seen=change.seen
    )


def _written(tables: Tables, merges: Mapping[str, Merge]) -> dict[str, int]:
    """Write what changed; returns the new Delta version of each table written."""
    found = {}
    for name, change in merges.items():
        if change.write == "months":
            found[name] = tables.replace_months(name, change.rows)
        elif change.write != "none":
            found[name] = tables.write(name, change.rows, change.write)
        steps.done("rows")
    return found


def _kept_quarantine(workspace: Workspace, number: int, quarantine: pl.DataFrame) -> str:
    if not len(quarantine):
        return ""
    path = workspace.root / "quarantine" / f"{number}.parquet"
    staged = workspace.root / "staging" / f"{uuid.uuid4().hex}.parquet"
    quarantine.write_parquet(staged)
    os.replace(staged, path)
    return path.name
