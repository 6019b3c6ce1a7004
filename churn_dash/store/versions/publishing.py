"""From an extract that was read and checked to a published version. Nothing is half-loaded."""

import dataclasses
import datetime
import getpass
import json
import os
import pathlib
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl
from deltalake.exceptions import DeltaError

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute, Kind
from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.intake import Extract, monthly_warnings
from churn_dash.marks import _
from churn_dash.store.catalogue import Version
from churn_dash.store.derive import derived
from churn_dash.store.derive.extending import extend
from churn_dash.store.versions.merging import MODES, Merge, merge
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import Workspace
from churn_dash.words import Count, Month, Text, say

Progress = Callable[[Text, float], None]
_ROOM = 4
"""Free disk wanted, as a multiple of the rows in memory."""
_MOST_MONTHS = 600
"""From the first month to the last: more is a mistyped year."""


@dataclass(frozen=True)
class Loaded:
    """What a load did, in rows of the file. rows_in = rows_good + rows_quarantined + rows_repeated."""

    version: int
    published: bool
    rows_in: int
    rows_good: int
    rows_quarantined: int
    rows_repeated: int
    rows_updated: int
    warnings: tuple[Text, ...]
    quarantine: pl.DataFrame

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
            "warnings": [say(w, language) for w in self.warnings],
        }


def publish(workspace: Workspace, extract: Extract, mode: str = "append", progress: Progress | None = None) -> Loaded:
    """Publish an extract as the next version; the version before it is served until the last step.

    Raises ``BadInput`` for an unknown mode or a shape that does not fit what is published, ``WorkspaceProblem`` where the
    workspace cannot be written. A load that changes nothing publishes nothing.
    """
    if mode not in MODES:
        raise BadInput(_("There is no mode {mode}; use append, replace-months or replace-all."), mode=mode)
    with workspace.writing():
        current = workspace.current()
        _fits(extract, current, mode)
        size = sum(int(f.estimated_size()) for f in extract.tables.values())
        if shutil.disk_usage(workspace.root).free < _ROOM * size:
            raise WorkspaceProblem(_("The disk of {path} is nearly full; nothing was changed."), path=workspace.root)
        try:
            return _published(workspace, current, extract, mode, progress or (lambda text, share: None))
        except PermissionError as problem:
            raise WorkspaceProblem(_("The workspace {path} is read-only; nothing was changed."), path=workspace.root) from problem
        except (OSError, DeltaError, duckdb.Error) as problem:
            raise WorkspaceProblem(
                _("The workspace {path} cannot be written, and nothing was changed: {why}"),
                path=workspace.root,
                why=str(problem).splitlines()[0],
            ) from problem


def _fits(extract: Extract, current: Version | None, mode: str) -> None:
    shapes = {"cross_section"} if "cross_section" in extract.tables else {"panel", "empty"}
    if current is not None and mode != "replace-all" and current.shape not in shapes:
        raise BadInput(
            _(
                "This workspace holds {there}, and the file is {here}. "
                "Load it into a workspace of its own, or replace everything with --mode replace-all."
            ),
            there=_("one row a customer") if current.shape == "cross_section" else _("one row a customer a month"),
            here=_("one row a customer") if "cross_section" in extract.tables else _("one row a customer a month"),
        )


