"""Append-only records beside the data: what people decided, under a kind and a name, each change a new version. In SQLite."""

import datetime
import functools
import getpass
import hashlib
import json
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _
from churn_dash.store.stamps import Stamp, sqlite_stamp

_CREATE = """
create table if not exists records (
    kind text not null, name text not null, version integer not null, body text not null, who text not null, made text not null,
    primary key (kind, name, version)
) without rowid
"""
_WAIT_SECONDS = 10


@dataclass(frozen=True)
class Record:
    """One version of what is recorded under a kind and a name. ``version`` counts from 1; ``made`` is ISO 8601 in UTC."""

    kind: str
    name: str
    version: int
    body: Mapping[str, Any]
    who: str
    made: str


def hash_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of what is recorded, in one way of writing it.

    >>> hash_of({"a": 1, "b": 2}) == hash_of({"b": 2, "a": 1}), len(hash_of({}))
    (True, 64)
    """
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Records:
    """The records of a workspace. Nothing is changed or deleted; a crash leaves a record whole or not there."""

    def __init__(self, root: pathlib.Path) -> None:
        self.path = root / "records.sqlite"

    def add(self, kind: str, name: str, body: Mapping[str, Any], who: str | None = None) -> Record:
        """Record a new version; ``body`` must be what JSON can write. Raises WorkspaceProblem where it cannot be written."""
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        made, by = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), who or getpass.getuser()
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)) as con:
                con.execute("pragma synchronous=full")
                con.execute(_CREATE)
                con.execute("begin immediate")
                last = con.execute("select coalesce(max(version), 0) from records where kind = ? and name = ?", (kind, name)).fetchone()[0]
                con.execute("insert into records values (?, ?, ?, ?, ?, ?)", (kind, name, last + 1, text, by, made))
                con.execute("commit")
        except sqlite3.Error as problem:
            raise self._unwritable() from problem
        return Record(kind, name, last + 1, json.loads(text), by, made)

    def writable(self) -> None:
        """Raise WorkspaceProblem where nothing can be recorded now: asked before something is done that must not go unrecorded."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)) as con:
                con.execute("begin immediate")
                con.execute(_CREATE)
                con.execute("rollback")
        except sqlite3.Error as problem:
            raise self._unwritable() from problem

    def latest(self, kind: str, name: str) -> Record | None:
        """The newest version; None where nothing is recorded."""
        return next(iter(self._read("where kind = ? and name = ? order by version desc limit 1", (kind, name))), None)

    def history(self, kind: str, name: str) -> list[Record]:
        """Every version, newest first."""
        return self._read("where kind = ? and name = ? order by version desc", (kind, name))

    def all(self, kind: str) -> list[Record]:
        """The newest version of every name of a kind, by name."""
        newest = "where kind = ? and version = (select max(version) from records r where r.kind = records.kind and r.name = records.name)"
        return self._read(f"{newest} order by name", (kind,))

    @property
    def stamp(self) -> tuple[int, int, int]:
        """Changes with every record, and is read without opening the database. Zeros before the first record."""
        return sqlite_stamp(self.path)

    def _read(self, where: str, values: tuple[str, ...]) -> list[Record]:
        stamp = self.stamp
        return list(_known(self.path.parent, stamp, where, values) if any(stamp) else self._asked(where, values))

    def _asked(self, where: str, values: tuple[str, ...]) -> list[Record]:
        with self._reading() as con:
            if con is None or con.execute("select 1 from sqlite_master where name = 'records'").fetchone() is None:
                return []
            rows = con.execute(f"select kind, name, version, body, who, made from records {where}", values).fetchall()
        try:
            return [Record(kind, name, version, json.loads(body), who, made) for kind, name, version, body, who, made in rows]
        except ValueError as problem:
            raise self._unreadable() from problem

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        try:
            # Not mode=ro: a reader must be able to roll back what a killed writer left. Where nobody may write, SQLite reads anyway.
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS)) as con:
                yield con
        except sqlite3.Error as problem:
            raise self._unreadable() from problem

    @contextmanager
    def understood(self, record: Record) -> Iterator[None]:
        """Read a body in here: where it is not as it was written, because somebody edited the file, WorkspaceProblem says so."""
        try:
            yield
        except (AttributeError, LookupError, TypeError, ValueError) as problem:
            raise WorkspaceProblem(
                _("Record {number} of {kind} cannot be understood: it was changed by hand in {path}. Put the file back from a copy."),
                number=record.version,
                kind=record.kind,
                path=self.path,
            ) from problem

    def _unwritable(self) -> WorkspaceProblem:
        return WorkspaceProblem(
            _("The records of the workspace cannot be written: {path}. Is the folder read-only, or the disk full?"), path=self.path
        )

    def _unreadable(self) -> WorkspaceProblem:
        return WorkspaceProblem(
            _("The records of the workspace cannot be read: {path} is damaged. Put it back from a copy, or move it away."), path=self.path
        )


@functools.lru_cache(maxsize=512)
def _known(root: pathlib.Path, _stamp: Stamp, where: str, values: tuple[str, ...]) -> tuple[Record, ...]:
    """What is recorded, as long as the file is the same: a page asks for the same records many times over."""
    return tuple(Records(root)._asked(where, values))
