"""How long those who came back stay, and whether they leave when a bonus ends. Source: PRODUCT 8, METHODS B6."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.measures.statistics.estimates import NOTHING, Estimate, rate
from churn_dash.measures.tenure.curves import kaplan_meier
from churn_dash.measures.tenure.lifetimes import counted

BONUS_DAYS = 90
"""How long the bonus that brought a customer back runs, unless the bank says otherwise."""
AFTER_DAYS = 30
"""Who leaves within so many days after the bonus came for the bonus."""
DAYS = (30, 60, 90, 120, 180, 270, 365)
"""Days after the return at which the share still there is shown."""


@dataclass(frozen=True)
class Durability:
    """Of those who came back: the share still there by day, and how many left just before and just after the bonus ended."""

    n: int
    curve: tuple[tuple[int, Estimate], ...]
    bonus_days: int
    before: Estimate = NOTHING
    after: Estimate = NOTHING

    @property
    def for_the_bonus(self) -> bool:
        """Whether clearly more leave in the days after the bonus than in as many before: the intervals do not meet."""
        return self.before.high is not None and self.after.low is not None and self.after.low > self.before.high

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "n": self.n,
            "still_there": [{"day": day} | asdict(e) for day, e in self.curve],
            "bonus_days": self.bonus_days,
            "left_30_days_before_its_end": asdict(self.before),
            "left_30_days_after_its_end": asdict(self.after),
            "for_the_bonus": self.for_the_bonus,
        }


def durability(back: pl.DataFrame, end: datetime.date, bonus_days: int = BONUS_DAYS) -> Durability:
    """Of customers who returned (returned_on, left_again): Kaplan–Meier's share still there, and departures about the bonus's end.

    The two 30 days are compared among customers whom the data follow to the last of them.
    """
    if back.is_empty():
        return Durability(0, (), bonus_days)
    gone = pl.col("left_again").is_not_null() & (pl.col("left_again") <= end)
    days = (pl.when(gone).then("left_again").otherwise(pl.lit(end)) - pl.col("returned_on")).dt.total_days()
    rows = back.with_columns(gone.alias("gone"), days.alias("days"))
    followed = (pl.lit(end) - pl.col("returned_on")).dt.total_days()
    last, why = rows["days"].to_numpy(), rows["gone"].replace_strict({True: "left", False: ""}, return_dtype=pl.String)
    curve = kaplan_meier(counted(last * 0, last, why.to_numpy()))
    most = int(rows["days"].max() or 0)  # type: ignore[arg-type]
    points = tuple((d, Estimate(*curve.at(d), n=int((rows["days"] >= d).sum()))) for d in DAYS if d <= most)

    def within(first: int) -> Estimate:
        seen = rows.filter((followed >= bonus_days + AFTER_DAYS) & (pl.col("days") >= first))
        return rate(int((seen["gone"] & (seen["days"] < first + AFTER_DAYS)).sum()), seen.height)

    return Durability(rows.height, points, bonus_days, within(max(0, bonus_days - AFTER_DAYS)), within(bonus_days))
