"""The parts of one table put together: renamed to the contract, typed, checked, and what was set aside told apart by file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.errors import BadInput
from churn_dash.intake.checks.identifiers import spoilt
from churn_dash.intake.checks.rows import Checked, checked
from churn_dash.intake.files.parts import Part, Rows
from churn_dash.intake.mapping.headers import FIELDS, physical_names
from churn_dash.intake.quarantine import set_aside
from churn_dash.intake.recognition import Form
from churn_dash.intake.source import Match
from churn_dash.intake.values.known import hints, typed
from churn_dash.words import Text, _


@dataclass(frozen=True)
class Batch:
    """One table's good rows and what became of the others. ``columns``: the header of each column of the contract."""

    table: str
    good: pl.DataFrame
    attributes: tuple[Attribute, ...]
    columns: dict[str, Match]
    rows_in: int
    rows_repeated: int
    quarantine: pl.DataFrame
    cells: pl.DataFrame
    warnings: tuple[Text, ...]
    numbered: bool


def batch(table: str, members: Sequence[tuple[Part, Form]]) -> Batch:
    """Read, type and check all parts of one table together."""
    read = [part.rows(hints(part.sample, form.matches) if len(members) == 1 else {}) for part, form in members]
    labels = dict.fromkeys(
        m.header
        for (_part, form), rows in zip(members, read, strict=True)
        for m in form.matches
        if m.field is None and m.header in rows.columns
    )
    names = physical_names(labels)
    matched = {str(m.field): m for _part, form in reversed(members) for m in form.matches if m.field}
    warnings = [w for (part, _form), rows in zip(members, read, strict=True) for w in (*part.warnings, *rows.warnings)]
    for (part, form), rows in zip(members, read, strict=True):
        for m in form.matches:
            if m.field in ("customer_id", "account_id") and m.header in rows.columns:
                warnings += spoilt(rows.frame[m.header], part.name, m.header, part.kind in ("xlsx", "xls"))
    together = _together([_renamed(form, rows, names) for (_part, form), rows in zip(members, read, strict=True)])
    numbered = table == "cross_section" and "customer_id" not in together.columns
    if numbered:
        ids = pl.Series("customer_id", range(1, together.height + 1)).cast(pl.String)
        together = together.select(ids, pl.all())
        matched["customer_id"] = Match("customer_id", "customer_id", table, 1.0, Text(_("Row numbers")))
        warnings.append(
            Text(
                _(
                    "The file has no customer number: its rows are numbered from 1. "
                    "A later file means the same customers only if its rows stand in the same order."
                )
            )
        )
    columns = together.get_columns()
    del together
    found = typed(columns, matched)
    verdict = checked(table, found, [t for t in FIELDS.get(table, ()) if t != table], numbered)
    _one_row_each(table, verdict, members[0][0].name)
    quarantine, cells = set_aside(members, read, verdict, names)
    attributes = tuple(Attribute(table, names[label], label, found.kinds[names[label]]) for label in labels)
    rows_in = sum(r.height + len(r.ragged) for r in read)
    out = Batch(table, verdict.good, attributes, matched, rows_in, verdict.n_repeated, quarantine, cells, tuple(warnings), numbered)
    assert rows_in == out.good.height + out.rows_repeated + out.quarantine.height == out.good.height + out.rows_repeated + out.cells.height
    return out


def _renamed(form: Form, rows: Rows, names: Mapping[str, str]) -> pl.DataFrame:
    """The columns that are kept, called as in the contract or by their physical names."""
    kept = [m for m in form.matches if m.field != "" and m.header in rows.columns]
    return rows.take().select(pl.col(m.header).alias(names[m.header] if m.field is None else str(m.field)) for m in kept)


def _together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if len(frames) == 1:
        return frames[0]
    dtypes: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, dtype in frame.schema.items():
            dtypes.setdefault(name, set()).add(dtype)
    mixed = [n for n, d in dtypes.items() if len(d) > 1]
    return pl.concat([f.with_columns(pl.col([c for c in mixed if c in f.columns]).cast(pl.String)) for f in frames], how="diagonal")


def _one_row_each(table: str, verdict: Checked, name: str) -> None:
    """A file with most customers several times is no list of customers."""
    n = verdict.good.height + verdict.n_repeated + verdict.aside.height
    reasons = [verdict.reasons[c].template for c in verdict.aside["reason"].unique()]
    several = [i for i, r in enumerate(verdict.reasons) if "{key}" in r.template]
    if table not in ("cross_section", "customers") or not several or not reasons:
        return
    again = int(verdict.aside["reason"].is_in(several).sum())
    if 2 * again > n:
        raise BadInput(
            _(
                "{name} has several rows for most customers but no column with their months. "
                "Name the month's column with --map COLUMN=month, or the customer number's with --id."
            ),
            name=name,
        )
