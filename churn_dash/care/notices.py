"""What to tell a customer before a downgrade: what would be lost, how much to bring back, until when. Source: METHODS B3; 002-1, 002-2."""

import datetime
from collections.abc import Mapping
from typing import Any

from churn_dash.marks import _
from churn_dash.words import Text


def notice(row: Mapping[str, Any], tiers: Mapping[str, str]) -> Text | None:
    """The notice for a row of ``care.tiers.near``; None for who is not on watch. ``tiers``: the word of each tier.

    Amounts are whole yuan: a customer is told the exact sum, rounded up.
    """
    if not row.get("on_watch"):
        return None
    values = {
        "tier": tiers[row["own_tier"]],
        "lower": tiers[row["falls_to"]],
        "average": _yuan(row["average"]),
        "threshold": _yuan(row["threshold"]),
        "amount": _yuan(row["to_bring"]),
        "on": _day(row["falls_on"]),
        "chance": _day(row["last_chance"]),
    }
    if not row["months_left"]:
        return Text(_FALLS if row["to_bring"] else _FALLS_BUT_BACK, **values)
    return Text(_BRING if row["to_bring"] else _KEEP, **values)


def _yuan(amount: float) -> str:
    return f"¥{-(-amount // 1):,.0f}"


def _day(day: datetime.date | None) -> str:
    return day.isoformat() if day is not None else "—"


_BRING = _(
    "Your balances averaged {average} last month, below the {threshold} of {tier}. Bring {amount} back by {chance} and keep it there "
    "through the month, or from {on} you will be {lower} and lose the services of {tier}."
)
_KEEP = _(
    "Your balances averaged {average} last month, below the {threshold} of {tier}, and are above it again now. Keep them there, through "
    "the month that begins on {chance} at the latest, and you stay {tier}; otherwise you will be {lower} from {on}."
)
_FALLS = _(
    "Your balances have averaged less than the {threshold} of {tier} too long: from {on} you will be {lower} and lose the services of "
    "{tier}. Bring {amount} back, and you rise again as soon as a month's average reaches {threshold}."
)
_FALLS_BUT_BACK = _(
    "Your balances have averaged less than the {threshold} of {tier} too long: from {on} you will be {lower}. They are above it again "
    "now: keep them there, and you rise again as soon as a month's average reaches {threshold}."
)
