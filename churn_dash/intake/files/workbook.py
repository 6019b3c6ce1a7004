"""Excel workbooks to rows: checked before they are opened; what still breaks the reader breaks its process alone."""

import dataclasses
import pathlib
import re
import zipfile
from collections.abc import Sequence

import fastexcel
import polars as pl

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.files.heading import heading, joined, no_such_row, two_rows
from churn_dash.intake.files.monthnames import month_in
from churn_dash.intake.files.parts import SAMPLE, Hints, Part, Reading, Rows, named
from churn_dash.intake.questions import Question
from churn_dash.words import Text, _, nearest

_LOOK = 200
_MOST_INSIDE = 4 << 30
_MOST_PARTS = 10_000
_MOST_RATIO = 400
_SMALL = 200 << 20
_MOST_CELLS = 100_000_000
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')


def workbook(name: str, path: pathlib.Path, reading: Reading, old: bool = False) -> list[Part]:
    """The parts of a workbook: the sheet asked for ("*": all with rows); else all sheets that are named after tables; else all that
    are named after months; else the first with rows. ``old``: an .xls file.

    Raises BadInput for a damaged or hostile workbook, NotFound for an unknown sheet.
    """
    reader = _reader(name, path, old)
    sheets, asked = reader.sheet_names, reading.options.sheet
    if asked is not None and asked not in (*sheets, "*"):
        raise NotFound(
            _("{name} has no sheet {sheet}. Did you mean {near}? Its sheets are {known}."),
            name=name,
            sheet=asked,
            near=nearest(asked, sheets) or sheets[0],
            known=", ".join(sheets),
        )
    wanted = _wanted(name, sheets, reading)
    if wanted:
        loaded = {s: _loaded(reader, name, s) for s in wanted}
        found = {s: t for s, t in loaded.items() if t.height > 1}
    else:
        each = ({s: _loaded(reader, name, s)} for s in sheets)
        found = next((t for t in each if next(iter(t.values())).height > 1), {})
    if not found:
        raise BadInput(_("{name} has no rows in its sheets."), name=name)
    warnings, questions = _of_sheets(name, next(iter(found)), [] if wanted else sheets)
    several = len(found) > 1
    return [
        dataclasses.replace(
            _part(f"{name} [{s}]" if several else name, table, reading),
            kind="xls" if old else "xlsx",
            sheet=s,
            sheets=tuple(sheets),
            warnings=warnings,
            questions=questions,
            names=(s, name),
        )
        for s, table in found.items()
    ]


def sheet_names(name: str, path: pathlib.Path, old: bool = False) -> list[str]:
    """The sheets of a workbook in their order. Raises BadInput for a damaged or hostile one."""
    return list(_reader(name, path, old).sheet_names)


def _reader(name: str, path: pathlib.Path, old: bool) -> fastexcel.ExcelReader:
    if not old:
        _plausible(name, path)
    try:
        return fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, OSError) as problem:
        raise (protected(name) if old else _damaged(name)) from problem


def _wanted(name: str, sheets: Sequence[str], reading: Reading) -> list[str]:
    """The sheets to read; empty where none is asked for and no name tells."""
    asked = reading.options.sheet
    if asked is not None:
        return list(sheets) if asked == "*" else [asked]
    monthly = [s for s in sheets if month_in(s, name)]
    return [s for s in sheets if reading.tells(s)] or (monthly if len(monthly) > 1 else [])


def _of_sheets(name: str, chosen: str, sheets: Sequence[str]) -> tuple[tuple[Text, ...], tuple[Question, ...]]:
    """What to say and ask where one sheet was taken among several."""
    if len(sheets) < 2:
        return (), ()
    others = ", ".join(s for s in sheets if s != chosen)
    told = Text(_("{name}: only sheet {sheet} is read; the others are {others}."), name=name, sheet=chosen, others=others)
    choices = (*((s, Text(s)) for s in sheets), ("*", Text(_("all sheets together"))))
    return (told,), (Question("sheet", "", Text(_("Which sheet of {name} shall be read?"), name=name), choices, chosen, told),)


def _part(name: str, table: pl.DataFrame, reading: Reading) -> Part:
    head = [[c if isinstance(c, str) else None for c in row] for row in table.head(_LOOK).rows()]
    filled = [i for i, row in enumerate(head) if any(c and c.strip() for c in row)]
    at, asked = filled[heading([head[i] for i in filled])] if filled else 0, reading.options.header_row
    if asked is not None:
        if asked - 1 not in filled:
            raise no_such_row(name, asked)
        at = asked - 1
    deep = two_rows(head[at : at + 3])
    titles = joined(head[at], head[at + 1], reading.knows) if deep else head[at]
    header, nameless = named(name, titles)
    under = table.slice(at + deep + 1).cast(pl.String)
    under.columns = list(header)
    if not under.height:
        raise BadInput(_("{name} has a header but no rows under it."), name=name)

    def rows(_hints: Hints) -> Rows:
        return Rows(under, first=at + deep + 2).without_blank_rows().without_nameless_columns(nameless)

    return Part(name, header, under.head(SAMPLE), rows, "xlsx", n_rows=under.height)


def _plausible(name: str, path: pathlib.Path) -> None:
    """Refuse what unpacks to absurd sizes before anything is unpacked. PLATFORM 3.4."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
            size, packed = sum(i.file_size for i in inside), max(1, sum(i.compress_size for i in inside))
            if len(inside) > _MOST_PARTS or size > _MOST_INSIDE or (size > _SMALL and size / packed > _MOST_RATIO):
                raise BadInput(
                    _("{name} is not a plausible workbook: {packed} KB hold {inside} MB. Save the data as CSV instead."),
                    name=name,
                    packed=packed >> 10,
                    inside=size >> 20,
                )
            for info in inside:
                if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                    with archive.open(info) as sheet:
                        found = _DIMENSION.search(sheet.read(4096))
                    if found and _column(found[1]) * int(found[2]) > _MOST_CELLS:
                        raise BadInput(
                            _("{name} has a sheet of {cells} cells, too many to open. Save the data as CSV instead."),
                            name=name,
                            cells=_column(found[1]) * int(found[2]),
                        )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise _damaged(name) from problem


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def protected(name: str) -> BadInput:
    """The sentence for an .xls file that cannot be opened."""
    return BadInput(_("{name} is an old or password-protected Excel file. Save it as .xlsx without a password."), name=name)


def _damaged(name: str) -> BadInput:
    return BadInput(_("{name} is a damaged workbook, or cut off. Open it in Excel and save it again."), name=name)


def _loaded(reader: fastexcel.ExcelReader, name: str, sheet: str) -> pl.DataFrame:
    """All cells of a sheet as text, without a header."""
    try:
        table: pl.DataFrame = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as problem:
        raise _damaged(name) from problem
    return table
