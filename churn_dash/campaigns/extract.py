"""What the campaigns room reads of a published version, and how."""

import datetime
from collections.abc import Sequence
from typing import Protocol

import duckdb
import polars as pl

from churn_dash.access import Scope
from churn_dash.contract import TABLES
from churn_dash.errors import NotFound, NotPossible
from churn_dash.words import _, nearest


class Extract(Protocol):
    """A published version: the store's ``Dataset``, or a small hand-made one in a test."""

    @property
    def shape(self) -> str:
        """panel, cross_section, or empty."""
        ...

    @property
    def months(self) -> tuple[datetime.date, ...]:
        """Complete months, first days, ascending."""
        ...

    @property
    def data_end(self) -> datetime.date | None:
        """Last day of the last complete month."""
        ...

    @property
    def definitions(self) -> tuple[str, ...]:
        """Churn definitions that the data can answer."""
        ...

    @property
    def default_definition(self) -> str:
        """The definition used unless another is named."""
        ...

    def table(self, name: str) -> pl.DataFrame | None:
        """A table of the contract as published."""
        ...

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh read-only cursor with the tables months and spells."""
        ...


def full_table(ds: Extract, name: str) -> pl.DataFrame | None:
    """A table with every column of the contract, null where the bank brought none; None where there is no such table."""
    frame = ds.table(name)
    if frame is None:
        return None
    lacking = {c: d.dtype for c, d in TABLES[name].columns.items() if c not in frame.columns}
    return frame.with_columns([pl.lit(None, dtype=dtype).alias(c) for c, dtype in lacking.items()])


def data_end(ds: Extract) -> datetime.date:
    """Last day that the data hold. Raises NotPossible where there are no months."""
    if ds.shape != "panel" or ds.data_end is None:
        raise NotPossible(
            _(
                "A campaign of the workspace is judged on monthly data, and this extract has no months. "
                "A flat experiment file can be judged without them."
            )
        )
    return ds.data_end


def chosen_definition(ds: Extract, name: str | None) -> str:
    """The churn definition to judge by: the named one, else the data's default. Raises NotFound."""
    if name is None:
        return ds.default_definition
    if name not in ds.definitions:
        raise NotFound(
            _("The churn definition {name} cannot be used with these data; there is {known}. The nearest is {nearest}."),
            name=name,
            known=", ".join(ds.definitions),
            nearest=nearest(name, ds.definitions) or ds.default_definition,
        )
    return name


def spells(ds: Extract, definition: str, scope: Scope) -> pl.DataFrame:
    """Every spell of a definition that the viewer may see: customer_id, start_date, end_date (null: open), form (null: no event), why."""
    query = "select customer_id, start_date, end_date, form, why from spells where definition = ?"
    return visible(ds, _rows(ds, query, [definition]), scope)


def visible(ds: Extract, rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The rows of customers in the viewer's branches."""
    if scope.branches is None:
        return rows
    customers = full_table(ds, "customers")
    if customers is None:
        return rows.clear()
    return rows.join(customers.filter(pl.col("branch_id").is_in(list(scope.branches))).select("customer_id"), on="customer_id", how="semi")


def month_values(ds: Extract, column: str, months: Sequence[datetime.date]) -> pl.DataFrame:
    """A number column of the month table: customer_id, month, v. ``column`` is a name of the contract."""
    if column not in TABLES["customer_month"].columns:
        raise ValueError(column)
    present = {d[0] for d in ds.cursor().execute("select * from months limit 0").description or ()}
    if column not in present or not months:
        return pl.DataFrame(schema={"customer_id": pl.String, "month": pl.Date, "v": pl.Float64})
    marks = ", ".join("?" for _month in months)
    query = f"select customer_id, month, cast({column} as double) as v from months where month in ({marks}) and {column} is not null"
    return _rows(ds, query, list(months))


def _rows(ds: Extract, query: str, bound: Sequence[object]) -> pl.DataFrame:
    found = pl.DataFrame(ds.cursor().sql(query, params=list(bound)).to_arrow_table())
    return found.with_columns(pl.col(c).cast(pl.String) for c in ("customer_id", "form", "why") if c in found.columns)


def month_of(day: datetime.date, shift: int = 0) -> datetime.date:
    """First day of the month of ``day``, ``shift`` months later.

    >>> month_of(datetime.date(2024, 1, 31), -1)
    datetime.date(2023, 12, 1)
    """
    at = day.year * 12 + day.month - 1 + shift
    return datetime.date(at // 12, at % 12 + 1, 1)


def last_day(month: datetime.date) -> datetime.date:
    """Last day of the month that begins at ``month``."""
    return month_of(month, 1) - datetime.timedelta(days=1)
