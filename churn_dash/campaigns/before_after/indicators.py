"""The figures of one campaign's members behind the before and after table. Sources: METHODS 0, B1, B6, B8."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.groups.members import Campaign
from churn_dash.causes.loyalty import loyalty
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, mean, promoter_score, rate
from churn_dash.measures.statistics.intervals import welch
from churn_dash.store.reading import full_table, month_of


@dataclass(frozen=True)
class Four:
    """One indicator before and after, in the target group and in the hold-out, and the difference between the groups' changes."""

    target_before: Estimate = NOTHING
    target_after: Estimate = NOTHING
    holdout_before: Estimate = NOTHING
    holdout_after: Estimate = NOTHING
    effect: Estimate = NOTHING


def shares(bank: pl.DataFrame | None, target: pl.DataFrame, holdout: pl.DataFrame, flag: str) -> Four:
    """A yes-or-no indicator whose "before" is the whole bank's; the effect is target less hold-out, after."""
    before = NOTHING if bank is None else _share(bank, flag)
    after, base = _share(target, flag), _share(holdout, flag)
    return Four(before, after, before if base.n else NOTHING, base, combination([(1, after), (-1, base)]) if base.n else NOTHING)


def _share(rows: pl.DataFrame, flag: str) -> Estimate:
    known = rows[flag].drop_nulls()
    return rate(int(known.sum()), len(known))


def answers(
    ds: Extract, campaign: Campaign, target: pl.DataFrame, holdout: pl.DataFrame, figure: Callable[[pl.DataFrame], Estimate]
) -> Four:
    """A survey indicator: answers within one horizon before the start and from the start on, the last one of each member."""
    surveys = full_table(ds, "surveys")
    if surveys is None:
        return Four()
    first = campaign.start - datetime.timedelta(days=campaign.horizon_days)

    def window(members: pl.DataFrame, a: datetime.date, b: datetime.date) -> Estimate:
        own = surveys.filter(pl.col("answered_at").is_between(a, b)).join(members, on="customer_id", how="semi")
        return figure(own.sort("answered_at", "survey_id").unique("customer_id", keep="last", maintain_order=True))

    before, after = window(target, first, campaign.eve), window(target, campaign.start, campaign.last)
    if holdout.is_empty():
        return Four(before, after)
    base_before, base_after = window(holdout, first, campaign.eve), window(holdout, campaign.start, campaign.last)
    return Four(before, after, base_before, base_after, combination([(1, after), (-1, before), (-1, base_after), (1, base_before)]))


def satisfied(rows: pl.DataFrame) -> Estimate:
    """Share of answers 4 or 5 of 5."""
    known = rows["csat"].drop_nulls()
    return rate(int((known >= 4).sum()), len(known))


def recommended(rows: pl.DataFrame) -> Estimate:
    """NPS of the answers."""
    return promoter_score(rows["nps"])


def loyalty_change(ds: Extract, campaign: Campaign, target: pl.DataFrame, holdout: pl.DataFrame) -> Four:
    """Mean loyalty index of the members whose index is known before and after; the effect compares their own changes."""
    sides = []
    for members in (target, holdout):
        stayed = members.filter("stays")
        before = loyalty(ds, stayed, month_of(campaign.start, -1)).rename({"index": "before"})
        after = loyalty(ds, stayed, month_of(campaign.last)).rename({"index": "after"})
        sides.append(before.join(after, on="customer_id").drop_nulls().with_columns(change=pl.col("after") - pl.col("before")))
    t, h = sides
    change, base = mean(t["change"]), mean(h["change"])
    effect = NOTHING
    if change.value is not None and base.value is not None:
        spread = [float(s["change"].std() or 0.0) for s in sides]  # type: ignore[arg-type]
        interval = welch(change.value, spread[0], change.n, base.value, spread[1], base.n)
        effect = Estimate(
            change.value - base.value, interval.low if interval else None, interval.high if interval else None, change.n + base.n
        )
    return Four(mean(t["before"]), mean(t["after"]), mean(h["before"]), mean(h["after"]), effect)
