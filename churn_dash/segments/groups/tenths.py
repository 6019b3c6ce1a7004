"""Who brings how much: tenths of the customers by balances or by margin, and how concentrated both are. Source: METHODS A1 3.1(3), B9.

The margin of a customer is that of a year: mean balances × spread + fees − the cost of serving, from the twelve months before the
period (fewer where the data begin later; fees are then taken to twelve). Tenths are made of every customer in the viewer's scope.
"""

import datetime
import functools
import math
from dataclasses import dataclass
from typing import Literal

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import Period
from churn_dash.measures.movement.growth import without_start
from churn_dash.measures.question import Question
from churn_dash.segments.groups.quantiles import parts
from churn_dash.segments.groups.starters import Grouped, counted, next_month, once, rates, rows_of, standing
from churn_dash.store import Dataset, shifted

By = Literal["balances", "margin"]
TENTHS = 10
TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
POINTS = 200
"""How many points of the concentration curve are kept."""


@dataclass(frozen=True)
class Margin:
    """What a year of a customer brings: ``spread`` of balances (a year, 0–1) plus fees less ``servicing`` (CNY a year)."""

    spread: float
    servicing: float = 0.0


@dataclass(frozen=True)
class Value(Grouped):
    """``people``: the columns of ``standing``, then value (CNY; null: unknown) and group ("1": the most valuable tenth … "10").

    ``period``: the months over which leaving is counted; None for one row a customer. ``fees``: whether fees are in the margin.
    """

    people: pl.DataFrame
    by: By
    period: Period | None
    fees: bool

    @functools.cached_property
    def known(self) -> pl.DataFrame:
        """The customers asked for whose value is known."""
        return self.people.filter(pl.col("asked") & pl.col("value").is_not_null())

    @property
    def total(self) -> float:
        """The value of them all, CNY."""
        return float(self.known["value"].sum())

    @once
    def tenths(self) -> pl.DataFrame:
        """A row a tenth, the most valuable first: group, value, share_of_value (0–1), least (the smallest value in it), and the
        columns of ``starters.rates``. Those of unknown value stand in a row of their own, group null."""
        found = rates(self.people, ["group"], {"group": [str(i + 1) for i in range(TENTHS)]})
        summed = (
            self.people.filter("asked")
            .group_by("group")
            .agg(
                pl.when(pl.col("value").is_not_null().any()).then(pl.col("value").sum()).alias("value"),
                pl.col("value").min().alias("least"),
            )
        )
        whole = self.total
        share = (pl.col("value") / whole if whole > 0 else pl.lit(None, dtype=pl.Float64)).alias("share_of_value")
        joined = found.join(summed, on="group", how="left", nulls_equal=True, maintain_order="left")
        return joined.with_columns(share).select("group", "value", "share_of_value", "least", *[c for c in found.columns if c != "group"])

    @once
    def curve(self) -> pl.DataFrame:
        """The concentration curve: share_of_customers, share_of_value (0–1, the most valuable first), from (0, 0) to (1, 1)."""
        return curve(self.known["value"])

    @once
    def tops(self) -> list[tuple[float, float | None]]:
        """What share of the value the most valuable 1 %, 5 %, 10 %, 20 % and 50 % of customers hold."""
        return [(top, self.held(top)) for top in TOPS]

    @once
    def held(self, top: float) -> float | None:
        """What share of the value the most valuable ``top`` (0–1) of customers hold."""
        return held_by(self.known["value"], top)

    def holders(self) -> pl.DataFrame:
        """Who stands behind each of ``tops``: customer_id, top (0–1), a row each pair; of a customer cut in two the whole counts.

        Of customers of the same value those with the lower number come first.
        """
        ranked = self.known.sort(["value", "customer_id"], descending=[True, False])["customer_id"]
        parts_ = [ranked.head(math.ceil(top * len(ranked) - 1e-9)).to_frame().with_columns(top=pl.lit(top)) for top in TOPS]
        return pl.concat(parts_)

    @once
    def gini(self) -> float | None:
        """How unequal: 0 all alike, 1 one has all; None where there is no value or somebody's is negative."""
        return gini(self.known["value"])


def value(question: Question, margin: Margin | None = None) -> Value:
    """Customers at the start of the period by balances then, or, with a ``margin``, by what a year of them brings.

    Raises ``NotPossible`` where balances are not known, and for a margin without a month before the period.
    """
    ds = question.ds
    panel = ds.shape == "panel"
    months = counted(ds, question.period, 1) if panel else None
    people = standing(question, months.start if months else None, months.end if months else None)
    return _valued(ds, people, months.start if months else None, months, margin)


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope, margin: Margin | None = None) -> pl.DataFrame:
    """The tenth of each customer at the start of the month ``at`` (None: as the data end): customer_id, group ("1" the most valuable)."""
    day = at or next_month(ds) if ds.shape == "panel" else None
    people = standing(Question(ds, scope, definition=definition), day, None)
    return _valued(ds, people, day, None, margin).people.select("customer_id", "group")


