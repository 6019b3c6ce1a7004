"""When a customer is looked at, and when a departure counts: score dates, gap, outcome. Source: METHODS D1.

A row is a customer at a score date (a month end). Its features know only what was known by then; its label is what
happens in the outcome months after the gap.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract import calendar
from churn_dash.contract.calendar import ordinal
from churn_dash.errors import NotPossible
from churn_dash.marks import _

GAP = 1
HORIZON = 3
LONGEST_OBSERVATION = 12
LEAST_TENURE = 3


def month_end(number: int) -> datetime.date:
    """The last day of the month with that running number.

    >>> month_end(ordinal(datetime.date(2024, 2, 1)))
    datetime.date(2024, 2, 29)
    """
    return calendar.month_end(calendar.first_day(number))


@dataclass(frozen=True)
class Windows:
    """Observation, gap and outcome of a panel, in months. ``first`` and ``last`` are running numbers of its ends."""

    first: int
    last: int
    gap: int = GAP
    horizon: int = HORIZON

    @property
    def observation(self) -> int:
        """Months that features may look back: min(12, months − gap − horizon)."""
        return min(LONGEST_OBSERVATION, self.last - self.first + 1 - self.gap - self.horizon)

    @property
    def embargo(self) -> int:
        """Months between the last training snapshot and the first test snapshot: windows do not overlap. METHODS D2."""
        return self.gap + self.horizon

    @property
    def snapshots(self) -> tuple[int, ...]:
        """Running months at whose end customers can be looked at and a whole outcome is known, ascending."""
        return tuple(range(self.first + self.observation - 1, self.last - self.embargo + 1))

    @property
    def score_dates(self) -> tuple[datetime.date, ...]:
        """The ends of those months."""
        return tuple(month_end(i) for i in self.snapshots)

    @property
    def today(self) -> datetime.date:
        """The month end from which customers are scored now."""
        return month_end(self.last)

    def gap_end(self, score_date: datetime.date) -> datetime.date:
        """Last day of the gap: who leaves up to here was out of reach."""
        return month_end(ordinal(score_date) + self.gap)

    def outcome_end(self, score_date: datetime.date) -> datetime.date:
        """Last day on which a departure counts."""
        return month_end(ordinal(score_date) + self.embargo)

    def as_json(self) -> dict[str, Any]:
        """The windows in months and the last score date that can train, as YYYY-MM-DD."""
        return {
            "observation": self.observation,
            "gap": self.gap,
            "horizon": self.horizon,
            "last_trainable": self.score_dates[-1].isoformat(),
            "score_date": self.today.isoformat(),
        }


def windows(months: Sequence[datetime.date], gap: int = GAP, horizon: int = HORIZON) -> Windows:
    """The windows of a panel with these complete months. METHODS D1.

    Raises ``NotPossible`` when no month is left to look back on.

    >>> w = windows([datetime.date(2024, m, 1) for m in range(1, 7)])
    >>> w.observation, w.score_dates[-1]
    (2, datetime.date(2024, 2, 29))
    """
    found = Windows(ordinal(months[0]), ordinal(months[-1]), gap, horizon) if months else None
    if found is None or found.observation < 1:
        raise NotPossible(
            _("A risk model needs at least {least} complete months of customers; these data have {n}. Load earlier months first."),
            least=gap + horizon + 1,
            n=len(months),
        )
    return found


def fates(spells: pl.DataFrame, score_date: datetime.date, frame: Windows) -> pl.DataFrame:
    """What became of every customer active at the end of ``score_date``: customer_id, start_date, fate.

    ``fate`` is "gap" (left before the outcome begins: neither label is right), "leaves", "stays", "other" (the outcome was cut short
    by an end that this definition does not count), or null where the outcome reaches beyond the data. ``spells`` has customer_id,
    start_date, end_date (null: still open) and event (the end counts as leaving) of one definition.
    """
    known = frame.outcome_end(score_date) <= frame.today
    end = pl.col("end_date")
    fate = (
        pl.when(end <= frame.gap_end(score_date))
        .then(pl.lit("gap"))
        .when(pl.lit(not known))
        .then(None)
        .when(end <= frame.outcome_end(score_date))
        .then(pl.when(pl.col("event")).then(pl.lit("leaves")).otherwise(pl.lit("other")))
        .otherwise(pl.lit("stays"))
    )
    active = spells.filter((pl.col("start_date") <= score_date) & (end.is_null() | (end > score_date)))
    return active.select("customer_id", "start_date", fate.alias("fate")).unique("customer_id", keep="last", maintain_order=True)


def joined_on(spells: pl.DataFrame, customers: pl.DataFrame | None, frame: Windows) -> pl.DataFrame:
    """The day each customer joined: customer_id, joined. Null where it is before the data begin and no opening day is known."""
    first = spells.group_by("customer_id").agg(pl.col("start_date").min())
    seen = pl.when(pl.col("start_date") > month_end(frame.first)).then(pl.col("start_date"))
    if customers is None or "open_date" not in customers.columns:
        return first.select("customer_id", joined=seen)
    return first.join(customers.select("customer_id", "open_date"), on="customer_id", how="left").select(
        "customer_id", joined=pl.coalesce("open_date", seen)
    )


def tenure_months(score_date: datetime.date) -> pl.Expr:
    """Whole months from ``joined`` to the score date; null where unknown."""
    months = (score_date.year - pl.col("joined").dt.year()) * 12 + score_date.month - pl.col("joined").dt.month()
    return (months.cast(pl.Int64) - (pl.col("joined").dt.day() > score_date.day).cast(pl.Int64)).alias("tenure_months")


def old_enough(score_date: datetime.date) -> pl.Expr:
    """Whether the customer has been one for three months. Customers from before the data are."""
    return (tenure_months(score_date) >= LEAST_TENURE).fill_null(True)
