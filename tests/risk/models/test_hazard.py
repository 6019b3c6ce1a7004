import numpy as np
import pytest

from churn_dash.measures.statistics.odds import sigmoid
from churn_dash.risk.models.hazard import HazardLogit, person_months


def drawn(n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Customers who leave month by month with logit −4, −3 and −3.5 plus 0.8 x."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 1))
    when = np.zeros(n, dtype=int)
    for month, level in enumerate((-4.0, -3.0, -3.5), 1):
        gone = (when == 0) & (rng.random(n) < sigmoid(level + 0.8 * x[:, 0]))
        when[gone] = month
    return x, when


def test_a_customer_stands_in_every_month_until_he_leaves() -> None:
    rows, left = person_months(np.array([[7.0], [8.0]]), np.array([2, 0]))
    assert rows[:, 0].tolist() == [7, 8, 7, 8] and left.tolist() == [0, 0, 1, 0]


def test_the_risk_over_the_months_is_one_minus_staying_in_each() -> None:
    x, when = drawn()
    model = HazardLogit().fit(x, (when > 0).astype(int), when=when)
    line = x[:200] @ model.coef_[0] + model.intercept_[0]
    stays = np.prod(1 - model.hazards(line), axis=1)
    assert sigmoid(model.decision_function(x[:200])).tolist() == pytest.approx((1 - stays).tolist(), abs=1e-9)
    assert model.coef_[0, 0] == pytest.approx(0.8, abs=0.08)
    assert (model.levels_ + model.intercept_[0]).tolist() == pytest.approx([-4, -3, -3.5], abs=0.15)


def test_the_mean_risk_is_the_share_that_left_and_certain_risks_stay_finite() -> None:
    x, when = drawn()
    model = HazardLogit().fit(x, (when > 0).astype(int), when=when)
    assert sigmoid(model.decision_function(x)).mean() == pytest.approx((when > 0).mean(), abs=0.005)
    assert np.isfinite(model.decision_function(np.array([[-1e3], [1e3]]))).all()
