"""A campaign of the workspace: its settings, its members, and where each of them stood. Sources: METHODS B0, E1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Outcome, Unit
from churn_dash.campaigns.groups.extract import Extract, full_table, visible
from churn_dash.contract import TABLES
from churn_dash.contract.hold_outs import hold_out
from churn_dash.errors import NotFound, NotPossible
from churn_dash.words import Text, _, nearest

HORIZON_DAYS = 90
"""Days after the start at which a campaign is judged, where the table does not say."""

CHURN = Outcome("churn", _("Churn rate"), "ratio", "down")
RETENTION = Outcome("retention", _("Retention rate"), "ratio", "up")
_CHURN_WORDS = ("", "churn", "churn_rate", "churned", "流失", "流失率", "客户流失率")
_RETENTION_WORDS = ("retention", "retention_rate", "retained", "留存", "留存率", "客户留存率", "挽留率")
_TARGET_WORDS = ("treated", "treatment", "target", "test", "实验组", "目标组", "干预组", "营销组")
_LABELS = {
    "aum_avg": _("Average balance"),
    "aum_end": _("Balance at the end of the month"),
    "txn_count": _("Transactions a month"),
    "product_count": _("Products held"),
    "login_count": _("Logins a month"),
    "fee_income": _("Fees a month"),
}


@dataclass(frozen=True)
class Campaign:
    """The settings of a campaign. It is judged over the days ``start`` … ``last`` (``horizon_days`` of them)."""

    campaign_id: str
    name: str
    start: datetime.date
    horizon_days: int
    outcome: Outcome
    design: str | None
    planned_ratio: str | None
    cost_fixed: float

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
    """One campaign's settings. Raises NotFound with the nearest number, NotPossible without campaigns or a start."""
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
    return Campaign(
        campaign_id=campaign_id,
        name=row["name"] or campaign_id,
        start=row["start_date"],
        horizon_days=max(1, days),
        outcome=outcome_of(row["outcome"], campaign_id),
        design=row["design"],
        planned_ratio=row["planned_ratio"],
        cost_fixed=float(row["cost_fixed"] or 0.0),
    )


def outcome_of(text: str | None, campaign_id: str) -> Outcome:
    """The outcome named in the table: churn, retention, or a number column of the month table. Raises NotPossible."""
    word = (text or "").strip().casefold()
    if word in _CHURN_WORDS:
        return CHURN
    if word in _RETENTION_WORDS:
        return RETENTION
    table = TABLES["customer_month"]
    for name, column in table.columns.items():
        if column.dtype.is_numeric() and word in (a.casefold() for a in table.aliases(name)):
            unit: Unit = "money" if (column.metadata or {}).get("unit") == "CNY" else "amount"
            return Outcome(name, _LABELS.get(name, column.description or name), unit, "up")
    raise NotPossible(
        _(
            "The campaign {name} is to be judged by {outcome}, which is not known here; "
            "use churn, retention, or a number column of the monthly table."
        ),
        name=campaign_id,
        outcome=text,
    )


def roster(ds: Extract, campaign_id: str, scope: Scope) -> pl.DataFrame:
    """The members as assigned: customer_id, arm, assigned_at, contacted_at, accepted, incentive_cost. Raises NotPossible."""
    frame = full_table(ds, "campaign_assignments")
    members = None if frame is None else frame.filter((pl.col("campaign_id") == campaign_id) & pl.col("arm").is_not_null())
    if members is None or members.is_empty():
        raise NotPossible(_("The campaign {name} has no members with a group in the table campaign_assignments."), name=campaign_id)
    return visible(ds, members.with_columns(pl.col("arm").str.strip_chars()), scope)


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
    there = active_at(spells, last).select("customer_id").unique().with_columns(pl.lit(True).alias("stays"))
    return (
        at_start.with_columns(left.fill_null(False).alias("left"))
        .with_columns(
            pl.when(pl.col("left")).then(pl.col("end_date")).alias("left_on"), pl.when(pl.col("left")).then(pl.col("why")).alias("why")
        )
        .unique("customer_id", keep="first", maintain_order=True)
        .join(there, on="customer_id", how="left")
        .select("customer_id", "left", "left_on", "why", pl.col("stays").fill_null(False))
    )
