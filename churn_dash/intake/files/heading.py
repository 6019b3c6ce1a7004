"""The top of a delimited file: its separator, its header, and how many cells its rows have."""

import csv
import itertools
import pathlib
from collections.abc import Sequence

from churn_dash.errors import BadInput
from churn_dash.intake.files.parts import SAMPLE
from churn_dash.words import _

SEPARATORS = (",", ";", "\t", "|")
_MOST_LINES = 50


def separator_of(name: str, path: pathlib.Path) -> str:
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


def head_of(name: str, path: pathlib.Path, separator: str) -> tuple[list[list[str]], int, int]:
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
                all_closed(name, reader.line_num, row)
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


def all_closed(name: str, line: int, cells: Sequence[str]) -> None:
    """A cell of many lines is a quotation mark that was never closed: all rows after it would vanish into the cell."""
    if any(c.count("\n") > _MOST_LINES for c in cells):
        raise BadInput(_("{name}: a quotation mark is opened and not closed, somewhere before line {line}."), name=name, line=line)


def width_of(titles: Sequence[str], body: Sequence[Sequence[str]]) -> int:
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
