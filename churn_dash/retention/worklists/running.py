"""Whom a campaign that still runs has: a call to somebody held out would spoil the comparison, a second list would count him twice."""

import datetime

import polars as pl

from churn_dash.campaigns import campaign_ids
from churn_dash.campaigns.groups.members import campaign
from churn_dash.contract.hold_outs import hold_out
from churn_dash.errors import ChurnDashError
from churn_dash.store import Dataset
from churn_dash.store.reading import full_table


def running(ds: Dataset, day: datetime.date) -> pl.Series:
    """The customers held out of any campaign that is not over on the day, and all of lists frozen here that are not."""
    members = full_table(ds, "campaign_assignments")
    if members is None:
        return pl.Series("customer_id", [], dtype=pl.String)
    going = [number for number in campaign_ids(ds) if _runs(ds, number, day)]
    rows = members.filter(pl.col("campaign_id").is_in(going) & pl.col("arm").is_not_null())
    out = [a for a in rows["arm"].unique().to_list() if hold_out(a)]
    return rows.filter(pl.col("arm").is_in(out) | pl.col("stratum").is_not_null())["customer_id"].unique()


def _runs(ds: Dataset, number: str, day: datetime.date) -> bool:
    try:
        return campaign(ds, number).last >= day
    except ChurnDashError:
        return False  # Without a first day or a known outcome it cannot be judged, so there is nothing to spoil.
