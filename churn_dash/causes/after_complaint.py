"""Churn after a complaint beside the same time without one, in strata that are alike. An association. Source: METHODS A1 4.3.4, B0."""

import math
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import HORIZON, customer_months, left_within, needed, resolved
from churn_dash.contract.calendar import shifted
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.measures.statistics.intervals import normal_quantile

QUIET_MONTHS = 6
"""Who complained so recently is no time without."""
STRATA = ("month", "tier", "tenure_band", "moved")
"""``moved``: made a transaction in the month before; who has stopped using the bank seldom complains, and leaves."""

"""All complaints; those open at the end of their month; those settled by then; of these, with the result told or not."""


@dataclass(frozen=True)
class Difference:
    """Churn of the exposed less that of like others, with a 95 % interval.

    ``exposed``, ``others``: shares that left, the latter weighted like the exposed. ``n``: exposed customers compared;
    ``n_others``: customer-months compared with; ``unmatched``: exposed without anybody like them.
    """

    exposed: float | None
    others: float | None
    difference: Estimate
    n: int
    n_others: int
    unmatched: int


@dataclass(frozen=True)
class AfterComplaint:
    """``rows``: group (all, open, settled, informed, not_informed, or ``category:…``), ``Difference``. ``horizon`` in months; ``too_late``:
    complaints whose months after are not all in the data; ``first_only``: later complaints of the same customer."""

    horizon: int
    rows: tuple[tuple[str, Difference], ...]
    too_late: int
    first_only: int


def after_complaint(question: Question, horizon: int = HORIZON) -> AfterComplaint:
    """Of the customers who complained in a month of the period and were there at its end, how many left in the ``horizon`` months after.

    Each is compared with customers of the same month, tier, years with the bank and use of it (any transaction in the month before)
    who had not complained for six months; the interval counts a customer's months together. Raises ``NotPossible`` where no complaint
    can be followed, and what ``measure`` raises.
    """
    asked = resolved(question)
    whole = asked.whole
    made = needed(question.ds, "complaints", ["created_at"])
    last = shifted(asked.followed, 1 - horizon)
    within = made.filter(pl.col("created_at").is_between(whole.start, whole.last_day))
    if shifted(whole.start, 1) > last:
        raise NotPossible(
            _("No complaint of these months can be followed for {n} months: choose a longer period."),
            n=horizon,
        )
    span = (shifted(whole.start, 1), min(last, shifted(whole.end, 1)))
    rows = customer_months(asked, ("tier", "tenure_band"), ("txn_count",), span).filter("active")
    moved = pl.when(pl.col("txn_count") > 0).then(pl.lit("yes")).when(pl.col("txn_count") == 0).then(pl.lit("no"))
    rows = rows.with_columns(left=left_within(horizon), moved=moved).with_columns(pl.col(*STRATA[1:]).fill_null(""))
    rows = rows.select("customer_id", *STRATA, "left")
    exposed, repeated = _exposed(made, rows)
    others = _without(made, rows)
    kinds = [("all", exposed)]
    kinds += [(name, exposed.filter(pl.col("state") == name)) for name in ("open", "settled")]
    told = exposed.filter(pl.col("state") == "settled")
    kinds += [("informed", told.filter(pl.col("informed"))), ("not_informed", told.filter(~pl.col("informed")))]
    names = sorted(exposed["category"].drop_nulls().unique().to_list())
    kinds += [(f"category:{name}", exposed.filter(pl.col("category") == name)) for name in names]
    late = within.filter(pl.col("created_at").dt.truncate("1mo").dt.offset_by("1mo") > last)
    return AfterComplaint(horizon, tuple((name, compared(part, others, STRATA)) for name, part in kinds), len(late), repeated)


def _exposed(made: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The first complaint of each customer that can be followed, with how it stood at the end of its month; and the later ones."""
    month = pl.col("created_at").dt.truncate("1mo").dt.offset_by("1mo")
    done = pl.col("resolved_at").is_not_null() & (pl.col("resolved_at") < month)
    found = made.with_columns(month=month, state=pl.when(done).then(pl.lit("settled")).otherwise(pl.lit("open")))
    found = found.join(rows, on=["customer_id", "month"], how="inner").sort("created_at", "complaint_id")
    first = found.unique("customer_id", keep="first", maintain_order=True)
    return first.select("customer_id", *STRATA, "left", "state", "informed", "category"), len(found) - len(first)


def _without(made: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The customer-months without a complaint in the six months before them."""
    upset = made.select("customer_id", pl.col("created_at").dt.truncate("1mo").alias("month")).unique()
    after = pl.concat([upset.with_columns(pl.col("month").dt.offset_by(f"{k}mo")) for k in range(QUIET_MONTHS + 1)]).unique()
    return rows.join(after, on=["customer_id", "month"], how="anti")


def compared(exposed: pl.DataFrame, others: pl.DataFrame, strata: tuple[str, ...]) -> Difference:
    """The difference of the share that left, others standardised to the strata of the exposed.

    Both have customer_id, left and the ``strata``. Variance by the sum of squares over customers of their part in the estimate,
    so that one customer's months count together; None below 2 customers a side.
    """
    cells = others.group_by(strata).agg(pl.len().alias("n0"), pl.col("left").mean().alias("p0"))
    mine = exposed.join(cells, on=strata, how="inner")
    n = len(mine)
    if not n:
        return Difference(None, None, NOTHING, 0, 0, len(exposed))
    p1, p0 = float(mine["left"].cast(pl.Float64).mean() or 0.0), float(mine["p0"].mean() or 0.0)  # type: ignore[arg-type]
    weights = mine.group_by(strata).agg(pl.len().alias("n1"))
    against = others.join(cells, on=strata).join(weights, on=strata, how="inner")
    part1 = mine.select("customer_id", ((pl.col("left").cast(pl.Float64) - pl.col("p0") - (p1 - p0)) / n).alias("part"))
    part0 = against.select(
        "customer_id", (-(pl.col("n1") / pl.col("n0")) * (pl.col("left").cast(pl.Float64) - pl.col("p0")) / n).alias("part")
    )
    total = pl.concat([part1, part0]).group_by("customer_id").agg(pl.col("part").sum())
    estimate = Estimate(p1 - p0, n=n)
    error = math.sqrt(float((total["part"] ** 2).sort().sum()))
    if n > 1 and error > 0:
        half = normal_quantile() * error
        estimate = Estimate(p1 - p0, max(-1.0, p1 - p0 - half), min(1.0, p1 - p0 + half), n)
    return Difference(p1, p0, estimate, n, len(against), len(exposed) - n)
