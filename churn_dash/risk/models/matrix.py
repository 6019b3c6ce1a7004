"""From features as people read them to the numbers that models take, and back to their parents."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.risk.features.feature import Feature

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Design:
    """The columns of the matrix, in order, with the levels of those that have levels.

    Categories stand as the number of their level, missing and unknown ones as NaN; flags as 0 and 1; skewed numbers on a signed
    log scale. float32 throughout, because SHAP is exact only then (METHODS, trap 2).
    """

    features: tuple[Feature, ...]
    levels: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.features)

    @functools.cached_property
    def categories(self) -> tuple[int, ...]:
        """Positions of the columns that hold levels."""
        return tuple(i for i, f in enumerate(self.features) if f.kind == "category")

    def matrix(self, frame: pl.DataFrame) -> Matrix:
        """Rows × features as float32."""
        columns = [self._numbers(frame[f.name], f) for f in self.features]
        return np.column_stack(columns).astype(np.float32) if columns else np.empty((frame.height, 0), dtype=np.float32)

    def _numbers(self, values: pl.Series, feature: Feature) -> NDArray[np.float64]:
        if feature.kind == "category":
            codes = {level: float(i) for i, level in enumerate(self.levels[feature.name])}
            coded = values.cast(pl.String).replace_strict(codes, default=None, return_dtype=pl.Float64)
            return coded.fill_null(float("nan")).to_numpy()
        # Without a missing value nothing is filled: for one customer's hundred columns the calls are what takes the time.
        whole = values if values.dtype == pl.Float64 else values.cast(pl.Float64)
        numbers = (whole.fill_null(float("nan")) if whole.null_count() else whole).to_numpy()
        return np.sign(numbers) * np.log1p(np.abs(numbers)) if feature.logged else numbers

    def as_json(self) -> dict[str, Any]:
        """Features and levels, for the model's card."""
        return {"features": [f.as_json() for f in self.features], "levels": {k: list(v) for k, v in self.levels.items()}}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Design":
        """The design as written by ``as_json``."""
        return cls(tuple(Feature.of_json(f) for f in data["features"]), {k: tuple(v) for k, v in data["levels"].items()})


def design(frame: pl.DataFrame, features: Sequence[Feature]) -> Design:
    """The design of these features with the levels found in ``frame``; features with a single value are left out."""
    kept = tuple(f for f in features if frame[f.name].drop_nulls().n_unique() > 1 or 0 < frame[f.name].null_count() < frame.height)
    levels = {f.name: tuple(sorted(frame[f.name].cast(pl.String).drop_nulls().unique().to_list())) for f in kept if f.kind == "category"}
    return Design(kept, levels)
