"""Rows set aside: where they stand, what is wrong, and their cells as they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.intake.checks.rows import Checked
from churn_dash.intake.files.parts import Part, Rows
from churn_dash.intake.recognition import Form
from churn_dash.words import Text, _, say

QUARANTINE = {
    "file": pl.String,
    "source_row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "reason_zh": pl.String,
}


@dataclass(frozen=True)
class Reason:
    """A reason of the list inside another sentence, in the reader's language."""

    english: str
    chinese: str

    def in_(self, language: str) -> str:
        return self.chinese if language == "zh" else self.english

    def __str__(self) -> str:
        return self.english


def set_aside(
    members: Sequence[tuple[Part, Form]], read: Sequence[Rows], verdict: Checked, names: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The list of rows set aside (columns of QUARANTINE) and their original cells, one line a row each, in the order of the files.

    ``names`` gives the physical name of each own column.
    """
    lists, cells, start = [], [], 0
    labels = {physical: label for label, physical in names.items()}
    for (part, form), rows in zip(members, read, strict=True):
        here = verdict.aside.filter(pl.col("place").is_between(start, start + rows.height - 1))
        places = here["place"] - start
        start += rows.height
        if here.height:
            original = rows.cells(places)
            headers = {m.field: m.header for m in form.matches if m.field}
            titles = [headers.get(c) or labels.get(c) or c for c in here["column"]]
            values = _cells(original, titles)
            english = [say(r) for r in verdict.reasons]
            chinese = [say(r, "zh") for r in verdict.reasons]
            listed = pl.DataFrame(
                {
                    "file": pl.repeat(part.name, here.height, eager=True),
                    "source_row": rows.number(places),
                    "column": titles,
                    "value": values,
                    "reason": [english[c] for c in here["reason"]],
                    "reason_zh": [chinese[c] for c in here["reason"]],
                },
                schema=QUARANTINE,
            )
            lists.append(listed)
            cells.append(_beside(listed, original))
        if rows.ragged:
            listed, original = _ragged(part, rows)
            lists.append(listed)
            cells.append(_beside(listed, original))
    if not lists:
        return pl.DataFrame(schema=QUARANTINE), pl.DataFrame(schema={"file": pl.String, "source_row": pl.Int64, "reason": pl.String})
    return pl.concat(lists), pl.concat(cells, how="diagonal")


def _cells(original: pl.DataFrame, titles: Sequence[str]) -> pl.Series:
    """The cell at fault of each row; missing where the row as a whole is at fault."""
    title = pl.Series("title of the cell at fault", titles)
    picked = [pl.when(pl.lit(title) == t).then(pl.col(t)) for t in dict.fromkeys(titles) if t in original.columns]
    return (
        original.select(pl.coalesce(*picked).alias("value"))["value"]
        if picked
        else pl.repeat(None, len(titles), dtype=pl.String, eager=True)
    )


def _ragged(part: Part, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    header = [h for h in part.header if h not in part.made]
    reasons = [Text(_("The row has {found} cells, the header has {n}."), found=len(r.cells), n=len(header)) for r in rows.ragged]
    listed = pl.DataFrame(
        {
            "file": [part.name] * len(reasons),
            "source_row": [r.number for r in rows.ragged],
            "column": [None] * len(reasons),
            "value": [None] * len(reasons),
            "reason": [say(r) for r in reasons],
            "reason_zh": [say(r, "zh") for r in reasons],
        },
        schema=QUARANTINE,
    )
    widest = max(len(r.cells) for r in rows.ragged)
    titles = [*header, *(f"column {i + 1}" for i in range(len(header), widest))]
    table = {t: [r.cells[i] if i < len(r.cells) else None for r in rows.ragged] for i, t in enumerate(titles)}
    return listed, pl.DataFrame(table, schema=dict.fromkeys(titles, pl.String))


def _beside(listed: pl.DataFrame, original: pl.DataFrame) -> pl.DataFrame:
    clash = {c: f"{c} (file)" for c in original.columns if c in ("file", "source_row", "reason")}
    return pl.concat([listed.select("file", "source_row", "reason"), original.rename(clash)], how="horizontal")
