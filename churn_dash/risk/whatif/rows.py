"""Customers as columns of numbers, and how far each of their levers goes. Source: METHODS D5."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import EVERYBODY, PEER_FEATURE, Peers
from churn_dash.risk.whatif.declared import sort

Rows = dict[str, Values]
"""Feature → its value a customer; NaN where it is not known. Levels that are no numbers are not in it."""
MOST_MORE = 2
_SAME = 1e-9


def rows_of(features: Sequence[Feature], frame: pl.DataFrame) -> Rows:
    """The numbers and flags of a frame of features."""
    return {
        f.name: frame[f.name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for f in features
        if f.kind != "category" and f.name in frame.columns
    }


def frame_of(frame: pl.DataFrame, after: Rows) -> pl.DataFrame:
    """The frame with these numbers instead of its own; what is not known is null."""
    return frame.with_columns(pl.Series(n, v).fill_nan(None) for n, v in after.items())


def typical_ends(frame: pl.DataFrame, peers: Peers, name: str) -> tuple[Values, Values]:
    """The 1 % and 99 % quantiles of a feature among each customer's peers; NaN where there are none."""
    groups = {g: (t[name].low, t[name].high) for g, t in peers.groups.items()}
    of = frame[PEER_FEATURE].cast(pl.String).to_list() if PEER_FEATURE in frame.columns else [None] * frame.height
    found = [groups.get(g or EVERYBODY, groups[EVERYBODY]) for g in of]
    ends = np.array([(np.nan if a is None else a, np.nan if b is None else b) for a, b in found], dtype=np.float64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def ends(feature: Feature, now: Values, low: Values, high: Values) -> tuple[Values, Values]:
    """How far the lever goes for customers who stand at ``now``, by the ``low`` and ``high`` of their peers; NaN where it does not.

    The customer's own value is always inside. Complaints only go down, contacts only up, products up by two at most.
    """
    if feature.kind == "flag":
        return np.where(np.isnan(now), np.nan, 0.0), np.where(np.isnan(now), np.nan, 1.0)
    unknown = np.isnan(now) | np.isnan(low) | np.isnan(high)
    low, high = np.minimum(low, now), np.maximum(high, now)
    lever = sort(feature)
    if lever == "complaints":
        low, high = np.zeros_like(now), now
        unknown = np.isnan(now)
    elif lever == "contacts":
        low = now
    elif lever == "products":
        low, high = now, np.minimum(np.maximum(high, now + 1), now + MOST_MORE)
    if feature.integer:
        low, high = np.floor(low), np.ceil(high)
    if feature.unit == "ratio":
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    return np.where(unknown, np.nan, np.minimum(low, now)), np.where(unknown, np.nan, np.maximum(high, now))


def moved(before: Values, after: Values) -> NDArray[np.bool_]:
    """Whose value is another one. Not known before and after: not moved."""
    return np.asarray(~np.isnan(after) & ~(np.abs(after - before) <= _SAME), dtype=np.bool_)
