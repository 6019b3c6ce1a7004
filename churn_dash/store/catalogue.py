"""The list of published versions, in SQLite: who did what when. Rows are added, never changed; the newest is what is served."""

import functools
import json
import os
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from churn_dash.contract.attributes import Attribute
from churn_dash.errors import WorkspaceProblem
from churn_dash.intake.source import Closed
from churn_dash.marks import _
from churn_dash.store.stamps import Stamp, sqlite_stamp

Kind = Literal["load", "undo", "redo"]
CATALOGUE = "catalogue.sqlite"
"""Its file in a workspace."""
_CREATE = (
    "create table if not exists versions (version integer primary key, body text not null)",
    "create table if not exists removed (version integer primary key, removed text not null)",
)
_LARGEST = 2**63 - 1
"""What SQLite can hold."""


@dataclass(frozen=True)
class Version:
    """One published state of all tables: which Delta version of each, where from, and what is derived from it.

    A load makes a state of its own. An undo or redo serves an earlier load's state again: ``state`` is the version of that load,
    ``undone`` the version whose load was undone or redone. ``parent`` is the state upon which the load was built, 0 for none.
    ``sources`` are the files with the SHA-256 of their bytes, ``options`` what was said of them (mapping, encoding, …).
    ``closed`` is what was said becomes of customers who leave. ``removed`` says when the rows of an old version were deleted; its
    entry stays.
    """

    version: int
    created: str
    who: str
    mode: str
    files: tuple[str, ...]
    content_hash: str
    shape: str
    tables: Mapping[str, int]
    attributes: tuple[Attribute, ...]
    derived: str
    counts: Mapping[str, int]
    warnings: tuple[str, ...] = ()
    quarantine: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = "load"
    state: int = 0
    parent: int = 0
    undone: int = 0
    sources: tuple[tuple[str, str], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    recipe: int = 2
    removed: str = ""
    closed: Closed | None = None


class Catalogue:
    """Append-only versions; the newest row is what readers see."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    @contextmanager
    def _rows(self, write: bool = False) -> Iterator[sqlite3.Connection | None]:
        if not write and not self.path.exists():
            yield None
            return
        try:
            con = sqlite3.connect(self.path) if write else sqlite3.connect(f"{self.path.absolute().as_uri()}?mode={self._mode()}", uri=True)
        except sqlite3.Error as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be opened: {path}."), path=self.path) from problem
        try:
            if write:
                con.execute("pragma journal_mode=delete")
                for statement in _CREATE:
                    con.execute(statement)
            yield con
            con.commit()
        except sqlite3.Error as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be used: {path}."), path=self.path) from problem
        finally:
            con.close()

    def _mode(self) -> str:
        """Read-only, except after a crash: what it left half-written can only be taken back by who may write."""
        crashed = self.path.with_name(f"{self.path.name}-journal").exists()
        return "rw" if crashed and os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK) else "ro"

    def add(self, version: Version) -> None:
        body = asdict(version)
        del body["removed"]
        with self._rows(write=True) as con:
            assert con is not None
            con.execute("insert into versions values (?, ?)", (version.version, json.dumps(body, ensure_ascii=False, default=str)))

    def remove(self, versions: Sequence[int], when: str) -> None:
        """Note that the rows of these versions are deleted; their entries stay."""
        with self._rows(write=True) as con:
            assert con is not None
            con.executemany("insert or ignore into removed values (?, ?)", [(v, when) for v in versions])

    def versions(self) -> list[Version]:
        """Every version, newest first."""
        return self._read("order by version desc", ())

    def version(self, number: int) -> Version | None:
        return next(iter(self._read("where version = ?", (number,))), None)

    def current(self) -> Version | None:
        return next(iter(self._read("order by version desc limit 1", ())), None)

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file; None where it is sound."""
        with self._rows() as con:
            found = "ok" if con is None else str(con.execute("pragma integrity_check").fetchall()[0][0])
        return None if found == "ok" else found

    def _read(self, clause: str, values: tuple[int, ...]) -> list[Version]:
        if any(abs(v) > _LARGEST for v in values):
            return []
        stamp = sqlite_stamp(self.path)
        return list(_known(self.path, stamp, clause, values) if any(stamp) else self._asked(clause, values))

    def _asked(self, clause: str, values: tuple[int, ...]) -> list[Version]:
        with self._rows() as con:
            if con is None:
                return []
            bodies = [body for (body,) in con.execute(f"select body from versions {clause}", values).fetchall()]
            kept = con.execute("select 1 from sqlite_master where name = 'removed'").fetchall()
            removed = dict(con.execute("select version, removed from removed").fetchall()) if kept else {}
        try:
            return [_version(json.loads(body), removed) for body in bodies]
        except (ValueError, KeyError, TypeError) as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be used: {path}."), path=self.path) from problem


@functools.lru_cache(maxsize=64)
def _known(path: pathlib.Path, _stamp: Stamp, clause: str, values: tuple[int, ...]) -> tuple[Version, ...]:
    """What is listed, as long as the file is the same."""
    return tuple(Catalogue(path)._asked(clause, values))


def _version(body: dict[str, Any], removed: Mapping[int, str]) -> Version:
    """The version that was written, also by format 1: there every row was a load upon the row before."""
    number = body["version"]
    body = {"state": number, "parent": number - 1, "sources": ()} | body
    body["attributes"] = tuple(Attribute(**a) for a in body["attributes"])
    body["files"], body["warnings"] = tuple(body["files"]), tuple(body["warnings"])
    body["sources"] = tuple((name, digest) for name, digest in body["sources"])
    return Version(**body, removed=removed.get(number, ""))
