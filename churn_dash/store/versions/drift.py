"""What shows only when rows meet those published: conflicts, strangers, other units, categories and gaps than before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake import Extract
from churn_dash.intake.checks.load import some
from churn_dash.intake.checks.missing import shares
from churn_dash.intake.checks.months import along
from churn_dash.intake.checks.orphans import strangers
from churn_dash.intake.checks.scale import amounts, jump, times
from churn_dash.intake.findings import Finding
from churn_dash.store.versions.merging import Merge
from churn_dash.words import Count, Ratio, Text, _

SAID_AS_WARNINGS = frozenset({"published_differently", "month_missing", "month_incomplete", "rows_fell", "kind_changed"})
"""Codes whose sentences are also among the warnings of a load."""

Title = Callable[[str, str], str]

_MOVED = 0.2
"""Change of a share that is worth a word."""
_LEVELS = 50
_ENOUGH = 20
_LOOK = 100_000


@dataclass(frozen=True)
class Standing:
    """What is published of the tables that an extract brings, as far as it is compared, and what they would become.

    ``latest``: published rows, of monthly tables those of the last month alone. ``people``: whoever is in a list of customers
    afterwards. ``schemas`` and ``months`` (rows by month) are given before and after.
    """

    latest: Mapping[str, pl.DataFrame]
    people: Mapping[str, pl.DataFrame]
    schemas: tuple[Mapping[str, pl.Schema], Mapping[str, pl.Schema]]
    months: tuple[Mapping[str, pl.DataFrame], Mapping[str, pl.DataFrame]]


def drift(extract: Extract, published: Standing, merges: Mapping[str, Merge]) -> list[Finding]:
    """Findings of a load against what was published."""
    found = _conflicts(extract, merges)
    found += strangers(extract.tables, published.people, _titles(extract))
    for name, old in published.latest.items():
        if merges[name].write == "none":
            continue
        found += _kinds(extract, name, published.schemas[0][name], published.schemas[1][name])
        found += compared(name, old, extract.tables[name], _titles(extract))
        if name == "customer_month":
            known = {(f.code, f.examples) for f in (*along(published.months[0][name]), *extract.findings)}
            found += [f for f in along(published.months[1][name]) if (f.code, f.examples) not in known]
    return found


def _titles(extract: Extract) -> Title:
    """What the files call a column of a table."""
    return lambda table, column: extract.headers.get(table, {}).get(column, column)


def _conflicts(extract: Extract, merges: Mapping[str, Merge]) -> list[Finding]:
    found = []
    for name, change in merges.items():
        n = len(change.conflicts)
        if n:
            told = _("Rows set aside because they are already published with other values: {n}. Use replace-months to correct a month.")
            keys = change.conflicts.select(pl.concat_str(pl.col(list(TABLES[name].key)).cast(pl.String), separator=", ").alias("k"))["k"]
            share = n / len(extract.tables[name])
            advice = Text(_("Look at the rows set aside: which of both is right?"))
            found.append(
                Finding("published_differently", "error", Text(told, n=Count(n)), advice, name, "", n, share, tuple(keys.head(5).to_list()))
            )
    return found


def _kinds(extract: Extract, name: str, old: pl.Schema, after: pl.Schema) -> list[Finding]:
    found = []
    labels = {a.column: a.label for a in extract.attributes if a.table == name}
    for column, dtype in after.items():
        if dtype == pl.String and any(s.get(column, dtype) != dtype for s in (old, extract.tables[name].schema)):
            title = labels.get(column, column)
            told = Text(_("{column} does not hold the same kind of values as before; it is kept as text."), column=title)
            advice = Text(_("Ask whether the column means what it meant; a code for missing may have come in."))
            found.append(Finding("kind_changed", "warning", told, advice, name, title))
    return found


def compared(table: str, old: pl.DataFrame, new: pl.DataFrame, title: Title) -> list[Finding]:
    """Findings about the columns of a table's new rows against the published ones: gone, new, emptier, other units, other categories."""
    if old.is_empty() or new.is_empty():
        return []
    if TABLES[table].has_month and "month" in old.columns:
        old = old.filter(pl.col("month") == old["month"].max())
    found = _columns(table, old, new, title)
    was, now = shares(old), shares(new)
    for column in new.columns:
        if column not in old.columns or column in (*TABLES[table].key, "customer_id"):
            continue
        name = title(table, column)
        if abs(now[column] - was[column]) >= _MOVED and min(len(old), len(new)) >= _ENOUGH:
            told = Text(
                _("{share} of {column} in {table} are missing; {before} were."),
                share=Ratio(now[column]),
                column=name,
                table=TABLES[table].label,
                before=Ratio(was[column]),
            )
            advice = Text(_("Ask whether the source or the extract changed."))
            severity = "warning" if now[column] > was[column] else "note"
            found.append(
                Finding(
                    "missing_changed",
                    "warning" if severity == "warning" else "note",
                    told,
                    advice,
                    table,
                    name,
                    new[column].null_count(),
                    now[column],
                )
            )
        if new.schema[column] == pl.String and old.schema[column] == pl.String:
            found += _categories(table, name, some(old, _LOOK)[column], some(new, _LOOK)[column])
    for column in amounts(table, new):
        if column in old.columns and old.schema[column].is_numeric():
            found += _scale(table, title(table, column), some(old, _LOOK)[column], some(new, _LOOK)[column])
    return found


