"""The indicators of the index, each with its direction and fixed reference bounds. Source: METHODS A1 (3.3), D4.

The bounds are declared, not taken from the data: a customer's index moves only when the customer does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.panel import PANEL_FEATURES

_FEATURES = {f.name: f for f in PANEL_FEATURES}


@dataclass(frozen=True)
class Indicator:
    """One indicator: the feature that it reads, whether more of it means more risk, and the values that count as 0 and 1.

    ``name`` is the code by which experts' judgements name it. ``logged``: read on a log scale (balances).
    """

    name: str
    reads: str
    raises_risk: bool
    low: float
    high: float
    logged: bool = False

    @property
    def feature(self) -> Feature:
        """The feature, with its words and unit."""
        return _FEATURES[self.reads]

    @property
    def label(self) -> str:
        """Its marked word."""
        return self.feature.label

    def risk(self, values: Values) -> Values:
        """Each value as 0 (no risk) to 1 (most) between the bounds, in the direction of risk; NaN where unknown.

        >>> INDICATORS["product_count"].risk(np.array([0.0, 1.0, 3.5, 6.0, 9.0])).tolist()
        [1.0, 1.0, 0.5, 0.0, 0.0]
        """
        low, high, seen = self.low, self.high, values
        if self.logged:
            low, high, seen = np.log(low), np.log(high), np.log(np.maximum(values, self.low))
        share = np.clip((seen - low) / (high - low), 0.0, 1.0)
        return share if self.raises_risk else 1.0 - share

    def beyond(self, values: Values) -> int:
        """How many values lie outside the bounds and count as the nearer of them."""
        return int(np.sum((values < self.low) | (values > self.high)))


INDICATORS: dict[str, Indicator] = {
    i.name: i
    for i in (
        Indicator("aum_avg", "aum_avg", False, 1_000, 1_000_000, logged=True),
        Indicator("aum_change", "aum_change_3m", False, -0.5, 0.5),
        Indicator("product_count", "product_count", False, 1, 6),
        Indicator("txn_count", "txn_mean_3m", False, 0, 20),
        Indicator("login_count", "login_mean_3m", False, 0, 20),
        Indicator("autopay_count", "autopay_mean_3m", False, 0, 4),
        Indicator("csat", "csat_last", False, 1, 5),
        Indicator("nps", "nps_last", False, 0, 10),
        Indicator("tenure", "tenure_months", False, 0, 120),
        Indicator("complaints", "complaints_12m", True, 0, 3),
    )
}
"""The library: at most ten, since Saaty's random index ends there. Which of them exist depends on the tables that the bank brings."""


def risks(frame: pl.DataFrame, indicators: Sequence[Indicator]) -> Values:
    """Rows × indicators, each 0 to 1 in the direction of risk, NaN where unknown; ``frame`` has a column for each feature read."""
    if not indicators:
        return np.empty((frame.height, 0))
    return np.column_stack([i.risk(numbers(frame, i)) for i in indicators])


def numbers(frame: pl.DataFrame, indicator: Indicator) -> Values:
    """The values that the indicator reads, NaN where unknown."""
    return frame[indicator.reads].cast(pl.Float64).fill_null(float("nan")).to_numpy()
