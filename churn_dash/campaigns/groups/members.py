"""A campaign of the workspace: its settings, its members, and where each of them stood. Sources: METHODS B0, E1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Outcome
from churn_dash.campaigns.groups.columns import folded, group_names
from churn_dash.campaigns.groups.extract import Extract, visible
from churn_dash.campaigns.groups.measured import outcome_of
from churn_dash.campaigns.groups.numbered import beside, one_each
from churn_dash.contract.hold_outs import hold_out
from churn_dash.errors import NotFound, NotPossible
from churn_dash.store.draws import Draw
from churn_dash.store.reading import full_table
from churn_dash.words import Count, Text, _, nearest

HORIZON_DAYS = 90
"""Days after the start at which a campaign is judged, where the table does not say."""
LONGEST_DAYS = 3_660
"""Nobody judges a campaign by who stayed for more than ten years: so many days are a slip, or stand for an end that has not come."""

_TARGET_WORDS = ("treated", "treatment", "target", "test", "实验组", "目标组", "干预组", "营销组")


@dataclass(frozen=True)
class Campaign:
    """The settings of a campaign. It is judged over the days ``start`` … ``last`` (``horizon_days`` of them).

    ``design`` is what the table says, or what was declared for good: then ``draw`` says by whom and when.
    """

    campaign_id: str
    name: str
    start: datetime.date
    horizon_days: int
    outcome: Outcome
    design: str | None
    planned_ratio: str | None
    cost_fixed: float
    draw: Draw | None = None

    @property
    def last(self) -> datetime.date:
        """The last day that counts; the campaign can be judged once the data reach it."""
        return self.start + datetime.timedelta(days=self.horizon_days - 1)

    @property
    def eve(self) -> datetime.date:
        """The day before the start, at whose end members must have been customers."""
        return self.start - datetime.timedelta(days=1)


def campaign_ids(ds: Extract) -> tuple[str, ...]:
    """The campaigns of the workspace, by start; empty where there are none."""
    frame = full_table(ds, "campaigns")
    return () if frame is None else tuple(frame.sort("start_date", "campaign_id", nulls_last=True)["campaign_id"].to_list())


def campaign(ds: Extract, campaign_id: str) -> Campaign:
    """One campaign's settings. Raises NotFound with the nearest number, NotPossible without campaigns, a start or a usable horizon."""
    frame = full_table(ds, "campaigns")
    if frame is None or frame.is_empty():
        raise NotPossible(_("There are no campaigns here; load the tables campaigns and campaign_assignments first."))
    known = frame["campaign_id"].to_list()
    if campaign_id not in known:
        near = nearest(campaign_id.casefold(), [k.casefold() for k in known])
        raise NotFound(
            _("There is no campaign {name}; the nearest is {nearest}."),
            name=campaign_id,
            nearest=next((k for k in known if k.casefold() == near), known[0]),
        )
    row = frame.row(known.index(campaign_id), named=True)
    if row["start_date"] is None:
        raise NotPossible(
            _("The campaign {name} has no first day in the table campaigns, so nothing can be counted from it."), name=campaign_id
        )
    days = row["horizon_days"] or ((row["end_date"] - row["start_date"]).days + 1 if row["end_date"] else HORIZON_DAYS)
    if not 1 <= days <= LONGEST_DAYS or row["start_date"] > datetime.date.max - datetime.timedelta(days=LONGEST_DAYS):
        raise NotPossible(
            _("The campaign {name} would be judged {n} days after its first day, {start}: give 1 to {most} days, or a last day after it."),
            name=campaign_id,
            n=Count(days),
            start=row["start_date"].isoformat(),
            most=Count(LONGEST_DAYS),
        )
    draw = ds.draws.get(campaign_id)
    return Campaign(
        campaign_id=campaign_id,
        name=row["name"] or campaign_id,
        start=row["start_date"],
        horizon_days=days,
        outcome=outcome_of(row["outcome"], campaign_id),
        design="randomised" if draw is not None else row["design"],
        planned_ratio=row["planned_ratio"],
        cost_fixed=float(row["cost_fixed"] or 0.0),
        draw=draw,
    )


