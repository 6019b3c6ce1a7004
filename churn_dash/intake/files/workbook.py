"""Excel workbooks to rows: checked before they are opened; what still breaks the reader breaks its process alone."""

import pathlib
import re
import zipfile
from collections.abc import Callable, Sequence

import fastexcel
import polars as pl

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.files.parts import SAMPLE, Hints, Part, Rows, named
from churn_dash.words import Text, _, nearest

_MOST_INSIDE = 4 << 30
_MOST_PARTS = 10_000
_MOST_RATIO = 400
_SMALL = 200 << 20
_MOST_CELLS = 100_000_000
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')


def workbook(name: str, path: pathlib.Path, sheet: str | None, tells: Callable[[str], bool]) -> list[Part]:
    """The parts of a workbook: the sheet asked for; else all sheets whose names ``tells`` knows; else the first with rows.

    Raises BadInput for a damaged or hostile workbook, NotFound for an unknown sheet.
    """
    _plausible(name, path)
    try:
        reader = fastexcel.read_excel(path)
    except (fastexcel.FastExcelError, OSError) as problem:
        raise _damaged(name) from problem
    sheets = reader.sheet_names
    if sheet is not None and sheet not in sheets:
        raise NotFound(
            _("{name} has no sheet {sheet}. Did you mean {near}? Its sheets are {known}."),
            name=name,
            sheet=sheet,
            near=nearest(sheet, sheets) or sheets[0],
            known=", ".join(sheets),
        )
    known = [s for s in sheets if tells(s)]
    if sheet is not None or known:
        loaded = {s: _loaded(reader, name, s) for s in ([sheet] if sheet is not None else known)}
        found = {s: t for s, t in loaded.items() if t.height > 1}
    else:
        each = ({s: _loaded(reader, name, s)} for s in sheets)
        found = next((t for t in each if next(iter(t.values())).height > 1), {})
    if not found:
        raise BadInput(_("{name} has no rows in its sheets."), name=name)
    others = [s for s in sheets if s not in found]
    warnings: tuple[Text, ...] = ()
    if others and sheet is None and not known:
        chosen = next(iter(found))
        warnings = (
            Text(_("{name}: only sheet {sheet} is read; the others are {others}."), name=name, sheet=chosen, others=", ".join(others)),
        )
    return [_part(name if len(found) == 1 else f"{name} [{s}]", s, tuple(sheets), table, warnings) for s, table in found.items()]


def _part(name: str, sheet: str, sheets: tuple[str, ...], table: pl.DataFrame, warnings: tuple[Text, ...]) -> Part:
    at = _header_row(table)
    header, nameless = named(name, [c if isinstance(c, str) else None for c in table.row(at)])
    under = _under(table, at, header)
    if not under.height:
        raise BadInput(_("{name} has a header but no rows under it."), name=name)

    def rows(_hints: Hints) -> Rows:
        return Rows(under, first=at + 2).without_blank_rows().without_nameless_columns(nameless)

    return Part(name, header, under.head(SAMPLE), rows, "xlsx", sheet=sheet, sheets=sheets, n_rows=under.height, warnings=warnings)


def _under(table: pl.DataFrame, at: int, header: Sequence[str]) -> pl.DataFrame:
    under = table.slice(at + 1).cast(pl.String)
    under.columns = list(header)
    return under


def _header_row(head: pl.DataFrame) -> int:
    """The first row with cells; a title alone above the header is passed over."""
    filled = head.head(20).select(pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int32)).alias("n"))["n"].to_list()
    for at, n in enumerate(filled):
        if n == 1 and max(filled[at + 1 : at + 10], default=0) >= 3:
            continue
        if n:
            return at
    return 0


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


def _damaged(name: str) -> BadInput:
    return BadInput(_("{name} is a damaged workbook, or cut off. Open it in Excel and save it again."), name=name)


def _loaded(reader: fastexcel.ExcelReader, name: str, sheet: str) -> pl.DataFrame:
    """All cells of a sheet as text, without a header."""
    try:
        table: pl.DataFrame = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as problem:
        raise _damaged(name) from problem
    return table
