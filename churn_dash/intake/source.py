"""What comes in: a file, how it shall be read, and what its columns were taken for."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from churn_dash.words import Text

Shape = Literal["panel", "cross_section", "tables"]
Kind = Literal["number", "category", "flag", "date", "text"]


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

    ``table`` names a table of the contract, ``mapping`` is header → column of the contract ("" leaves the column out),
    ``id_column`` is the header of the customer number, ``encoding`` a codec name, ``sheet`` a sheet of a workbook.
    """

    table: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    id_column: str | None = None
    encoding: str | None = None
    sheet: str | None = None


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


@dataclass(frozen=True)
class Attribute:
    """A column that the contract does not know: its table, physical name (``x_…``), header, and kind of values."""

    table: str
    column: str
    label: str
    kind: Kind
