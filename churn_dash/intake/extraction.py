"""An extract: one or several files, read and checked, ready to be published. Source: METHODS E1."""

import dataclasses
import hashlib
import json
import pathlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute
from churn_dash.errors import BadInput
from churn_dash.intake.batch import Batch, batch
from churn_dash.intake.checks.load import Load
from churn_dash.intake.checks.months import along
from churn_dash.intake.checks.report import findings
from churn_dash.intake.dating import dated
from churn_dash.intake.files.folders import files_of
from churn_dash.intake.files.parts import Part, Reading
from churn_dash.intake.files.reading import parts
from churn_dash.intake.findings import Finding
from churn_dash.intake.mapping.fields import knows
from churn_dash.intake.mapping.headers import unknown_fields, unknown_headers
from churn_dash.intake.mapping.open_questions import open_questions
from churn_dash.intake.mapping.seen import Seen
from churn_dash.intake.monthly import closed_warnings, lasting
from churn_dash.intake.quarantine import QUARANTINE
from churn_dash.intake.questions import Question
from churn_dash.intake.recognition import Form, form, tells
from churn_dash.intake.returned import comes_back, returned
from churn_dash.intake.source import Closed, Options, Shape, Source
from churn_dash.words import Text, _
from churn_dash.words.stored import read

Progress = Callable[[Text, float], None]


@dataclass(frozen=True)
class Extract:
    """Good rows by table, and what became of all others.

    ``tables`` are typed by the contract; columns that the files lack are absent; own columns are called ``x_…``. A monthly file
    that also tells who the customers are gives ``customer_month``, which keeps columns that change (such as city) with their
    months, and ``customers`` with each customer's latest values. A cross-section is one table ``cross_section`` with customer_id,
    churned where the files have it, columns of customers with the same headers, and own columns.

    Counts are rows of the files: rows_in = rows_good + rows_quarantined + rows_repeated. ``quarantine`` has one line a row set
    aside (file, source_row, table, column, value, code, why); ``quarantine_rows`` the same rows with their original cells
    (file, source_row, why, then the columns of the file, all text); ``quarantine.spoken`` says the reasons in a
    language. ``source_row`` counts as a spreadsheet does: the header is 1.
    ``numbered``: the customers have no number, row numbers stand for it. ``wide``: customers and months came in one file.
    ``content_hash`` is the SHA-256 of the files' contents and the options; ``hashes`` are those of each file, in the order of
    ``files``; ``said`` is what was said of them. ``findings`` are those of the checks, errors first. ``origins`` tells by table
    where each good row stands in its file, ``headers`` what the files call the columns.
    ``questions`` are what the first rows left open and nobody answered; ``closed`` is what the person said becomes of customers who
    leave; ``seen`` is what each file showed, to be remembered.
    """

    shape: Shape
    tables: dict[str, pl.DataFrame]
    attributes: tuple[Attribute, ...]
    rows_in: int
    rows_good: int
    rows_quarantined: int
    rows_repeated: int
    quarantine: pl.DataFrame
    quarantine_rows: pl.DataFrame
    warnings: tuple[Text, ...]
    content_hash: str
    files: tuple[str, ...]
    numbered: bool = False
    wide: bool = False
    findings: tuple[Finding, ...] = ()
    origins: dict[str, pl.DataFrame] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    hashes: tuple[str, ...] = ()
    said: Options = Options()  # noqa: RUF009
    questions: tuple[Question, ...] = ()
    closed: Closed | None = None
    seen: tuple[Seen, ...] = ()


