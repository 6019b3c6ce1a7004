"""A look at a file before it is loaded: its first rows, and what its columns are taken for."""

import dataclasses
import pathlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from churn_dash.errors import ChurnDashError
from churn_dash.intake.checks import personal
from churn_dash.intake.dating import dated
from churn_dash.intake.files.folders import files_of
from churn_dash.intake.files.parts import Part, Reading
from churn_dash.intake.files.reading import parts
from churn_dash.intake.mapping.by_values import proposals
from churn_dash.intake.mapping.fields import knows
from churn_dash.intake.mapping.headers import matches
from churn_dash.intake.mapping.open_questions import open_questions
from churn_dash.intake.mapping.seen import Seen, in_sample
from churn_dash.intake.questions import Question
from churn_dash.intake.recognition import Form, form, tells
from churn_dash.intake.returned import returned
from churn_dash.intake.source import Match, Options, Source
from churn_dash.words import Text

_ROWS = 20
_EXAMPLES, _LONGEST = 4, 60


@dataclass(frozen=True)
class Preview:
    """What a file looks like. ``rows`` are the first 20 as text.

    ``table`` is the contract's table it is taken for, None where it is no customer extract; ``problem`` says in a sentence why it
    cannot be loaded as it is. ``mapping`` has one proposal for each header. ``n_rows`` is None where counting would be slow.
    ``more`` previews further tables of the same workbook, zip or folder. ``questions`` are what the person should decide. ``encodings``
    are those that the file could be in, likeliest first; ``warnings`` what reading it has to say. Rates of confidence are 0–1;
    matches below 0.7 in ``mapping`` were assumed from the values alone, ``proposals`` are what further columns may be and are not
    taken for. ``samples`` are some different values of each column, ``seen`` what can be compared with the last load of the source.
    """

    name: str
    kind: str
    encoding: str | None
    separator: str | None
    n_columns: int
    header: tuple[str, ...]
    rows: pl.DataFrame
    sheets: tuple[str, ...]
    sheet: str | None
    table: str | None
    wide: bool
    mapping: tuple[Match, ...]
    n_rows: int | None
    problem: ChurnDashError | None = None
    more: tuple["Preview", ...] = ()
    questions: tuple[Question, ...] = ()
    encodings: tuple[str, ...] = ()
    warnings: tuple[Text, ...] = ()
    proposals: tuple[Match, ...] = ()
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seen: Seen | None = None

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Headers that the contract does not know: they become attributes."""
        return tuple(m.header for m in self.mapping if m.field is None)


def preview(source: Source, options: Options | None = None) -> Preview:
    """Look at a file. Raises BadInput or NotFound where it cannot be read at all."""
    asked = (options or Options()).without_masked()
    files, left = files_of([source])
    with tempfile.TemporaryDirectory(prefix="churn-dash-") as room:
        reading = Reading(asked, pathlib.Path(room), tells, knows, looking=True)
        found = [part for file in files for part in returned(parts(file, reading))]
        first, *more = [_preview(p, said) for p, said in dated(found, asked, looking=True)]
    return dataclasses.replace(first, more=tuple(more), warnings=(*left, *first.warnings))


def _preview(part: Part, options: Options) -> Preview:
    problem: ChurnDashError | None = None
    try:
        found = form(part, options)
    except ChurnDashError as why:
        problem, found = why, Form(None, matches(part.header, "customer_month", Options()))
    return Preview(
        name=part.name,
        kind=part.kind,
        encoding=part.encoding,
        separator=part.separator,
        n_columns=len(part.header),
        header=part.header,
        rows=part.sample.head(_ROWS),
        sheets=part.sheets,
        sheet=part.sheet,
        table=found.table,
        wide=found.wide,
        mapping=found.matches,
        n_rows=part.n_rows,
        problem=problem,
        questions=(
            *part.questions,
            *open_questions(part.sample, found, options),
            *personal.questions(found.matches, part.sample, options.mask),
        ),
        encodings=part.encodings,
        warnings=part.warnings,
        proposals=_proposals(part, found),
        samples={h: _examples(part.sample[h]) for h in part.header},
        seen=Seen(
            part.name,
            found.table or "",
            part.header,
            {m.header: m.field for m in found.matches},
            in_sample(part.sample, found),
            part.encoding,
            part.separator,
        ),
    )


def _proposals(part: Part, found: Form) -> tuple[Match, ...]:
    unnamed = [m.header for m in found.matches if m.field is None]
    return tuple(m for m in proposals(part.sample, unnamed, found.table or "customer_month") if m.field not in found.fields)


def _examples(cells: pl.Series) -> tuple[str, ...]:
    distinct = cells.drop_nulls().unique(maintain_order=True).head(_EXAMPLES)
    return tuple(str(c)[:_LONGEST] for c in distinct)
