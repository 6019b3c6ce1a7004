"""Products that fall due soon, here and at other banks, beside what both now offer. Source: METHODS A3, plan 7.2.3, 002-1."""

import datetime

import polars as pl

from churn_dash.access import Scope
from churn_dash.care.holidays import window
from churn_dash.care.standing import Standing, default_day
from churn_dash.store import Dataset

AHEAD_DAYS = 90
OFFERED_DAYS = 31
"""What the bank sold of a kind and term in so many days is what it now offers."""
_DAYS_A_MONTH = 30.4375
_SCHEMA = {"customer_id": pl.String, "product_id": pl.String, "bank": pl.String, "amount": pl.Float64, "maturity_date": pl.Date}


def maturing(ds: Dataset, days: int = AHEAD_DAYS, *, scope: Scope) -> pl.DataFrame | None:
    """Holdings not yet paid out that fall due in the ``days`` after the data, both ends included, soonest first.

    Columns: customer_id, product_id, bank (own, other), amount (CNY), maturity_date; those that the table lacks are null. None
    without the table ``product_holdings`` or its days.
    """
    held = ds.table("product_holdings")
    if held is None or "maturity_date" not in held.columns:
        return None
    day = default_day(ds)
    lacking = [pl.lit(None, dtype=kind).alias(c) for c, kind in _SCHEMA.items() if c not in held.columns]
    rows = _due(held.with_columns(lacking), day, day + datetime.timedelta(days=days))
    if scope.branches is not None:
        people = ds.table("customers")
        mine = (
            people.filter(pl.col("branch_id").is_in(sorted(scope.branches)))
            if people is not None and "branch_id" in people.columns
            else None
        )
        rows = rows.clear() if mine is None else rows.join(mine.select("customer_id"), on="customer_id", how="semi")
    return rows.select(list(_SCHEMA)).sort("maturity_date", "customer_id")


def _due(held: pl.DataFrame, day: datetime.date, until: datetime.date) -> pl.DataFrame:
    """The holdings known and held on a day that fall due from then to ``until``, both included."""
    rows = held.filter(pl.col("maturity_date").is_between(day, until))
    # Paid out on the very day it falls due is not lost: it is what the list is for.
    still_held = (pl.col("closed_date") > day) | ((pl.col("closed_date") == day) & (pl.col("maturity_date") == day))
    known = {"closed_date": still_held, "recorded_at": pl.col("recorded_at") <= day, "start_date": pl.col("start_date") <= day}
    for column, then in known.items():
        if column in held.columns:
            rows = rows.filter(pl.col(column).is_null() | then)
    return rows


def own(standing: Standing) -> pl.DataFrame:
    """Products held here that fall due within the days of the settings; columns as ``_compared``."""
    return _compared(standing, pl.col("bank").fill_null("own") == "own")


def elsewhere(standing: Standing) -> pl.DataFrame:
    """Products at other banks, as far as customers told of them, that fall due within the days of the settings; columns
    as ``_compared``."""
    return _compared(standing, pl.col("bank") == "other")


def _compared(standing: Standing, which: pl.Expr) -> pl.DataFrame:
    """A row a holding, soonest and largest first: customer_id, holding_id, maturity_date, days_left, amount (CNY), product_kind,
    term_months, rate (per cent a year), bank_name; what this bank offers of the same kind and term (own_product, own_rate), the
    best that another bank does (rival_bank, rival_product, rival_rate), and rate_gap, theirs less ours in percentage points. Null
    where nobody offers the same."""
    held = standing.table("product_holdings").with_columns(_term())
    rows = _due(held.filter(which), standing.day, window(standing.day, standing.settings.ahead_days))
    rows = rows.join(_own_offers(standing), on=["product_kind", "term_months"], how="left", maintain_order="left")
    rows = rows.join(_rival_offers(standing, rows), on="holding_id", how="left", maintain_order="left")
    return rows.select(
        "customer_id",
        "holding_id",
        "maturity_date",
        (pl.col("maturity_date") - pl.lit(standing.day)).dt.total_days().alias("days_left"),
        "amount",
        "product_kind",
        "term_months",
        "rate",
        "bank_name",
        "own_product",
        "own_rate",
        "rival_bank",
        "rival_product",
        "rival_rate",
        (pl.col("rival_rate") - pl.col("own_rate")).round(6).alias("rate_gap"),
    ).sort("maturity_date", "amount", "holding_id", descending=[False, True, False], nulls_last=True)


def _term() -> pl.Expr:
    days = (pl.col("maturity_date") - pl.col("start_date")).dt.total_days()
    return (days / _DAYS_A_MONTH).round().cast(pl.Int64).alias("term_months")


def _own_offers(standing: Standing) -> pl.DataFrame:
    """What the bank sells now, as its customers bought it lately: product_kind, term_months, own_product, own_rate (the median)."""
    held = standing.whole("product_holdings").with_columns(_term())
    since = standing.day - datetime.timedelta(days=OFFERED_DAYS)
    lately = (pl.col("start_date") > since) & (pl.col("start_date") <= standing.day)
    sold = held.filter(lately & (pl.col("bank").fill_null("own") == "own") & pl.col("rate").is_not_null()).drop_nulls("term_months")
    return sold.group_by("product_kind", "term_months").agg(
        pl.col("product_id").mode().sort().first().cast(pl.String).alias("own_product"),
        pl.col("rate").median().cast(pl.Float64).alias("own_rate"),
    )


def _rival_offers(standing: Standing, rows: pl.DataFrame) -> pl.DataFrame:
    """The best offer of another bank to each of the holdings: holding_id, rival_bank, rival_product, rival_rate."""
    offers = standing.whole("competitor_products")
    now = (pl.col("from_date").is_null() | (pl.col("from_date") <= standing.day)) & (
        pl.col("to_date").is_null() | (pl.col("to_date") >= standing.day)
    )
    offers = offers.filter(now & pl.col("rate").is_not_null()).select(
        "product_kind",
        "term_months",
        pl.col("bank_name").alias("rival_bank"),
        pl.col("name").alias("rival_product"),
        pl.col("rate").alias("rival_rate"),
        "least_amount",
        pl.col("city").alias("only_in"),
    )
    lives = standing.people.select("customer_id", "city")
    wanted = rows.select("holding_id", "customer_id", "amount", "product_kind", "term_months").join(lives, on="customer_id", how="left")
    pairs = wanted.join(offers, on=["product_kind", "term_months"], how="inner")
    open_to = (pl.col("only_in").is_null() | (pl.col("only_in") == pl.col("city"))) & (
        pl.col("least_amount").is_null() | pl.col("amount").is_null() | (pl.col("amount") >= pl.col("least_amount"))
    )
    best = pairs.filter(open_to.fill_null(False)).sort("rival_rate", "rival_bank", "rival_product", descending=[True, False, False])
    return best.unique("holding_id", keep="first").select("holding_id", "rival_bank", "rival_product", "rival_rate")
