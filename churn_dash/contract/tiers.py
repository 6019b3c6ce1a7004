"""Service tiers: thresholds, the rule by which customers move, and who is near a downgrade. Source: METHODS B3, A3."""

from collections.abc import Mapping
from dataclasses import dataclass

FLOORS: Mapping[str, float] = {"mass": 0.0, "affluent": 50_000.0, "gold": 300_000.0, "platinum": 1_000_000.0, "private": 6_000_000.0}
"""Least month-average balances of each tier, CNY, lowest tier first."""

NEAR = 0.1
"""Near a downgrade: at most this share above the threshold of the own tier."""


@dataclass(frozen=True)
class TierRule:
    """Up in the month after a tier is reached; down after ``months`` in a row below it (``top_months`` in the highest tier), to the
    tier of the last of them."""

    name: str
    months: int
    top_months: int


TIER_RULES = {r.name: r for r in (TierRule("bohai", 3, 6),)}
"""The rules of banks, by name."""
