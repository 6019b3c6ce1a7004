"""Fits that saw a share of those who stayed: risks are those of everybody, calibrated on later rows or by the share alone. METHODS D3."""

import numpy as np
import pytest

from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.trials.folds import Fold
from churn_dash.risk.trials.trial import trial


@pytest.mark.parametrize("calibrating", [True, False])
def test_risks_after_fits_on_a_fifth_of_the_stayers_are_those_of_everybody(calibrating) -> None:
    rng, n = np.random.default_rng(8), 30_000
    x = rng.normal(size=(n, 2)).astype(np.float32)
    y = (rng.random(n) < 1 / (1 + np.exp(3.5 - x[:, 0]))).astype(np.int64)
    design = Design(tuple(Feature(f, f, "banking", f, "number", Source("column", f)) for f in ("a", "b")), {})
    first, second, third = np.split(np.arange(n), 3)
    fold = Fold(first, third, second if calibrating else None)
    found = trial(KINDS["logistic"], design, x, y, [fold], 0, stayers=0.2)
    error = np.sqrt(y[third].mean() * (1 - y[third].mean()) / len(third))
    assert abs(found.p.mean() - y[third].mean()) < 3 * error
    assert found.pooled.slope == pytest.approx(1, abs=0.1)
    assert sum(b.low <= b.predicted <= b.high for b in found.reliability()) >= 8
