"""Files to rows of text cells: one part for each table-like thing in a file."""

import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.intake.questions import Question
from churn_dash.intake.source import Options
from churn_dash.words import Text, _

Hints = Mapping[str, pl.DataType]
SAMPLE = 1000


@dataclass(frozen=True)
class Reading:
    """How files are read: what the person said, where temporary files go, and what names tell.

    ``tells``: whether a sheet's name tells of a table. ``knows``: whether a header is one of the contract's.
    ``looking``: the files are only looked at, so that an open question does not stop the reading.
    """

    options: Options
    folder: pathlib.Path
    tells: Callable[[str], bool] = lambda _sheet: False
    knows: Callable[[str], bool] = lambda _header: False
    looking: bool = False

    def place(self, stem: str, ending: str = "") -> pathlib.Path:
        """A new file's path among the temporary ones."""
        return self.folder / f"{stem}-{len(list(self.folder.iterdir()))}{ending}"


@dataclass(frozen=True)
class Ragged:
    """A row that does not fit under the header: its number in the file (the first row is 1) and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass
class Rows:
    """The rows of a part, as text (or as typed columns where the file or the hints have types).

    ``numbers`` are the rows' numbers in the file, None when they simply count on from ``first``.
    ``cells`` gives the original cells of some rows, by their places in ``frame``.
    """

    frame: pl.DataFrame
    first: int = 2
    numbers: pl.Series | None = None
    ragged: Sequence[Ragged] = ()
    warnings: tuple[Text, ...] = ()
    originals: Callable[[pl.Series], pl.DataFrame] | None = None
    _kept: pl.Series | None = field(default=None, repr=False)
    _taken: tuple[int, tuple[str, ...]] | None = field(default=None, repr=False)

    @property
    def height(self) -> int:
        """Rows that fit under the header."""
        return self.frame.height if self._taken is None else self._taken[0]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.frame.columns) if self._taken is None else self._taken[1]

    def take(self) -> pl.DataFrame:
        """The frame, given away where the original cells can be read again: text takes more memory than the numbers in it."""
        frame = self.frame
        if self.originals is not None:
            self._taken = (self.height, self.columns)
            self.frame = frame.clear()
        return frame

    def number(self, places: pl.Series) -> pl.Series:
        """Row numbers in the file, the first row being 1, of rows at these places."""
        if self.numbers is not None:
            return self.numbers.gather(places)
        return (places.cast(pl.Int64) + self.first).alias("source_row")

    def cells(self, places: pl.Series) -> pl.DataFrame:
        """The rows at these places as they stood in the file."""
        if self.originals is None:
            return self.frame.select(pl.all().gather(places)).cast(pl.String)
        at = places if self._kept is None else self._kept.gather(places)
        return self.originals(at).select(self.columns)

    def with_constant(self, column: str, value: str) -> "Rows":
        """The rows with one more column, the same in all of them."""
        self.frame = self.frame.with_columns(pl.lit(value).alias(column))
        if (before := self.originals) is not None:
            self.originals = lambda places: before(places).with_columns(pl.lit(value).alias(column))
        return self

    def without_blank_rows(self) -> "Rows":
        """Rows in which every cell is empty are no rows: spreadsheets leave them behind."""
        counts = self.frame.null_count().row(0) if self.frame.width else ()
        if not self.frame.height or not self.frame.width or min(counts) == 0:
            return self
        full = self.frame.select(pl.any_horizontal(pl.all().is_not_null()).alias("full"))["full"]
        if full.all():
            return self
        kept = full.arg_true()
        return Rows(self.frame.filter(full), self.first, self.number(kept), self.ragged, self.warnings, self.originals, kept)

    def without_nameless_columns(self, nameless: Sequence[str]) -> "Rows":
        """Columns without a header are dropped when they are empty, or when they only count the rows."""
        gone, warnings = [], list(self.warnings)
        for name in nameless:
            column = self.frame[name]
            if column.null_count() == len(column):
                gone.append(name)
            elif len(column) > 1 and _counts_rows(column):
                gone.append(name)
                warnings.append(Text(_("The first column has no name and only counts the rows: it is left out.")))
            else:
                warnings.append(Text(_("A column has no name. It is called {name}."), name=name))
        self.frame = self.frame.drop(gone)
        self.warnings = tuple(warnings)
        return self


def _counts_rows(column: pl.Series) -> bool:
    numbers = column.cast(pl.Int64, strict=False)
    return numbers.null_count() == 0 and numbers[0] in (0, 1) and bool((numbers.diff().drop_nulls() == 1).all())


@dataclass(frozen=True)
class Part:
    """A table-like thing in a file: the whole file, or one sheet of a workbook.

    ``sample`` holds its first rows as text; ``rows`` reads all of them, columns of ``Hints`` as numbers if every cell is one.
    ``names`` are those of the sheet, of the file in its packing, and of the file, innermost first. ``made`` are columns that the file
    lacks. ``encodings`` are those that the text could be in, likeliest first.
    """

    name: str
    header: tuple[str, ...]
    sample: pl.DataFrame
    rows: Callable[[Hints], Rows]
    kind: str
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    n_rows: int | None = None
    warnings: tuple[Text, ...] = ()
    names: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def named(name: str, cells: Sequence[str | None]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A header row as unique column names, and which of them were made up for want of a name.

    >>> named("a.csv", ["id", " Age ", "", "id"])
    (('id', 'Age', 'column 3', 'id (2)'), ('column 3',))
    """
    clean = [" ".join((c or "").replace("\ufeff", "").split()) for c in cells]
    if not any(clean):
        raise BadInput(_("{name} has no header: its first row should name the columns."), name=name)
    taken: set[str] = set()
    header, nameless = [], []
    for at, cell in enumerate(clean, 1):
        title = cell or f"column {at}"
        n, unique = 1, title
        while unique in taken or (n > 1 and unique in clean):
            n += 1
            unique = f"{title} ({n})"
        taken.add(unique)
        header.append(unique)
        if not cell:
            nameless.append(unique)
    _not_data(name, [c for c in clean if c])
    return tuple(header), tuple(nameless)


def _not_data(name: str, titles: Sequence[str]) -> None:
    """A first row of numbers and dates is no header."""
    numeric = [t for t in titles if is_data(t)]
    if 2 * len(numeric) >= len(titles):
        raise BadInput(
            _("{name} has no header: its first row holds data, such as {value}. Add a row that names the columns."),
            name=name,
            value=numeric[0],
        )


def is_data(cell: str | None) -> bool:
    """Whether a cell is a number or a date, as headers are not.

    >>> is_data("￥1,000.5"), is_data("2024-03-31 00:00:00"), is_data("2024年3月"), is_data("月末"), is_data(None)
    (True, True, True, False, False)
    """
    text = (cell or "").strip().strip("￥¥$%").replace("年", "-").replace("月", "-").replace("日", "")
    return bool(text) and all(c in "0123456789.,-/: " for c in text) and any(c.isdigit() for c in text)


def file_size(path: pathlib.Path) -> int:
    """Bytes on disk."""
    return path.stat().st_size
