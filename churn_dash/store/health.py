"""Is the workspace sound, what takes its disk, and what to do where something is broken."""

import pathlib
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store import connections
from churn_dash.store.catalogue import Version
from churn_dash.store.dataset import Dataset, derived_name
from churn_dash.store.official import settings_of
from churn_dash.store.versions.publishing import told
from churn_dash.store.versions.recovery import crashed, leftovers, mended, staged, taken_back
from churn_dash.store.versions.tables import Tables, removed
from churn_dash.store.workspace import FOLDERS, FORMAT, Workspace
from churn_dash.words import Text, say

State = Literal["ok", "note", "broken"]


@dataclass(frozen=True)
class Check:
    """One thing looked at: sound, worth a note, or broken; and what to do."""

    name: str
    state: State
    sentence: Text
    advice: Text | None = None


@dataclass(frozen=True)
class Health:
    """Every check, the bytes that each part of the workspace takes, and the bytes free on its disk."""

    checks: tuple[Check, ...]
    disk: dict[str, int]
    free: int

    @property
    def sound(self) -> bool:
        """Whether nothing is broken."""
        return all(c.state != "broken" for c in self.checks)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        checks = [
            {"name": c.name, "state": c.state, "sentence": say(c.sentence, language), "advice": c.advice and say(c.advice, language)}
            for c in self.checks
        ]
        return {"sound": self.sound, "checks": checks, "disk": self.disk, "free": self.free}


def examined(workspace: Workspace) -> Health:
    """Look at everything and change nothing. Every file of every version with rows is opened."""
    checks = [_format(workspace), _lock(workspace), *_catalogue(workspace), *_records(workspace)]
    if all(c.state != "broken" for c in checks):
        kept = [v for v in workspace.versions() if not v.removed]
        seen: dict[pathlib.Path, bool] = {}
        checks += [_rows(workspace, v, seen) for v in kept]
        checks += [_derived(workspace, v) for v in _once(kept)]
        checks += [c for v in kept for c in _aside(workspace, v)]
        checks += _unfinished(workspace)
    disk = {part: _size(workspace.root / part) for part in FOLDERS}
    disk["rest"] = _size(workspace.root) - sum(disk.values())
    return Health(tuple(checks), disk, shutil.disk_usage(workspace.root).free)


def repaired(workspace: Workspace) -> tuple[Text, ...]:
    """Mend what can be mended without other files: take back a load that was killed, restore heads, sweep up, build derived files.

    Returns what was done. Raises ``WorkspaceProblem`` where somebody writes or the disk does not allow it.
    """
    done: list[Text] = []
    with workspace.writing(), told(workspace):
        workspace.upgrade()
        done += [Text(_("Brought {table} back to the served version."), table=name) for name in taken_back(workspace)]
        freed = mended(workspace) + removed(staged(workspace)) + removed(leftovers(workspace))
        if freed:
            done.append(Text(_("Removed what no version names: {size} MB."), size=_megabytes(freed)))
        for version in _once([v for v in workspace.versions() if not v.removed]):
            if _derived(workspace, version).state != "ok":
                connections.close(workspace.root / "derived" / derived_name(version, settings_of(workspace.root)))
                Dataset(workspace.root, version).rebuild()
                done.append(Text(_("Built the derived file of version {version} anew."), version=version.version))
    return tuple(done)


def _format(workspace: Workspace) -> Check:
    return Check("format", "ok", Text(_("The workspace is read by this Churn Dash (format up to {format})."), format=FORMAT))


def _lock(workspace: Workspace) -> Check:
    try:
        with FileLock(workspace.root / "lock", timeout=0):
            return Check("lock", "ok", Text(_("Nobody is loading.")))
    except Timeout:
        return Check("lock", "note", Text(_("Somebody is loading right now; what is below may be theirs.")))
    except OSError:
        return Check("lock", "note", Text(_("The folder cannot be written: it can be read, not loaded into.")))


def _catalogue(workspace: Workspace) -> Iterator[Check]:
    try:
        wrong = workspace.catalogue.damage()
        listed = workspace.versions()
    except WorkspaceProblem as problem:
        wrong, listed = str(problem), []
    if wrong is not None:
        advice = Text(_("Put catalogue.sqlite back from a copy; the rows themselves are in the folder tables."))
        yield Check("catalogue", "broken", Text(_("The catalogue is damaged: {why}"), why=wrong), advice)
    elif not listed:
        yield Check("catalogue", "note", Text(_("Nothing is loaded yet.")), Text(_("Load a file: churn-dash load FILE")))
    else:
        gone = sum(bool(v.removed) for v in listed)
        counted = Text(_("The catalogue lists {n} versions; the rows of {gone} were removed."), n=len(listed), gone=gone)
        yield Check("catalogue", "ok", counted)


def _once(versions: list[Version]) -> list[Version]:
    """One version for each derived file."""
    return list({v.derived: v for v in reversed(versions)}.values())[::-1]


