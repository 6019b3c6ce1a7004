"""Word of mouth: new customers whom customers brought, by what these say of the bank, and whether they stay. Source: METHODS A1 2.4(3)."""

from dataclasses import dataclass

import polars as pl

from churn_dash.causes.after_answers import NPS_CLASSES
from churn_dash.causes.reading import cohort, customer_months, needed, resolved
from churn_dash.contract.calendar import month_end, shifted
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, rate
from churn_dash.measures.statistics.intervals import garwood, newcombe
from churn_dash.store import Dataset
from churn_dash.store.reading import full_table

EARLY_MONTHS = 6
"""Months from joining in which a departure of a new customer counts."""


@dataclass(frozen=True)
class Referrals:
    """Referrals of a period.

    ``joined``: customers who joined in it; ``referred`` of them; ``unknown_referrers``: brought by somebody who was not a customer
    chosen here when the period began. ``rate``: referrals per 100 customers of the start (exact Poisson interval). ``classes``: group
    (promoter, passive, detractor, not_known: no answer in the year before), n, referrals, rate with low and high. ``left_referred``,
    ``left_others``: shares of the new customers who left within ``EARLY_MONTHS`` months, of those who can be followed.
    """

    joined: int
    referred: int
    unknown_referrers: int
    rate: Estimate
    classes: pl.DataFrame
    left_referred: Estimate
    left_others: Estimate
    difference: Estimate


def referrals(question: Question) -> Referrals:
    """Who was brought by whom. Raises ``NotPossible`` where the table ``customers`` does not say who referred whom, and what
    ``measure`` raises."""
    ds = question.ds
    asked = resolved(question)
    whole = asked.whole
    people = needed(ds, "customers", ["referrer_id", "open_date"])
    new = people.filter(pl.col("open_date").is_between(whole.start, whole.last_day)).select("customer_id", "open_date", "referrer_id")
    there = customer_months(asked, of=new.select("customer_id")).sort("month").unique("customer_id", keep="first", maintain_order=True)
    new = new.join(there.filter(~pl.col("active")).select("customer_id", "end_day"), on="customer_id", how="inner")
    base = cohort(asked).select("customer_id")
    classed = base.join(_classes(ds, asked.whole), on="customer_id", how="left").with_columns(pl.col("group").fill_null("not_known"))
    brought = new.drop_nulls("referrer_id")
    by = brought.join(classed, left_on="referrer_id", right_on="customer_id", how="inner")
    counts = classed.group_by("group").agg(pl.len().alias("n"))
    counts = counts.join(by.group_by("group").agg(pl.len().alias("referrals")), on="group", how="left").with_columns(
        pl.col("referrals").fill_null(0)
    )
    known = {g: (n, k) for g, n, k in counts.iter_rows()}
    rows = []
    for name in [*(c[0] for c in reversed(NPS_CLASSES)), "not_known"]:
        n, k = known.get(name, (0, 0))
        e = _per_hundred(k, n)
        rows.append((name, n, k, e.value, e.low, e.high))
    kinds = {"group": pl.String, "n": pl.Int64, "referrals": pl.Int64, "rate": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    early = _followed(new, asked.followed)
    sides = [early.filter(pl.col("referrer_id").is_not_null()), early.filter(pl.col("referrer_id").is_null())]
    (k1, n1), (k0, n0) = ((int(s["left"].sum()), len(s)) for s in sides)
    ends = newcombe(k1, n1, k0, n0)
    return Referrals(
        joined=len(new),
        referred=len(brought),
        unknown_referrers=len(brought) - len(by),
        rate=_per_hundred(len(by), len(base)),
        classes=pl.DataFrame(rows, schema=kinds, orient="row"),
        left_referred=rate(k1, n1),
        left_others=rate(k0, n0),
        difference=NOTHING if ends is None else Estimate(k1 / n1 - k0 / n0, ends.low, ends.high, n1 + n0),
    )


def _per_hundred(k: int, n: int) -> Estimate:
    found = garwood(k, n)
    return NOTHING if found is None else Estimate(100 * k / n, 100 * found.low, 100 * found.high, n)


def _classes(ds: Dataset, whole: Period) -> pl.DataFrame:
    """The class of each customer's last recommendation in the year before the period."""
    said = full_table(ds, "surveys")
    if said is None:
        return pl.DataFrame(schema={"customer_id": pl.String, "group": pl.String})
    rows = said.filter(
        pl.col("nps").is_not_null() & (pl.col("answered_at") < whole.start) & (pl.col("answered_at") >= shifted(whole.start, -12))
    )
    last = rows.sort("answered_at", "survey_id").unique("customer_id", keep="last", maintain_order=True)
    word = pl.lit(None, dtype=pl.String)
    for name, low, high in NPS_CLASSES:
        word = pl.when(pl.col("nps").is_between(low, high)).then(pl.lit(name)).otherwise(word)
    return last.select("customer_id", word.alias("group"))


def _followed(new: pl.DataFrame, last_month: object) -> pl.DataFrame:
    """The new customers whose first ``EARLY_MONTHS`` months lie in the data, with ``left``."""
    until = pl.col("open_date").dt.offset_by(f"{EARLY_MONTHS}mo")
    end = month_end(last_month)  # type: ignore[arg-type]
    return new.filter(until <= end).with_columns(left=(pl.col("end_day") <= until).fill_null(value=False))
