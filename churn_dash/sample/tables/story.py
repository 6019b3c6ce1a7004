"""All that the further tables are told from."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.sample.exits import World
from churn_dash.sample.holdings import Holdings
from churn_dash.sample.market import Market
from churn_dash.sample.months import Months
from churn_dash.sample.people import N_MANAGERS, People
from churn_dash.sample.process import Paths

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MANAGERS = tuple(f"R{i:02d}" for i in range(1, N_MANAGERS + 1))


@dataclass(frozen=True)
class Story:
    """The bank as it was simulated: people, what they hold, the world with its campaigns, and tables already written."""

    of: People
    held: Holdings
    around: Market
    path: Paths
    happened: World
    intercept: float
    pieces: pl.DataFrame
    """Accounts as ``departures.pieces`` gives them, in the order of the table ``accounts``."""
    months: Months
    tables: dict[str, pl.DataFrame]

    @property
    def last(self) -> int:
        """The last day of the bank, as a day number."""
        return int(self.months.start[-1]) - 1

    def dense(self, column: str) -> Floats:
        """A column of ``customer_month`` by month and customer, (months, n); NaN where there is no row."""
        t, i = np.nonzero(self.happened.here)
        out = np.full(self.happened.state.shape, np.nan)
        out[t, i] = self.tables["customer_month"][column].cast(pl.Float64).to_numpy()
        return out

    def manager(self, customer: Ints) -> pl.Series:
        """The relationship manager of each customer."""
        return pl.Series("staff_id", MANAGERS).gather(self.of.manager[customer])

    def month_of(self, day: Ints) -> Ints:
        """Place of the month that holds each day; clipped to the months of the bank."""
        return np.clip(np.searchsorted(self.months.start, day, side="right") - 1, 0, self.months.count - 1)


def numbered(letter: str, count: int, name: str) -> pl.Series:
    """Numbers of rows such as H0000001."""
    return pl.Series(name, [f"{letter}{i:07d}" for i in range(1, count + 1)], dtype=pl.String)


def months_later(day: Ints, months: Ints) -> Ints:
    """The same day of the month ``months`` later, the 28th at most.

    >>> months_later(np.array([30]), np.array([1])).tolist()  # 31 January 1970
    [58]
    """
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    within = np.minimum((date - month).astype(np.int64), 27)
    return np.asarray((month + months).astype("datetime64[D]").astype(np.int64) + within)
