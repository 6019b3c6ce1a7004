"""Delimited text to rows: the separator is found, rows that do not fit the header are set aside, polars reads the rest."""

import csv
import itertools
import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np
import polars as pl

from churn_dash.errors import BadInput
from churn_dash.intake.decoding import Decoded
from churn_dash.intake.lines import Lines, lines
from churn_dash.intake.reading import SAMPLE, Hints, Part, Ragged, Rows, file_size, named
from churn_dash.words import _

SEPARATORS = (",", ";", "\t", "|")
_WIDEST_CELL = 1 << 24
_CHEAP = 64 << 20


@dataclass(frozen=True)
class _Layout:
    """How a delimited file is laid out. ``header_rows`` counts blank rows above the header and the header itself."""

    name: str
    path: pathlib.Path
    folder: pathlib.Path
    separator: str
    header: tuple[str, ...]
    nameless: tuple[str, ...]
    n_named: int
    header_rows: int
    header_lines: int


def delimited(name: str, text: Decoded, folder: pathlib.Path) -> Part:
    """A delimited file as a part. Raises BadInput where there is no header, or no row under it."""
    csv.field_size_limit(_WIDEST_CELL)
    separator = _separator(name, text.path)
    head, blank_above, header_lines = _head(name, text.path, separator)
    titles, body = head[0], head[1:]
    if not body:
        raise BadInput(_("{name} has a header but no rows under it."), name=name)
    width, n_named = _width(titles, body), len(titles)
    header, nameless = named(name, (titles + [""] * width)[:width])
    layout = _Layout(name, text.path, folder, separator, header, nameless, n_named, blank_above + 1, header_lines)
    sample = pl.DataFrame(
        [[c if c else None for c in column] for column in itertools.zip_longest(*[r for r in body if len(r) == width])] or [[]] * width,
        schema=dict.fromkeys(header, pl.String),
    )
    n_rows = None
    if file_size(text.path) <= _CHEAP:
        n_rows = lines(text.path, separator, width, layout.header_rows).n_rows
    return Part(name, header, sample, lambda hints: _rows(layout, hints), "csv", text.encoding, separator, n_rows=n_rows)


