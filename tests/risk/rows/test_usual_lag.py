"""How late a bank's rows usually are: the median over all rows, told from the few days on which they arrive."""

import datetime
import statistics

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.contract.calendar import month_end
from churn_dash.risk.rows.panel_tables import MOST_LAG_DAYS, usual_lag

MONTHS = [datetime.date(2024, n, 1) for n in (1, 2, 3)]


class Arriving:
    """A version of which only the month of each row and the day of its arrival are known."""

    def __init__(self, rows: list[tuple[datetime.date, int | None]]) -> None:
        days = [None if late is None else month_end(m) + datetime.timedelta(days=late) for m, late in rows]
        self.frame = pl.DataFrame(
            {"month": [m for m, _late in rows], "available_ts": days}, schema=dict.fromkeys(("month", "available_ts"), pl.Date)
        )

    def columns_of(self, _table: str) -> set[str]:
        return set(self.frame.columns)

    def scan(self, _table: str) -> pl.LazyFrame:
        return self.frame.lazy()


@given(st.lists(st.tuples(st.sampled_from(MONTHS), st.none() | st.integers(-20, 60)), max_size=30))
def test_the_usual_lag_is_the_median_of_all_rows(rows) -> None:
    known = [late for _month, late in rows if late is not None]
    expected = min(max(0, int(statistics.median(known))), MOST_LAG_DAYS) if known else 0
    assert usual_lag(Arriving(rows)) == expected
