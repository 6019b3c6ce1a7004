"""What a change would do to the published rows, to be looked at before it is published."""

import datetime
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.findings import Finding
from churn_dash.store import connections
from churn_dash.store.catalogue import Version
from churn_dash.store.dataset import Dataset
from churn_dash.store.versions.merging import agreed, statuses
from churn_dash.store.versions.planning import Change
from churn_dash.store.versions.publishing import Prepared
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import Workspace, now, who
from churn_dash.words import Text, say


@dataclass(frozen=True)
class RowsOf:
    """Rows of one table, of one month where it has months.

    ``n_new`` are added, ``n_changed`` get other values, ``n_repeated`` are there already, ``n_conflict`` are set aside because they
    are there with other values, ``n_gone`` are there and will not be. ``n_before`` and ``n_after`` are all rows.
    """

    table: str
    month: datetime.date | None
    n_before: int
    n_after: int
    n_new: int = 0
    n_changed: int = 0
    n_repeated: int = 0
    n_conflict: int = 0
    n_gone: int = 0


@dataclass(frozen=True)
class ColumnOf:
    """A column that comes, goes, or holds another kind of values; ``before`` and ``after`` are types, None where there is none."""

    table: str
    column: str
    label: str
    what: Literal["new", "gone", "changed"]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Comparison:
    """What publishing would change. ``customers_new`` and ``customers_gone`` are customer numbers that only one of both states holds."""

    version: int
    changes: bool
    seen: int
    rows: tuple[RowsOf, ...]
    columns: tuple[ColumnOf, ...]
    customers_before: int
    customers_after: int
    customers_new: int
    customers_gone: int
    warnings: tuple[Text, ...]
    findings: tuple[Finding, ...] = ()

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "version": self.version,
            "changes": self.changes,
            "loaded_before_as": self.seen or None,
            "rows": [asdict(r) | {"month": r.month and f"{r.month:%Y-%m}"} for r in self.rows],
            "columns": [asdict(c) for c in self.columns],
            "customers": {
                "before": self.customers_before,
                "after": self.customers_after,
                "new": self.customers_new,
                "gone": self.customers_gone,
            },
            "warnings": [say(w, language) for w in self.warnings],
            "findings": [f.as_json(language) for f in self.findings],
        }


def compare(workspace: Workspace, change: Change) -> Comparison:
    """A planned change beside what is published; only tables and months that it touches are listed."""
    tables = Tables(workspace.root)
    published = dict(change.base.tables) if change.base is not None else {}
    rows: list[RowsOf] = []
    for name in (*change.merges, *(n for n in published if n not in change.frames)):
        rows += _rows(tables, name, published.get(name), change)
    before, after = _customers(workspace, change.base), _customers_after(workspace, change)
    new, gone = after.join(before, on="customer_id", how="anti"), before.join(after, on="customer_id", how="anti")
    return Comparison(
        version=change.number,
        changes=change.changes,
        seen=change.seen,
        rows=tuple(rows),
        columns=tuple(_columns(tables, published, change)),
        customers_before=len(before),
        customers_after=len(after),
        customers_new=len(new),
        customers_gone=len(gone),
        warnings=change.warnings,
        findings=change.findings,
    )


def planned(workspace: Workspace, prepared: Prepared) -> Dataset:
    """The data as they would be published, to be read like a published version."""
    return _Planned(workspace.root, prepared)


class _Planned(Dataset):
    def __init__(self, root: pathlib.Path, prepared: Prepared) -> None:
        change = prepared.change
        base = change.base
        info = Version(
            version=change.number,
            created=now(),
            who=who(),
            mode=change.mode,
            files=change.extract.files,
            content_hash=change.extract.content_hash,
            shape=change.shape,
            tables={},
            attributes=change.attributes,
            derived=prepared.path.stem,
            counts=asdict(change.counts),
            state=change.number,
            parent=base.state if base is not None else 0,
        )
        super().__init__(root, replace(info, tables=dict.fromkeys(change.frames, 0)))
        self._path, self._frames = prepared.path, change.frames

    def table(self, name: str) -> pl.DataFrame | None:
        return self._frames.get(name)

    def rebuild(self, progress: Callable[[Text, float], None] | None = None) -> None:
        raise FileNotFoundError(self._path)

    def close(self) -> None:
        """Let go of the file."""
        connections.close(self._path)


