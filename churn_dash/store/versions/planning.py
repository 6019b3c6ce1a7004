"""What a load would do: its rows beside the published ones. Reads only what it touches, writes nothing."""

import datetime
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute
from churn_dash.contract.calendar import ordinal
from churn_dash.errors import BadInput
from churn_dash.intake import Extract
from churn_dash.intake.checks.orphans import LISTS
from churn_dash.intake.checks.report import ordered
from churn_dash.intake.findings import Finding
from churn_dash.intake.origins import ORIGINS
from churn_dash.intake.quarantine import published_differently
from churn_dash.intake.source import Closed
from churn_dash.marks import _
from churn_dash.store.catalogue import Version
from churn_dash.store.versions.columns import attributes
from churn_dash.store.versions.drift import SAID_AS_WARNINGS, Standing, drift
from churn_dash.store.versions.frames import Frames
from churn_dash.store.versions.merging import MODES, Merge, may_widen, merge, same_rows
from churn_dash.store.versions.tables import Tables
from churn_dash.store.workspace import Workspace
from churn_dash.words import Month, Text

_MOST_MONTHS = 600
"""From the first month to the last: more is a mistyped year."""


@dataclass(frozen=True)
class Counts:
    """What becomes of the rows of the files. rows_in = rows_good + rows_quarantined + rows_repeated; updated rows are good."""

    rows_in: int
    rows_good: int
    rows_quarantined: int
    rows_repeated: int
    rows_updated: int


@dataclass(frozen=True)
class Change:
    """What a load would do to the published rows. ``base`` is the version it was planned upon, None for an empty workspace.

    ``published`` are the tables (name, Delta version) that it builds upon: none where everything is replaced. ``old`` are the
    published rows of the tables that the files touch, cut to the files' months where that is enough. ``frames`` are all tables as
    they would stand, each read when asked for. ``seen`` is the version that loaded the same files before, 0 for none.
    """

    base: Version | None
    mode: str
    extract: Extract
    published: Mapping[str, int]
    old: Mapping[str, pl.DataFrame]
    merges: Mapping[str, Merge]
    frames: Frames
    schemas: Mapping[str, pl.Schema]
    months: Mapping[str, pl.DataFrame]
    shape: str
    attributes: tuple[Attribute, ...]
    counts: Counts
    warnings: tuple[Text, ...]
    findings: tuple[Finding, ...]
    quarantine: pl.DataFrame
    seen: int
    closed: Closed | None = None
    """What becomes of customers who leave, as said now or of an earlier load."""
    also: Mapping[str, Any] = field(default_factory=dict)
    """What else is written down with the version, so that it is there or not as the version is."""

    @property
    def absences(self) -> bool:
        """Whether a customer who is missing from every later list has left."""
        return self.closed in (None, "drop-out")

    @property
    def changes(self) -> bool:
        """Whether there is anything to publish."""
        return self.base is None or self.closed != self.base.closed or any(m.write != "none" for m in self.merges.values())

    @property
    def number(self) -> int:
        """The version that it would become."""
        return (self.base.version if self.base is not None else 0) + 1


