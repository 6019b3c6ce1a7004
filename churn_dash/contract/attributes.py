"""Columns of the bank's own: what the contract does not know, and keeps."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "category", "flag", "date", "text"]


@dataclass(frozen=True)
class Attribute:
    """A column that the contract does not know: its table, physical name (``x_…``), header, and kind of values."""

    table: str
    column: str
    label: str
    kind: Kind