def _rows(tables: Tables, name: str, version: int | None, change: Change) -> list[RowsOf]:
    table, merge = TABLES[name], change.merges.get(name)
    by = ["month"] if table.has_month else []
    before = _counted(None if version is None else _before(tables, name, version), by)
    if merge is None:
        return [RowsOf(name, r.get("month"), r["n"], 0, n_gone=r["n"]) for r in before.iter_rows(named=True)]
    new = change.extract.tables[name]
    touched = None if not by or change.mode == "replace-all" else set(new["month"].unique())
    old = None if version is None else change.old[name] if name in change.old else tables.read(name, version, touched)
    if old is not None and touched is not None:
        old = old.filter(pl.col("month").is_in(list(touched)))
    status = _statuses(old, new, list(table.key))
    listed = pl.DataFrame([*new.select(by).iter_columns(), status.alias("status")]).group_by([*by, "status"]).len("n")
    whole = merge.write == "overwrite" and (change.mode == "replace-all" or change.extract.numbered)
    replaced = whole or (table.has_month and change.mode == "replace-months")
    gone = _counted(old.join(new, on=list(table.key), how="anti") if old is not None and replaced else None, by)
    conflicts = _counted(merge.conflicts, by)
    found = []
    months = sorted(set(new["month"]) | (set(gone["month"]) if len(gone) else set())) if by else [None]
    for month in months:
        n = {r["status"]: r["n"] for r in listed.iter_rows(named=True) if r.get("month") == month}
        n_before, n_gone, n_conflict = _of(before, month), _of(gone, month), _of(conflicts, month)
        n_new = n.get("new", 0)
        found.append(
            RowsOf(
                name,
                month,
                n_before,
                n_before + n_new - n_gone,
                n_new=n_new,
                n_changed=n.get("changed", 0) - n_conflict,
                n_repeated=n.get("repeated", 0),
                n_conflict=n_conflict,
                n_gone=n_gone,
            )
        )
    return found


def _before(tables: Tables, name: str, version: int) -> pl.DataFrame:
    """Rows by month (month, n), or in all (n), without reading them."""
    if TABLES[name].has_month:
        return tables.months(name, version)
    return pl.DataFrame({"n": [sum(f.n_rows for f in tables.files(name, version))]}, schema={"n": pl.Int64})


def _counted(rows: pl.DataFrame | None, by: list[str]) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema=dict.fromkeys(by, pl.Date) | {"n": pl.Int64})
    if "n" in rows.columns:
        return rows
    return rows.group_by(by).agg(pl.len().cast(pl.Int64).alias("n")) if by else pl.DataFrame({"n": [len(rows)]}, schema={"n": pl.Int64})


def _of(counts: pl.DataFrame, month: datetime.date | None) -> int:
    found = counts if month is None else counts.filter(pl.col("month") == month)
    return int(found["n"].sum())


def _statuses(old: pl.DataFrame | None, new: pl.DataFrame, key: list[str]) -> pl.Series:
    if old is None:
        return pl.Series(["new"] * len(new), dtype=pl.String)
    a, b = agreed(old, new)
    return statuses(a, b, key)


def _columns(tables: Tables, published: Mapping[str, int], change: Change) -> list[ColumnOf]:
    base = change.base
    labels = {(a.table, a.column): a.label for a in (*(base.attributes if base else ()), *change.attributes)}
    found = []
    for name in change.merges:
        before = tables.schema(name, published[name]) if name in published else pl.Schema()
        after = change.schemas[name]
        if name not in published:
            continue
        for column in (*after, *(c for c in before if c not in after)):
            was, will = before.get(column), after.get(column)
            if was != will:
                what: Literal["new", "gone", "changed"] = "new" if was is None else "gone" if will is None else "changed"
                label = labels.get((name, column), column)
                found.append(ColumnOf(name, column, label, what, _named(was), _named(will)))
    return found


def _named(dtype: pl.DataType | None) -> str | None:
    return None if dtype is None else str(dtype)


_PEOPLE = ("customer_month", "cross_section", "customers")


def _customers(workspace: Workspace, base: Version | None) -> pl.DataFrame:
    """The customer numbers of a version; of the first table that tells them."""
    for name in _PEOPLE if base is not None else ():
        if base is not None and name in base.tables:
            return _numbers(Tables(workspace.root).scan(name, base.tables[name]))
    return pl.DataFrame(schema={"customer_id": pl.String})


def _customers_after(workspace: Workspace, change: Change) -> pl.DataFrame:
    name = next((n for n in _PEOPLE if n in change.frames), None)
    if name is None:
        return pl.DataFrame(schema={"customer_id": pl.String})
    version, merge, tables = change.published.get(name), change.merges.get(name), Tables(workspace.root)
    if merge is not None and (merge.write == "overwrite" or version is None):
        return _numbers(merge.rows.lazy())
    assert version is not None
    if merge is None or merge.write == "none":
        return _numbers(tables.scan(name, version))
    months = set(tables.months(name, version)["month"])
    if merge.write == "months":
        months -= set(merge.rows["month"].unique())
    parts = [f.select("customer_id") for f in (tables.scan(name, version, months), merge.rows.lazy())]
    return _numbers(pl.concat(parts))


def _numbers(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.select("customer_id").unique().collect()
