"""The figure that a plain before and after would claim, and why it misleads. Source: METHODS C1."""

from dataclasses import dataclass

import polars as pl

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
    expected: float | None = None
    """The change to be expected without any campaign, from customers who stood as far from their usual level earlier."""

    @property
    def difference(self) -> float | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The figure as the CLI prints it, with the reason in words."""
        return {
            "before": self.before,
            "after": self.after,
            "difference": self.difference,
            "n": self.n,
            "expected_without_campaign": self.expected,
            "why": self.why.in_(language),
        }


def expected_change(members: pl.DataFrame, history: pl.DataFrame) -> float | None:
    """Mean change that the members' amounts would have shown anyway: the way back to their usual level.

    Both frames hold ``usual`` (own earlier mean) and ``before``; ``history`` also ``after``, all from before the campaign.
    Members are put into fifths of ``before / usual``; each fifth moves as such customers moved in the history.
    None where the history holds fewer than 20 customers of a fifth.

    >>> low = pl.DataFrame({"usual": [100.0] * 40, "before": [50.0] * 40})
    >>> expected_change(low, low.with_columns(after=pl.lit(75.0)))
    25.0
    """
    known = members.drop_nulls(["usual", "before"]).filter(pl.col("usual") > 0).with_columns(away=pl.col("before") / pl.col("usual"))
    past = (
        history.drop_nulls(["usual", "before", "after"]).filter(pl.col("usual") > 0).with_columns(away=pl.col("before") / pl.col("usual"))
    )
    if known.is_empty() or past.is_empty():
        return None
    least, most = known["away"].min(), known["away"].max()
    inner = {known["away"].quantile(i / BINS, "nearest") for i in range(1, BINS)}
    edges = sorted(e for e in inner if e is not None and e not in (least, most))
    past = past.filter(pl.col("away").is_between(least, most))
    change = (
        _binned(past, edges)
        .group_by("bin")
        .agg(pl.len().alias("n"), (pl.sum("after") / pl.sum("before")).alias("growth"))
        .filter((pl.col("n") >= FEWEST_ALIKE) & pl.col("growth").is_finite())
    )
    moved = _binned(known, edges).join(change, on="bin", how="left")
    if moved["growth"].null_count():
        return None
    return float(moved.select((pl.col("before") * (pl.col("growth") - 1)).mean()).item())


def _binned(frame: pl.DataFrame, edges: list[float]) -> pl.DataFrame:
    return frame.with_columns(bin=sum((pl.col("away") > e).cast(pl.Int32) for e in edges) + pl.lit(0))
