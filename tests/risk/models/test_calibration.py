import numpy as np
import pytest

from churn_dash.measures.statistics.odds import logit, sigmoid
from churn_dash.risk.models.calibration import Calibration, calibration, of_sample, score_of
from churn_dash.risk.models.kinds import KINDS


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.normal(-2, 1.5, n)
    return score, (rng.random(n) < sigmoid(0.5 * score - 0.5)).astype(int)


def test_more_than_a_thousand_leavers_are_calibrated_isotonically_fewer_by_platt() -> None:
    score, y = drawn(20_000)
    assert y.sum() > 1000
    assert calibration(score, y).method == "isotonic"
    assert calibration(score[:2000], y[:2000]).method == "platt"


@pytest.mark.parametrize("n", [2_000, 20_000])
def test_a_higher_score_is_always_a_higher_risk_also_outside_what_was_seen(n: int) -> None:
    score, y = drawn(n)
    found = calibration(score, y)(np.linspace(-12, 8, 4_001))
    assert (np.diff(found) > 0).all()
    assert found.min() > 0 and found.max() < 1


@pytest.mark.parametrize("n", [4_000, 40_000])
def test_calibrated_probabilities_are_near_the_true_ones(n: int) -> None:
    score, y = drawn(n)
    fresh, _y = drawn(5_000, seed=9)
    assert np.abs(calibration(score, y)(fresh) - sigmoid(0.5 * fresh - 0.5)).mean() < 0.02


def test_a_perfect_separation_stays_short_of_certainty() -> None:
    score = np.r_[np.full(2_000, -3.0) + np.linspace(0, 1, 2_000), np.full(2_000, 3.0) + np.linspace(0, 1, 2_000)]
    found = calibration(score, np.repeat([0, 1], 2_000))(np.array([-3.0, 4.0]))
    assert 0 < found[0] < 0.01 and 0.99 < found[1] < 1


def test_a_curve_survives_its_card() -> None:
    score, y = drawn(20_000)
    found = calibration(score, y)
    assert np.array_equal(Calibration.of_json(found.as_json())(score), found(score))


def test_votes_are_put_on_the_log_odds_scale_before_they_are_calibrated() -> None:
    assert score_of(KINDS["forest"], np.array([0.5, 0.0, 1.0])).round(2).tolist() == [0.0, -6.91, 6.91]
    assert score_of(KINDS["logistic"], np.array([0.5])).tolist() == [0.5]


@pytest.mark.parametrize("kept", [0.01, 0.2, 1.0])
def test_d3_a_model_that_saw_few_who_stayed_is_put_right_by_the_prior_shift(kept: float) -> None:
    sampled = np.array([0.05, 0.3, 0.5, 0.9])
    expected = kept * sampled / (kept * sampled - sampled + 1)
    assert of_sample(kept)(logit(sampled)).tolist() == pytest.approx(expected.tolist(), rel=1e-9)
    # Once more by counts: a cell of 1,000 with so many leavers, of whose others a share is kept.
    true = expected[1]
    assert 1000 * true / (1000 * true + kept * 1000 * (1 - true)) == pytest.approx(0.3)


def test_a_fit_on_few_who_stayed_gives_true_risks_again_by_the_prior_shift() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    x = rng.normal(size=(60_000, 1))
    y = (rng.random(60_000) < sigmoid(-3 + x[:, 0])).astype(int)
    seen = (y == 1) | (rng.random(60_000) < 0.1)
    score = LogisticRegression().fit(x[seen], y[seen]).decision_function(x)
    assert sigmoid(score).mean() > 3 * y.mean()
    assert of_sample(0.1)(score).mean() == pytest.approx(y.mean(), rel=0.03)
