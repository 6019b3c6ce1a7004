"""A form that comes back: every sheet of a workbook, or a text file, as cells of text with the numbers of their rows."""

import dataclasses
import pathlib
import tempfile

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.intake.files.opening import opened
from churn_dash.intake.files.parts import Part, Reading
from churn_dash.intake.files.reading import parts
from churn_dash.intake.files.workbook import sheet_names
from churn_dash.intake.source import Options, Source
from churn_dash.words import _

ROW = "source_row"


def read_sheets(source: Source, options: Options | None = None) -> list[tuple[str, pl.DataFrame]]:
    """Name and rows of each sheet with rows, all text, with the row of the file in ``source_row``; a text file is one sheet.

    Sheets that hold no table, such as notes, are left out. Raises BadInput where the file cannot be read, or holds no table.
    """
    asked = options or Options()
    with tempfile.TemporaryDirectory(prefix="churn-dash-") as room:
        reading = Reading(asked, pathlib.Path(room))
        found = []
        for sheet in _sheets(source, reading):
            one = dataclasses.replace(reading, options=dataclasses.replace(asked, sheet=sheet)) if sheet is not None else reading
            try:
                opened_parts = parts(source, one)
            except BadInput:
                if sheet is None:
                    raise
                continue
            found += [(sheet or source.name, _numbered(p)) for p in opened_parts]
    if not found:
        raise BadInput(_("{name} has no rows in its sheets."), name=source.name)
    return found


def _sheets(source: Source, reading: Reading) -> list[str | None]:
    files = list(opened(source, reading))
    if len(files) == 1 and files[0].kind in ("xlsx", "xls"):
        return list(sheet_names(files[0].name, files[0].path, files[0].kind == "xls"))
    return [None]


def _numbered(part: Part) -> pl.DataFrame:
    rows = part.rows({})
    if rows.ragged:
        raise BadInput(
            _("{name}: row {row} has {found} cells, the header has {n}. Correct it first."),
            name=part.name,
            row=rows.ragged[0].number,
            found=len(rows.ragged[0].cells),
            n=len(part.header),
        )
    numbers = rows.number(pl.Series(range(rows.height), dtype=pl.UInt32))
    frame = rows.frame.cast(pl.String)
    return frame.drop(ROW, strict=False).with_columns(numbers.cast(pl.Int64).alias(ROW))
