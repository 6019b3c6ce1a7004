"""What the risk room reads of campaigns: who was treated and when, whom they reached and who accepted."""

import polars as pl

from churn_dash.contract.hold_outs import hold_out
from churn_dash.store import Dataset


def _members(ds: Dataset, customers: pl.Series | None) -> pl.DataFrame | None:
    """Members of campaigns that were treated, with the days of their campaign: hold-outs are not among them. Of a few ``customers`` only,
    where they are given."""
    found = ds.scan("campaign_assignments")
    if found is None:
        return None
    rows = found.filter(pl.col("customer_id").is_in(customers.implode())).collect() if customers is not None else found.collect()
    lacking = [c for c in ("contacted_at", "assigned_at", "accepted", "arm") if c not in rows.columns]
    kinds = {"contacted_at": pl.Date, "assigned_at": pl.Date, "accepted": pl.Boolean, "arm": pl.String}
    rows = rows.with_columns(pl.lit(None, dtype=kinds[c]).alias(c) for c in lacking)
    campaigns = ds.table("campaigns")
    days = [c for c in ("start_date", "end_date") if campaigns is not None and c in campaigns.columns]
    if campaigns is not None and days:
        rows = rows.join(campaigns.select("campaign_id", *days), on="campaign_id", how="left")
    rows = rows.with_columns(pl.lit(None, dtype=pl.Date).alias(c) for c in ("start_date", "end_date") if c not in days)
    left_alone = [a for a in rows["arm"].unique().to_list() if hold_out(a)]
    return rows.filter(pl.col("arm").is_not_null() & ~pl.col("arm").is_in(left_alone))


def treated(ds: Dataset, customers: pl.Series | None = None) -> pl.DataFrame | None:
    """Who was treated by a retention campaign, and when: customer_id, day. Hold-outs are not treated."""
    rows = _members(ds, customers)
    if rows is None:
        return None
    return rows.select("customer_id", day=pl.coalesce("contacted_at", "assigned_at", "start_date")).drop_nulls()


def answers(ds: Dataset, customers: pl.Series | None = None) -> pl.DataFrame | None:
    """Whom campaigns reached and who accepted; an answer counts as known when its campaign has ended."""
    rows = _members(ds, customers)
    return None if rows is None else rows.select("customer_id", "campaign_id", "contacted_at", "accepted", "end_date")