def extract(sources: Sequence[Source], options: Options | None = None, progress: Progress | None = None) -> Extract:
    """Read and check files that belong together.

    Raises BadInput or NotFound, in one sentence, where a file cannot be read, is no customer extract, or has no good row at all;
    then nothing is loaded. A list of rows set aside that comes back may have no good row: its rows are counted.
    """
    given, tell = options or Options(), progress or (lambda _text, _share: None)
    asked = given.without_masked()
    if not sources:
        raise BadInput(_("No file was given."))
    files, left = files_of(sources)
    with tempfile.TemporaryDirectory(prefix="churn-dash-") as room:
        reading = Reading(asked, pathlib.Path(room), tells, knows)
        found: list[Part] = []
        again = False
        for at, source in enumerate(files):
            tell(Text(_("Opening {name}"), name=source.name), 0.2 * at / len(files))
            opened = parts(source, reading)
            again = again or any(comes_back(p) for p in opened)
            found += returned(opened)
        members = [(p, form(p, said)) for p, said in dated(found, asked)]
        unknown_headers([h for p, _form in members for h in p.header], asked)
        unknown_fields([f.fields for _part, f in members], asked)
        _recognised(members)
        members = _agreed(members, asked)
        batches = []
        for at, table in enumerate(tables := [t for t in TABLES if any(f.table == t for _p, f in members)]):
            tell(Text(_("Reading and checking {table}"), table=TABLES[table].label), 0.2 + 0.7 * at / len(tables))
            batches.append(batch(table, [(p, f) for p, f in members if f.table == table], asked))
    tell(Text(_("Looking for what is odd")), 0.92)
    hashes = tuple(_digest(s) for s in files)
    digest = content_hash(hashes, given)
    wide = any(f.wide for _part, f in members)
    asking = tuple(dict.fromkeys(q for p, f in members for q in open_questions(p.sample, f, asked, tables)))
    out = _extract(batches, wide, digest, tuple(s.name for s in files), asked, left, again)
    seen = tuple(s for b in batches for s in b.seen)
    out = dataclasses.replace(out, hashes=hashes, said=given, questions=asking, closed=asked.closed, seen=seen)
    tell(Text(_("Checked")), 1.0)
    return out


def _recognised(members: Sequence[tuple[Part, Form]]) -> None:
    for part, found in members:
        if found.table is None:
            raise BadInput(
                _(
                    "{name} is no customer extract: none of its columns is a customer number, a month or a churn flag ({header}). "
                    "Name one with --map COLUMN=customer_id, or the table with --table."
                ),
                name=part.name,
                header=", ".join(part.header[:8]),
            )


def _agreed(members: list[tuple[Part, Form]], options: Options) -> list[tuple[Part, Form]]:
    """A snapshot beside other tables is their list of customers; its flag has no date and is left out."""
    tables = {f.table for _part, f in members}
    if "cross_section" not in tables or len(tables) == 1:
        return members
    agreed = []
    for part, found in members:
        if found.table != "cross_section":
            agreed.append((part, found))
            continue
        flag = found.header("churned")
        if "customer_id" not in found.fields:
            raise BadInput(
                _("{name} has one row a customer and no customer number: it does not fit beside the other files."), name=part.name
            )
        if flag is not None:
            told = Text(
                _("{name}: {column} says who has left but not when. It is left out; the other files date the departures."),
                name=part.name,
                column=flag,
            )
            part = dataclasses.replace(part, warnings=(*part.warnings, told))
        mapping = {h: f for h, f in options.mapping.items() if f != "churned"} | ({flag: ""} if flag else {})
        agreed.append((part, form(part, dataclasses.replace(options, table="customers", mapping=mapping))))
    return agreed


