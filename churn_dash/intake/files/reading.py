"""One source to its parts, whatever kind of file it is."""

import dataclasses

from churn_dash.errors import NotPossible
from churn_dash.intake.files.decoding import decoded
from churn_dash.intake.files.delimited import delimited
from churn_dash.intake.files.members import Opened
from churn_dash.intake.files.opening import opened
from churn_dash.intake.files.parquet import columnar
from churn_dash.intake.files.parts import Part, Reading
from churn_dash.intake.files.workbook import workbook
from churn_dash.intake.source import Source
from churn_dash.words import _


def parts(source: Source, reading: Reading) -> list[Part]:
    """The table-like things in a source. Temporary files go to the reading's folder, which must outlive the parts.

    Raises BadInput or NotFound in one sentence.
    """
    return [part for file in opened(source, reading) for part in _parts(source, file, reading)]


def _parts(source: Source, file: Opened, reading: Reading) -> list[Part]:
    if file.kind in ("xlsx", "xls"):
        found = workbook(file.name, file.path, reading, old=file.kind == "xls")
    elif reading.options.sheet not in (None, "*"):
        raise NotPossible(_("{name} has no sheets: only Excel workbooks have."), name=source.name)
    elif file.kind == "parquet":
        found = [columnar(file.name, file.path)]
    else:
        text = decoded(file.name, file.path, reading.folder, reading.options.encoding)
        found = [delimited(file.name, text, reading)]
    return [
        dataclasses.replace(
            part,
            names=(*((part.sheet,) if part.sheet else ()), *file.inner, source.name),
            warnings=(*(file.warnings if at == 0 else ()), *part.warnings),
            questions=(*file.questions, *part.questions),
        )
        for at, part in enumerate(found)
    ]
