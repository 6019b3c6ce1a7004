"""Files in which some quotation marks quote and others are part of a word: only the lines at fault are written again.

It holds where every row is one line; where a quoted cell goes over several lines, nothing is done here.
"""

import csv
import pathlib
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 22
_LF, _CR, _QUOTE = 10, 13, 34
_END = "\x1f"


def mended(path: pathlib.Path, separator: str, target: pathlib.Path) -> bool:
    """Write a copy in which every line is well formed; False where a row may go over several lines.

    >>> import tempfile
    >>> room = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (room / "a.csv").write_text('a,b\\n1,5" pipe\\n2,"x,y"\\n')
    >>> mended(room / "a.csv", ",", room / "b.csv"), (room / "b.csv").read_text()
    (True, 'a,b\\n1,"5"" pipe"\\n2,"x,y"\\n')
    """
    with path.open("rb") as file, target.open("wb") as out:
        while piece := file.read(_CHUNK) + file.readline():
            if not _piece(piece, separator, out):
                return False
    return True


def _piece(piece: bytes, separator: str, out: BinaryIO) -> bool:
    done = 0
    for first, last in _at_fault(np.frombuffer(piece, np.uint8), ord(separator)).tolist():
        line = piece[first:last].decode("utf-8").rstrip("\r")
        try:
            rows = list(csv.reader([line + "\n", _END], delimiter=separator))
        except csv.Error:
            return False
        if len(rows) != 2 or rows[1] != [_END]:
            return False
        out.write(piece[done:first])
        out.write(separator.join('"' + c.replace('"', '""') + '"' if separator in c or '"' in c else c for c in rows[0]).encode())
        done = last
    out.write(piece[done:])
    return True


def _at_fault(piece: npt.NDArray[np.uint8], separator: int) -> npt.NDArray[np.int64]:
    """First byte and end of each line with a mark that neither opens a cell, nor closes one, nor is doubled inside one."""
    quotes = np.flatnonzero(piece == _QUOTE)
    ends = np.flatnonzero(piece == _LF)
    if not len(ends) or ends[-1] != len(piece) - 1:
        ends = np.append(ends, len(piece))
    starts = np.concatenate([[0], ends[:-1] + 1])
    line = np.searchsorted(ends, quotes)
    nth = np.arange(len(quotes)) - np.searchsorted(line, line)
    opens = nth & 1 == 0
    before = np.where(quotes > 0, piece[np.maximum(quotes - 1, 0)], _LF)
    after = np.where(quotes + 1 < len(piece), piece[np.minimum(quotes + 1, len(piece) - 1)], _LF)
    begins = (before == separator) | (before == _LF) | (before == _QUOTE)
    finishes = (after == separator) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    wrong = line[~np.where(opens, begins, finishes)]
    counts = np.bincount(line, minlength=len(ends))
    at = np.union1d(wrong, np.flatnonzero(counts & 1))
    return np.stack([starts[at], ends[at]], axis=1).astype(np.int64)
