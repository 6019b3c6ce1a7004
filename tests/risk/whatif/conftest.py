from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.peers import Peers, Typical
from churn_dash.risk.whatif.declared import Settings
from churn_dash.risk.whatif.rows import Values
from churn_dash.risk.whatif.situation import Situation

NAMES = (
    "age",
    "complaints_open",
    "product_count",
    "product_change_3m",
    "login_mean_3m",
    "login_change_3m",
    "months_without_login",
    "digital_active_3m",
    "csat_last",
)
ROW = {
    "age": 40.0,
    "complaints_open": 2.0,
    "product_count": 3.0,
    "product_change_3m": -1.0,
    "login_mean_3m": 2.0,
    "login_change_3m": -0.5,
    "months_without_login": 1.0,
    "digital_active_3m": 1.0,
    "csat_last": 2.0,
}
RISK = {"complaints_open": 0.05, "product_count": -0.02, "login_mean_3m": -0.01}


def linear(weights: Mapping[str, float] = RISK, start: float = 0.5) -> Callable[[pl.DataFrame], Values]:
    """A risk that is a sum, so that every answer can be worked out by hand."""
    return lambda frame: start + np.sum([w * frame[n].fill_null(0.0).to_numpy() for n, w in weights.items()], axis=0)


def here(*rows: Mapping[str, Any], risk: Callable[[pl.DataFrame], Values] | None = None, said: Settings | None = None) -> Situation:
    """A situation of these rows (or of ROW), whose peers lie between 0 and 6."""
    features = tuple(f for f in PANEL_FEATURES if f.name in NAMES)
    schema = dict.fromkeys(NAMES, pl.Float64)
    frame = pl.DataFrame([dict(r) for r in rows] or [ROW], schema=schema).with_columns(
        customer_id=pl.Series([f"C{i}" for i in range(len(rows) or 1)])
    )
    peers = Peers({"": {n: Typical(2.0, 0.0, 6.0) for n in NAMES}})
    return Situation(features, frame, peers, risk or linear(), said or Settings())


@pytest.fixture
def one() -> Situation:
    """One customer."""
    return here()