def _published(workspace: Workspace, current: Version | None, extract: Extract, mode: str, progress: Progress) -> Loaded:
    tables = Tables(workspace.root)
    known = dict(current.tables) if current is not None and mode != "replace-all" else {}
    workspace.tidy()
    for name, version in known.items():
        tables.restore(name, version)
    numbered = bool(getattr(extract, "numbered", False))
    frames: dict[str, pl.DataFrame] = {name: tables.read(name, v) for name, v in known.items() if name not in extract.tables}
    merges: dict[str, Merge] = {}
    before: dict[str, pl.DataFrame] = {}
    for name, rows in extract.tables.items():
        old = tables.read(name, known[name]) if name in known and not numbered else None
        if old is not None:
            before[name] = old
        merges[name] = merge(TABLES[name], old, rows, mode)
        if numbered and name in known and _same_rows(tables.read(name, known[name]), rows):
            merges[name] = Merge(rows, "none", 0, 0, len(rows), rows.clear())
        change = merges[name]
        frames[name] = change.rows if change.write == "overwrite" or old is None else _after(old, change)
    _spanned(frames)
    counted = _counted(extract, merges)
    quarantine = _with_conflicts(extract, merges)
    warnings = tuple(dict.fromkeys((*extract.warnings, *_findings(extract, merges, before, frames))))
    if current is not None and all(m.write == "none" for m in merges.values()):
        return Loaded(current.version, False, *counted, warnings, quarantine)
    progress(Text(_("Writing the rows")), 0.45)
    attributes = _attributes(current if mode != "replace-all" else None, extract, frames)
    shape = "cross_section" if "cross_section" in frames else "panel" if "customer_month" in frames else "empty"
    staged = workspace.root / "staging" / f"{uuid.uuid4().hex}.duckdb"
    # The rows are written beside the derived file: most of either is waiting for the other core.
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(_written, tables, merges)
        if not _extended(workspace, current, staged, merges, frames, before, attributes):
            derived.build(staged, shape, frames, attributes, progress)
        known |= writing.result()
    name = derived.name_of(known, json.dumps([extract.content_hash, shape]))
    os.replace(staged, derived.path_of(workspace.root, name))
    number = (current.version if current is not None else 0) + 1
    kept = _kept_quarantine(workspace, number, extract, quarantine)
    workspace.catalogue.add(
        Version(
            version=number,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            who=getpass.getuser(),
            mode=mode,
            files=extract.files,
            content_hash=extract.content_hash,
            shape=shape,
            tables=known,
            attributes=attributes,
            derived=name,
            counts=dict(zip(("rows_in", "rows_good", "rows_quarantined", "rows_repeated", "rows_updated"), counted, strict=True)),
            warnings=tuple(say(w) for w in warnings),
            quarantine=kept,
        )
    )
    progress(Text(_("Published as version {n}"), n=number), 1.0)
    return Loaded(number, True, *counted, warnings, quarantine)


def _extended(
    workspace: Workspace,
    current: Version | None,
    staged: pathlib.Path,
    merges: Mapping[str, Merge],
    frames: Mapping[str, pl.DataFrame],
    before: Mapping[str, pl.DataFrame],
    attributes: tuple[Attribute, ...],
) -> bool:
    """Derive from the version before where months were only appended; False where everything is to be built."""
    change = merges.get("customer_month")
    if current is None or change is None or change.write != "append":
        return False
    customers = before.get("customers") if "customers" in merges else frames.get("customers")
    return extend(derived.path_of(workspace.root, current.derived), staged, change.rows, frames, customers, attributes)


def _written(tables: Tables, merges: dict[str, Merge]) -> dict[str, int]:
    """Write what changed; returns the new Delta version of each table written."""
    found = {}
    for name, change in merges.items():
        if change.write == "months":
            found[name] = tables.replace_months(name, change.rows)
        elif change.write != "none":
            found[name] = tables.write(name, change.rows, change.write)
    return found


def _after(old: pl.DataFrame, change: Merge) -> pl.DataFrame:
    """The table as it stands after an append, a replaced month, or nothing."""
    if change.write == "none":
        return old
    if change.write == "months":
        old = old.filter(~pl.col("month").is_in(change.rows["month"].unique().implode()))
    return pl.concat([old, change.rows], how="diagonal_relaxed")


def _same_rows(old: pl.DataFrame, new: pl.DataFrame) -> bool:
    columns = sorted(new.columns)
    return sorted(old.columns) == columns and old.select(columns).sort("customer_id").equals(new.select(columns).sort("customer_id"))


