"""The figure that a plain before and after would claim, and why it misleads. Source: METHODS C1."""

from dataclasses import dataclass

import polars as pl

from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.words import Text

BINS = 5
"""Customers are compared in fifths of how far they stood from their usual level."""
FEWEST_ALIKE = 20


@dataclass(frozen=True)
class Naive:
    """Before and after of the target group, in the unit of the outcome; None where there is no such figure."""

    before: float | None
    after: float | None
    n: int
    why: Text
    low: float | None = None
    high: float | None = None
    """The 95 % range of the difference, of customers drawn again."""
    expected: Estimate = NOTHING
    """The change to be expected without any campaign, from customers who stood as far from their usual level earlier."""
    beyond: Estimate = NOTHING
    """The difference beyond what was to be expected."""
    others: float | None = None
    """What the others came to, where the naive figure is the plain difference between groups that were not drawn at random."""

    @property
    def difference(self) -> float | None:
        """After less before, or less the others."""
        base = self.before if self.others is None else self.others
        return None if base is None or self.after is None else self.after - base

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The figure as the CLI prints it, with the reason in words."""
        return {
            "before": self.before,
            "after": self.after,
            "others": self.others,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "expected_without_campaign": self.expected.value,
            "expected_range": {"low": self.expected.low, "high": self.expected.high},
            "beyond_expected": {"value": self.beyond.value, "low": self.beyond.low, "high": self.beyond.high},
            "why": self.why.in_(language),
        }


def change(after: pl.DataFrame, before: pl.DataFrame) -> Estimate:
    """Mean of ``after`` less mean of ``before`` with the range of customers drawn again: a customer in both is one customer.

    Both frames hold ``customer_id`` and ``y``; rows without ``y`` count for nothing.

    >>> low = pl.DataFrame({"customer_id": ["a", "b"], "y": [1.0, 2.0]})
    >>> change(low.with_columns(pl.col("y") + 5), low)
    Estimate(value=5.0, low=5.0, high=5.0, n=2)
    """
    late, early = after.drop_nulls("y"), before.drop_nulls("y")
    if late.is_empty() or early.is_empty():
        return NOTHING
    parts = [(late, (pl.col("y") - pl.col("y").mean()) / pl.len()), (early, (pl.col("y").mean() - pl.col("y")) / pl.len())]
    value = float(late.select(pl.mean("y")).item()) - float(early.select(pl.mean("y")).item())
    return _ranged(value, [f.select("customer_id", part=share) for f, share in parts], len(late))


def expected_change(members: pl.DataFrame, history: pl.DataFrame) -> tuple[Estimate, Estimate]:
    """Mean change that the members' amounts would have shown anyway, the way back to their usual level; and what they changed beyond it.

    Both frames hold ``customer_id``, ``usual`` (own earlier mean), ``before`` and ``after``, of ``history`` all from before the campaign.
    Members are put into fifths of ``before / usual``; each fifth moves as such customers moved in the history. The ranges are those of
    customers drawn again, linearised (METHODS B0), the fifths taken as they are. Nothing where the history holds fewer than 20 customers
    of a fifth.

    >>> low = pl.DataFrame({"customer_id": range(40), "usual": [100.0] * 40, "before": [50.0] * 40, "after": [80.0] * 40})
    >>> expected, beyond = expected_change(low, low.with_columns(after=pl.lit(75.0)))
    >>> expected.value, beyond.value
    (25.0, 5.0)
    """
    known = members.drop_nulls(["usual", "before", "after"]).filter(pl.col("usual") > 0).with_columns(away=_AWAY)
    past = history.drop_nulls(["usual", "before", "after"]).filter(pl.col("usual") > 0).with_columns(away=_AWAY)
    if known.is_empty() or past.is_empty():
        return NOTHING, NOTHING
    least, most = known["away"].min(), known["away"].max()
    inner = {known["away"].quantile(i / BINS, "nearest") for i in range(1, BINS)}
    edges = sorted(e for e in inner if e is not None and e not in (least, most))
    past = _binned(past.filter(pl.col("away").is_between(least, most)), edges)
    grown = (
        past.group_by("bin")
        .agg(pl.len().alias("n"), pl.sum("before").alias("whole"), (pl.sum("after") / pl.sum("before")).alias("growth"))
        .filter((pl.col("n") >= FEWEST_ALIKE) & pl.col("growth").is_finite())
    )
    moved = _binned(known, edges).join(grown.drop("n"), on="bin", how="left", maintain_order="left")
    if moved["growth"].null_count():
        return NOTHING, NOTHING
    moved = moved.with_columns(back=pl.col("before") * (pl.col("growth") - 1), done=pl.col("after") - pl.col("before"))
    weight = moved.group_by("bin").agg(weight=pl.sum("before") / len(moved))
    each_bin = grown.select("bin", "whole", "growth").join(weight, on="bin")
    from_past = past.join(each_bin, on="bin", maintain_order="left")
    by_past = from_past.select(
        "customer_id", part=pl.col("weight") * (pl.col("after") - pl.col("growth") * pl.col("before")) / pl.col("whole")
    )

    def of_members(figure: pl.Expr) -> tuple[float, pl.DataFrame]:
        found = moved.select("customer_id", part=figure)
        middle = float(found.select(pl.mean("part")).item())
        return middle, found.with_columns((pl.col("part") - middle) / len(moved))

    value, parts = of_members(pl.col("back"))
    rest, others = of_members(pl.col("done") - pl.col("back"))
    minus = by_past.with_columns(-pl.col("part"))
    return _ranged(value, [parts, by_past], len(moved)), _ranged(rest, [others, minus], len(moved))


_AWAY = pl.col("before") / pl.col("usual")


def _ranged(value: float, parts: list[pl.DataFrame], n: int) -> Estimate:
    """The figure with the range that the customers' own ``part`` in it leaves, those of one customer taken together."""
    each = pl.concat([p.with_columns(pl.col("customer_id").cast(pl.String)) for p in parts]).group_by("customer_id").agg(pl.sum("part"))
    if len(each) < 2:
        return Estimate(value, n=n)
    squares = (each["part"] ** 2).sort()  # so that the sum has the same last digit however the customers lie
    error = float(squares.sum() * len(each) / (len(each) - 1)) ** 0.5
    half = normal_quantile() * error
    return Estimate(value, value - half, value + half, n)


def _binned(frame: pl.DataFrame, edges: list[float]) -> pl.DataFrame:
    return frame.with_columns(bin=sum((pl.col("away") > e).cast(pl.Int32) for e in edges) + pl.lit(0))
