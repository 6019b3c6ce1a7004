"""Rows set aside that come back: a downloaded list, corrected, is read as the files its rows came from."""

from collections.abc import Iterable

import polars as pl

from churn_dash.intake.files.parts import Hints, Part, Ragged, Rows
from churn_dash.intake.quarantine import ADDED

ESCAPED = r"^'([=+\-@\t\r\n＝＋－＠])"
"""A cell that looked like a formula, as a download writes it; the group is how it began before."""
"""A cell as ``report.files.formula_safe`` wrote it; the first group begins what it was."""
_OF_FILE = " (file)"


def returned(parts: Iterable[Part]) -> list[Part]:
    """The parts, and in the place of each list of rows set aside one part for every file that its rows came from.

    Such a list has the columns ``file``, ``source_row`` and ``reason``, by exactly these names; they are left out. What a download
    had put before cells that look like formulas is taken off again.
    """
    found: list[Part] = []
    for part in parts:
        found += _split(part) if comes_back(part) else [part]
    return found


def comes_back(part: Part) -> bool:
    """Whether a part is a list of rows set aside, by the names of its columns."""
    return set(ADDED) <= set(part.header)


def _split(part: Part) -> list[Part]:
    rows = part.rows({})
    frame = rows.frame.cast(pl.String)
    places = frame.with_row_index("place").select("place", pl.col("file").fill_null(part.name).alias("file"))
    groups = places.group_by("file", maintain_order=True).agg("place").rows()
    if not groups:
        return [_part(part, part.name, frame, rows, pl.Series([], dtype=pl.UInt32), rows.ragged, True)]
    return [
        _part(part, name, frame, rows, pl.Series(at, dtype=pl.UInt32), rows.ragged if i == 0 else (), len(groups) == 1)
        for i, (name, at) in enumerate(groups)
    ]


def _part(whole: Part, name: str, frame: pl.DataFrame, rows: Rows, places: pl.Series, ragged: Iterable[Ragged], alone: bool) -> Part:
    """The rows at ``places`` under the headers of the file they came from; columns without any cell are other files'."""
    cells = frame.select(pl.exclude(ADDED).gather(places))
    empty = [c for c, n in zip(cells.columns, cells.null_count().row(0), strict=True) if n == cells.height]
    cells = cells.drop([c for c in empty if not alone or c.startswith("column ")])
    cells = cells.with_columns(pl.all().str.replace(ESCAPED, "${1}"))
    titles = {c: c.removesuffix(_OF_FILE) for c in cells.columns if c.removesuffix(_OF_FILE) in (*ADDED, "why")}
    cells = cells.rename(titles)
    added = [i for i, h in enumerate(whole.header) if h in ADDED]
    kept = tuple(Ragged(r.number, tuple(c for i, c in enumerate(r.cells) if i not in added)) for r in ragged)
    numbers = rows.number(places)

    def read(_hints: Hints) -> Rows:
        return Rows(cells, numbers=numbers, ragged=kept, warnings=rows.warnings)

    return Part(
        name=name,
        header=tuple(cells.columns),
        sample=cells.head(1000),
        rows=read,
        kind="csv",
        encoding=whole.encoding,
        n_rows=cells.height,
        warnings=whole.warnings,
    )
