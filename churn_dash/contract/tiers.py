"""Service tiers: thresholds, the rules by which customers move, and who is near a downgrade. Source: METHODS B3, A3."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from churn_dash.marks import _

FLOORS: Mapping[str, float] = {"mass": 0.0, "affluent": 50_000.0, "gold": 300_000.0, "platinum": 1_000_000.0, "private": 6_000_000.0}
"""Least month-average balances of each tier, CNY, lowest tier first."""

NEAR = 0.1
"""Near a downgrade: at most this share above the threshold of the own tier."""


@dataclass(frozen=True)
class TierRule:
    """How a bank moves its customers between tiers, by month-average balances.

    Down in the month after ``months`` in a row below the own tier (``top_months`` in the highest): to the tier of the ``last`` of
    them, or of the highest (``max``). ``watched_from``: the month below from which a customer is on watch. Up in the month after a
    higher tier is reached, or at once.
    """

    name: str
    label: str
    months: int
    top_months: int
    watched_from: int = 1
    to: Literal["last", "max"] = "last"
    up_at_once: bool = False

    def __post_init__(self) -> None:
        assert 1 <= self.watched_from <= min(self.months, self.top_months)


TIER_RULES = {
    r.name: r
    for r in (
        TierRule("bohai", _("Bohai Bank"), months=3, top_months=6),
        TierRule("ccb", _("China Construction Bank"), months=6, top_months=6, watched_from=4, to="max", up_at_once=True),
    )
}
"""The rules of two banks, by name. Their grace: three months below; or three months below, then three on watch."""
