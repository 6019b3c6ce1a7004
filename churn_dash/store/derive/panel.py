"""A panel as dense arrays: who, which months, and the columns of the list laid out customer × month."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import FLOORS
from churn_dash.intake.values.codes import coded
from churn_dash.store.derive.activity import Bools, Calendar, Floats, Ints, calendar


@dataclass(frozen=True)
class Panel:
    """A panel as dense arrays: who, which months, who stood in which month's list."""

    customers: pl.Series
    months: Calendar
    row: Ints
    column: Ints
    present: Bools
    absences: bool = True
    """Whether a customer who is missing from every later list has left."""
    first_tier: npt.NDArray[np.int8] | None = None
    """The rank, among ``FLOORS``, of the tier in which each customer is first listed, −1 where the list does not say."""

    @classmethod
    def of(cls, customer_month: pl.DataFrame, accounts: pl.DataFrame | None, absences: bool = True) -> "Panel":
        months = calendar(customer_month["month"])
        known = [customer_month["customer_id"]] + ([accounts["customer_id"]] if accounts is not None else [])
        customers = pl.concat(known).unique().sort()
        row = positions(customer_month["customer_id"], customers)
        column = months.index(customer_month["month"].cast(pl.Int32).to_numpy().astype(np.int64))
        present = np.zeros((len(months), len(customers)), dtype=bool).T
        present[row, column] = True
        first = first_tiers(customer_month, customers) if "tier" in customer_month.columns else None
        return cls(customers, months, row, column, present, absences, first)

    @property
    def place(self) -> Ints:
        """Where each row stands in a flat month × customer array."""
        return self.column * len(self.customers) + self.row

    def dense(self, values: pl.Series) -> Floats:
        """A number column as customer × month; NaN where there is no row. Months lie together in memory."""
        out = np.full((len(self.months), len(self.customers)), np.nan)
        out.ravel()[self.place] = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return out.T


def first_tiers(rows: pl.DataFrame, customers: pl.Series) -> npt.NDArray[np.int8]:
    """The rank, among ``FLOORS``, of each customer's tier in their first row, from customer_id, month and tier; −1 where it does not say.

    >>> rows = pl.DataFrame({"customer_id": ["a", "a"], "month": [2, 1], "tier": ["mass", "金卡"]})
    >>> first_tiers(rows, pl.Series(["a", "b"])).tolist()
    [2, -1]
    """
    ranks = {name: i for i, name in enumerate(FLOORS)}
    first = rows.group_by("customer_id").agg(pl.col("tier").cast(pl.String).sort_by("month").first())
    found = np.full(len(customers), -1, dtype=np.int8)
    at = positions(first["customer_id"], customers)
    found[at] = coded(first["tier"], TIER).replace_strict(ranks, default=-1, return_dtype=pl.Int8).to_numpy()
    return found


def of_known(accounts: pl.DataFrame | None, *lists: pl.Series | None) -> pl.DataFrame | None:
    """The accounts of customers who are in one of the lists; those of nobody count for nobody, as the check of a load says of them.

    >>> of_known(pl.DataFrame({"customer_id": ["a", "z"]}), pl.Series(["a", "b"]), None)["customer_id"].to_list()
    ['a']
    """
    known = [ids for ids in lists if ids is not None]
    if accounts is None or not known:
        return accounts
    return accounts.join(pl.concat(known).unique().to_frame("customer_id"), on="customer_id", how="semi", maintain_order="left")


def positions(ids: pl.Series, among: pl.Series) -> Ints:
    """Index of each id in the sorted series ``among``; −1 where it is absent."""
    found = ids.to_frame("id").join(among.to_frame("id").with_row_index("i"), on="id", how="left", maintain_order="left")
    return found["i"].cast(pl.Int64).fill_null(-1).to_numpy()


def encoded(values: pl.Series) -> tuple[npt.NDArray[np.int16], list[str]]:
    """A text column of few values as codes (−1: unknown) and its sorted texts."""
    texts = values.cast(pl.String).drop_nulls().unique().sort()
    codes = values.cast(pl.String).cast(pl.Enum(texts)).to_physical()
    return codes.cast(pl.Int16).fill_null(-1).to_numpy(), texts.to_list()


def _filled(values: pl.Series) -> bool:
    known = values.is_not_nan() if values.dtype.is_float() else values.is_not_null()
    return bool(known.any())


class Columns:
    """The number columns of a list, laid out customer × month when they are first asked for. One without a value is not there."""

    def __init__(self, panel: Panel, frame: pl.DataFrame) -> None:
        self.panel = panel
        self._frame = frame
        self._dense = functools.cache(lambda name: panel.dense(frame[name]))

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """The columns of the list that hold anything."""
        return tuple(c for c in self._frame.columns if _filled(self._frame[c]))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Floats:
        return self._dense(name)

    def any_held(self, names: Iterable[str]) -> Bools:
        """Whether any of the columns that the list has is above 0, customer × month."""
        out = np.zeros((len(self.panel.months), len(self.panel.customers)), dtype=bool)
        above = [(pl.col(c) > 0).fill_null(False) for c in names if c in self._frame.columns]
        if above:
            out.ravel()[self.panel.place] = self._frame.select(pl.any_horizontal(above)).to_series().to_numpy()
        return out.T

    def known(self, name: str) -> Floats:
        """The column, NaN throughout where the list lacks it."""
        return self[name] if name in self else np.full((len(self.panel.customers), len(self.panel.months)), np.nan)
