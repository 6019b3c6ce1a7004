"""A random sample of customers with what they look like and what moves their risk: for dependence and drivers. Source: METHODS D5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.explained.contributions import Contributions, all_bars
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.models.calibration import Calibration
from churn_dash.risk.models.kinds import Kind
from churn_dash.risk.models.matrix import Design
from churn_dash.words import say

SAMPLED = 5_000
"""Customers in the sample, at most."""
BINS = 8
_VALUE, _POINTS = "value:", "points:"
_Z = 1.959963984540054


def sampled_rows(n: int, seed: int, most: int = SAMPLED) -> NDArray[np.int64]:
    """Numbers of at most ``most`` rows of ``n``, drawn at random, in order."""
    return np.sort(np.random.default_rng([seed, 104_729]).permutation(n)[:most])


def sample(rows: pl.DataFrame, design: Design, found: Contributions, kind: Kind, calibration: Calibration) -> pl.DataFrame:
    """customer_id, probability, and for each feature its value and its points (0.01: one percentage point of risk)."""
    _start, ends, points = all_bars(kind, calibration, found.base, found.values, found.output)
    return rows.select(
        "customer_id",
        pl.Series("probability", ends),
        *(pl.col(f.name).alias(_VALUE + f.name) for f in design.features),
        *(pl.Series(_POINTS + f.name, points[:, i]) for i, f in enumerate(design.features)),
    )


@dataclass(frozen=True)
class Step:
    """Customers with about the same value: bounds (of numbers; None for levels and for unknown), the level, how many they are, their
    mean points with 95 % range, and between which points the middle four fifths of them lie."""

    low: float | None
    high: float | None
    level: str | None
    n: int
    points: float
    points_low: float
    points_high: float
    spread_low: float
    spread_high: float


def dependence(rows: pl.DataFrame, feature: Feature, bins: int = BINS) -> tuple[Step, ...]:
    """How a feature's points move with its value: up to ``bins`` steps of about equally many customers, unknown values last.

    Numbers with few different values, and levels, are a step a value; levels of fewer than thirty customers are left out.
    """
    both = rows.select(value=_VALUE + feature.name, points=_POINTS + feature.name)
    known = both.drop_nulls("value")
    parts: list[tuple[float | None, float | None, str | None, pl.DataFrame]] = []
    if feature.kind == "number":
        parts += [(lo, hi, None, part) for lo, hi, part in _binned(known, bins)]
    else:
        values = known["value"].value_counts(sort=True).sort("count", "value", descending=[True, False])["value"].to_list()[:bins]
        if feature.kind == "flag":
            parts += [(float(v), float(v), None, known.filter(pl.col("value") == v)) for v in sorted(values)]
        else:
            parts += [(None, None, str(v), known.filter(pl.col("value") == v)) for v in values]
    parts.append((None, None, None, both.filter(pl.col("value").is_null())))
    return tuple(_step(lo, hi, level, part["points"]) for lo, hi, level, part in parts if part.height >= TOO_FEW)


def _binned(known: pl.DataFrame, bins: int) -> list[tuple[float, float, pl.DataFrame]]:
    """Parts of the rows by value; a value is never in two of them."""
    values = known["value"].cast(pl.Float64).to_numpy()
    if not len(values):
        return []
    different = np.unique(values)
    edges = different if len(different) <= bins else np.unique(np.quantile(values, np.arange(bins) / bins, method="inverted_cdf"))
    place = np.searchsorted(edges, values, side="right") - 1
    made = []
    for k in range(len(edges)):
        inside = place == k
        if inside.any():
            made.append((float(values[inside].min()), float(values[inside].max()), known.filter(pl.Series(inside))))
    return made


def _step(low: float | None, high: float | None, level: str | None, points: pl.Series) -> Step:
    mean, least, most = _mean(points.to_numpy())
    lower, upper = np.quantile(points.to_numpy(), [0.1, 0.9])
    return Step(low, high, level, len(points), mean, least, most, float(lower), float(upper))


def _mean(values: Values) -> tuple[float, float, float]:
    """The mean with its 95 % range (normal)."""
    mean = float(values.mean())
    half = _Z * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return mean, mean - half, mean + half


@dataclass(frozen=True)
class Drivers:
    """What drives the risk of one group of customers: how many of them the sample holds, their mean risk, and by group of the plan the
    mean points (``groups``: mean, low, high of the 95 % range). ``themes``: features by mean points, largest first.

    The average customer's risk + the points of all groups = the mean risk.
    """

    level: str
    n: int
    probability: float
    groups: Mapping[str, tuple[float, float, float]]
    features: tuple[tuple[Feature, float], ...]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; the points of the groups with their 95 % range."""
        return {
            "level": self.level,
            "n": self.n,
            "probability": self.probability,
            "groups": {g: {"points": mean, "low": low, "high": high} for g, (mean, low, high) in self.groups.items()},
            "features": [{"feature": f.name, "label": say(f.label, language), "points": points} for f, points in self.features],
        }


def drivers(rows: pl.DataFrame, features: Sequence[Feature], levels: Mapping[str, str], fewest: int = TOO_FEW) -> tuple[Drivers, ...]:
    """By level of a dimension, from the customers for whom ``levels`` (customer number → level) knows one; in order of risk.

    Levels of which the sample holds fewer than ``fewest`` are left out.
    """
    placed = rows.join(
        pl.DataFrame({"customer_id": list(levels), "level": list(levels.values())}, schema={"customer_id": pl.String, "level": pl.String}),
        on="customer_id",
    )
    found = []
    for (level,), part in placed.partition_by("level", as_dict=True).items():
        if part.height < fewest:
            continue
        points = part.select(_POINTS + f.name for f in features).to_numpy()
        groups = {g: _mean(points[:, [f.group == g for f in features]].sum(axis=1)) for g in GROUPS}
        means = sorted(zip(features, points.mean(axis=0).tolist(), strict=True), key=lambda pair: -pair[1])
        found.append(Drivers(str(level), part.height, float(part["probability"].mean()), groups, tuple(means)))  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda d: (-d.probability, d.level)))
