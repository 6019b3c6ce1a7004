"""Flat files of an experiment: rows as they are, never taken for repeats."""

import pathlib
import tempfile

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.intake.files.parts import Reading
from churn_dash.intake.files.reading import parts
from churn_dash.intake.source import Options, Source
from churn_dash.intake.values.own import loose
from churn_dash.words import _


def read_rows(source: Source, options: Options | None = None) -> pl.DataFrame:
    """Every row of a file under its own headers: numbers where all cells of a column are numbers, otherwise text.

    Equal rows are all kept: in a file without customer numbers they are different people.
    Raises BadInput where the file cannot be read, or a row does not fit under the header.
    """
    asked = options or Options()
    with tempfile.TemporaryDirectory(prefix="churn-dash-") as room:
        part = parts(source, Reading(asked, pathlib.Path(room)))[0]
        rows = part.rows({})
        if rows.ragged:
            raise BadInput(
                _("{name}: row {row} has {found} cells, the header has {n}. Correct it first: an experiment is judged on all its rows."),
                name=part.name,
                row=rows.ragged[0].number,
                found=len(rows.ragged[0].cells),
                n=len(part.header),
            )
        return pl.DataFrame([loose(rows.frame[c]).alias(c) for c in rows.frame.columns])
