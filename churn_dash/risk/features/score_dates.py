"""Score dates as SQL writes them: one written out, or several that stand in a table and are looked at together. Source: METHODS D1."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.calendar import month_end, ordinal, shifted

DAYS = "score_days"
"""The table of several score dates; its columns are the fields of ``ScoreDate``."""
_ENDS = {"t_3": -3, "t_1": -1, "t1": 1, "t3": 3}


@dataclass(frozen=True)
class ScoreDate:
    """SQL of a score date: its day, the running number of its month, its year, month and day as one number (229 is 29 February), its day of
    the month, the day by which rows that arrive late are usually in, and the ``ends`` of the months around it.

    ``columns``: where several dates are looked at together, the columns that tell them apart; they stand in ``DAYS``.
    """

    day: str
    number: str
    year: str
    month_day: str
    day_of_month: str
    arrived: str
    ends: Mapping[str, str]
    columns: tuple[str, ...] = ()

    @property
    def listed(self) -> str:
        """The columns, to stand behind others."""
        return "".join(f", {c}" for c in self.columns)

    @property
    def joined(self) -> str:
        """What brings each date to each row."""
        return f" cross join {DAYS}" if self.columns else ""


def written(day: datetime.date, lag: int = 0) -> ScoreDate:
    """One score date; ``lag``: days by which rows usually arrive late.

    >>> written(datetime.date(2024, 2, 29)).ends["t1"]
    "DATE '2024-03-31'"
    """
    days, numbers = _values(day, lag)
    sql = {name: f"DATE '{d}'" for name, d in days.items()}
    number, year, month_day, day_of_month = (str(n) for n in numbers.values())
    return ScoreDate(sql["score_date"], number, year, month_day, day_of_month, sql["score_arrived"], {e: sql[f"score_{e}"] for e in _ENDS})


def together(days: Iterable[datetime.date], lag: int = 0) -> tuple[ScoreDate, pl.DataFrame]:
    """Several score dates, and the rows of ``DAYS``, where they must stand."""
    rows = pl.DataFrame([{**a, **b} for a, b in (_values(day, lag) for day in days)])
    ends = {e: f"score_{e}" for e in _ENDS}
    names = {f: f"score_{f}" for f in ("number", "year", "month_day", "day_of_month", "arrived")}
    return ScoreDate("score_date", **names, ends=ends, columns=tuple(rows.columns)), rows


def _values(day: datetime.date, lag: int) -> tuple[dict[str, datetime.date], dict[str, int]]:
    ends = {f"score_{e}": month_end(shifted(day.replace(day=1), n)) for e, n in _ENDS.items()}
    days = {"score_date": day, "score_arrived": day + datetime.timedelta(days=lag), **ends}
    return days, {
        "score_number": ordinal(day),
        "score_year": day.year,
        "score_month_day": day.month * 100 + day.day,
        "score_day_of_month": day.day,
    }