def _valued(ds: Dataset, people: pl.DataFrame, at: datetime.date | None, period: Period | None, margin: Margin | None) -> Value:
    if not people["balance"].is_not_null().any():
        why = without_start(ds, at) if at is not None and len(people) else None
        if why is not None:
            raise NotPossible(_("{why} Choose a period that begins in another month."), why=why)
        raise NotPossible(_("The value of customers needs balances (aum_end or aum_avg); these data lack them."))
    fees = False
    if margin is None:
        people = people.with_columns(pl.col("balance").alias("value"))
    else:
        earned, fees = margins(ds, at, margin)
        people = people.join(earned, on="c", how="left", maintain_order="left").rename({"margin": "value"})
    tenth = (TENTHS + 1 - parts(pl.col("value"), TENTHS)).cast(pl.String)
    return Value(people.with_columns(tenth.alias("group")), "balances" if margin is None else "margin", period, fees)


def margins(ds: Dataset, at: datetime.date | None, margin: Margin) -> tuple[pl.DataFrame, bool]:
    """What a year of each customer brings, by the twelve months before ``at``: c, margin (CNY; null where balances are unknown); and
    whether fees are in it. For one row a customer: by the balances of that row, without fees."""
    columns = ds.month_columns
    held = next((c for c in ("aum_avg", "aum_end") if c in columns), "aum_end")
    if at is None:
        rows = rows_of(
            ds, "select m.c, CAST(m.aum_start AS DOUBLE) as held, CAST(NULL AS DOUBLE) as fee from month_rows m order by m.c nulls last"
        )
    else:
        listed = ", ".join(f"DATE '{m}'" for m in ds.months if shifted(at, -12) <= m < at)
        if not listed:
            raise NotPossible(_("The margin of customers needs a month of data before the months counted."))
        fee = "avg(CAST(m.fee_income AS DOUBLE))" if "fee_income" in columns else "CAST(NULL AS DOUBLE)"
        rows = rows_of(
            ds,
            f"select m.c, avg(CAST(m.{held} AS DOUBLE)) as held, {fee} as fee from month_rows m "
            f"where m.month in ({listed}) and m.listed group by m.c order by m.c nulls last",
        )
    earned = pl.col("held") * margin.spread + 12 * pl.col("fee").fill_null(0) - margin.servicing
    return rows.select("c", earned.alias("margin")), rows["fee"].is_not_null().any()


def _ranked(values: pl.Series) -> pl.Series:
    return values.drop_nulls().sort(descending=True)


def curve(values: pl.Series) -> pl.DataFrame:
    """Points of the concentration curve, the most valuable first; no rows where the total is not positive.

    >>> curve(pl.Series([10.0, 60.0, 30.0])).rows()[1]
    (0.3333333333333333, 0.6)
    """
    ranked = _ranked(values)
    total = float(ranked.sum()) if len(ranked) else 0.0
    kinds = {"share_of_customers": pl.Float64, "share_of_value": pl.Float64}
    if total <= 0:
        return pl.DataFrame(schema=kinds)
    sums, n = ranked.cum_sum(), len(ranked)
    at = sorted({round(i * n / POINTS) for i in range(POINTS + 1)} | {n} | {max(1, round(n * t)) for t in TOPS})
    points = [(i / n, 0.0 if i == 0 else float(sums[i - 1]) / total) for i in at]
    return pl.DataFrame(points, schema=kinds, orient="row")


def held_by(values: pl.Series, top: float) -> float | None:
    """The share of the total that the most valuable ``top`` (0–1) of customers hold; of a customer cut in two, the part counts.

    >>> round(held_by(pl.Series([60.0, 30.0, 10.0]), 0.5), 2), held_by(pl.Series([0.0]), 0.5)
    (0.75, None)
    """
    ranked = _ranked(values)
    total = float(ranked.sum()) if len(ranked) else 0.0
    if total <= 0:
        return None
    n = top * len(ranked)
    full = int(n + 1e-9)
    rest = (n - full) * float(ranked[full]) if full < len(ranked) and n - full > 1e-9 else 0.0
    return (float(ranked.head(full).sum()) + rest) / total


def gini(values: pl.Series) -> float | None:
    """Gini's coefficient of values that are not negative; None without a positive total.

    >>> round(gini(pl.Series([10.0, 30.0, 60.0])), 4), gini(pl.Series([5.0, 5.0]))
    (0.3333, 0.0)
    """
    ranked = values.drop_nulls().sort()
    total = float(ranked.sum()) if len(ranked) else 0.0
    if total <= 0 or float(ranked[0]) < 0:
        return None
    n = len(ranked)
    weighted = float((ranked * pl.Series(range(1, n + 1), dtype=pl.Float64)).sum())
    return 2 * weighted / (n * total) - (n + 1) / n