def _rows(workspace: Workspace, version: Version, seen: dict[pathlib.Path, bool]) -> Check:
    """The files of one version; versions share most of theirs, and each is opened once."""
    tables, name = Tables(workspace.root), f"rows of version {version.version}"
    try:
        files = [f for table, at in version.tables.items() for f in tables.files(table, at)]
    except WorkspaceProblem as problem:
        return Check(name, "broken", Text("{why}", why=str(problem)), _back(workspace, version))
    seen |= {f.path: _readable(f.path, f.size, f.n_rows) for f in files if f.path not in seen}
    wrong = [f.path for f in files if not seen[f.path]]
    if wrong:
        told = Text(_("{n} of {all} files are missing or damaged, such as {path}."), n=len(wrong), all=len(files), path=wrong[0])
        return Check(name, "broken", told, _back(workspace, version))
    size = _megabytes(sum(f.size for f in files))
    rows = sum(f.n_rows for f in files)
    return Check(name, "ok", Text(_("{rows} rows in {n} files, {size} MB."), rows=f"{rows:,}", n=len(files), size=size))


def _back(workspace: Workspace, version: Version) -> Text:
    current = workspace.current()
    if current is not None and version.state == current.state:
        return Text(_("Put the folder tables back from a copy, go back with churn-dash undo, or load all files with --mode replace-all."))
    return Text(_("Only this older version is concerned; churn-dash versions --keep N removes old versions."))


def _readable(path: pathlib.Path, size: int, n_rows: int) -> bool:
    """Whether a file is the one that was written, as far as its length, its end and its columns' pages tell."""
    if not path.is_file() or path.stat().st_size != size:
        return False
    try:
        return bool(pq.read_table(path, partitioning=None).num_rows == n_rows)
    except (OSError, pa.ArrowException):
        return False


def _derived(workspace: Workspace, version: Version) -> Check:
    path, name = (
        workspace.root / "derived" / derived_name(version, settings_of(workspace.root)),
        f"derived file of version {version.version}",
    )
    later = Text(_("It is built when somebody asks for it, or by churn-dash doctor --repair."))
    if not path.exists():
        return Check(name, "note", Text(_("It is not there, or was built by an older recipe.")), later)
    try:
        con = connections.opened(path)
        try:
            for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
                con.execute(f'select bit_xor(hash(t)) from "{table}" as t').fetchall()
        finally:
            con.close()
    except (duckdb.Error, OSError) as problem:
        told = Text(_("It is damaged: {why}"), why=str(problem).splitlines()[0])
        return Check(name, "broken", told, Text(_("Build it anew: churn-dash doctor --repair.")))
    return Check(name, "ok", Text(_("It opens and can be read whole, {size} MB."), size=_megabytes(path.stat().st_size)))


def _aside(workspace: Workspace, version: Version) -> Iterator[Check]:
    path = workspace.root / "quarantine" / version.quarantine
    if version.quarantine and not path.is_file():
        name = f"rows set aside by version {version.version}"
        yield Check(name, "note", Text(_("The file is missing: {path}. The numbers are not concerned."), path=path))


def _unfinished(workspace: Workspace) -> Iterator[Check]:
    mend = Text(_("The next load takes it back, or churn-dash doctor --repair does now; the served version is not concerned."))
    if crashed(workspace):
        yield Check("unfinished load", "note", Text(_("A load was begun and did not end.")), mend)
    tables, current = Tables(workspace.root), workspace.current()
    for name, version in (current.tables if current is not None else {}).items():
        head = tables.head(name)
        if head is None or not _same(tables, name, head, version):
            told = Text(_("The newest rows of {table} are not those of the served version."), table=name)
            yield Check(f"head of {name}", "note", told, mend)
    left = [*leftovers(workspace), *staged(workspace)]
    size = sum(_size(p) for p in left)
    sweep = Text(_("Remove them: churn-dash doctor --repair."))
    told = Text(_("{n} files that no version names, {size} MB."), n=len(left), size=_megabytes(size))
    yield Check("leftovers", "note" if left else "ok", told, sweep if left else None)


def _same(tables: Tables, name: str, head: int, version: int) -> bool:
    try:
        return tables.holds(name, head, version)
    except WorkspaceProblem:
        return False


def _records(workspace: Workspace) -> Iterator[Check]:
    path = workspace.root / "records.sqlite"
    if not path.exists():
        return
    try:
        con = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = str(con.execute("pragma integrity_check").fetchall()[0][0])
        finally:
            con.close()
    except sqlite3.Error as problem:
        found = str(problem)
    if found == "ok":
        yield Check("records", "ok", Text(_("What was recorded (mappings, choices) can be read.")))
    else:
        told = Text(_("What was recorded (mappings, choices) is damaged: {why}"), why=found)
        yield Check("records", "broken", told, Text(_("Put records.sqlite back from a copy.")))


def _size(path: pathlib.Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"
