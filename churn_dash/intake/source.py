"""What comes in: a file, how it shall be read, and what its columns were taken for."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal

from churn_dash.words import Text

Shape = Literal["panel", "cross_section", "tables"]
DayOrder = Literal["day-first", "month-first"]
Closed = Literal["status", "drop-out", "unknown"]


@dataclass(frozen=True)
class Source:
    """An upload (bytes) or a file on disk (path). ``name`` is what people call it and carries the ending."""

    name: str
    data: bytes | pathlib.Path

    @classmethod
    def on_disk(cls, path: pathlib.Path) -> "Source":
        """The file at a path, under its own name.

        >>> Source.on_disk(pathlib.Path("march/accounts.csv")).name
        'accounts.csv'
        """
        return cls(path.name, path)


@dataclass(frozen=True)
class Options:
    """What the person said about the files; every field may be left to be found out.

    ``table`` names a table of the contract. ``mapping`` is header → column of the contract, "" to leave the column out, None to keep
    it as a column of the bank's own. ``id_column`` is the header of the customer number. ``encoding`` is a codec's name, ``separator``
    the character between cells, ``sheet`` a sheet of a workbook, ``member`` a file inside a zip, ``header_row`` the row of the header
    (the first is 1). ``month`` (YYYY-MM) is the month of files that tell none. ``day_order`` says which comes first in dates such as
    03/04/2024. ``missing`` maps headers to values that stand for missing there, such as -999999. ``closed`` says what becomes of
    customers who leave: they keep a status, they drop out of the list, or it is not known. ``distinct_rows`` says that equal rows
    of a file without customer number are one customer each; where they are not, repeats are left out and counted. ``mask`` names
    headers of personal data: the columns are left out, and emptied in the rows set aside.
    """

    table: str | None = None
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    id_column: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    separator: str | None = None
    member: str | None = None
    header_row: int | None = None
    month: str | None = None
    day_order: DayOrder | None = None
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closed: Closed | None = None
    distinct_rows: bool = True
    mask: tuple[str, ...] = ()

    def without_masked(self) -> "Options":
        """The same with the masked columns mapped to nothing, as they are read.

        >>> Options(mask=("手机号",)).without_masked().mapping
        {'手机号': ''}
        """
        return replace(self, mapping={**self.mapping, **dict.fromkeys(self.mask, "")})

    def said(self) -> dict[str, object]:
        """Only what the person said, for comparing, hashing and remembering; JSON can write it.

        >>> Options(sheet="Data").said()
        {'sheet': 'Data'}
        """
        default = Options()
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != getattr(default, f.name)}


@dataclass(frozen=True)
class Match:
    """What one header was taken for.

    ``field`` is a column of the contract, None for an attribute of its own, "" for a column left out.
    ``confidence`` is 0–1, ``factor`` what the numbers are multiplied by for a unit in the header such as 万元.
    """

    header: str
    field: str | None
    table: str
    confidence: float
    reason: Text
    factor: float = 1.0
