"""Where the rows of a CSV begin and end, and which of them have too many or too few cells. One pass, whole pieces at a time."""

import codecs
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 22
_LF, _CR, _QUOTE = 10, 13, 34

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The rows of a CSV after ``header_rows`` rows.

    ``n_rows`` counts all of them, blank ones too. ``odd`` has one line for each row whose number of cells is not the expected one:
    its number in the file (the first row is 1), first byte, byte after the last, and number of cells (a blank row has one).
    ``well_formed`` is False where quotation marks stand inside cells, so that rows cannot be told apart by counting marks; ``bare``
    says that none of them stands at the start of a cell: then a mark is a character like any other.
    """

    n_rows: int
    data_start: int
    odd: Places
    well_formed: bool
    bare: bool = False


@dataclass
class _State:
    base: int = 0
    line_start: int = 0
    separators: int = 0
    inside: int = 0
    row: int = 0
    data_start: int = 0
    well_formed: bool = True
    bare: bool = True


def lines(path: pathlib.Path, separator: str, n_cells: int, header_rows: int, quoting: bool = True) -> Lines:
    """Scan a UTF-8 CSV whose rows should have ``n_cells`` cells; ``header_rows`` counts the header and blank rows above it.

    Without ``quoting``, quotation marks are characters like any other.

    >>> import tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_text('a,b\\n1,2\\n3\\n"x,\\ny",4\\n')
    >>> found = lines(file, ",", 2, 1)
    >>> found.n_rows, found.odd[:, [0, 3]].tolist()
    (3, [[3, 1]])
    """
    state = _State()
    odd: list[Places] = []
    for piece in _pieces(path, state):
        odd.append(_scanned(piece, ord(separator), n_cells, header_rows, state, quoting))
    if state.line_start < state.base or state.inside:
        last = _ended(state, n_cells, header_rows)
        odd.append(last)
    found = np.concatenate(odd) if odd else np.empty((0, 4), np.int64)
    well_formed = state.well_formed and not state.inside
    return Lines(max(0, state.row - header_rows), state.data_start, found, well_formed, state.bare)


def _pieces(path: pathlib.Path, state: _State) -> Iterator[npt.NDArray[np.uint8]]:
    """Pieces that end with a line feed, so that no mark is parted from its neighbours."""
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        state.base = state.line_start = state.data_start = file.tell()
        while piece := file.read(_CHUNK) + file.readline():
            yield np.frombuffer(piece, np.uint8)
            state.base += len(piece)


def _scanned(piece: npt.NDArray[np.uint8], separator: int, n_cells: int, header_rows: int, state: _State, quoting: bool) -> Places:
    ends, cuts = np.flatnonzero(piece == _LF), np.flatnonzero(piece == separator)
    quotes = np.flatnonzero(piece == _QUOTE) if quoting else np.empty(0, np.int64)
    if len(quotes) or state.inside:
        before = np.where(quotes > 0, piece[quotes - 1], _LF)
        state.bare = state.bare and not bool(np.any((before == separator) | (before == _LF)))
        state.well_formed = state.well_formed and _well_formed(piece, quotes, separator, state.inside)
        ends = ends[(np.searchsorted(quotes, ends) + state.inside) & 1 == 0]
        cuts = cuts[(np.searchsorted(quotes, cuts) + state.inside) & 1 == 0]
        state.inside = (state.inside + len(quotes)) & 1
    if not len(ends):
        state.separators += len(cuts)
        return np.empty((0, 4), np.int64)
    before = np.searchsorted(cuts, ends)
    widths = np.diff(before, prepend=0) + 1
    widths[0] += state.separators
    state.separators = int(len(cuts) - before[-1])
    last = ends + state.base
    first = np.concatenate([[state.line_start], last[:-1] + 1])
    rows = np.arange(state.row + 1, state.row + 1 + len(ends))
    if state.row < header_rows <= state.row + len(ends):
        state.data_start = int(last[header_rows - state.row - 1] + 1)
    state.row += len(ends)
    state.line_start = int(last[-1] + 1)
    strange = (widths != n_cells) & (rows > header_rows)
    return np.stack([rows[strange], first[strange], last[strange], widths[strange]], axis=1).astype(np.int64)


def _well_formed(piece: npt.NDArray[np.uint8], quotes: Places, separator: int, inside: int) -> bool:
    """Every mark that opens stands at the start of a cell, every mark that closes at its end, or both are a doubled mark."""
    opens = (np.arange(len(quotes)) + inside) & 1 == 0
    before = np.where(quotes > 0, piece[quotes - 1], _LF)
    after = np.where(quotes + 1 < len(piece), piece[np.minimum(quotes + 1, len(piece) - 1)], _LF)
    begins = (before == separator) | (before == _LF) | (before == _QUOTE)
    finishes = (after == separator) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    return bool(np.all(np.where(opens, begins, finishes)))


def _ended(state: _State, n_cells: int, header_rows: int) -> Places:
    """The last row, where no line feed follows it."""
    state.row += 1
    width = state.separators + 1
    if state.row <= header_rows:
        state.data_start = state.base
        return np.empty((0, 4), np.int64)
    if width == n_cells:
        return np.empty((0, 4), np.int64)
    return np.array([[state.row, state.line_start, state.base, width]], np.int64)