def plan(workspace: Workspace, extract: Extract, mode: str = "append") -> Change:
    """What publishing the extract would do.

    Raises ``BadInput`` for an unknown mode or a shape that does not fit what is published, ``WorkspaceProblem`` where published rows
    cannot be read.
    """
    if mode not in MODES:
        raise BadInput(_("There is no mode {mode}; use append, replace-months or replace-all."), mode=mode)
    base, tables = workspace.current(), Tables(workspace.root)
    _fits(extract, base, mode)
    if base is None and not extract.rows_good:
        raise BadInput(_("No row of {name} can be used; nothing was loaded."), name=", ".join(extract.files))
    seen = _seen(workspace, base, extract)
    published = dict(base.tables) if base is not None and mode != "replace-all" else {}
    old, merges = {}, {}
    if base is not None and mode == "replace-all" and seen == base.state and _all_there(tables, base, extract):
        published = dict(base.tables)
        merges = {n: Merge(rows, "none", 0, 0, len(rows), rows.clear()) for n, rows in extract.tables.items()}
    for name, rows in extract.tables.items() if not merges and extract.rows_good else ():
        if name not in published:
            merges[name] = merge(TABLES[name], None, rows, mode)
        elif extract.numbered:
            same = same_rows(tables.read(name, published[name]), rows, TABLES[name].key)
            merges[name] = Merge(rows, "none", 0, 0, len(rows), rows.clear()) if same else merge(TABLES[name], None, rows, mode)
        else:
            old[name] = _touched(tables, name, published[name], rows)
            merges[name] = merge(TABLES[name], old[name], rows, mode)
    untouched = [n for n in published if n not in merges]
    schemas = {n: tables.schema(n, published[n]) for n in untouched} | {
        n: _schema(tables.schema(n, published[n]) if n in published else None, m) for n, m in merges.items()
    }
    before = {n: tables.months(n, v) for n, v in published.items() if TABLES[n].has_month}
    months = {n: before[n] for n in untouched if n in before} | {
        n: _months(before.get(n), m) for n, m in merges.items() if TABLES[n].has_month
    }
    _spanned(months)
    readers: dict[str, Callable[[], pl.DataFrame]] = {n: functools.partial(tables.read, n, published[n]) for n in untouched}
    readers |= {n: functools.partial(_after, tables, n, published.get(n), m) for n, m in merges.items()}
    standing = _standing(tables, published, merges, schemas, before, months)
    findings = ordered([*(f for f in extract.findings if f.code != "orphans"), *drift(extract, standing, merges)])
    told = (f.sentence for f in findings if f.code in SAID_AS_WARNINGS)
    return Change(
        base=base,
        mode=mode,
        extract=extract,
        published=published,
        old=old,
        merges=merges,
        frames=Frames(readers),
        schemas=schemas,
        months=months,
        shape="cross_section" if "cross_section" in readers else "panel" if "customer_month" in readers else "empty",
        attributes=attributes(base if mode != "replace-all" else None, extract, schemas),
        counts=_counted(extract, merges),
        warnings=tuple(dict.fromkeys((*extract.warnings, *told))),
        findings=findings,
        quarantine=_with_conflicts(extract, merges),
        seen=seen,
        closed=extract.closed or (base.closed if base is not None and mode != "replace-all" else None),
    )


def _fits(extract: Extract, current: Version | None, mode: str) -> None:
    if current is not None and mode != "replace-all" and current.shape == "cross_section" and "customer_month" in extract.tables:
        raise BadInput(
            _(
                "This workspace holds one row a customer, and the file is one row a customer a month. For churn from lists, load last "
                "month's and this month's together with --mode replace-all, each with its month; or use a workspace of its own."
            )
        )
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


def _touched(tables: Tables, name: str, version: int, rows: pl.DataFrame) -> pl.DataFrame:
    """The published rows that the new ones can meet: those of their months, and all where a column may change its type."""
    whole = not TABLES[name].has_month or may_widen(tables.schema(name, version), rows)
    return tables.read(name, version, None if whole else set(rows["month"].unique()))


def _after(tables: Tables, name: str, version: int | None, change: Merge) -> pl.DataFrame:
    """The table as it stands after an append, a replaced month, or nothing."""
    if change.write == "overwrite" or version is None:
        return change.rows
    if change.write == "none":
        return tables.read(name, version)
    months = set(tables.months(name, version)["month"])
    if change.write == "months":
        months -= set(change.rows["month"].unique())
    return pl.concat([tables.read(name, version, months), change.rows], how="diagonal_relaxed")


def _schema(old: pl.Schema | None, change: Merge) -> pl.Schema:
    if old is None or change.write == "overwrite":
        return change.rows.schema
    return old if change.write == "none" else pl.Schema({**old, **{c: t for c, t in change.rows.schema.items() if c not in old}})


def _months(old: pl.DataFrame | None, change: Merge) -> pl.DataFrame:
    """Rows by month afterwards (month, n)."""
    new = change.rows.group_by("month").agg(pl.len().cast(pl.Int64).alias("n")).sort("month")
    if old is None or change.write == "overwrite":
        return new
    if change.write == "none":
        return old
    if change.write == "months":
        old = old.join(new, on="month", how="anti")
    return pl.concat([old, new]).group_by("month").agg(pl.col("n").sum()).sort("month")


