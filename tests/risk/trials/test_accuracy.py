import numpy as np
import pytest

from churn_dash.measures.statistics.odds import logit, logit_line, sigmoid
from churn_dash.risk.trials.accuracy import accuracy, found_in_riskiest, gains, reliability

P = np.array([0.1, 0.2, 0.3, 0.6, 0.8, 0.9])
Y = np.array([0, 0, 1, 0, 1, 1])


def test_d3_the_tiny_table() -> None:
    found = accuracy(Y, P)
    assert found.roc_auc == pytest.approx(0.8889, abs=5e-5)
    assert found.pr_auc == pytest.approx(0.9167, abs=5e-5)
    assert found.brier == pytest.approx(0.15833, abs=5e-6)
    assert found.log_loss == pytest.approx(0.46288, abs=5e-6)
    assert found.ks == pytest.approx(0.6667, abs=5e-5)


def test_skill_is_against_the_base_rate() -> None:
    assert accuracy(Y, np.full(6, 0.5)).brier_skill == pytest.approx(0.0)
    assert accuracy(Y, P).brier_skill == pytest.approx(1 - 0.158333 / 0.25, abs=1e-5)


def test_ranking_is_undefined_with_one_class_and_never_nan() -> None:
    found = accuracy(np.zeros(4, dtype=int), np.full(4, 0.1))
    assert (found.roc_auc, found.pr_auc, found.ks, found.slope, found.lift) == (None, None, None, None, None)
    assert found.brier == pytest.approx(0.01)


def test_lift_of_a_perfect_ranking_is_one_over_the_base_rate_at_most_ten() -> None:
    y = np.r_[np.ones(10, dtype=int), np.zeros(90, dtype=int)]
    found = accuracy(y, np.linspace(0.9, 0.1, 100))
    assert (found.lift, found.recall) == (pytest.approx(10), pytest.approx(1))


def test_equal_scores_at_the_edge_count_as_their_average_whatever_the_order() -> None:
    score = np.r_[0.9, np.full(9, 0.5)]
    for y in (np.array([0, 1, 1, 1, 0, 0, 0, 0, 0, 0]), np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1])):
        assert found_in_riskiest(y, score, 0.2) == pytest.approx(3 / 9)


def test_calibrated_predictions_have_slope_one_and_small_error() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 8, 40_000)
    y = (rng.random(40_000) < p).astype(int)
    found = accuracy(y, p)
    assert found.slope == pytest.approx(1, abs=0.05)
    assert found.intercept == pytest.approx(0, abs=0.1)
    assert found.ece < 0.006
    assert sum(b.n for b in reliability(y, p)) == 40_000
    assert all(b.low <= b.observed <= b.high for b in reliability(y, p))


def test_over_confident_predictions_have_a_slope_below_one() -> None:
    rng = np.random.default_rng(2)
    p = rng.beta(1, 8, 20_000)
    y = (rng.random(20_000) < p).astype(int)
    assert accuracy(y, sigmoid(2 * logit(p))).slope == pytest.approx(0.5, abs=0.05)


def test_the_logistic_line_agrees_with_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    x = rng.normal(size=500)
    y = (rng.random(500) < sigmoid(0.4 + 1.3 * x)).astype(float)
    expected = sm.Logit(y, sm.add_constant(x)).fit(disp=0).params
    assert logit_line(x, y) == (pytest.approx(expected[0], abs=1e-6), pytest.approx(expected[1], abs=1e-6))


def test_rows_of_one_customer_widen_the_ranges_of_what_was_observed():
    rng = np.random.default_rng(4)
    people = np.repeat(np.arange(3_000), 3)
    p = np.repeat(rng.uniform(0.02, 0.3, 3_000), 3)
    y = np.repeat((rng.random(3_000) < p[::3]).astype(np.int64), 3)
    apart, together = reliability(y, p), reliability(y, p, customers=people)
    alone = reliability(y[::3], p[::3])
    for a, t, one in zip(apart, together, alone, strict=True):
        assert t.observed == a.observed and t.n == a.n
        # Three rows that say the same say as much as one.
        assert t.high - t.low == pytest.approx(one.high - one.low, rel=0.03) and t.high - t.low > 1.6 * (a.high - a.low)


def test_a_list_over_several_folds_goes_by_calibrated_risk_and_its_cut_finds_as_many_as_it_says() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(1, 8, 4_000)
    y = (rng.random(4_000) < p).astype(int)
    score = logit(p) + np.repeat([0.0, -3.0], 2_000)
    found = gains(y, score, p)
    for g in found:
        called = p >= g["threshold"]
        assert called.mean() == pytest.approx(g["share"])
        assert y[called].sum() / y.sum() == pytest.approx(g["recall"])


def test_measures_over_several_folds_go_by_calibrated_risk() -> None:
    rng = np.random.default_rng(4)
    p = rng.beta(1, 8, 4_000)
    y = (rng.random(4_000) < p).astype(int)
    score = logit(p) + np.repeat([0.0, -3.0], 2_000)
    assert accuracy(y, p, score) == accuracy(y, p)
