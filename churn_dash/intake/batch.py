"""The parts of one table put together: renamed to the contract, typed, checked, and what was set aside told apart by file."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.errors import BadInput
from churn_dash.intake.checks.forms import forms
from churn_dash.intake.checks.headers import headers
from churn_dash.intake.checks.identifiers import spoilt
from churn_dash.intake.checks.rows import Checked, checked
from churn_dash.intake.files.parts import Part, Rows
from churn_dash.intake.findings import Finding
from churn_dash.intake.mapping.asked import found as found_header
from churn_dash.intake.mapping.by_values import SURE
from churn_dash.intake.mapping.headers import FIELDS
from churn_dash.intake.mapping.own_names import physical_names
from churn_dash.intake.mapping.seen import Seen, in_rows
from churn_dash.intake.origins import origins
from churn_dash.intake.quarantine import set_aside
from churn_dash.intake.recognition import Form
from churn_dash.intake.source import Match, Options
from churn_dash.intake.values.known import hints, typed
from churn_dash.intake.values.missing import without
from churn_dash.words import Count, Text, _


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
    origins: pl.DataFrame
    findings: tuple[Finding, ...]
    seen: tuple[Seen, ...] = ()


def batch(table: str, members: Sequence[tuple[Part, Form]], options: Options | None = None) -> Batch:
    """Read, type and check all parts of one table together."""
    asked = options or Options()
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
    found_spoilt: list[Finding] = []
    for (part, form), rows in zip(members, read, strict=True):
        for m in form.matches:
            if m.field in ("customer_id", "account_id") and m.header in rows.columns:
                found_spoilt += spoilt(rows.frame[m.header], part.name, m.header, part.kind == "xlsx")
    warnings += [f.sentence for f in found_spoilt]
    warnings += _assumptions([form for _part, form in members])
    together, gone = _together([_renamed(form, rows, names, asked) for (_part, form), rows in zip(members, read, strict=True)])
    warnings += gone
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
    titles = {**{names[label]: label for label in labels}, **{f: m.header for f, m in matched.items()}}
    written = forms(table, columns if not numbered else columns[1:], matched, titles)
    found = typed(columns, matched, asked.day_order)
    verdict = checked(table, found, [t for t in FIELDS.get(table, ()) if t != table], numbered, asked.distinct_rows)
    _one_row_each(table, verdict, members[0][0].name)
    quarantine, cells = set_aside(members, read, verdict, names, asked.mask)
    attributes = tuple(Attribute(table, names[label], label, found.kinds[names[label]]) for label in labels)
    rows_in = sum(r.height + len(r.ragged) for r in read)
    out = Batch(
        table,
        verdict.good,
        attributes,
        matched,
        rows_in,
        verdict.n_repeated,
        quarantine,
        cells,
        tuple(warnings),
        numbered,
        origins([part.name for part, _form in members], read, verdict.kept),
        (*(dataclasses.replace(f, table=table) for f in found_spoilt), *headers(members), *written),
        _seen(table, members, verdict.good, names),
    )
    assert rows_in == out.good.height + out.rows_repeated + out.quarantine.height == out.good.height + out.rows_repeated + out.cells.height
    return out


def _assumptions(forms: Sequence[Form]) -> list[Text]:
    """What no header said and the values were taken for."""
    told = _("No header names {field}: {column} is taken for it. {reason}. Say otherwise with --map {column}=.")
    unsure = dict.fromkeys((m.header, m.field, m.reason) for form in forms for m in form.matches if m.field and m.confidence < SURE)
    return [Text(told, field=field, column=header, reason=reason) for header, field, reason in unsure]


def _renamed(form: Form, rows: Rows, names: Mapping[str, str], options: Options) -> tuple[pl.DataFrame, dict[tuple[str, str], int]]:
    """The columns that are kept, called as in the contract or by their physical names; and how many cells were said to be missing."""
    kept = [m for m in form.matches if m.field != "" and m.header in rows.columns]
    frame = rows.take()
    gone: dict[tuple[str, str], int] = {}
    for asked, values in options.missing.items():
        header = found_header(asked, [m.header for m in kept])
        if header is not None:
            cells, gone[header, ", ".join(values)] = without(frame[header], values)
            frame = frame.with_columns(cells.alias(header))
    return frame.select(pl.col(m.header).alias(names[m.header] if m.field is None else str(m.field)) for m in kept), gone


def _together(parts: Sequence[tuple[pl.DataFrame, Mapping[tuple[str, str], int]]]) -> tuple[pl.DataFrame, list[Text]]:
    counts: dict[tuple[str, str], int] = {}
    for _frame, gone in parts:
        for key, n in gone.items():
            counts[key] = counts.get(key, 0) + n
    told = _("{column}: cells that hold {value} are missing, as you said: {n}.")
    warnings = [Text(told, column=header, value=value, n=Count(n)) for (header, value), n in counts.items()]
    frames = [frame for frame, _gone in parts]
    if len(frames) == 1:
        return frames[0], warnings
    dtypes: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, dtype in frame.schema.items():
            dtypes.setdefault(name, set()).add(dtype)
    mixed = [n for n, d in dtypes.items() if len(d) > 1]
    same = [f.with_columns(pl.col([c for c in mixed if c in f.columns]).cast(pl.String)) for f in frames]
    return pl.concat(same, how="diagonal"), warnings


def _seen(table: str, members: Sequence[tuple[Part, Form]], good: pl.DataFrame, names: Mapping[str, str]) -> tuple[Seen, ...]:
    """What each part showed, to be compared with next time."""
    columns = {m.header: m.field or names.get(m.header, "") for _part, form in members for m in form.matches if m.field != ""}
    words = in_rows(good, {c: h for h, c in columns.items()}, {m.field: m for _part, form in members for m in form.matches if m.field})
    found = []
    for part, form in members:
        few = {m.header: words[c] for m in form.matches if m.field != "" and (c := columns[m.header]) in words}
        fields = {m.header: m.field for m in form.matches}
        found.append(Seen(part.name, table, part.header, fields, few, part.encoding, part.separator))
    return tuple(found)


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