def _separator(name: str, path: pathlib.Path) -> str:
    """The candidate that cuts the first rows most evenly, and into most cells."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = list(itertools.islice(file, 200))
    best, best_score = ",", (0.0, 1)
    for separator in SEPARATORS:
        try:
            rows = [r for r in csv.reader(text, delimiter=separator) if r][:100]
        except csv.Error:
            continue
        if not rows or len(rows[0]) < 2:
            continue
        even = sum(len(r) == len(rows[0]) for r in rows) / len(rows)
        score = (round(even, 1), len(rows[0]))
        if score > best_score:
            best, best_score = separator, score
    return best


def _head(name: str, path: pathlib.Path, separator: str) -> tuple[list[list[str]], int, int]:
    """The header and the first rows, the number of blank rows above the header, and the lines that header and those take."""
    rows: list[list[str]] = []
    blank_above = header_lines = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        try:
            for row in reader:
                if not any(c.strip() for c in row):
                    blank_above += not rows
                    continue
                rows.append(row)
                if len(rows) == 1:
                    header_lines = reader.line_num
                if len(rows) > SAMPLE:
                    break
        except csv.Error as problem:
            raise BadInput(_("{name} cannot be cut into cells near line {line}."), name=name, line=reader.line_num) from problem
    if not rows:
        raise BadInput(_("{name} is empty."), name=name)
    return rows, blank_above, header_lines


def _width(titles: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """Cells a row should have: as the header has, but for empty names that most rows lack or empty cells that they add."""
    counts: dict[int, int] = {}
    for row in body:
        counts[len(row)] = counts.get(len(row), 0) + 1
    usual = max(counts, key=lambda n: counts[n])
    if usual < len(titles) and not any(t.strip() for t in titles[usual:]):
        return usual
    if usual > len(titles) and not any(c.strip() for row in body for c in row[len(titles) :]):
        return usual
    return len(titles)


def _rows(layout: _Layout, hints: Hints) -> Rows:
    scan = lines(layout.path, layout.separator, len(layout.header), layout.header_rows)
    if not scan.well_formed:
        return _repaired(layout)
    if len(scan.odd):
        return _without_odd(layout, scan, hints)
    try:
        rows = _read(layout, layout.path, layout.header_lines, hints)
    except pl.exceptions.PolarsError:
        return _repaired(layout)
    if rows.frame.height != scan.n_rows:
        return _repaired(layout)
    rows.first = layout.header_rows + 1
    return _finished(layout, rows)


def _finished(layout: _Layout, rows: Rows) -> Rows:
    for extra in layout.header[layout.n_named :]:
        if rows.frame[extra].null_count() < rows.frame.height:
            raise BadInput(
                _("{name}: rows have {found} cells, but the header names {n} columns."),
                name=layout.name,
                found=len(layout.header),
                n=layout.n_named,
            )
    if not rows.frame.height and not rows.ragged:
        raise BadInput(_("{name} has a header but no rows under it."), name=layout.name)
    return rows.without_blank_rows().without_nameless_columns(layout.nameless)


def _schema(layout: _Layout, hints: Hints) -> dict[str, pl.DataType]:
    return {f"c{i}": hints.get(h, pl.String()) for i, h in enumerate(layout.header)}


def _read(layout: _Layout, path: pathlib.Path, skip: int, hints: Hints) -> Rows:
    names = {f"c{i}": h for i, h in enumerate(layout.header)}
    text = _schema(layout, {})

    def originals(places: pl.Series) -> pl.DataFrame:
        lazy = pl.scan_csv(path, has_header=False, skip_lines=skip, schema=text, separator=layout.separator, glob=False)
        wanted = pl.DataFrame({"place": places.cast(pl.UInt32), "order": pl.Series(range(len(places)), dtype=pl.UInt32)})
        found = lazy.with_row_index("place").join(wanted.lazy(), on="place", how="inner").collect(engine="streaming")
        return found.sort("order").drop("place", "order").rename(names)

    def table(schema: dict[str, pl.DataType]) -> pl.DataFrame:
        return pl.read_csv(path, has_header=False, skip_lines=skip, schema=schema, separator=layout.separator, glob=False)

    frame = _hinted(table, _schema(layout, hints)) if hints else None
    return Rows((table(text) if frame is None else frame).rename(names), originals=originals)


def _hinted(table: Callable[[dict[str, pl.DataType]], pl.DataFrame], schema: dict[str, pl.DataType]) -> pl.DataFrame | None:
    """The file with its number columns read as numbers at once; None where a cell is no plain number."""
    try:
        frame = table(schema)
    except pl.exceptions.PolarsError:
        return None
    floats = [c for c, t in frame.schema.items() if t == pl.Float64]
    if any(frame[c].is_infinite().any() for c in floats):
        return None
    return frame.with_columns(pl.col(floats).fill_nan(None))


def _without_odd(layout: _Layout, scan: Lines, hints: Hints) -> Rows:
    """Rows with too many or too few cells are cut out of a copy; surplus cells that are empty do not count."""
    target = layout.folder / f"even-{len(list(layout.folder.iterdir()))}.csv"
    width, ragged, gone = len(layout.header), [], []
    with layout.path.open("rb") as file, target.open("w+b") as out:
        at = scan.data_start
        for number, first, last, _width_found in cast(Iterator[tuple[int, int, int, int]], scan.odd.tolist()):
            _copy(file, out, at, first)
            file.seek(first)
            cells = _cut(file.read(last - first).decode("utf-8"), layout.separator)
            at = last + 1
            if not any(c.strip() for c in cells):
                gone.append(number)
            elif len(cells) > width and not any(c.strip() for c in cells[width:]):
                out.write(_line(cells[:width], layout.separator))
            else:
                gone.append(number)
                ragged.append(Ragged(number, tuple(cells)))
        _copy(file, out, at, None)
        size = out.tell()
    if not size:
        frame = pl.DataFrame(schema=dict.fromkeys(layout.header, pl.String))
        return _finished(layout, Rows(frame, ragged=ragged))
    try:
        rows = _read(layout, target, 0, hints)
    except pl.exceptions.PolarsError:
        return _repaired(layout)
    every = np.arange(layout.header_rows + 1, layout.header_rows + 1 + scan.n_rows, dtype=np.int64)
    numbers = np.delete(every, np.asarray(gone, dtype=np.int64) - layout.header_rows - 1)
    if rows.frame.height != len(numbers):
        return _repaired(layout)
    rows.numbers = pl.Series("source_row", numbers)
    rows.ragged = ragged
    return _finished(layout, rows)


def _cut(row: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([row], delimiter=separator), [])
    except csv.Error:
        return [row]


def _line(cells: Sequence[str], separator: str) -> bytes:
    quoted = ('"' + c.replace('"', '""') + '"' if any(x in c for x in (separator, '"', "\n", "\r")) else c for c in cells)
    return (separator.join(quoted) + "\n").encode()


def _copy(source: BinaryIO, target: BinaryIO, first: int, last: int | None) -> None:
    source.seek(first)
    left = -1 if last is None else last - first
    while left:
        piece = source.read(min(1 << 22, left) if left > 0 else 1 << 22)
        if not piece:
            break
        target.write(piece)
        left = left - len(piece) if left > 0 else left


def _repaired(layout: _Layout) -> Rows:
    """Files with quotation marks inside cells: cut cell by cell, written again in good form, and read."""
    target = layout.folder / f"repaired-{len(list(layout.folder.iterdir()))}.csv"
    width, ragged, numbers = len(layout.header), [], []
    with layout.path.open(encoding="utf-8-sig", newline="") as file, target.open("wb") as out:
        reader = csv.reader(file, delimiter=layout.separator)
        try:
            for number, cells in enumerate(reader, 1):
                if number <= layout.header_rows or not any(c.strip() for c in cells):
                    continue
                if any(c.count("\n") > 50 for c in cells):
                    raise BadInput(_("{name}: a quotation mark is opened in row {row} and never closed."), name=layout.name, row=number)
                surplus = len(cells) > width and not any(c.strip() for c in cells[width:])
                if len(cells) != width and not surplus:
                    ragged.append(Ragged(number, tuple(cells)))
                    continue
                numbers.append(number)
                out.write(_line(cells[:width], layout.separator))
        except csv.Error as problem:
            raise BadInput(_("{name} cannot be cut into cells near line {line}."), name=layout.name, line=reader.line_num) from problem
    if not numbers:
        return _finished(layout, Rows(pl.DataFrame(schema=dict.fromkeys(layout.header, pl.String)), ragged=ragged))
    rows = _read(layout, target, 0, {})
    rows.numbers = pl.Series("source_row", numbers, dtype=pl.Int64)
    rows.ragged = ragged
    return _finished(layout, rows)
