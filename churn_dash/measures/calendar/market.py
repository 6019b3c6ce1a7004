"""The market beside our own churn: rates, competitors' campaigns, the economy, offers by product. Source: METHODS A1 1.2(3), 2.3, E1 11–12.

Market figures are of a city and a month. The figure of a group of customers weighs each city by its customers in that month; a city
called ``all`` stands for those that the table does not name. What goes together in time need not cause one another.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.conditions.stood import stood
from churn_dash.measures.filters import Period
from churn_dash.measures.query import asked_spans, measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import Interval, welch
from churn_dash.store import Dataset, month_end
from churn_dash.words import Ratio, Text

SERIES = {
    "own_rate": _("Our deposit rate"),
    "competitor_rate": _("Best rate of competitors"),
    "rate_gap": _("Rate gap"),
    "competitor_campaign": _("Competitors' campaigns"),
    "lpr": _("Loan prime rate"),
    "cpi": _("Consumer prices"),
    "unemployment": _("Unemployment"),
    "hhi": _("Concentration of banks"),
}
"""The series of ``market_month``, in per cent but for ``competitor_campaign`` (share of customers in whose city one runs, 0–1) and
``hhi`` (0–1). ``rate_gap`` is the competitors' rate less ours, percentage points."""
ALL_CITIES = "all"
_AS_OFFERED = 3
"""Months of our own sales that stand for the rate we pay now."""


@dataclass(frozen=True)
class Market:
    """``rows``: month, the columns of ``SERIES`` (null where unknown), churn_rate (low, high, n), market_share (our deposits ÷ all
    deposits, in the cities that tell; 0–1), coverage (share of the customers whose city has a figure), a row a month.
    ``wide``, ``narrow``: mean churn rate of the months while the rate gap was above its median, and at most there; null without gaps.
    ``difference``: 95 % of wide less narrow over the months (Welch), which are what differs by the gap: the customers of one month
    share everything else that happened in it. Null below two months a side."""

    rows: pl.DataFrame
    median_gap: float | None
    wide: float | None
    narrow: float | None
    difference: Interval | None
    n_wide: int
    n_narrow: int

    @property
    def sentence(self) -> Text | None:
        """Whether more or fewer leave in months of a wide gap; None without two kinds of months."""
        if self.wide is None or self.narrow is None:
            return None
        named = {"wide": Ratio(self.wide), "narrow": Ratio(self.narrow)}
        if self.difference is not None and self.difference.excludes(0.0):
            return Text(_("In months of a wide rate gap {wide} left, in the others {narrow}"), **named)
        words = _(
            "Whether a wide rate gap goes with more churn cannot be told: {wide} a month in {n} months, {narrow} in the {others} others"
        )
        return Text(words, n=self.n_wide, others=self.n_narrow, **named)


def market(question: Question) -> Market:
    """The market month by month, as the customers of the question met it. Raises ``NotPossible`` without ``market_month`` or months."""
    ds = question.ds
    table = ds.table("market_month")
    if table is None:
        raise NotPossible(_("The market is not known; it needs the table market_month: each month's rates of this bank and of others."))
    months = [s.start for s in asked_spans(ds, question.period, "month")]
    whole = Period(months[0], months[-1])
    own = measure(question.over(whole), ["churn_rate", "customers_lost", "customers"], ["month"])
    weights = _weights(question, months, set(table["city"].to_list()))
    known = [c for c in SERIES if c in table.columns]
    cast = table.with_columns(pl.col(c).cast(pl.Float64) for c in known)
    joined = weights.join(cast, on=["month", "city"], how="left")
    rows = joined.group_by("month").agg(
        *(_mean(c) for c in known),
        (pl.col("n").filter(pl.any_horizontal([pl.col(c).is_not_null() for c in known])).sum() / pl.col("n").sum()).alias("coverage"),
        *_share_parts(cast),
    )
    rows = pl.DataFrame({"month": months}, schema={"month": pl.Date}).join(rows, on="month", how="left")
    rows = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(c) for c in SERIES if c not in rows.columns)
    rows = rows.with_columns((pl.col("competitor_rate") - pl.col("own_rate")).alias("rate_gap"))
    share = (
        pl.when(pl.col("market") > 0).then(pl.col("deposits") / pl.col("market"))
        if "market" in rows.columns
        else pl.lit(None, dtype=pl.Float64)
    )
    rows = rows.with_columns(share.alias("market_share")).join(own, on="month", how="left")
    columns = [
        "month",
        *SERIES,
        "market_share",
        "coverage",
        "churn_rate",
        "churn_rate_low",
        "churn_rate_high",
        "churn_rate_n",
        "customers_lost",
        "customers",
    ]
    return _compared(rows.select(columns).sort("month"))


def _mean(column: str) -> pl.Expr:
    """The mean over the cities that tell it, weighed by customers."""
    there = pl.col("n").filter(pl.col(column).is_not_null()).sum()
    return pl.when(there > 0).then((pl.col(column) * pl.col("n")).sum() / there).alias(column)


def _share_parts(table: pl.DataFrame) -> list[pl.Expr]:
    """Our deposits and all banks', over the cities in which both are known."""
    if "market_balances" not in table.columns:
        return []
    both = (pl.col("market_balances") > 0) & pl.col("deposits").is_not_null()
    return [pl.col("deposits").filter(both).sum().alias("deposits"), pl.col("market_balances").filter(both).sum().alias("market")]