def _columns(table: str, old: pl.DataFrame, new: pl.DataFrame, title: Title) -> list[Finding]:
    found = []
    filled = [c for c in old.columns if old[c].null_count() < len(old)]
    for code, told, columns in (
        (
            "columns_gone",
            _("{n} columns of {table} that were published are not in these files: {columns}."),
            [c for c in filled if c not in new.columns],
        ),
        ("columns_new", _("{n} columns of {table} were not there before: {columns}."), [c for c in new.columns if c not in old.columns]),
    ):
        if columns:
            names = tuple(title(table, c) for c in columns)
            sentence = Text(told, n=Count(len(names)), table=TABLES[table].label, columns=", ".join(names[:6]))
            advice = Text(_("If one was renamed, name it with --map COLUMN=FIELD; otherwise ask the source."))
            found.append(
                Finding(code, "warning" if code == "columns_gone" else "note", sentence, advice, table, "", len(names), None, names)
            )
    return found


def _categories(table: str, name: str, old: pl.Series, new: pl.Series) -> list[Finding]:
    """Levels never seen, levels that vanished, and levels whose share moved, of columns with few levels."""
    a, b = _levels(old), _levels(new)
    if not a or not b or max(len(a), len(b)) > _LEVELS or min(len(old), len(new)) < _ENOUGH:
        return []
    found = []
    fresh, gone = [v for v in b if v not in a], [v for v in a if v not in b]
    advice = Text(_("Ask the source whether codes changed; a level that is called anew tears its history apart."))
    if fresh:
        n = round(sum(b[v] for v in fresh) * len(new))
        told = Text(
            _("{column} of {table} has levels never seen before: {levels}."),
            column=name,
            table=TABLES[table].label,
            levels=", ".join(fresh[:6]),
        )
        found.append(Finding("levels_new", "warning", told, advice, table, name, n, sum(b[v] for v in fresh), tuple(fresh[:6])))
    if gone:
        told = Text(
            _("{column} of {table} no longer has the levels {levels}."), column=name, table=TABLES[table].label, levels=", ".join(gone[:6])
        )
        share = sum(a[v] for v in gone)
        severity = "warning" if share >= 0.01 else "note"
        found.append(
            Finding(
                "levels_gone", "warning" if severity == "warning" else "note", told, advice, table, name, len(gone), share, tuple(gone[:6])
            )
        )
    moved = sorted((v for v in b if v in a and abs(b[v] - a[v]) >= _MOVED), key=lambda v: -abs(b[v] - a[v]))
    if moved:
        told = Text(
            _("{share} of {column} in {table} are {level}; {before} were."),
            share=Ratio(b[moved[0]]),
            column=name,
            table=TABLES[table].label,
            level=moved[0],
            before=Ratio(a[moved[0]]),
        )
        found.append(Finding("shares_moved", "warning", told, advice, table, name, len(moved), b[moved[0]], tuple(moved[:6])))
    return found


def _levels(values: pl.Series) -> dict[str, float]:
    """Level → share of the values that are not missing, most common first."""
    counts = values.drop_nulls().value_counts(name="n").sort("n", values.name, descending=[True, False])
    total = int(counts["n"].sum()) or 1
    return {v: n / total for v, n in counts.head(_LEVELS + 1).iter_rows()}


def _scale(table: str, name: str, old: pl.Series, new: pl.Series) -> list[Finding]:
    before, after = (s.filter(s > 0) for s in (old, new))
    if min(len(before), len(after)) < _ENOUGH:
        return []
    power = jump(_median(before), _median(after))
    if not power:
        return []
    told = Text(
        _("The usual {column} of {table} is {times} of what is published. Has the unit changed?"),
        column=name,
        table=TABLES[table].label,
        times=times(power),
    )
    advice = Text(_("If the file is in another unit (元, 万元), say so in its header, such as {column}(万元)."), column=name)
    examples = (f"{_median(before):g}", f"{_median(after):g}")
    return [Finding("scale", "error", told, advice, table, name, len(new), 1.0, examples)]


def _median(values: pl.Series) -> float:
    found = values.median()
    return float(found) if isinstance(found, int | float) else 0.0
