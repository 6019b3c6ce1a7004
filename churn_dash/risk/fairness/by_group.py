"""Selection, recall and calibration by group on rows that the model had not seen. Source: METHODS D7.

A group is selected at the rate at which its rows are at high risk by the cut given, else by the usual one (the riskiest tenth of all).
Where that rate, or the recall, is under four fifths of the highest group's, it is flagged: that calls for a look, and is no proof of
unfairness where the groups also leave at different rates.
Rows of one customer at several score dates hang together, so the intervals are Wilson's with the effective number of rows: r(1 − r) over
the variance of the ratio summed by customer. A ratio of two groups has an interval on the logarithm, with the same numbers of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from churn_dash.contract.few import FOUR_FIFTHS, TOO_FEW
from churn_dash.marks import _
from churn_dash.measures.statistics.intervals import effective_share, ends, ratio_of_shares, wilson
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.rows.stood_then import grouped
from churn_dash.store import Dataset
from churn_dash.words import Ratio, Text, say

_SELECTED = (
    _("{group}: selected at {ratio} of the rate of the group that is selected most, which is under four fifths."),
    _("{group}: selected at {ratio} of the rate of the group that is selected most, which is under four fifths; chance may explain it."),
)
_FOUND = (
    _("{group}: its leavers are found at {ratio} of the best found group's rate, which is under four fifths."),
    _("{group}: its leavers are found at {ratio} of the best found group's rate, which is under four fifths; chance may explain it."),
)


@dataclass(frozen=True)
class Rate:
    """A share 0–1, or a ratio of two, with its 95 % interval; None where undefined. ``rows``: independent rows that tell as much."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    rows: float = 0.0

    def as_json(self) -> dict[str, float | None]:
        """The three numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Treated:
    """One group: its customers, rows and leavers; how many are selected, how many of its leavers; predicted beside observed. ``few``: too
    few customers to rate. ``selection_ratio`` and ``recall_ratio``: to the highest of the rated groups."""

    group: str | None
    customers: int
    rows: int
    leavers: int
    few: bool
    selection: Rate = Rate()
    recall: Rate = Rate()
    predicted: float | None = None
    observed: Rate = Rate()
    selection_ratio: Rate = Rate()
    recall_ratio: Rate = Rate()

    @property
    def miscalibrated(self) -> bool:
        """Whether what was predicted lies outside the interval of what was observed."""
        known = self.predicted, self.observed.low, self.observed.high
        return None not in known and not known[1] <= known[0] <= known[2]  # type: ignore[operator]

    def as_json(self) -> dict[str, Any]:
        """The group by name."""
        return {
            "group": self.group,
            "customers": self.customers,
            "rows": self.rows,
            "leavers": self.leavers,
            "few": self.few,
            "selection_rate": self.selection.as_json(),
            "recall": self.recall.as_json(),
            "predicted": self.predicted,
            "observed": self.observed.as_json(),
            "selection_ratio": self.selection_ratio.value,
            "selection_ratio_low": self.selection_ratio.low,
            "selection_ratio_high": self.selection_ratio.high,
            "recall_ratio": self.recall_ratio.value,
            "recall_ratio_low": self.recall_ratio.low,
            "recall_ratio_high": self.recall_ratio.high,
            "miscalibrated": self.miscalibrated,
        }


@dataclass(frozen=True)
class ByGroup:
    """The groups of one dimension, largest first, at the threshold at which customers count as selected."""

    by: str
    threshold: float
    groups: tuple[Treated, ...]

    @property
    def flags(self) -> tuple[Text, ...]:
        """The sentences with the groups as the data write them."""
        return self.sentences({})

    def sentences(self, names: Mapping[str | None, str]) -> tuple[Text, ...]:
        """A sentence for each ratio under four fifths, and for each group whose predictions miss; ``names``: what groups are called."""
        found = []
        for g in self.groups:
            name = names.get(g.group) or g.group or _("not known")
            for ratio, (clear, unclear) in ((g.selection_ratio, _SELECTED), (g.recall_ratio, _FOUND)):
                if ratio.value is not None and ratio.value < FOUR_FIFTHS:
                    told = ratio.high is not None and ratio.high < 1
                    found.append(Text(clear if told else unclear, group=name, ratio=Ratio(ratio.value)))
            if g.miscalibrated:
                text = _("{group}: {predicted} were predicted to leave and {observed} did, which is more than chance.")
                found.append(Text(text, group=name, predicted=Ratio(g.predicted), observed=Ratio(g.observed.value)))
        return tuple(found)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        flags = [say(f, language) for f in self.flags]
        return {"by": self.by, "threshold": self.threshold, "groups": [g.as_json() for g in self.groups], "flags": flags}


def by_group(ds: Dataset, model: Model, by: str, threshold: float | None = None) -> ByGroup:
    """How the model treats the groups of a dimension, at the risk from which one acts (None: the riskiest tenth of the tests).

    Raises ``NotFound`` for an unknown dimension, ``WorkspaceProblem`` where the rows kept with the model were touched.
    """
    rows = grouped(ds, model.held(), by, model.card.definition)
    cut = model.card.threshold if threshold is None else threshold
    return ByGroup(by, cut, treated(rows, cut))


def treated(rows: pl.DataFrame, threshold: float) -> tuple[Treated, ...]:
    """The groups of held-out rows (customer_id, group, y, p), largest first, who is in none known last."""
    parts = [(part["group"][0], part) for part in rows.partition_by("group", maintain_order=True)]
    found = [_one(level, part, threshold) for level, part in sorted(parts, key=lambda g: (g[0] is None, -g[1].height, str(g[0])))]
    tops = [_top([getattr(g, name) for g in found if g.group is not None]) for name in ("selection", "recall")]
    return tuple(_against(g, *tops) for g in found)


def _one(level: str | None, rows: pl.DataFrame, threshold: float) -> Treated:
    n, leavers = rows["customer_id"].n_unique(), int(rows["y"].sum())
    if n < TOO_FEW:
        return Treated(level, n, rows.height, leavers, few=True)
    chosen = rows.with_columns((pl.col("p") >= threshold).cast(pl.Int64).alias("selected"))
    return Treated(
        level,
        n,
        rows.height,
        leavers,
        few=False,
        selection=share(chosen, "selected"),
        recall=share(chosen.filter(pl.col("y") == 1), "selected"),
        predicted=float(rows["p"].to_numpy().mean()),
        observed=share(chosen, "y"),
    )


def share(rows: pl.DataFrame, column: str) -> Rate:
    """The share of rows in which ``column`` is 1, with an interval that knows which rows are of one customer; undefined without rows."""
    if rows.is_empty():
        return Rate()
    sums = rows.group_by("customer_id").agg(pl.col(column).sum().alias("k"), pl.len().alias("n"))
    k, n = sums["k"].to_numpy().astype(np.float64), sums["n"].to_numpy().astype(np.float64)
    r, effective = effective_share(k, n)
    return Rate(r, *ends(wilson(r * effective, effective)), effective)


def _top(rates: Sequence[Rate]) -> Rate | None:
    known = [r for r in rates if r.value is not None]
    return max(known, key=lambda r: r.value or 0.0) if len(known) > 1 else None


def _against(g: Treated, selection: Rate | None, recall: Rate | None) -> Treated:
    return replace(g, selection_ratio=ratio(g.selection, selection, g.group), recall_ratio=ratio(g.recall, recall, g.group))


def ratio(own: Rate, top: Rate | None, group: str | None) -> Rate:
    """A group's rate over the highest one, with the interval of the pair; undefined for who is in no known group, and over nothing."""
    if own.value is None or top is None or not top.value or group is None:
        return Rate()
    if own is top:
        return Rate(1.0)
    found = ratio_of_shares(own.value * own.rows, own.rows, top.value * top.rows, top.rows)
    return Rate(own.value / top.value, *ends(found))
