"""METHODS C6, C5's tiny table, B5: adjustment, strata, clusters and those reached, each against a library."""

import numpy as np
import pandas as pd
import pyfixest as pf
import pytest
import statsmodels.api as sm
from scipy import stats

from churn_dash.campaigns.estimators.bootstrap import bootstrap
from churn_dash.campaigns.estimators.regression import enough_clusters, fitted, reached_effect

X = np.array([1, 2, 3, 4, 2, 3, 4, 5.0])
Y = np.array([2, 3, 5, 6, 4, 6, 7, 9.0])
T = np.array([False] * 4 + [True] * 4)


def sample(n: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    treated = rng.random(n) < 0.7
    y = 1 + 0.5 * treated + x @ [1.0, -0.5] + 0.3 * treated * x[:, 0] + rng.normal(size=n) * (1 + treated)
    return y, treated, x, rng.integers(0, 30, n)


def saturated(y: np.ndarray, treated: np.ndarray, z: np.ndarray) -> sm.OLS:
    centred = z - z.mean(axis=0)
    t = treated.astype(float)[:, None]
    return sm.OLS(y, np.column_stack([np.ones(len(y)), t, centred, t * centred]))


def test_the_small_table_of_the_methods() -> None:
    raw, lin = fitted(Y, T), fitted(Y, T, X[:, None])
    assert raw is not None
    assert lin is not None
    assert raw.difference == pytest.approx(2.5)
    assert lin.difference == pytest.approx(1.0)
    theta = np.cov(X, Y)[0, 1] / X.var(ddof=1)
    pooled = (Y - theta * X)[T].mean() - (Y - theta * X)[~T].mean()
    assert (theta, pooled) == pytest.approx((1.667, 0.833), abs=5e-4)


def test_adjusted_differences_and_errors_are_hc2_of_the_regression() -> None:
    y, treated, x, _groups = sample()
    found, truth = fitted(y, treated, x), saturated(y, treated, x).fit(cov_type="HC2", use_t=True)
    assert found is not None
    assert (found.difference, found.error, found.p_value) == pytest.approx((truth.params[1], truth.bse[1], truth.pvalues[1]))
    assert (found.low, found.high) == pytest.approx(tuple(truth.conf_int()[1]))


def test_clustered_errors_are_those_of_the_regression() -> None:
    y, treated, x, groups = sample()
    found = fitted(y, treated, x, groups)
    truth = saturated(y, treated, x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    assert found is not None
    assert (found.difference, found.error, found.p_value) == pytest.approx((truth.params[1], truth.bse[1], truth.pvalues[1]))


def test_without_anything_known_it_is_the_difference_of_means_with_welchs_error() -> None:
    y, treated, _x, _groups = sample()
    found, truth = fitted(y, treated), stats.ttest_ind(y[treated], y[~treated], equal_var=False)
    assert found is not None
    assert found.difference / found.error == pytest.approx(truth.statistic)


def test_strata_undo_a_paradox() -> None:
    counts = [("L", True, 20, 2), ("L", False, 80, 16), ("H", True, 80, 32), ("H", False, 20, 12)]
    rows = [(s, t, float(i < k)) for s, t, n, k in counts for i in range(n)]
    y, treated, high = (np.array([r[i] for r in rows]) for i in (2, 1, 0))
    naive, found = fitted(y, treated), fitted(y, treated, (high == "H").astype(float)[:, None])
    assert naive is not None
    assert found is not None
    assert naive.difference == pytest.approx(0.06)
    assert found.difference == pytest.approx(-0.15)
    spread = [n * p * (1 - p) / (n - 1) / n for n, p in ((20, 0.1), (80, 0.2), (80, 0.4), (20, 0.6))]
    assert found.error == pytest.approx(np.sqrt(0.25 * sum(spread)))


def test_the_effect_on_those_reached_is_two_stage_least_squares() -> None:
    rng = np.random.default_rng(3)
    z = rng.random(2_000) < 0.5
    willing = rng.random(2_000) < 0.6
    d = (z & willing).astype(float)
    y = willing * 1.0 - 0.7 * d + rng.normal(size=2_000)
    found = reached_effect(y, z, d)
    truth = pf.feols("y ~ 1 | d ~ z", data=pd.DataFrame({"y": y, "d": d, "z": z.astype(float)}), vcov="hetero").tidy().loc["d"]
    assert found is not None
    assert found.difference == pytest.approx(truth["Estimate"])
    assert (found.high - found.low) / 2 / 1.9612 == pytest.approx(truth["Std. Error"], rel=1e-3)
    assert found.low < -0.7 < found.high


def test_where_assignment_hardly_reached_anybody_there_is_no_effect_on_those_reached() -> None:
    y, treated, _x, _groups = sample()
    assert reached_effect(y, treated, np.zeros(len(y))) is None
    few = np.zeros(len(y))
    few[np.flatnonzero(treated)[:2]] = 1
    assert reached_effect(y, treated, few) is None


def test_clusters_must_be_five_a_group_and_twenty_in_all() -> None:
    treated = np.repeat([True, False], 50)
    assert enough_clusters(treated, np.r_[np.arange(50) % 5, 5 + np.arange(50) % 15])
    assert not enough_clusters(treated, np.r_[np.arange(50) % 4, 4 + np.arange(50) % 20])
    assert not enough_clusters(treated, np.r_[np.arange(50) % 5, 5 + np.arange(50) % 14])


def test_nothing_varies_or_nobody_is_there() -> None:
    assert fitted(np.ones(8), T) is None
    assert fitted(Y[:5], np.array([True] + [False] * 4)) is None


def test_resampling_agrees_with_welch_where_amounts_are_well_spread_and_forgets_the_order() -> None:
    rng = np.random.default_rng(0)
    t, c = rng.normal(1, 1, 800), rng.normal(0, 2, 600)
    found = bootstrap(t, c)
    truth = stats.ttest_ind(t, c, equal_var=False).confidence_interval()
    assert found is not None
    assert (found.low, found.high) == pytest.approx((truth.low, truth.high), abs=0.03)
    assert bootstrap(t[::-1], rng.permutation(c)) == found
    assert bootstrap(t[:1], c) is None