def _counted(extract: Extract, merges: dict[str, Merge]) -> tuple[int, int, int, int, int]:
    """rows_in, rows_good, rows_quarantined, rows_repeated, rows_updated, in rows of the file.

    A wide monthly file is counted by its months alone: the customers table is drawn from the same rows.
    """
    counting = [n for n in merges if not (n == "customers" and getattr(extract, "wide", False))]
    repeated = sum(merges[n].n_repeated for n in counting)
    conflicts = sum(len(merges[n].conflicts) for n in counting)
    updated = sum(merges[n].n_updated for n in counting)
    good = extract.rows_good - repeated - conflicts
    return extract.rows_in, good, extract.rows_quarantined + conflicts, extract.rows_repeated + repeated, updated


def _spanned(frames: Mapping[str, pl.DataFrame]) -> None:
    """Every month from the first to the last takes room, also without rows: refuse what only a mistyped year can ask for."""
    if "customer_month" not in frames:
        return
    months = frames["customer_month"]["month"].drop_nulls().unique().sort()
    first, last = months[0], months[-1]
    if (last.year - first.year) * 12 + last.month - first.month >= _MOST_MONTHS:
        raise BadInput(
            _("The months would reach from {first} to {last}: is a year mistyped? Correct the file; nothing was changed."),
            first=Month(first),
            last=Month(last),
        )


def _findings(
    extract: Extract, merges: Mapping[str, Merge], before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> list[Text]:
    """What shows only when the rows meet those published: conflicts, gaps between months, columns that changed their kind."""
    found = []
    conflicts = sum(len(m.conflicts) for m in merges.values())
    if conflicts:
        told = _("Rows set aside because they are already published with other values: {n}. Use replace-months to correct a month.")
        found.append(Text(told, n=Count(conflicts)))
    labels = {(a.table, a.column): a.label for a in extract.attributes}
    for name, old in before.items():
        if merges[name].write == "none":
            continue
        if name == "customer_month":
            known = set(monthly_warnings(old))
            found += [w for w in monthly_warnings(after[name]) if w not in known]
        for column, dtype in after[name].schema.items():
            if dtype == pl.String and any(f.schema.get(column, dtype) != dtype for f in (old, extract.tables[name])):
                told = _("{column} does not hold the same kind of values as before; it is kept as text.")
                found.append(Text(told, column=labels.get((name, column), column)))
    return found


def _with_conflicts(extract: Extract, merges: dict[str, Merge]) -> pl.DataFrame:
    """The quarantine of the file with the rows whose key is already published with other values."""
    parts = [extract.quarantine_rows]
    for name, change in merges.items():
        if len(change.conflicts):
            reason = say(_("Already published with other values; use replace-months to correct a month."))
            parts.append(
                change.conflicts.select(pl.all().cast(pl.String)).with_columns(pl.lit(name).alias("file"), pl.lit(reason).alias("reason"))
            )
    return pl.concat(parts, how="diagonal_relaxed") if len(parts) > 1 else parts[0]


def _attributes(current: Version | None, extract: Extract, frames: dict[str, pl.DataFrame]) -> tuple[Attribute, ...]:
    """The closed list of own columns: those known before and those of this extract, each of the kind that its column now holds."""
    found: dict[tuple[str, str], Attribute] = {}
    for a in (*(current.attributes if current else ()), *extract.attributes):
        kinds = [found[a.table, a.column].kind] if (a.table, a.column) in found else []
        dtype = frames[a.table].schema.get(a.column) if a.table in frames else None
        found[a.table, a.column] = dataclasses.replace(a, kind=_kind(dtype, [a.kind, *kinds]))
    return tuple(found.values())


def _kind(dtype: pl.DataType | None, told: Sequence[Kind]) -> Kind:
    """What kind of values a column of this type holds; among texts what the files told, the newest first."""
    if dtype is None:
        return told[0]
    if dtype == pl.Boolean:
        return "flag"
    if dtype.is_numeric():
        return "number"
    if dtype.is_temporal():
        return "date"
    return next((k for k in told if k in ("category", "text")), "category")


def _kept_quarantine(workspace: Workspace, number: int, extract: Extract, quarantine: pl.DataFrame) -> str:
    if not len(quarantine):
        return ""
    path = workspace.root / "quarantine" / f"{number}.parquet"
    quarantine.write_parquet(path)
    return path.name
