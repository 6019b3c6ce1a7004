"""Customers like this one: of the same tier, where tiers are known; what is typical of them, within what bounds, and on which side of it
more leave. Source: METHODS D5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.contract.few import TOO_FEW
from churn_dash.contract.separation import auc
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.risk.features.feature import Feature

PEER_FEATURE = "tier"
EVERYBODY = ""
Value = float | str | bool | None
_CLEAR = normal_quantile()
"""Standard errors by which leavers and stayers must differ in a feature before one side of it counts as riskier."""


@dataclass(frozen=True)
class Typical:
    """One feature among peers: its median or commonest level, and its 1 % and 99 % quantiles (numbers only)."""

    value: float | str | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Peers:
    """What is typical by group; the group ``""`` is everybody.

    ``riskier``: by feature, on which side of the typical more customers leave: 1 above, −1 below; no entry where neither is clear. A
    model that weighs two measures of one thing against each other puts some of its weights the other way; people are not told those.
    """

    groups: dict[str, dict[str, Typical]]
    riskier: Mapping[str, int] = field(default_factory=dict)

    def of(self, row: dict[str, Any]) -> dict[str, Typical]:
        """The typical values for the customer with these features."""
        return self.groups.get(str(row.get(PEER_FEATURE) or EVERYBODY), self.groups[EVERYBODY])

    def safer_side(self, rows: pl.DataFrame, features: Sequence[Feature]) -> NDArray[np.bool_]:
        """Rows × features: whether the customer is no different from similar ones, or differs to the side on which fewer leave."""
        found = np.zeros((rows.height, len(features)), dtype=bool)
        at = [i for i, f in enumerate(features) if f.name in self.riskier]
        if not at:
            return found
        names, sides = [features[i].name for i in at], [self.riskier[features[i].name] for i in at]
        middle = np.array([[typical[n].value for n in names] for typical in self.groups.values()], dtype=np.float64)
        group = {name: i for i, name in enumerate(self.groups)}
        tiers = rows[PEER_FEATURE].to_list() if PEER_FEATURE in rows.columns else [None] * rows.height
        own = middle[[group.get(str(tier or EVERYBODY), group[EVERYBODY]) for tier in tiers]]
        # What is not known lies on no side: a comparison with it is false.
        found[:, at] = (rows.select(pl.col(names).cast(pl.Float64)).to_numpy() - own) * np.array(sides) <= 0
        return found

    def as_json(self) -> dict[str, Any]:
        """The groups and the riskier sides, for the model's card."""
        groups = {g: {n: [t.value, t.low, t.high] for n, t in found.items()} for g, found in self.groups.items()}
        return {"groups": groups, "riskier": dict(self.riskier)}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Peers":
        """The peers as written by ``as_json``."""
        return cls({g: {n: Typical(*t) for n, t in found.items()} for g, found in data["groups"].items()}, data["riskier"])


def peers(frame: pl.DataFrame, features: Sequence[Feature], riskier: Mapping[str, int] | None = None) -> Peers:
    """The peers among the customers of ``frame``; a tier of fewer than thirty counts as everybody."""
    groups = {EVERYBODY: _typical(frame, features)}
    if PEER_FEATURE in frame.columns:
        for (name,), part in frame.drop_nulls(PEER_FEATURE).partition_by(PEER_FEATURE, as_dict=True).items():
            if part.height >= TOO_FEW:
                groups[str(name)] = _typical(part, features)
    return Peers(groups, riskier or {})


def riskier_sides(frame: pl.DataFrame, features: Sequence[Feature], y: NDArray[np.int64]) -> dict[str, int]:
    """By number or flag: 1 where those with more of it leave more often, −1 where those with less do; no entry where chance would do.

    ``y`` row by row of ``frame``, 1: left. By the ROC-AUC of the feature alone among those of whom it is known, against its standard
    error where it tells nothing (Mann–Whitney).
    """
    found = {}
    for feature in features:
        if feature.kind == "category":
            continue
        known = frame[feature.name].is_not_null().to_numpy()
        left = y[known].astype(bool)
        leavers, stayers = int(left.sum()), int((~left).sum())
        if not leavers or not stayers:
            continue
        values = frame[feature.name].drop_nulls().cast(pl.Float64).to_numpy()
        error = np.sqrt((leavers + stayers + 1) / (12 * leavers * stayers))
        beyond = auc(values, left) - 0.5
        if abs(beyond) > _CLEAR * error:
            found[feature.name] = int(np.sign(beyond))
    return found


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
