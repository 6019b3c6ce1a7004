"""The list of published versions, in SQLite."""

import json
import pathlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from churn_dash.contract.attributes import Attribute
from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _

_CREATE = "create table if not exists versions (version integer primary key, body text not null)"


@dataclass(frozen=True)
class Version:
    """One published state of all tables: which Delta version of each, where from, and what is derived from it."""

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
            con = sqlite3.connect(self.path) if write else sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        except sqlite3.Error as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be opened: {path}."), path=self.path) from problem
        try:
            if write:
                con.execute("pragma journal_mode=delete")
                con.execute(_CREATE)
            yield con
            con.commit()
        except sqlite3.Error as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be used: {path}."), path=self.path) from problem
        finally:
            con.close()

    def add(self, version: Version) -> None:
        with self._rows(write=True) as con:
            assert con is not None
            con.execute("insert into versions values (?, ?)", (version.version, json.dumps(asdict(version), ensure_ascii=False)))

    def versions(self) -> list[Version]:
        return self._read("select body from versions order by version desc", ())

    def version(self, number: int) -> Version | None:
        return next(iter(self._read("select body from versions where version = ?", (number,))), None)

    def current(self) -> Version | None:
        return next(iter(self._read("select body from versions order by version desc limit 1", ())), None)

    def _read(self, sql: str, values: tuple[int, ...]) -> list[Version]:
        with self._rows() as con:
            bodies = [] if con is None else [body for (body,) in con.execute(sql, values).fetchall()]
        try:
            return [_version(json.loads(body)) for body in bodies]
        except (ValueError, KeyError, TypeError) as problem:
            raise WorkspaceProblem(_("The catalogue of the workspace cannot be used: {path}."), path=self.path) from problem


def _version(body: dict[str, Any]) -> Version:
    body["attributes"] = tuple(Attribute(**a) for a in body["attributes"])
    body["files"], body["warnings"] = tuple(body["files"]), tuple(body["warnings"])
    return Version(**body)
