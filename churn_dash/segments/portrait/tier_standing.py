"""How one customer stands with his service tier: in force, on watch, how far from the thresholds. Source: METHODS B3 (T3), A3."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.contract.tiers import NEAR
from churn_dash.store import Dataset


@dataclass(frozen=True)
class TierStanding:
    """The tier in force at the end of the data, by the bank's rule.

    ``balance``: the month average as the rule counts it (CNY). ``gap``: the threshold of the tier less it; above 0 it is short, below 0
    that much is left before it; None for the lowest tier, which has none. ``to_next``: what is missing for the next tier up; None in the
    highest. ``watch``: months on watch so far, 0 for none. ``months_left``: months in which the average can still reach the threshold
    (0: the next month falls); ``falls_on`` and ``falls_to`` where nothing changes. None for who is not on watch.
    """

    rule: str
    month: datetime.date
    tier: str
    balance: float
    threshold: float
    gap: float | None
    to_next: float | None
    next_tier: str | None
    watch: int
    months_left: int | None
    falls_on: datetime.date | None
    falls_to: str | None

    @property
    def near(self) -> bool:
        """Whether the balance is at most a tenth above the threshold."""
        return self.gap is not None and -NEAR * self.threshold <= self.gap <= 0

    def as_json(self) -> dict[str, Any]:
        """The standing by name."""
        return asdict(self) | {"near": self.near, "month": f"{self.month:%Y-%m}", "falls_on": self.falls_on and self.falls_on.isoformat()}


def tier_standing(ds: Dataset, customer_id: str) -> TierStanding | None:
    """None for who is in no list of the last month, and where no month-average balances tell the tier."""
    rule = ds.settings.tier_rules[ds.settings.tier_down.rule]
    tier, watch = f"tier_{rule.name}", f"watch_{rule.name}"
    if ds.shape != "panel" or not ds.months or not {tier, watch, "aum_avg"} <= ds.month_columns:
        return None
    sql = (
        f"select m.month, m.{tier}, m.{watch}, m.aum_avg from month_rows m join people p on p.c = m.c "
        "where p.customer_id = ? and m.listed and m.month <= ? order by m.month desc"
    )
    rows = ds.cursor().execute(sql, [customer_id, ds.months[-1]]).fetchall()
    if not rows or rows[0][0] != ds.months[-1] or rows[0][1] is None or rows[0][1] < 0 or rows[0][3] is None:
        return None
    averages = [(r[0], float(r[3]) * rule.counted(month_end(r[0]).day)) for r in rows if r[3] is not None]
    (month, balance), rank, watched = averages[0], int(rows[0][1]), int(rows[0][2] or 0)
    (own, threshold), left, falls_to = rule.tiers[rank], None, None
    if watched > 0:
        run = watched + rule.watched_from - 1
        left = max(rule.grace(rank) - run, 0)
        before = [average for then, average in averages if shifted(then, run) > month]
        falls_to = rule.reached(max(before) if rule.to == "max" else balance)
    above, next_floor = rule.tiers[rank + 1] if rank + 1 < len(rule.tiers) else (None, 0.0)
    return TierStanding(
        rule.name,
        month,
        own,
        balance,
        threshold,
        threshold - balance if threshold else None,
        max(next_floor - balance, 0.0) if above else None,
        above,
        watched,
        left,
        None if left is None else shifted(month, left + 1),
        falls_to,
    )