def roster(ds: Extract, campaign_id: str, scope: Scope) -> pl.DataFrame:
    """The members of one group each, as assigned. Columns and errors as of ``assigned``."""
    return in_two_groups(assigned(ds, campaign_id, scope), "customer_id")[0]


def assigned(ds: Extract, campaign_id: str, scope: Scope) -> pl.DataFrame:
    """Every row of a member: customer_id, arm, assigned_at, contacted_at, accepted, incentive_cost. Raises NotPossible."""
    frame = full_table(ds, "campaign_assignments")
    members = None if frame is None else frame.filter(pl.col("campaign_id") == campaign_id)
    if members is not None:
        members = members.with_columns(folded(group_names(members["arm"]))[0].alias("arm")).drop_nulls("arm")
    if members is None or members.is_empty():
        raise NotPossible(_("The campaign {name} has no members with a group in the table campaign_assignments."), name=campaign_id)
    return visible(ds, members, scope)


def other_spellings(ds: Extract, campaign_id: str) -> list[Text]:
    """A sentence for every spelling of a group's name that ``roster`` read as another one."""
    frame = full_table(ds, "campaign_assignments")
    if frame is None:
        return []
    names = group_names(frame.filter(pl.col("campaign_id") == campaign_id)["arm"])
    read, others = folded(names)
    return [Text(_("The group {other} was read as {one}."), other=s, one=read.filter(names == s)[0]) for s in others]


def in_two_groups(members: pl.DataFrame, who: str) -> tuple[pl.DataFrame, float | None, list[Text]]:
    """The members without those whom column ``who`` shows in more than one group, their share, and a sentence about them.

    Nobody knows which group such a customer was meant for, so nobody can be counted for it.
    """
    if who not in members.columns:
        return members, None, []
    if members[who].n_unique() == len(members):
        return members, 0.0, []
    several = members.filter(pl.col(who).is_not_null()).group_by(who).agg(pl.col("arm").n_unique().alias("n")).filter(pl.col("n") > 1)
    if several.is_empty():
        return members, 0.0, []
    share = several.height / members[who].n_unique()
    note = Text(_("{n} customers stand in more than one group and are left out."), n=Count(several.height))
    return members.join(several, on=who, how="anti", maintain_order="left"), share, [note]


def holdout_arm(arms: list[str]) -> str | None:
    """The group that was held out, by its name; None where there is none.

    >>> holdout_arm(["treated", "Control"]), holdout_arm(["treated"])
    ('Control', None)
    """
    return next((a for a in arms if hold_out(a)), None)


def arm_label(arm: str) -> str | Text:
    """How a group is called in a sentence."""
    if hold_out(arm):
        return Text(_("the hold-out"))
    return Text(_("the target group")) if arm.casefold() in _TARGET_WORDS else arm


def active_at(spells: pl.DataFrame, day: datetime.date) -> pl.DataFrame:
    """The spells that are active at the end of ``day``."""
    return spells.filter((pl.col("start_date") <= day) & (pl.col("end_date").is_null() | (pl.col("end_date") > day)))


def standing(spells: pl.DataFrame, first: datetime.date, last: datetime.date) -> pl.DataFrame:
    """Customers active before ``first`` and what became of them by ``last``, both days included.

    Columns: customer_id, left (had a churn event: gross churn, METHODS B1), left_on, why, stays (is a customer at the end of ``last``).
    """
    at_start = active_at(spells, first - datetime.timedelta(days=1))
    left = pl.col("form").is_not_null() & pl.col("end_date").is_between(first, last)
    there = one_each(active_at(spells, last).select("customer_id")).with_columns(pl.lit(True).alias("stays"))
    was = one_each(
        at_start.with_columns(left.fill_null(False).alias("left")).with_columns(
            pl.when(pl.col("left")).then(pl.col("end_date")).alias("left_on"), pl.when(pl.col("left")).then(pl.col("why")).alias("why")
        )
    )
    return beside(was, there).select("customer_id", "left", "left_on", "why", pl.col("stays").fill_null(False))
