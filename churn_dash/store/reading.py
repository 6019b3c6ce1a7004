"""How a published version is read: its tables with every column, its month table, a query's rows."""

import datetime
from collections.abc import Sequence
from typing import Protocol

import duckdb
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.calendar import shifted
from churn_dash.store.dataset import Dataset


class Readable(Protocol):
    """A published version, as far as its tables and its month table go: the store's ``Dataset``, or a small one in a test."""

    def table(self, name: str) -> pl.DataFrame | None:
        """A table of the contract as published."""
        ...

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh read-only cursor with the view months."""
        ...


def full_table(ds: Readable, name: str) -> pl.DataFrame | None:
    """A table with every column of the contract, null where the bank brought none; None where there is no such table."""
    frame = ds.table(name)
    if frame is None:
        return None
    lacking = {c: d.dtype for c, d in TABLES[name].columns.items() if c not in frame.columns}
    return frame.with_columns([pl.lit(None, dtype=dtype).alias(c) for c, dtype in lacking.items()])


def some_columns(ds: Dataset, name: str, *wanted: str) -> pl.DataFrame | None:
    """Columns of a table, null where the bank brought none, in no order of rows: the others are not read. None without such a table."""
    there = ds.columns_of(name)
    if not there:
        return None
    frame = ds.columns(name, *(c for c in wanted if c in there))
    if frame is None:
        return None
    return frame.with_columns(pl.lit(None, dtype=TABLES[name].columns[c].dtype).alias(c) for c in wanted if c not in there)


def fetched(ds: Readable, query: str, bound: Sequence[object] = ()) -> pl.DataFrame:
    """The rows of a query; levels come as texts."""
    found = pl.DataFrame(ds.cursor().sql(query, params=list(bound)).to_arrow_table())
    return found.with_columns(pl.col(c).cast(pl.String) for c, t in found.schema.items() if isinstance(t, pl.Categorical | pl.Enum))


def by_number(ds: Readable, rows: pl.DataFrame) -> pl.DataFrame:
    """``rows`` (customer_id, …) with ``c``, the number by which the month table knows the customer: looked up once, joined quickly from
    then on. Customers whom the months do not know have numbers below 0, null stays null.
    """
    people = fetched(ds, "select customer_id, CAST(c AS BIGINT) as c from people")
    found = rows.join(people, on="customer_id", how="left", maintain_order="left")
    strange = -pl.col("customer_id").rank("dense").cast(pl.Int64)
    return found.with_columns(pl.col("c").fill_null(strange)) if found["c"].null_count() else found


def month_columns(ds: Readable) -> tuple[str, ...]:
    """Columns of the view months, in their order: customer_id and those of the month table."""
    return tuple(d[0] for d in ds.cursor().execute("select * from months limit 0").description or ())


def month_values(ds: Readable, column: str, months: Sequence[datetime.date]) -> pl.DataFrame:
    """A number column of the month table: customer_id, month, v. ``column`` is a name of the contract."""
    if column not in TABLES["customer_month"].columns:
        raise ValueError(column)
    if not months or column not in month_columns(ds):
        return pl.DataFrame(schema={"customer_id": pl.String, "month": pl.Date, "v": pl.Float64})
    marks = ", ".join("?" for _month in months)
    query = f"select customer_id, month, cast({column} as double) as v from months where month in ({marks}) and {column} is not null"
    return fetched(ds, query, list(months))


def month_of(day: datetime.date, shift: int = 0) -> datetime.date:
    """First day of the month of ``day``, ``shift`` months later.

    >>> month_of(datetime.date(2024, 1, 31), -1)
    datetime.date(2023, 12, 1)
    """
    return shifted(day.replace(day=1), shift)
