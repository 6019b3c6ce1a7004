"""One source to its parts, whatever kind of file it is."""

import pathlib
from collections.abc import Callable

from churn_dash.errors import NotPossible
from churn_dash.intake.files.decoding import decoded
from churn_dash.intake.files.delimited import delimited
from churn_dash.intake.files.opening import opened
from churn_dash.intake.files.parquet import columnar
from churn_dash.intake.files.parts import Part
from churn_dash.intake.files.workbook import workbook
from churn_dash.intake.source import Options, Source
from churn_dash.words import _


def parts(source: Source, options: Options, folder: pathlib.Path, tells: Callable[[str], bool]) -> list[Part]:
    """The table-like things in a source. Temporary files go to ``folder``, which must outlive the parts.

    ``tells``: whether a sheet's name tells of a table. Raises BadInput or NotFound in one sentence.
    """
    file = opened(source, folder)
    if file.kind == "xlsx":
        return workbook(file.name, file.path, options.sheet, tells)
    if options.sheet is not None:
        raise NotPossible(_("{name} has no sheets: only Excel workbooks have."), name=source.name)
    if file.kind == "parquet":
        return [columnar(file.name, file.path)]
    return [delimited(file.name, decoded(file.name, file.path, folder, options.encoding), folder)]
