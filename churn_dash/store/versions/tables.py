"""The rows of each table, as versions of a Delta table."""

import datetime
import pathlib
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from churn_dash.contract import TABLES
from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _

_KEPT = {"delta.enableExpiredLogCleanup": "false"}
"""Without it the library forgets versions after thirty days."""


@dataclass(frozen=True)
class File:
    """A file of a version: where, how long, how many rows, and the month that they are of."""

    path: pathlib.Path
    size: int
    n_rows: int
    month: datetime.date | None


class Tables:
    """Delta tables under ``tables/``: one folder a table, those with a month partitioned by it."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root / "tables"
        self._known: dict[tuple[str, int], DeltaTable] = {}

    def _path(self, name: str) -> str:
        return str(self.root / name)

    def _at(self, name: str, version: int) -> DeltaTable:
        if (name, version) not in self._known:
            self._known[name, version] = DeltaTable(self._path(name), version=version)
        return self._known[name, version]

    @contextmanager
    def _intact(self, name: str) -> Iterator[None]:
        """Raise ``WorkspaceProblem`` where files of the table were deleted or damaged."""
        try:
            yield
        except PermissionError:
            raise
        except (DeltaError, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
            raise self._damaged(name) from problem

    def _damaged(self, name: str) -> WorkspaceProblem:
        return WorkspaceProblem(
            _(
                "The published rows of {table} cannot be read: files in {path} are missing or damaged. "
                "Put the folder back from a copy, or load all files again with --mode replace-all."
            ),
            table=name,
            path=self._path(name),
        )

    def names(self) -> list[str]:
        """The tables that have a folder here."""
        return sorted(p.name for p in self.root.iterdir() if (p / "_delta_log").is_dir()) if self.root.is_dir() else []

    def head(self, name: str) -> int | None:
        """The newest Delta version of the table; None where there is none."""
        return int(DeltaTable(self._path(name)).version()) if DeltaTable.is_deltatable(self._path(name)) else None

    def restore(self, name: str, version: int) -> int:
        """Bring the head back to what ``version`` held; returns the head's number, a new one where it was another."""
        with self._intact(name):
            head = self.head(name)
            if head is not None and self.holds(name, head, version):
                return head
            DeltaTable(self._path(name)).restore(version)
            return int(DeltaTable(self._path(name)).version())

    def holds(self, name: str, head: int, version: int) -> bool:
        """Whether one version holds just what another does, as after a restore."""
        if head == version:
            return True
        same_files = {f.path for f in self.files(name, head)} == {f.path for f in self.files(name, version)}
        return same_files and self.schema(name, head) == self.schema(name, version)

    def files(self, name: str, version: int) -> list[File]:
        """The files that hold the rows of one version, by month. PLATFORM 0.8: never by their percent-encoded addresses."""
        with self._intact(name):
            listed = pl.DataFrame(pa.table(self._at(name, version).get_add_actions(flatten=True)))
        month = "partition.month" if "partition.month" in listed.columns else None
        found = [
            File(self.root / name / row["path"], row["size_bytes"], row["num_records"] or 0, row[month] if month else None)
            for row in listed.iter_rows(named=True)
        ]
        return sorted(found, key=lambda f: (f.month or datetime.date.min, f.path))

    def schema(self, name: str, version: int) -> pl.Schema:
        """Columns and types of one version."""
        with self._intact(name):
            arrow = pa.schema(self._at(name, version).schema().to_arrow())
        return pl.DataFrame(arrow.empty_table()).schema

    def months(self, name: str, version: int) -> pl.DataFrame:
        """Rows by month of one version (month, n), without reading them."""
        files = self.files(name, version)
        rows = pl.DataFrame({"month": [f.month for f in files], "n": [f.n_rows for f in files]}, schema={"month": pl.Date, "n": pl.Int64})
        return rows.group_by("month").agg(pl.col("n").sum()).sort("month")

    def scan(self, name: str, version: int, months: Collection[datetime.date] | None = None) -> pl.LazyFrame:
        """One version, or those of its months that are asked for: files of other months are not opened."""
        schema = self.schema(name, version)
        files = [f for f in self.files(name, version) if months is None or f.month in months]
        for file in files:
            if not file.path.is_file() or file.path.stat().st_size != file.size:
                raise self._damaged(name)
        if not files:
            return pl.LazyFrame(schema=schema)
        by_month = "month" in schema and files[0].month is not None
        return pl.scan_parquet(
            [f.path for f in files],
            schema=schema,
            hive_schema={"month": pl.Date} if by_month else None,
            hive_partitioning=by_month,
            missing_columns="insert",
            glob=False,
        ).select(schema.names())

    def read(self, name: str, version: int, months: Collection[datetime.date] | None = None) -> pl.DataFrame:
        """The rows of one version, or of some of its months, in the order of key and month."""
        with self._intact(name):
            frame = self.scan(name, version, months).collect()
        return frame.sort([c for c in ("month", *TABLES[name].key) if c in frame.columns])

    def columns(self, name: str, version: int, wanted: Collection[str]) -> pl.DataFrame:
        """Some columns of one version, those that it holds, in no particular order of rows: the others are not read."""
        with self._intact(name):
            scan = self.scan(name, version)
            held = self.schema(name, version)
            return scan.select(c for c in wanted if c in held).collect()

    def write(self, name: str, frame: pl.DataFrame, mode: str) -> int:
        """Append (``append``) or replace everything (``overwrite``); returns the new Delta version."""
        self._keep_log(name)
        write_deltalake(
            self._path(name),
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
            mode="overwrite" if mode == "overwrite" else "append",
            schema_mode="overwrite" if mode == "overwrite" else "merge",
            partition_by=["month"] if TABLES[name].has_month else None,
            configuration=_KEPT,
            writer_properties=_properties(name, frame),
        )
        return int(DeltaTable(self._path(name)).version())

    def replace_months(self, name: str, frame: pl.DataFrame) -> int:
        """Replace exactly the months that ``frame`` holds."""
        months = ", ".join(f"'{m}'" for m in frame["month"].unique().sort())
        self._keep_log(name)
        write_deltalake(
            self._path(name),
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
            mode="overwrite",
            schema_mode="merge",
            predicate=f"month in ({months})",
            writer_properties=_properties(name, frame),
        )
        return int(DeltaTable(self._path(name)).version())

    def _keep_log(self, name: str) -> None:
        """A table of an older Churn Dash learns to keep the log of all its versions."""
        if DeltaTable.is_deltatable(self._path(name)):
            table = DeltaTable(self._path(name))
            if not _KEPT.items() <= table.metadata().configuration.items():
                table.alter.set_table_properties(_KEPT)

    def unnamed(self, kept: Iterable[tuple[str, int]]) -> list[pathlib.Path]:
        """Files of rows that none of the kept (table, Delta version) pairs names; of a table that cannot be read, none."""
        named: dict[str, set[pathlib.Path]] = {name: set() for name in self.names()}
        for name, version in sorted(set(kept)):
            try:
                if name in named:
                    named[name] |= {f.path for f in self.files(name, version)}
            except WorkspaceProblem:
                del named[name]
        found: list[pathlib.Path] = []
        for name, files in named.items():
            log = self.root / name / "_delta_log"
            found += [p for p in (self.root / name).rglob("*.parquet") if log not in p.parents and p not in files]
            found += log.glob("*.tmp")
        return sorted(found)


def removed(files: Iterable[pathlib.Path]) -> int:
    """Delete files and folders; returns the bytes that they took."""
    total = 0
    for path in files:
        if path.is_dir():
            total += sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
            shutil.rmtree(path)
        else:
            total += path.stat().st_size
            path.unlink()
    return total


def _properties(name: str, frame: pl.DataFrame) -> WriterProperties:
    """How Parquet is written: a dictionary of amounts or ids finds no repeats and costs two thirds of the writing."""
    plain = ColumnProperties(dictionary_enabled=False)
    columns = {c: plain for c, t in frame.schema.items() if t.is_float() or c in TABLES[name].key}
    return WriterProperties(compression="LZ4_RAW", column_properties=columns)
