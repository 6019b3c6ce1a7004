"""Customers who fall silent, whose money leaves, or whom nobody has called. Source: METHODS A3, B0, plan 4.2.1."""

import polars as pl

from churn_dash.care.contacts import touches
from churn_dash.care.standing import Standing

_ACTS = ("txn_count", "login_count")


def silent(standing: Standing) -> pl.DataFrame:
    """Customers with neither a transaction nor a login in the whole months of the settings (usually 2), most balances first:
    customer_id, quiet_since (first day without). Where the data know only one of the two, that one; who has a month without a value is
    not listed."""
    n = standing.settings.silent_months
    known = tuple(c for c in _ACTS if standing.has("customer_month", (c,)))
    rows = standing.months(known, n).filter(pl.all_horizontal(pl.col(c) == 0 for c in known))
    quiet = rows.group_by("c").agg(pl.len().alias("n"), pl.col("month").min().alias("quiet_since"))
    found = standing.named(quiet.filter(pl.col("n") == n).drop("n"))
    return _richest(standing, found)


def falling(standing: Standing) -> pl.DataFrame:
    """Customers whose month-average balances fell by the share of the settings (usually 30 %) or more from one month to the next, the
    largest loss first: customer_id, average_before, average (CNY), lost (CNY), fall (a rate). Month-end balances
    where averages are unknown."""
    column = "aum_avg" if standing.has("customer_month", ("aum_avg",)) else "aum_end"
    rows = standing.months((column,), 2).rename({column: "average"})
    earlier = rows.filter(pl.col("month") == pl.col("month").min()).select("c", pl.col("average").alias("average_before"))
    pairs = rows.filter(pl.col("month") == pl.col("month").max()).join(earlier, on="c")
    lost, before = pl.col("average_before") - pl.col("average"), pl.col("average_before")
    # A fall of exactly that share must not be lost to rounding.
    fell = pairs.filter((before > 0) & (lost >= standing.settings.fall * before - 1e-9 * before))
    told = fell.select("c", "average_before", "average", lost.alias("lost"), (lost / before).alias("fall"))
    return standing.named(told).sort("lost", "customer_id", descending=[True, False])


def uncontacted(standing: Standing) -> pl.DataFrame:
    """Core customers whom nobody has contacted for more days than the settings say (usually 90), or never, most balances first:
    customer_id, days_since."""
    return _left_alone(standing, pl.col("core"), standing.settings.uncontacted_days)


def special(standing: Standing) -> pl.DataFrame:
    """Customers in need of special care whom nobody has contacted for more days than the settings say (usually 30), or never,
    most balances first: customer_id, days_since."""
    return _left_alone(standing, pl.col("special_need").fill_null(False), standing.settings.care_days)


def _left_alone(standing: Standing, which: pl.Expr, days: int) -> pl.DataFrame:
    rows = standing.people.filter(which).join(touches(standing).select("customer_id", "last_contact"), on="customer_id", how="left")
    since = (pl.lit(standing.day) - pl.col("last_contact")).dt.total_days()
    found = rows.filter(pl.col("last_contact").is_null() | (since > days)).select("customer_id", since.alias("days_since"))
    return _richest(standing, found)


def _richest(standing: Standing, found: pl.DataFrame) -> pl.DataFrame:
    rows = found.join(standing.people.select("customer_id", "balance"), on="customer_id", how="left")
    return rows.sort("balance", "customer_id", descending=[True, False], nulls_last=True).drop("balance")