def _weights(question: Question, months: Sequence[datetime.date], named: set[str]) -> pl.DataFrame:
    """Customers (and their average deposits) a month and city: month, city, n, deposits. Cities that the market lacks are ``all``."""
    ds = question.ds
    by_city = next((d for d in ds.dimensions if d.column == "d_city"), None)
    where = condition(question, at_starts(question.chosen, question.scope, months))
    column = ["d_city"] if by_city is not None else []
    people = stood(ds, months, column, where)
    held = _deposits(ds, months)
    if held is not None:
        people = people.join(held, on=["customer_id", "month"], how="left")
    else:
        people = people.with_columns(deposit=pl.lit(None, dtype=pl.Float64))
    if by_city is None:
        # Without the customers' cities every city of the market weighs the same, and nobody's deposits belong to one of several.
        cities = [ALL_CITIES] if ALL_CITIES in named else sorted(named)
        money = pl.col("deposit").sum() if len(cities) == 1 else pl.lit(None, dtype=pl.Float64)
        total = people.group_by("month").agg(pl.len().alias("n"), money.alias("deposits"))
        return total.join(pl.DataFrame({"city": cities}), how="cross")
    city = pl.when(pl.col("d_city").is_in(sorted(named - {ALL_CITIES}))).then("d_city").otherwise(pl.lit(ALL_CITIES)).alias("city")
    return people.group_by("month", city).agg(pl.len().alias("n"), pl.col("deposit").sum().alias("deposits"))


def _deposits(ds: Dataset, months: Sequence[datetime.date]) -> pl.DataFrame | None:
    table = ds.table("customer_month")
    if table is None or "deposit_avg" not in table.columns:
        return None
    return table.filter(pl.col("month").is_in(list(months))).select("customer_id", "month", pl.col("deposit_avg").alias("deposit"))


def _compared(rows: pl.DataFrame) -> Market:
    """Churn in the months of a wide gap beside the others, each month one observation."""
    gaps = rows.drop_nulls(["rate_gap", "churn_rate"])
    middle = gaps["rate_gap"].median()
    if not isinstance(middle, float) or len(gaps) < 2:
        return Market(rows, None, None, None, None, 0, 0)
    wide, narrow = (np.array(gaps.filter(side)["churn_rate"]) for side in (pl.col("rate_gap") > middle, pl.col("rate_gap") <= middle))
    if not len(wide):
        return Market(rows, middle, None, float(narrow.mean()), None, 0, len(narrow))
    known = len(wide) > 1 and len(narrow) > 1
    told = [(float(side.mean()), float(side.std(ddof=1)), len(side)) for side in (wide, narrow)] if known else None
    spread = welch(*told[0], *told[1]) if told else None
    return Market(rows, middle, float(wide.mean()), float(narrow.mean()), spread, len(wide), len(narrow))


def offers(ds: Dataset, period: Period | None = None) -> pl.DataFrame | None:
    """Our rates beside competitors' by kind of product and term, as the period ends, else the data; widest gap first.

    Ours is the amount-weighted rate of holdings begun in the last three months; theirs are the best and the plain mean of the offers
    that stand. Columns: product_kind, term_months (null: none), own_rate, n_own, best_rate, best_bank, mean_rate, n_offers, gap
    (best less own, percentage points). None where either table or its columns are missing.
    """
    theirs, ours, end = ds.table("competitor_products"), ds.table("product_holdings"), ds.data_end
    if theirs is None or ours is None or end is None:
        return None
    until = [m for m in ds.months if period is None or m <= period.end]
    end = end if period is None else min(end, month_end(period.end))
    if not {"product_kind", "rate"} <= set(theirs.columns) or not {"product_kind", "rate", "start_date", "amount"} <= set(ours.columns):
        return None
    lacking: dict[str, Any] = {"term_months": pl.Int64, "from_date": pl.Date, "to_date": pl.Date, "bank_name": pl.String}
    theirs = theirs.with_columns(pl.lit(None, dtype=t).alias(c) for c, t in lacking.items() if c not in theirs.columns)
    standing = theirs.filter(
        pl.col("rate").is_not_null()
        & (pl.col("from_date").is_null() | (pl.col("from_date") <= end))
        & (pl.col("to_date").is_null() | (pl.col("to_date") >= end))
    )
    best = standing.sort("rate", "bank_name", descending=[True, False]).group_by("product_kind", "term_months", maintain_order=True)
    found = best.agg(
        pl.col("rate").first().alias("best_rate"), pl.col("bank_name").first().alias("best_bank"),
        pl.col("rate").mean().alias("mean_rate"), pl.len().alias("n_offers"),
    )  # fmt: skip
    since = until[max(0, len(until) - _AS_OFFERED)]
    ours = ours.filter(pl.col("start_date").is_between(since, end) & pl.col("rate").is_not_null() & (pl.col("amount") > 0))
    ours = ours.filter(pl.col("bank").fill_null("own") == "own") if "bank" in ours.columns else ours
    months = ((pl.col("maturity_date") - pl.col("start_date")).dt.total_days() / 30.4375).round(0).cast(pl.Int64)
    term = months if "maturity_date" in ours.columns else pl.lit(None, dtype=pl.Int64)
    held = ours.with_columns(term.alias("term_months")).group_by("product_kind", "term_months")
    own = held.agg(((pl.col("rate") * pl.col("amount")).sum() / pl.col("amount").sum()).alias("own_rate"), pl.len().alias("n_own"))
    rows = found.join(own, on=["product_kind", "term_months"], how="inner", nulls_equal=True)
    rows = rows.with_columns((pl.col("best_rate") - pl.col("own_rate")).alias("gap"))
    columns = ["product_kind", "term_months", "own_rate", "n_own", "best_rate", "best_bank", "mean_rate", "n_offers", "gap"]
    return rows.select(columns).sort("gap", "product_kind", "term_months", descending=[True, False, False], nulls_last=True)
