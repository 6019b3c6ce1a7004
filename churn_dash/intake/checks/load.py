"""What the checks look at: the typed good rows of one load, what was set aside, and how the files call their columns."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Attribute
from churn_dash.words import Text

SAMPLE = 20_000
"""Rows that a check looks at where looking at all would take seconds."""


@dataclass(frozen=True)
class Load:
    """One load. ``headers``: table → column → header in the file; ``rows_in`` and ``repeated`` in rows of the files by table."""

    tables: Mapping[str, pl.DataFrame]
    attributes: Sequence[Attribute] = ()
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows_in: Mapping[str, int] = field(default_factory=dict)
    repeated: Mapping[str, int] = field(default_factory=dict)
    quarantine: pl.DataFrame | None = None
    numbered: bool = False
    distinct: bool = True
    today: datetime.date = field(default_factory=datetime.date.today)

    def title(self, table: str, column: str) -> str:
        """What the file calls a column."""
        return self.headers.get(table, {}).get(column, column)

    def label(self, table: str) -> str:
        """What people call a table; a marked word."""
        return TABLES[table].label if table in TABLES else table

    def plain_columns(self, table: str) -> list[str]:
        """Columns that are neither key nor customer number."""
        return [c for c in self.tables[table].columns if c not in (*TABLES[table].key, "customer_id")]

    def is_own(self, table: str, column: str) -> bool:
        """Whether a column is the bank's own, not the contract's."""
        return any(a.table == table and a.column == column for a in self.attributes)


def some(frame: pl.DataFrame, n: int = SAMPLE) -> pl.DataFrame:
    """At most about ``n`` rows, spread evenly over the frame.

    >>> some(pl.DataFrame({"a": range(10)}), 5)["a"].to_list()
    [0, 2, 4, 6, 8]
    """
    return frame if frame.height <= n else frame.gather_every(-(-frame.height // n))


def examples(values: pl.Series, n: int = 5) -> tuple[str, ...]:
    """The first distinct values, as text.

    >>> examples(pl.Series(["b", None, "b", "a"]))
    ('b', 'a')
    """
    return tuple(str(v) for v in values.drop_nulls().unique(maintain_order=True).head(n).to_list())


def looked_at(sentence: Text, n: int, of: int, sampled: str) -> Text:
    """The sentence, and where only a sample was looked at, that it was one: ``sampled`` is the template that says so."""
    return sentence if n == of else Text(sampled, what=sentence, n=n, of=of)
