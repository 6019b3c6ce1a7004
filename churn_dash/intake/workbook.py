"""Excel workbooks to rows: checked before they are opened, and opened in a process that may fail alone."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence

import polars as pl

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.reading import SAMPLE, Hints, Part, Rows, named
from churn_dash.words import Text, _, nearest

MEMORY = 2_500 << 20
SECONDS = 180
_MOST_INSIDE = 4 << 30
_MOST_PARTS = 10_000
_MOST_RATIO = 400
_SMALL = 200 << 20
_MOST_CELLS = 100_000_000
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')


def workbook(name: str, path: pathlib.Path, folder: pathlib.Path, sheet: str | None, telling: Sequence[str] = ()) -> list[Part]:
    """The parts of a workbook: the sheet asked for; else the sheets whose names are in ``telling``; else the first with rows.

    ``telling`` are names of tables, lower case. Raises BadInput for a damaged or hostile workbook, NotFound for an unknown sheet.
    """
    _plausible(name, path)
    sheets = _child(name, path, folder, None, 0)["sheets"]
    if sheet is not None and sheet not in sheets:
        raise NotFound(
            _("{name} has no sheet {sheet}. Its sheets are {known}. {near}"),
            name=name,
            sheet=sheet,
            known=", ".join(sheets),
            near=nearest(sheet, sheets),
        )
    known = [s for s in sheets if s.strip().lower() in telling]
    chosen = [sheet] if sheet is not None else known or list(sheets)
    heads = _loaded(name, path, folder, chosen, SAMPLE + 20)
    filled = [s for s in chosen if heads[s].height > 1]
    if not filled:
        raise BadInput(_("{name} has no rows in its sheets."), name=name)
    filled = filled if sheet is not None or known else filled[:1]
    others = [s for s in sheets if s not in filled]
    warnings = (Text(_("{name}: only sheet {sheet} is read; the others are {others}."), name=name, sheet=filled[0], others=", ".join(others)),)
    return [
        _part(name, path, folder, s, tuple(sheets), heads[s], len(filled) > 1, warnings if others and not known and sheet is None else ())
        for s in filled
    ]


def _part(
    name: str,
    path: pathlib.Path,
    folder: pathlib.Path,
    sheet: str,
    sheets: tuple[str, ...],
    head: pl.DataFrame,
    several: bool,
    warnings: tuple[Text, ...],
) -> Part:
    label = f"{name} [{sheet}]" if several else name
    at = _header_row(head)
    header, nameless = named(label, [c if isinstance(c, str) else None for c in head.row(at)])
    sample = _under(head, at, header).head(SAMPLE)

    def rows(_hints: Hints) -> Rows:
        table = _loaded(name, path, folder, [sheet], 0)[sheet]
        found = Rows(_under(table, at, header), first=at + 2)
        if not found.frame.height:
            raise BadInput(_("{name} has a header but no rows under it."), name=label)
        return found.without_blank_rows().without_nameless_columns(nameless)

    return Part(label, header, sample, rows, "xlsx", sheet=sheet, sheets=sheets, warnings=warnings)


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
                        raise BadInput(_("{name} has a sheet of {cells} cells, too many to open. Save the data as CSV instead."), name=name, cells=_column(found[1]) * int(found[2]))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as problem:
        raise _damaged(name) from problem


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _damaged(name: str) -> BadInput:
    return BadInput(_("{name} is a damaged workbook, or cut off. Open it in Excel and save it again."), name=name)


def _loaded(name: str, path: pathlib.Path, folder: pathlib.Path, sheets: Sequence[str], n_rows: int) -> dict[str, pl.DataFrame]:
    with tempfile.TemporaryDirectory(dir=folder) as room:
        files = _child(name, path, pathlib.Path(room), sheets, n_rows)["files"]
        return {sheet: pl.read_ipc(file, memory_map=False) for sheet, file in files.items()}


def _child(name: str, path: pathlib.Path, folder: pathlib.Path, sheets: Sequence[str] | None, n_rows: int) -> dict[str, "list[str] | dict[str, str]"]:
    reader = pathlib.Path(__file__).with_name("workbook_reader.py")
    command = [sys.executable, "-P", str(reader), str(path), str(folder), str(MEMORY), str(n_rows), json.dumps(sheets)]
    limits = {"POLARS_MAX_THREADS": "2", "RAYON_NUM_THREADS": "2", "TOKIO_WORKER_THREADS": "1", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=os.environ | limits, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as problem:
        raise BadInput(_("{name} takes longer than {seconds} seconds to open. Save the data as CSV instead."), name=name, seconds=SECONDS) from problem
    if done.returncode < 0 or b"MemoryError" in done.stderr or b"memory allocation" in done.stderr:
        raise BadInput(_("{name} needs too much memory to open. Save the data as CSV instead."), name=name)
    if done.returncode:
        raise _damaged(name)
    answer: dict[str, list[str] | dict[str, str]] = json.loads(done.stdout)
    return answer
