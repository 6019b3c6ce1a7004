"""What a campaign cost, by group: the one way to it, guarded against costs that cannot be. Source: METHODS C11. Amounts in CNY."""

from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.groups.members import Campaign, holdout_arm, roster
from churn_dash.words import Count, Text, _


def spent(
    ds: Extract, settings: Campaign, members: pl.DataFrame, treated: Sequence[str], contact_cost: float, scope: Scope
) -> tuple[dict[str, float] | None, list[Text]]:
    """What each treated group cost; None with a sentence where a cost is negative, so that no return can be worked out.

    ``members`` are those whom ``scope`` lets the viewer see: their part of the fixed cost is that among all treated members.
    """
    negative = int((members["incentive_cost"] < 0).sum() or 0) + int((members["cost"] < 0).sum() or 0) + (settings.cost_fixed < 0)
    if negative:
        return None, [
            Text(_("{n} costs are negative, so neither cost nor return is worked out; correct them and load again."), n=Count(negative))
        ]
    everyone = members if scope.branches is None else roster(ds, settings.campaign_id, Scope.everything())
    control = holdout_arm(sorted(everyone["arm"].unique().to_list(), key=str.casefold))
    n = everyone.filter(pl.col("arm") != (control or "")).height
    return costs(members, treated, settings.cost_fixed / max(1, n), contact_cost), []


def costs(members: pl.DataFrame, treated: Sequence[str], fixed_each: float, contact_cost: float) -> dict[str, float]:
    """What each treated group cost: its contacts and incentives, and ``fixed_each`` of the fixed cost for each member.

    A contact costs what was entered for it, else ``contact_cost``. An incentive paid to a customer who would have stayed anyway is a cost
    like any other.
    """
    found = {}
    for arm in treated:
        own = members.filter(pl.col("arm") == arm)
        contacted = uncosted(own)
        incentives = float(own["incentive_cost"].fill_null(0.0).sum())
        found[arm] = fixed_each * len(own) + contact_cost * contacted + float(own["cost"].sum()) + incentives
    return found


def uncosted(members: pl.DataFrame) -> int:
    """Contacts for which nobody entered a cost: they cost what is assumed."""
    return int((members["contacted_at"].is_not_null() & members["cost"].is_null()).sum())
