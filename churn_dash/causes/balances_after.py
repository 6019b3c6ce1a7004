"""What becomes of balances after an answer: whose satisfaction fell, who was satisfied. Source: PRODUCT 15, METHODS B1."""

from dataclasses import dataclass

import polars as pl

from churn_dash.causes.after_answers import BANDS, DROP, drops_of, followable
from churn_dash.causes.reading import HORIZON, needed
from churn_dash.causes.satisfaction import sent_rows
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate, combination
from churn_dash.measures.statistics.intervals import ratio_of_sums
from churn_dash.store import Dataset, shifted
from churn_dash.store.reading import month_values

GROUPS = ("fell", "held", *(name for name, _low, _high in BANDS))


@dataclass(frozen=True)
class BalancesAfter:
    """Balances ``horizon`` months after the month of an answer beside those at its end, of whoever was there then; who left holds none.

    ``rows``: group (fell by a point or more against the own last answer, held; low, middle, high satisfaction), n, before and after (sums
    of balances), change (after/before − 1) with low and high (linearised), null for fewer than ``TOO_FEW`` customers or without balances.
    ``difference``: the change of those who fell less that of those who held. ``unknown``: customers whose balance is not known at one end.
    """

    horizon: int
    rows: pl.DataFrame
    difference: Estimate
    unknown: int


def balances_after(question: Question, horizon: int = HORIZON) -> BalancesAfter:
    """The link from a fall of satisfaction to later balances; the last answered questionnaire of each customer. An association.

    Raises ``NotPossible`` where nothing can be followed or the data hold no balances.
    """
    ds = question.ds
    if "aum_end" not in ds.columns_of("customer_month"):
        raise NotPossible(_("This needs the balance at the end of each month (aum_end)."))
    sent, _base, _outside = sent_rows(question)
    told = followable(sent, ds, horizon).filter("answered").drop_nulls("csat")
    known = _with_balances(told, ds, horizon)
    fell = drops_of(known, needed(ds, "surveys", ["sent_at"]))
    fell = fell.with_columns(group=pl.when(pl.col("fell") >= DROP).then(pl.lit("fell")).otherwise(pl.lit("held")))
    every = pl.concat([fell.select("group", "before", "after"), known.select(pl.col("band").alias("group"), "before", "after")])
    rows, difference = compared(every)
    return BalancesAfter(horizon, rows, difference, len(told) - len(known))


def compared(every: pl.DataFrame) -> tuple[pl.DataFrame, Estimate]:
    """``rows`` and ``difference`` of the balances of customers: group, before, after."""
    found = {name: every.filter(pl.col("group") == name) for name in GROUPS}
    changes = {name: _change(rows) for name, rows in found.items()}
    sums = [(name, len(r), float(r["before"].sum()), float(r["after"].sum())) for name, r in found.items()]
    kinds = {"group": pl.String, "n": pl.Int64, "before": pl.Float64, "after": pl.Float64}
    rows = pl.DataFrame(sums, schema=kinds, orient="row").with_columns(
        pl.Series(part, [getattr(changes[name], end) for name in GROUPS], dtype=pl.Float64)
        for part, end in (("change", "value"), ("low", "low"), ("high", "high"))
    )
    return rows, combination([(1, changes["fell"]), (-1, changes["held"])])


def _with_balances(told: pl.DataFrame, ds: Dataset, horizon: int) -> pl.DataFrame:
    """The answers with balances ``before`` and ``after``, where both are known; who left within the horizon holds nothing after."""
    months = told["month"].unique().to_list()
    before = month_values(ds, "aum_end", months).rename({"v": "before"})
    after = month_values(ds, "aum_end", [shifted(m, horizon) for m in months])
    after = after.with_columns(pl.col("month").dt.offset_by(f"-{horizon}mo")).rename({"v": "after"})
    joined = told.join(before, on=["customer_id", "month"], how="left").join(after, on=["customer_id", "month"], how="left")
    after_all = pl.when("left").then(pl.lit(0.0)).otherwise(pl.col("after"))
    return joined.with_columns(after=after_all).drop_nulls(["before", "after"])


def _change(rows: pl.DataFrame) -> Estimate:
    """The change of the group's balances: ratio of sums, less 1."""
    n, (before, after) = len(rows), (rows[c].to_numpy() for c in ("before", "after"))
    x, y = float(before.sum()), float(after.sum())
    if n < TOO_FEW or not x:
        return Estimate(n=n)
    spread = ratio_of_sums(y, x, float(after @ after), float(before @ after), float(before @ before), n)
    if spread is None:
        return Estimate(y / x - 1, n=n)
    return Estimate(y / x - 1, max(-1.0, spread.low - 1), spread.high - 1, n)
