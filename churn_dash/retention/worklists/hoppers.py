"""Who follows the rate: what falls due here goes to another bank, again and again. Source: A2 (002: let go by expected value)."""

import datetime

import polars as pl

from churn_dash.care.standing import Standing

MONTHS, SOON, HOPS = 24, 30, 2
"""How far one looks back; days after a payout in which money follows it out; how often it must have."""
_HALF = 0.5


def hoppers(there: Standing) -> pl.DataFrame:
    """The customers (customer_id) of whom at least two products fell due here in two years, and at least half of these went to another
    bank within 30 days: by a large transfer of at least half the amount, or a product begun there. No rows where the data cannot tell.

    Being one says nothing of being let go: what keeping him brings is counted for a year only, as the next rate calls then.
    """
    nobody = pl.DataFrame(schema={"customer_id": pl.String})
    if not there.has("product_holdings", ("bank", "amount")):
        return nobody
    held, since = there.table("product_holdings"), there.day - datetime.timedelta(days=round(MONTHS * 30.44))
    own = held.filter(pl.col("bank") == "own").with_columns(due=pl.coalesce("closed_date", "maturity_date"))
    paid = own.filter(pl.col("maturity_date").is_not_null() & (pl.col("due") > since) & (pl.col("due") <= there.day))
    gone = pl.concat([_begun_elsewhere(held), _transferred(there)])
    after = paid.join(gone, on="customer_id").filter(
        (pl.col("gone_on") >= pl.col("due"))
        & (pl.col("gone_on") <= pl.col("due") + pl.duration(days=SOON))
        & (pl.col("gone_on") <= there.day)
        & (pl.col("gone") >= _HALF * pl.col("amount"))
    )
    hops = after.unique("holding_id").group_by("customer_id").agg(pl.len().alias("hops"))
    counted = paid.group_by("customer_id").agg(pl.len().alias("paid")).join(hops, on="customer_id")
    return counted.filter((pl.col("hops") >= HOPS) & (2 * pl.col("hops") >= pl.col("paid"))).select("customer_id").sort("customer_id")


def _begun_elsewhere(held: pl.DataFrame) -> pl.DataFrame:
    other = held.filter((pl.col("bank") == "other") & pl.col("start_date").is_not_null())
    return other.select("customer_id", pl.col("start_date").alias("gone_on"), pl.col("amount").cast(pl.Float64).alias("gone"))


def _transferred(there: Standing) -> pl.DataFrame:
    out = there.table("large_transactions").filter(
        (pl.col("direction") == "out") & ~pl.col("internal").fill_null(False) & pl.col("txn_date").is_not_null()
    )
    return out.select("customer_id", pl.col("txn_date").alias("gone_on"), pl.col("amount").cast(pl.Float64).alias("gone"))
