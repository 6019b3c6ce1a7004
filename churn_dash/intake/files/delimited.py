"""Delimited text to rows: the separator is found, rows that do not fit the header are set aside, polars reads the rest."""

import csv
import dataclasses
import itertools
import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

import numpy as np
import polars as pl

from churn_dash.errors import BadInput
from churn_dash.intake.files.decoding import Decoded
from churn_dash.intake.files.heading import all_closed, head_of, separator_of, width_of
from churn_dash.intake.files.lines import Lines, lines
from churn_dash.intake.files.mending import mended
from churn_dash.intake.files.parts import SAMPLE, Hints, Part, Ragged, Reading, Rows, file_size, named
from churn_dash.intake.questions import Question
from churn_dash.words import Text, _

_WIDEST_CELL = 1 << 24
_CHEAP = 64 << 20


@dataclass(frozen=True)
class _Layout:
    """How a delimited file is laid out. ``header_rows`` counts the rows above the header and the header itself.

    Without ``quoting``, quotation marks are characters like any other.
    """

    name: str
    path: pathlib.Path
    reading: Reading
    separator: str
    header: tuple[str, ...]
    nameless: tuple[str, ...]
    n_named: int
    header_rows: int
    header_lines: int
    quoting: bool = True


def delimited(name: str, text: Decoded, reading: Reading) -> Part:
    """A delimited file as a part. Raises BadInput where there is no header, or no row under it."""
    csv.field_size_limit(_WIDEST_CELL)
    separator = reading.options.separator or separator_of(name, text.path)
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n':
        raise BadInput(_("{separator} cannot part cells: name one character, such as a comma or a tab."), separator=separator)
    head = head_of(name, text.path, separator, reading.options.header_row, reading.knows)
    if not head.body:
        raise BadInput(_("{name} has a header but no rows under it."), name=name)
    width, n_named = width_of(head.titles, head.body), len(head.titles)
    header, nameless = named(name, (head.titles + [""] * width)[:width])
    if not any(len(r) == width for r in head.body):
        raise _other_width(name, len(head.body[0]), n_named)
    layout = _Layout(name, text.path, reading, separator, header, nameless, n_named, head.rows, head.lines)
    sample = pl.DataFrame(
        [[c if c else None for c in column] for column in itertools.zip_longest(*[r for r in head.body[:SAMPLE] if len(r) == width])]
        or [[]] * width,
        schema=dict.fromkeys(header, pl.String),
    )
    n_rows = None
    if file_size(text.path) <= _CHEAP:
        n_rows = lines(text.path, separator, width, layout.header_rows).n_rows
    warnings, questions = _of_encoding(name, text)
    return Part(
        name,
        header,
        sample,
        lambda hints: _rows(layout, hints),
        "csv",
        text.encoding,
        separator,
        n_rows=n_rows,
        warnings=warnings,
        encodings=text.candidates,
        questions=questions,
    )


def _of_encoding(name: str, text: Decoded) -> tuple[tuple[Text, ...], tuple[Question, ...]]:
    """What to say and ask where the encoding is a guess."""
    if not text.unsure:
        return (), ()
    told = Text(
        _("{name} is read as {encoding}, but the words it gives are unusual. Look at them, and name the encoding if they are wrong."),
        name=name,
        encoding=text.encoding,
    )
    choices = tuple((e, Text(e)) for e in dict.fromkeys((*text.candidates, "cp1252")))
    return (told,), (Question("encoding", "", Text(_("Which encoding is {name} in?"), name=name), choices, text.encoding, told),)


def _rows(layout: _Layout, hints: Hints) -> Rows:
    scan = lines(layout.path, layout.separator, len(layout.header), layout.header_rows)
    if not scan.well_formed and scan.bare:
        layout = dataclasses.replace(layout, quoting=False)
        scan = lines(layout.path, layout.separator, len(layout.header), layout.header_rows, quoting=False)
    if not scan.well_formed:
        target = layout.reading.place("mended", ".csv")
        if not mended(layout.path, layout.separator, target):
            return _repaired(layout)
        layout = dataclasses.replace(layout, path=target)
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
            raise _other_width(layout.name, len(layout.header), layout.n_named)
    if not rows.frame.height and not rows.ragged:
        raise BadInput(_("{name} has a header but no rows under it."), name=layout.name)
    _none_swallowed(layout, rows)
    return rows.without_blank_rows().without_nameless_columns(layout.nameless)


