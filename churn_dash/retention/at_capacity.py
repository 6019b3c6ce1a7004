"""What models reach at the bank's own number of calls, where it is known, beside the riskiest tenth by which banks compare. METHODS D3."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.marks import _
from churn_dash.retention.threshold import Cuts
from churn_dash.retention.worklists.exports import Export
from churn_dash.risk import Model
from churn_dash.risk.kept.compared import SCORE
from churn_dash.risk.trials import resampled
from churn_dash.risk.trials.resampled import Measured
from churn_dash.words import Count, Text, say


@dataclass(frozen=True)
class Calls:
    """How many customers the bank calls, of how many who may be called now, and how that is known."""

    n: int
    of: int
    how: Text

    @property
    def share(self) -> float:
        """0–1 of those who may be called."""
        return min(1.0, self.n / self.of)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {"n": self.n, "of": self.of, "share": self.share, "how": say(self.how, language)}


def bank_calls(cuts: Cuts, handed: Sequence[Export], able: int) -> Calls | None:
    """The capacity by which the cuts were set, else the length of the list last handed out; None where neither is known."""
    if able < 1:
        return None
    if cuts.by == "capacity" and cuts.asked:
        return Calls(
            int(cuts.asked), able, Text(_("{n} calls, the capacity by which {who} set the cuts"), n=Count(int(cuts.asked)), who=cuts.who)
        )
    last = next((e for e in handed if e.n), None)
    if last is None:
        return None
    return Calls(last.n, able, Text(_("{n} calls, as on the list handed out on {day}"), n=Count(last.n), day=last.made[:10]))


def reached(kept: Model, calls: Calls) -> dict[str, dict[str, Measured]]:
    """``recall`` and ``lift`` of every kind and rule that was tried with a model, by name, where the riskiest ``calls.share`` of its
    tests are called; without those whose scores were not kept with it."""
    rows = kept.held()
    if "fold" not in rows.columns:
        return {}
    rows = rows.with_columns(whose=pl.col("customer_id").rank("dense").cast(pl.Int64) - 1)
    parts = rows.partition_by("fold", maintain_order=True)
    columns = {kept.name: "score"} | {c.removeprefix(SCORE): c for c in rows.columns if c.startswith(SCORE)}

    def one(column: str) -> dict[str, Measured]:
        held = [resampled.HeldOut(*(part[x].to_numpy() for x in ("whose", "y", column))) for part in parts]
        recall = resampled.reached(held, calls.share, kept.card.seed)
        lift = {k: None if v is None else v / calls.share for k, v in recall.as_json().items()}
        return {"recall": recall, "lift": replace(recall, **lift)}

    return {name: one(column) for name, column in columns.items()}
