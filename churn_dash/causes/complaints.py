"""Complaints: how many, of what, how fast and how well they were settled. Source: METHODS A1 4.3.4."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.causes.departures import shares
from churn_dash.causes.reading import counted_months, needed, placed, resolved
from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, rate
from churn_dash.measures.statistics.intervals import garwood

SLA_DAYS = 15
"""Days in which a complaint is to be settled, unless said otherwise (China's rules for banks: 15 days, 60 where it is complicated)."""
PER_CUSTOMERS = 1_000
_SUMMARY = {
    "n": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True)
class Complaints:
    """The complaints of a period from customers who were there.

    ``rate``: complaints per 1,000 customers a month (exact Poisson interval; n: customer-months). ``categories``: category (empty:
    none), n, share with low and high, median_days, in_time (share), in_time_n, reopened, informed (shares of those settled).
    ``months``: month, n, rate with low, high. ``in_time`` counts complaints at least ``sla_days`` old when the data end;
    ``too_young`` are not yet. ``median_days`` counts open ones as not yet settled. ``outside``: complaints of the period from
    people who were not customers then, or not among those chosen.
    """

    n: int
    customers: int
    outside: int
    open: int
    too_young: int
    sla_days: int
    rate: Estimate
    median_days: float | None
    in_time: Estimate
    reopened: Estimate
    informed: Estimate
    categories: pl.DataFrame
    months: pl.DataFrame


def complaints(question: Question, sla_days: int = SLA_DAYS) -> Complaints:
    """The complaints of the period. Raises ``NotPossible`` without the table ``complaints``, and what ``measure`` raises."""
    ds = question.ds
    asked = resolved(question, leaving=False)
    whole = asked.whole
    frame = needed(ds, "complaints", ["created_at"])
    there = counted_months(asked)
    end = ds.data_end or whole.last_day
    inside = frame.filter(pl.col("created_at").is_between(whole.start, whole.last_day))
    mine = settled(placed(asked, inside, "created_at").drop("active", "end_day"), end)
    months = (
        there.select("month", "exposure")
        .join(mine.group_by("month").agg(pl.len().alias("n")), on="month", how="left", maintain_order="left")
        .with_columns(pl.col("n").fill_null(0))
    )
    months = _rated(months)
    old = mine.filter(pl.col("age") >= sla_days)
    rows = []
    for (name,), part in mine.with_columns(pl.col("category").fill_null("")).sort("category").group_by("category", maintain_order=True):
        aged = part.filter(pl.col("age") >= sla_days)
        in_time = _in_time(aged, sla_days)
        done = part.filter("settled")
        rows.append(
            (name, len(part), median_days(part), in_time.value, in_time.n, _yes(done, "reopened").value, _yes(done, "informed").value)
        )
    kinds = {"category": pl.String, "n": pl.Int64, "median_days": pl.Float64, "in_time": pl.Float64, "in_time_n": pl.Int64}
    categories = pl.DataFrame(rows, schema={**kinds, "reopened": pl.Float64, "informed": pl.Float64}, orient="row")
    categories = shares(categories, len(mine)).sort(["n", "category"], descending=[True, False])
    done = mine.filter("settled")
    return Complaints(
        n=len(mine),
        customers=mine["customer_id"].n_unique(),
        outside=len(inside) - len(mine),
        open=int((~mine["settled"]).sum()),
        too_young=len(mine) - len(old),
        sla_days=sla_days,
        rate=complaint_rate(len(mine), float(there["exposure"].sum())),
        median_days=median_days(mine),
        in_time=_in_time(old, sla_days),
        reopened=_yes(done, "reopened"),
        informed=_yes(done, "informed"),
        categories=categories.select("category", *_SUMMARY, "median_days", "in_time", "in_time_n", "reopened", "informed"),
        months=months,
    )


def complaining_customers(question: Question) -> pl.DataFrame:
    """Who complained of what: customer_id, category (empty: none), a row each pair. The complaints are those of ``complaints``."""
    asked = resolved(question, leaving=False)
    whole, frame = asked.whole, needed(question.ds, "complaints", ["created_at"])
    inside = frame.filter(pl.col("created_at").is_between(whole.start, whole.last_day))
    mine = placed(asked, inside, "created_at")
    return mine.select("customer_id", pl.col("category").fill_null("")).unique().sort("category", "customer_id")


def settled(rows: pl.DataFrame, end: datetime.date) -> pl.DataFrame:
    """Complaints with settled (by ``end``), days (to the settling, else to ``end``) and age (days to ``end``)."""
    done = pl.col("resolved_at").is_not_null() & (pl.col("resolved_at") <= end)
    stop = pl.when(done).then(pl.col("resolved_at")).otherwise(pl.lit(end))
    return rows.with_columns(
        settled=done,
        days=(stop - pl.col("created_at")).dt.total_days().clip(0),
        age=(pl.lit(end) - pl.col("created_at")).dt.total_days(),
    )


def median_days(rows: pl.DataFrame) -> float | None:
    """Median days to settle a complaint, open ones counted as still running (Kaplan–Meier); None where half are never settled.

    >>> median_days(pl.DataFrame({"days": [2, 4, 6, 9], "settled": [True, True, True, False]}))
    4.0
    """
    if rows.is_empty() or not rows["settled"].any():
        return None
    from scipy import stats

    days, done = rows["days"].to_numpy().astype(float), rows["settled"].to_numpy()
    staying = stats.ecdf(stats.CensoredData.right_censored(days, ~done)).sf
    below = np.flatnonzero(staying.probabilities <= 0.5 + 1e-12)
    return float(staying.quantiles[below[0]]) if len(below) else None


def _in_time(old: pl.DataFrame, sla_days: int) -> Estimate:
    return rate(int((old["settled"] & (old["days"] <= sla_days)).sum()), len(old))


def _yes(rows: pl.DataFrame, column: str) -> Estimate:
    known = rows[column].drop_nulls()
    return rate(int(known.sum()), len(known))


def complaint_rate(n: int, days: float) -> Estimate:
    """Complaints a month per 1,000 customers of so many days there, with the exact Poisson interval; n: customer-months."""
    months = days / MEAN_MONTH_DAYS
    found = garwood(n, months)
    if found is None:
        return NOTHING
    return Estimate(PER_CUSTOMERS * n / months, PER_CUSTOMERS * found.low, PER_CUSTOMERS * found.high, round(months))


def _rated(months: pl.DataFrame) -> pl.DataFrame:
    found = [complaint_rate(n, float(days)) for n, days in months.select("n", "exposure").iter_rows()]
    return months.select(
        "month",
        pl.col("n").cast(pl.Int64),
        pl.Series("rate", [e.value for e in found], dtype=pl.Float64),
        pl.Series("rate_low", [e.low for e in found], dtype=pl.Float64),
        pl.Series("rate_high", [e.high for e in found], dtype=pl.Float64),
        pl.Series("rate_n", [e.n for e in found], dtype=pl.Int64),
    )
