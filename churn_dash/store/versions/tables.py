"""The rows of each table, as versions of a Delta table."""

import pathlib
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from churn_dash.contract import TABLES
from churn_dash.errors import WorkspaceProblem
from churn_dash.marks import _


class Tables:
    """Delta tables under ``tables/``: one folder a table, those with a month partitioned by it."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root / "tables"

    def _path(self, name: str) -> str:
        return str(self.root / name)

    @contextmanager
    def _intact(self, name: str) -> Iterator[None]:
        """Raise ``WorkspaceProblem`` where files of the table were deleted or damaged."""
        try:
            yield
        except PermissionError:
            raise
        except (DeltaError, OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
            raise WorkspaceProblem(
                _(
                    "The published rows of {table} cannot be read: files in {path} are missing or damaged. "
                    "Put the folder back from a copy, or load all files again with --mode replace-all."
                ),
                table=name,
                path=self._path(name),
            ) from problem

    def head(self, name: str) -> int | None:
        """The newest Delta version of the table; None where there is none."""
        return int(DeltaTable(self._path(name)).version()) if DeltaTable.is_deltatable(self._path(name)) else None

    def restore(self, name: str, version: int) -> None:
        """Bring the head back to ``version``: what a load that crashed had written is undone."""
        with self._intact(name):
            if self.head(name) != version:
                DeltaTable(self._path(name)).restore(version)

    def read(self, name: str, version: int) -> pl.DataFrame:
        """All rows of one version, in the order of key and month."""
        with self._intact(name):
            frame = pl.read_delta(self._path(name), version=version)
        return frame.sort([c for c in ("month", *TABLES[name].key) if c in frame.columns])

    def write(self, name: str, frame: pl.DataFrame, mode: str) -> int:
        """Append (``append``) or replace everything (``overwrite``); returns the new Delta version."""
        write_deltalake(
            self._path(name),
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
            mode="overwrite" if mode == "overwrite" else "append",
            schema_mode="overwrite" if mode == "overwrite" else "merge",
            partition_by=["month"] if TABLES[name].has_month else None,
            writer_properties=_properties(name, frame),
        )
        return int(DeltaTable(self._path(name)).version())

    def replace_months(self, name: str, frame: pl.DataFrame) -> int:
        """Replace exactly the months that ``frame`` holds."""
        months = ", ".join(f"'{m}'" for m in frame["month"].unique().sort())
        write_deltalake(
            self._path(name),
            frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
            mode="overwrite",
            schema_mode="merge",
            predicate=f"month in ({months})",
            writer_properties=_properties(name, frame),
        )
        return int(DeltaTable(self._path(name)).version())


def _properties(name: str, frame: pl.DataFrame) -> WriterProperties:
    """How Parquet is written: a dictionary of amounts or ids finds no repeats and costs two thirds of the writing."""
    plain = ColumnProperties(dictionary_enabled=False)
    columns = {c: plain for c, t in frame.schema.items() if t.is_float() or c in TABLES[name].key}
    return WriterProperties(compression="LZ4_RAW", column_properties=columns)
