"""The top of a delimited file: its separator, its header, and how many cells its rows have."""

import csv
import itertools
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from churn_dash.errors import BadInput
from churn_dash.intake.files.parts import SAMPLE, is_data
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


@dataclass(frozen=True)
class Head:
    """The top of a file: the titles, the first rows under them, and the rows and lines that end with the header."""

    titles: list[str]
    body: list[list[str]]
    rows: int
    lines: int


def head_of(name: str, path: pathlib.Path, separator: str, header_row: int | None, knows: Callable[[str], bool]) -> Head:
    """The header, wherever it stands, and the first rows under it. Raises BadInput where there is none."""
    rows: list[list[str]] = []
    numbers: list[tuple[int, int]] = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        try:
            for number, row in enumerate(reader, 1):
                if any(c.strip() for c in row):
                    all_closed(name, reader.line_num, row)
                    rows.append(row)
                    numbers.append((number, reader.line_num))
                if len(rows) > SAMPLE + (header_row or 0):
                    break
        except csv.Error as problem:
            raise BadInput(_("{name} cannot be cut into cells near line {line}."), name=name, line=reader.line_num) from problem
    if not rows:
        raise BadInput(_("{name} is empty."), name=name)
    places = [n for n, _line in numbers]
    at = heading(rows) if header_row is None else places.index(header_row) if header_row in places else None
    if at is None:
        raise no_such_row(name, header_row or 0)
    deep = two_rows(rows[at : at + 3])
    titles = joined(rows[at], rows[at + 1], knows) if deep else rows[at]
    last = at + deep
    return Head(titles, rows[last + 1 :], *numbers[last])


def no_such_row(name: str, row: int) -> BadInput:
    """The sentence for a header row that the person named and that holds nothing."""
    return BadInput(
        _("{name} has nothing in row {row}, which should name the columns. Name another row with --header-row."), name=name, row=row
    )


def heading(rows: Sequence[Sequence[str | None]]) -> int:
    """The place of the header among the rows that are not blank: titles and remarks above it are passed over.

    A title stands alone in its row; one of a pair of remarks has a colon.

    >>> heading([["Customers"], ["Unit: CNY", "2024-03"], ["id", "a", "b", "c"], ["1", "2", "3", "4"]])
    2
    """
    cells = [[c for c in row if c and c.strip()] for row in rows[:30]]
    for at, here in enumerate(cells):
        remark = len(here) == 1 or (len(here) == 2 and any(":" in c or "：" in c for c in here))
        if not remark or max(map(len, cells[at + 1 : at + 10]), default=0) < len(here) + 2:
            return at
    return 0


def two_rows(rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether the header takes two rows: groups such as 资产 over 月日均 and 月末, with numbers under both.

    >>> two_rows([["客户号", "资产", ""], ["", "月日均", "月末"], ["001", "5", "6"]]), two_rows([["a", ""], ["x", "y"], ["1", "2"]])
    (True, True)
    """
    if len(rows) < 3:
        return False
    first, second, third = ([*row, *[None] * (max(map(len, rows)) - len(row))] for row in rows)
    gaps = [i for i, (a, b) in enumerate(zip(first, second, strict=True)) if not (a or "").strip() and (b or "").strip()]
    if not gaps or gaps[0] == 0 or any(map(is_data, [*first, *second])):
        return False
    return any(is_data(third[i]) for i in gaps)


def joined(upper: Sequence[str | None], lower: Sequence[str | None], knows: Callable[[str], bool]) -> list[str]:
    """Two header rows as one; each group's name beside the names under it, in the order that ``knows`` knows.

    >>> joined(["客户号", "资产", None], [None, "月日均", "月末"], lambda h: h == "月末资产")
    ['客户号', '资产 月日均', '月末资产']
    """
    group, titles = "", []
    width = max(len(upper), len(lower))
    for i in range(width):
        above = ((upper[i] if i < len(upper) else None) or "").strip()
        below = ((lower[i] if i < len(lower) else None) or "").strip()
        group = above or group
        if not below or not group:
            titles.append(above or below)
            continue
        turned = [below + group, group + below, f"{below} {group}"]
        titles.append(next((t for t in turned if knows(t)), f"{group} {below}"))
    return titles


def all_closed(name: str, line: int, cells: Sequence[str], separator: str = "", width: int = 0) -> None:
    """A cell of many lines, or of whole rows, is a quotation mark that was never closed: rows would vanish into the cell."""
    several = [c for c in cells if "\n" in c]
    rows = width > 1 and any(part.count(separator) == width - 1 for c in several for part in c.split("\n")[1:])
    if rows or any(c.count("\n") > _MOST_LINES for c in several):
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
