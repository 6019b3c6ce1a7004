"""What the campaigns room reads of a published version, and how."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Protocol

import duckdb
import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.definitions import Settings
from churn_dash.errors import NotPossible
from churn_dash.store.derive.forms import Lacking
from churn_dash.store.draws import Draw
from churn_dash.store.looks import Look
from churn_dash.store.reading import fetched, full_table, month_columns
from churn_dash.words import _


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
    def lacking(self) -> Mapping[str, Lacking]:
        """By name the churn definitions that the data cannot answer, and why."""
        ...

    @property
    def default_definition(self) -> str:
        """The definition used unless another is named."""
        ...

    @property
    def settings(self) -> Settings:
        """The thresholds by which this version was derived; with them the tier rule in force."""
        ...

    @property
    def draws(self) -> Mapping[str, Draw]:
        """The random draws that were declared for good, by campaign."""
        ...

    def looks(self, campaign_id: str) -> tuple[Look, ...]:
        """The looks taken at a campaign before its end, in their order."""
        ...

    def table(self, name: str) -> pl.DataFrame | None:
        """A table of the contract as published."""
        ...

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A fresh read-only cursor with the tables months and spells."""
        ...


def data_end(ds: Extract) -> datetime.date:
    """Last day that the data hold. Raises NotPossible where there are no months."""
    if ds.shape != "panel" or ds.data_end is None:
        raise NotPossible(
            _(
                "A campaign of the workspace is judged on monthly data: load last month's list too, each list with its month. "
                "A flat experiment file can be judged without months."
            )
        )
    return ds.data_end


def spells(ds: Extract, definition: str, scope: Scope) -> pl.DataFrame:
    """Every spell of a definition that the viewer may see: customer_id, start_date, end_date (null: open), form (null: no event), why."""
    query = "select customer_id, start_date, end_date, form, why from spells where definition = ?"
    return visible(ds, fetched(ds, query, [definition]), scope)


def of_month(ds: Extract, month: datetime.date, columns: Sequence[str]) -> pl.DataFrame:
    """One month of the month table: customer_id and ``columns``, each null where the data lack it."""
    present = month_columns(ds)
    named = ", ".join(f'"{c}"' if c in present else f'null as "{c}"' for c in columns)
    return fetched(ds, f"select customer_id{', ' if named else ''}{named} from months where month = ?", [month])


def visible(ds: Extract, rows: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The rows of customers in the viewer's branches."""
    if scope.branches is None:
        return rows
    customers = full_table(ds, "customers")
    if customers is None:
        return rows.clear()
    return rows.join(customers.filter(pl.col("branch_id").is_in(list(scope.branches))).select("customer_id"), on="customer_id", how="semi")
