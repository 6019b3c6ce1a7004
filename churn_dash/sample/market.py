"""What happens around the bank: rates, competition, unemployment, fund prices. Source: METHODS E2."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from churn_dash.sample.months import WARM_UP, Months
from churn_dash.sample.people import CITIES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Market:
    """By month (warm-up first) and city; ``fund_return`` by month."""

    rate_gap: Floats  # competitor's rate less the bank's, percentage points
    competition: Floats  # standard deviations
    unemployment: Floats  # standard deviations
    fund_return: Floats


def _series(rng: np.random.Generator, length: int, keep: float) -> Floats:
    """Standardised autoregressive series, (length, cities)."""
    steps = rng.normal(size=(length, len(CITIES)))
    values = np.empty_like(steps)
    values[0] = steps[0]
    for t in range(1, length):
        values[t] = keep * values[t - 1] + np.sqrt(1 - keep**2) * steps[t]
    return values


def market(rng: np.random.Generator, months: Months) -> Market:
    """The market over the months: rate gap .3 ± .12 pp, wider in January to March; fund prices +.3 % ± 2.5 % a month."""
    length = WARM_UP + months.count
    opening = np.isin(months.number, (1, 2, 3))[:, None]
    gap = 0.3 + 0.12 * _series(rng, length, 0.8) + 0.1 * opening
    return Market(
        rate_gap=np.clip(gap, -0.2, 1.0),
        competition=_series(rng, length, 0.9),
        unemployment=_series(rng, length, 0.9),
        fund_return=0.003 + 0.025 * rng.normal(size=length),
    )
