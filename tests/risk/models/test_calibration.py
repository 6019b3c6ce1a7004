import numpy as np
import pytest

from churn_dash.measures.statistics.odds import logit, sigmoid
from churn_dash.risk.models.calibration import Calibration, beta, calibration, isotonic, of_sample, platt, score_of
from churn_dash.risk.models.kinds import KINDS


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.normal(-2, 1.5, n)
    return score, (rng.random(n) < sigmoid(0.5 * score - 0.5)).astype(int)


def bent(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Scores whose low half says nothing, as of a model that learnt noise: no straight line fits them."""
    rng = np.random.default_rng(seed)
    score = rng.normal(-3, 1.5, n)
    return score, (rng.random(n) < sigmoid(np.maximum(score, -3) + 0.1 * np.minimum(score + 3, 0))).astype(int)


def test_the_curve_is_isotonic_from_a_thousand_leavers_on_and_few_leavers_leave_the_line() -> None:
    score, y = drawn(20_000)
    assert y.sum() > 1_000 > y[:2_000].sum() > 50 > y[:150].sum()
    assert [calibration(score[:n], y[:n]).method for n in (20_000, 2_000, 150)] == ["isotonic", "beta", "platt"]
    assert calibration(score[:2_000], 1 - y[:2_000]).method == "platt"
    assert calibration(score, y).words.in_("en") == "Calibrated by a curve of steps (isotonic)."


def test_a_bend_that_no_line_follows_is_followed_with_few_leavers_and_with_many() -> None:
    fresh, _y = bent(50_000, 5)
    truth = sigmoid(np.maximum(fresh, -3) + 0.1 * np.minimum(fresh + 3, 0))
    for n in (8_000, 40_000):
        score, y = bent(n)
        assert np.abs(calibration(score, y)(fresh) - truth).mean() < 0.7 * np.abs(platt(score, y)(fresh) - truth).mean()


@pytest.mark.parametrize("curve", [platt, beta, isotonic])
def test_no_curve_changes_the_order_of_customers(curve) -> None:
    score, y = bent(20_000)
    assert (np.diff(curve(score, y)(np.linspace(-12, 8, 4_001))) > 0).all()


def test_beta_finds_its_own_slopes_again() -> None:
    rng = np.random.default_rng(3)
    score = rng.normal(-1, 2, 200_000)
    true = Calibration("beta", -1.0, 0.4, upper=1.5, centre=-0.5)
    y = (rng.random(200_000) < true(score)).astype(int)
    found = beta(score, y)
    assert found is not None and found.slope == pytest.approx(0.4, abs=0.15) and found.upper == pytest.approx(1.5, abs=0.15)
    assert np.abs(found(score) - true(score)).max() < 0.02
    assert beta(score, 1 - y) is None


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