def _none_swallowed(layout: _Layout, rows: Rows) -> None:
    """A cell over several lines, one of which is a whole row, is a mark closed too late: refuse rather than lose rows in it."""
    texts = rows.frame.select(pl.col(pl.String)) if layout.quoting else pl.DataFrame()
    for column in texts.iter_columns():
        several = column.str.contains("\n", literal=True).fill_null(False)
        if several.any():
            place = int(several.arg_true()[0])
            at = int(rows.number(pl.Series([place], dtype=pl.UInt32))[0])
            all_closed(layout.name, at, column.filter(several).to_list(), layout.separator, len(layout.header))


def _other_width(name: str, found: int, n: int) -> BadInput:
    return BadInput(_("{name}: rows have {found} cells, but the header names {n} columns."), name=name, found=found, n=n)


def _schema(layout: _Layout, hints: Hints) -> dict[str, pl.DataType]:
    return {f"c{i}": hints.get(h, pl.String()) for i, h in enumerate(layout.header)}


def _read(layout: _Layout, path: pathlib.Path, skip: int, hints: Hints) -> Rows:
    names = {f"c{i}": h for i, h in enumerate(layout.header)}
    text = _schema(layout, {})
    quote = '"' if layout.quoting else None

    def originals(places: pl.Series) -> pl.DataFrame:
        lazy = pl.scan_csv(path, has_header=False, skip_lines=skip, schema=text, separator=layout.separator, quote_char=quote, glob=False)
        wanted = pl.DataFrame({"place": places.cast(pl.UInt32), "order": pl.Series(range(len(places)), dtype=pl.UInt32)})
        found = lazy.with_row_index("place").join(wanted.lazy(), on="place", how="inner").collect(engine="streaming")
        return found.sort("order").drop("place", "order").rename(names)

    def table(schema: dict[str, pl.DataType]) -> pl.DataFrame:
        return pl.read_csv(path, has_header=False, skip_lines=skip, schema=schema, separator=layout.separator, quote_char=quote, glob=False)

    frame = _hinted(table, _schema(layout, hints)) if hints else None
    return Rows((table(text) if frame is None else frame).rename(names), originals=originals)


def _hinted(table: Callable[[dict[str, pl.DataType]], pl.DataFrame], schema: dict[str, pl.DataType]) -> pl.DataFrame | None:
    """The file with its number columns read as numbers at once; None where a cell is no plain number."""
    try:
        return table(schema)
    except pl.exceptions.PolarsError:
        return None


def _without_odd(layout: _Layout, scan: Lines, hints: Hints) -> Rows:
    """Rows with too many or too few cells are cut out of a copy; surplus cells that are empty do not count."""
    target = layout.reading.place("even", ".csv")
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
                out.write(_line(cells[:width], layout))
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


def _line(cells: Sequence[str], layout: _Layout) -> bytes:
    separator = layout.separator
    if not layout.quoting:
        return (separator.join(cells) + "\n").encode()
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
    layout = dataclasses.replace(layout, quoting=True)
    target = layout.reading.place("repaired", ".csv")
    width, ragged, numbers = len(layout.header), [], []
    with layout.path.open(encoding="utf-8-sig", newline="") as file, target.open("wb") as out:
        reader = csv.reader(file, delimiter=layout.separator)
        try:
            for number, cells in enumerate(reader, 1):
                if number <= layout.header_rows or not any(c.strip() for c in cells):
                    continue
                all_closed(layout.name, reader.line_num, cells, layout.separator, width)
                surplus = len(cells) > width and not any(c.strip() for c in cells[width:])
                if len(cells) != width and not surplus:
                    ragged.append(Ragged(number, tuple(cells)))
                    continue
                numbers.append(number)
                out.write(_line(cells[:width], layout))
        except csv.Error as problem:
            raise BadInput(_("{name} cannot be cut into cells near line {line}."), name=layout.name, line=reader.line_num) from problem
    if not numbers:
        return _finished(layout, Rows(pl.DataFrame(schema=dict.fromkeys(layout.header, pl.String)), ragged=ragged))
    rows = _read(layout, target, 0, {})
    rows.numbers = pl.Series("source_row", numbers, dtype=pl.Int64)
    rows.ragged = ragged
    return _finished(layout, rows)