def _extract(
    batches: Sequence[Batch], wide: bool, digest: str, files: tuple[str, ...], options: Options, left: Sequence[Text], again: bool
) -> Extract:
    tables = {b.table: b.good for b in batches}
    attributes = tuple(a for b in batches for a in b.attributes)
    warnings = [*left, *(w for b in batches for w in b.warnings)]
    quarantine = pl.concat([b.quarantine for b in batches]) if batches else pl.DataFrame(schema=QUARANTINE)
    if not again and not any(b.good.height for b in batches):
        raise _nothing_good(quarantine, files)
    monthly = next((b for b in batches if b.table == "customer_month"), None)
    if monthly is not None:
        warnings += [f.sentence for f in along(monthly.good["month"].drop_nulls().value_counts(name="n"))]
        warnings += closed_warnings(options.closed, tables, monthly.good.columns)
        if wide:
            tables["customer_month"], people = lasting(monthly.good)
            tables["customers"] = _merged(tables.get("customers"), people)
    snapshot = tables.get("cross_section")
    if snapshot is not None and "churned" not in snapshot.columns:
        warnings.append(
            Text(
                _(
                    "No column says who has left. Name it with --map COLUMN=churned, or load last month's list too, each list with its "
                    "month, and churn appears."
                )
            )
        )
    shape: Shape = "cross_section" if snapshot is not None else "panel" if monthly is not None else "tables"
    rows_in, repeated = sum(b.rows_in for b in batches), sum(b.rows_repeated for b in batches)
    good = sum(b.good.height for b in batches)
    assert rows_in == good + quarantine.height + repeated
    numbered = any(b.numbered for b in batches)
    headers = {b.table: _headers(b) for b in batches}
    load = Load(
        {b.table: b.good for b in batches},
        attributes,
        headers,
        {b.table: b.rows_in for b in batches},
        {b.table: b.rows_repeated for b in batches},
        quarantine,
        numbered,
        options.distinct_rows,
    )
    return Extract(
        shape=shape,
        tables=tables,
        attributes=attributes,
        rows_in=rows_in,
        rows_good=good,
        rows_quarantined=quarantine.height,
        rows_repeated=repeated,
        quarantine=quarantine,
        quarantine_rows=pl.concat([b.cells for b in batches], how="diagonal"),
        warnings=tuple(dict.fromkeys(warnings)),
        content_hash=digest,
        files=files,
        numbered=numbered,
        wide=wide,
        findings=findings(load, [f for b in batches for f in b.findings]),
        origins={b.table: b.origins for b in batches},
        headers=headers,
    )


def _headers(found: Batch) -> dict[str, str]:
    """Column → header in the file; a header that says a unit stands for other numbers than those kept, so it is not given."""
    known = {f: m.header for f, m in found.columns.items() if m.factor == 1}
    return known | {a.column: a.label for a in found.attributes}


def _nothing_good(quarantine: pl.DataFrame, files: tuple[str, ...]) -> BadInput:
    first = quarantine.sort("source_row").row(0, named=True)
    return BadInput(
        _("No row of {name} can be used. Row {row}, column {column}, value {value}: {reason}"),
        name=", ".join(files),
        row=first["source_row"],
        column=first["column"] or "—",
        value=first["value"] or "—",
        reason=read(first["why"]),
    )


def _merged(own: pl.DataFrame | None, drawn: pl.DataFrame) -> pl.DataFrame:
    """Customers of their own file, completed by those drawn from the monthly file."""
    if own is None:
        return drawn
    both = own.join(drawn, on="customer_id", how="full", coalesce=True, suffix="_drawn")
    shared = [c for c in drawn.columns if f"{c}_drawn" in both.columns]
    return both.with_columns(pl.coalesce(c, f"{c}_drawn").alias(c) for c in shared).drop(f"{c}_drawn" for c in shared)


def _digest(source: Source) -> str:
    """SHA-256 of the file's bytes."""
    digest = hashlib.sha256()
    if isinstance(source.data, bytes):
        digest.update(source.data)
    else:
        with source.data.open("rb") as file:
            while piece := file.read(1 << 22):
                digest.update(piece)
    return digest.hexdigest()


def content_hash(hashes: Sequence[str], options: Options) -> str:
    """SHA-256 over those of the files, in any order, and the options; 64 hexadecimal digits."""
    said = json.dumps(options.said(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256("\n".join([*sorted(hashes), said]).encode()).hexdigest()