def _all_there(tables: Tables, base: Version, extract: Extract) -> bool:
    """Whether the published tables hold just the rows of the files."""
    if set(base.tables) != set(extract.tables):
        return False
    return all(same_rows(tables.read(n, base.tables[n]), rows, TABLES[n].key) for n, rows in extract.tables.items())


def _counted(extract: Extract, merges: Mapping[str, Merge]) -> Counts:
    """In rows of the file. A wide monthly file is counted by its months alone: the customers table is drawn from the same rows."""
    counting = [n for n in merges if not (n == "customers" and extract.wide)]
    repeated = sum(merges[n].n_repeated for n in counting)
    conflicts = sum(len(merges[n].conflicts) for n in counting)
    updated = sum(merges[n].n_updated for n in counting)
    good = extract.rows_good - repeated - conflicts
    return Counts(extract.rows_in, good, extract.rows_quarantined + conflicts, extract.rows_repeated + repeated, updated)


def _spanned(months: Mapping[str, pl.DataFrame]) -> None:
    """Every month from the first to the last takes room, also without rows: refuse what only a mistyped year can ask for."""
    if "customer_month" not in months:
        return
    known: list[datetime.date] = months["customer_month"]["month"].drop_nulls().unique().sort().to_list()
    first, last = known[0], known[-1]
    if ordinal(last) - ordinal(first) >= _MOST_MONTHS:
        raise BadInput(
            _("The months would reach from {first} to {last}: is a year mistyped? Correct the file; nothing was changed."),
            first=Month(first),
            last=Month(last),
        )


def _standing(
    tables: Tables,
    published: Mapping[str, int],
    merges: Mapping[str, Merge],
    after: Mapping[str, pl.Schema],
    before_months: Mapping[str, pl.DataFrame],
    months: Mapping[str, pl.DataFrame],
) -> Standing:
    """What the load is compared with: of monthly tables the last published month, of lists of customers only who is in them."""
    met = [n for n in merges if n in published]

    def latest(name: str) -> pl.DataFrame:
        last = before_months[name]["month"].tail(1).to_list() if TABLES[name].has_month else None
        return tables.read(name, published[name], last)

    def people(name: str) -> pl.DataFrame:
        known = [tables.scan(name, published[name]).select("customer_id").collect()] if name in published else []
        return pl.concat([*known, *([merges[name].rows.select("customer_id")] if name in merges else [])])

    lists = [n for n in LISTS if n in published or n in merges]
    return Standing(
        latest=Frames({n: functools.partial(latest, n) for n in met}),
        people=Frames({n: functools.partial(people, n) for n in lists}),
        schemas=({n: tables.schema(n, published[n]) for n in met}, after),
        months=(before_months, months),
    )


def _with_conflicts(extract: Extract, merges: Mapping[str, Merge]) -> pl.DataFrame:
    """The quarantine of the file with the rows whose key is already published with other values."""
    parts = [extract.quarantine_rows]
    for name, change in merges.items():
        if len(change.conflicts):
            runs, key = extract.origins.get(name, pl.DataFrame(schema=ORIGINS)), TABLES[name].key
            parts.append(published_differently(extract.tables[name], change.conflicts, key, runs, extract.headers.get(name, {})))
    return pl.concat(parts, how="diagonal_relaxed") if len(parts) > 1 else parts[0]


def _seen(workspace: Workspace, base: Version | None, extract: Extract) -> int:
    """The newest load among those that the served state is made of that brought the same files, read in the same way."""
    if base is None:
        return 0
    known = {v.version: v for v in workspace.versions()}
    state: Version | None = known.get(base.state)
    while state is not None:
        if state.content_hash == extract.content_hash:
            return state.version
        state = None if state.mode == "replace-all" else _loaded(known, state.parent)
    return 0


def _loaded(known: Mapping[int, Version], number: int) -> Version | None:
    return known.get(known[number].state) if number in known else None
