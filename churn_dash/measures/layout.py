"""Rows of the month table laid out as month × customer, for questions that set a customer's months side by side.

Each customer has a number and each month a place, so that the month before is found where it lies: no join, no sorting.
"""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.calendar import ordinal, shifted

_BATCH = 1 << 20
Numbers = npt.NDArray[np.int64]
Part = tuple[Numbers, pl.DataFrame]
"""Of some rows: where each stands in a flat month × customer array, and their columns."""


class Layout:
    """The months from ``first`` to ``last`` (first days) of every customer: ``n_months`` × ``n_customers``."""

    def __init__(self, con: duckdb.DuckDBPyConnection, first: datetime.date, last: datetime.date) -> None:
        self._con = con
        self.months = tuple(shifted(first, i) for i in range(ordinal(last) - ordinal(first) + 1))
        self.n_months = len(self.months)
        self.n_customers = int(con.execute("select coalesce(max(c), -1) + 1 from people").fetchall()[0][0])
        self._first = np.datetime64(first, "D").astype(np.int64)
        days = np.array([*self.months, shifted(self.months[-1], 1)], dtype="datetime64[D]").astype(np.int64) - self._first
        self._place = np.repeat(np.arange(self.n_months, dtype=np.int64), np.diff(days))

    def parts(self, sql: str, bound: Sequence[Any] = ()) -> Iterator[Part]:
        """The rows of a query with the columns c and month, its months among the layout's, some at a time."""
        for batch in self._con.sql(sql, params=list(bound)).to_arrow_reader(_BATCH):
            rows = pl.DataFrame(batch)
            if rows.height:
                yield self.place(rows["month"], rows["c"]), rows

    def place(self, days: pl.Series, c: pl.Series) -> Numbers:
        """Where the month in which each day lies stands for each customer, in a flat month × customer array."""
        found: Numbers = self._place[days.cast(pl.Int32).to_numpy() - self._first] * self.n_customers + c.to_numpy()
        return found

    def filled(self, value: float, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Month × customer, the same value everywhere."""
        return np.full((self.n_months, self.n_customers), value, dtype=dtype)


def numbers(values: pl.Series) -> npt.NDArray[np.float64]:
    """A column of numbers, NaN where it is not known."""
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
