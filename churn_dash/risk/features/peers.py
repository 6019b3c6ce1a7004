"""Customers like this one: of the same tier, where tiers are known; what is typical of them, and within what bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract.few import TOO_FEW
from churn_dash.risk.features.feature import Feature

PEER_FEATURE = "tier"
EVERYBODY = ""
Value = float | str | bool | None


@dataclass(frozen=True)
class Typical:
    """One feature among peers: its median or commonest level, and its 1 % and 99 % quantiles (numbers only)."""

    value: float | str | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Peers:
    """What is typical by group; the group ``""`` is everybody."""

    groups: dict[str, dict[str, Typical]]

    def of(self, row: dict[str, Any]) -> dict[str, Typical]:
        """The typical values for the customer with these features."""
        return self.groups.get(str(row.get(PEER_FEATURE) or EVERYBODY), self.groups[EVERYBODY])

    def as_json(self) -> dict[str, Any]:
        """The groups, for the model's card."""
        return {g: {n: [t.value, t.low, t.high] for n, t in found.items()} for g, found in self.groups.items()}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Peers":
        """The peers as written by ``as_json``."""
        return cls({g: {n: Typical(*t) for n, t in found.items()} for g, found in data.items()})


def peers(frame: pl.DataFrame, features: Sequence[Feature]) -> Peers:
    """The peers among the customers of ``frame``; a tier of fewer than thirty counts as everybody."""
    groups = {EVERYBODY: _typical(frame, features)}
    if PEER_FEATURE in frame.columns:
        for (name,), part in frame.drop_nulls(PEER_FEATURE).partition_by(PEER_FEATURE, as_dict=True).items():
            if part.height >= TOO_FEW:
                groups[str(name)] = _typical(part, features)
    return Peers(groups)


def _typical(frame: pl.DataFrame, features: Sequence[Feature]) -> dict[str, Typical]:
    numbers = [f.name for f in features if f.kind != "category"]
    values = frame.select(pl.col(numbers).cast(pl.Float64))
    middle = values.median().row(0, named=True) if numbers else {}
    low, high = (values.select(pl.all().quantile(q, "nearest")).row(0, named=True) if numbers else {} for q in (0.01, 0.99))
    found = {n: Typical(middle[n], low[n], high[n]) for n in numbers}
    for f in features:
        if f.kind == "category":
            counts = frame[f.name].drop_nulls().value_counts(sort=True).sort("count", f.name, descending=[True, False])
            found[f.name] = Typical(counts[f.name][0] if counts.height else None)
    return found
