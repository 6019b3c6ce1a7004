"""The outcome of one group, and how much a few very large amounts decide. Source: METHODS C2."""

from collections.abc import Mapping, Sequence

import polars as pl

from churn_dash.campaigns.estimators.effects import Group, Outcome, effect
from churn_dash.campaigns.judged.verdict import change
from churn_dash.words import Text, _

CAP = 0.99
"""Amounts above this quantile are capped in the check."""


def group(arm: str, label: str | Text, outcomes: pl.Series) -> Group:
    """A group from its members' outcomes; null is a member without one."""
    known = outcomes.drop_nulls()
    n = len(known)
    mean, sd = known.mean(), known.std()
    return Group(
        arm=arm,
        label=label,
        n=len(outcomes),
        known=n,
        mean=float(mean) if n and isinstance(mean, int | float) else None,
        sd=float(sd) if n > 1 and isinstance(sd, int | float) else None,
    )


def capped(outcome: Outcome, data: pl.DataFrame, treated: Sequence[str], control: str, labels: Mapping[str, str | Text]) -> list[Text]:
    """What each difference would be with the largest 1 % of amounts capped. ``data`` holds ``arm`` and ``y``."""
    limit = data["y"].quantile(CAP, "nearest")
    if limit is None:
        return []
    cut = data.with_columns(pl.col("y").clip(upper_bound=limit))
    groups = {a: group(a, labels.get(a, a), cut.filter(pl.col("arm") == a)["y"]) for a in (*treated, control)}
    found = []
    for arm in treated:
        e = effect(outcome, groups[arm], groups[control])
        if e.low is not None:
            found.append(
                Text(
                    _("With the largest 1% of amounts capped, the difference of {arm} is {difference} ({low} to {high})."),
                    arm=e.treated.label,
                    difference=change(e.difference, outcome.unit),
                    low=change(e.low, outcome.unit),
                    high=change(e.high, outcome.unit),
                )
            )
    return found
