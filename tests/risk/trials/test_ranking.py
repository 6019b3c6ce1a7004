"""Rank correlation and AUC with their intervals, each a second way."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from churn_dash.risk.trials.ranking import agreement, mean_auc
from tests.risk.trials.reference import auc


def test_auc_counts_pairs_and_ties_half():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.2).astype(np.int64)
    score = np.round(rng.normal(size=300) + y, 1)
    assert auc(score, y) == pytest.approx(roc_auc_score(y, score))
    weight = rng.integers(0, 4, 300).astype(float)
    assert auc(score, y, weight) == pytest.approx(roc_auc_score(y, score, sample_weight=weight))
    assert auc(score, np.zeros(300, dtype=np.int64)) is None


def test_rank_correlation_is_spearmans():
    rng = np.random.default_rng(1)
    a = rng.normal(size=200)
    b = a + rng.normal(size=200)
    found = agreement(a, b)
    assert found.value == pytest.approx(spearmanr(a, b).statistic) and found.low < found.value < found.high and found.n == 200
    assert agreement(a, a).low == 1.0 and agreement(a, np.zeros(200)).value is None


def test_rows_without_an_index_do_not_count():
    a, b = np.array([1.0, 2, 3, 4, np.nan]), np.array([1.0, 2, 3, 5, 1])
    assert agreement(a, b).n == 4 and agreement(a, b).value == 1.0


@pytest.mark.slow
def test_ranges_hold_the_truth_as_often_as_they_promise():
    rng = np.random.default_rng(2)
    rho, aucs, n = 0, 0, 200
    true_rho, true_auc = 6 / np.pi * np.arcsin(0.6 / 2), 0.7602499389065233
    for i in range(n):
        a = rng.normal(size=150)
        b = 0.6 * a + 0.8 * rng.normal(size=150)
        found = agreement(a, b)
        rho += found.low <= true_rho <= found.high
        y = (rng.random(300) < 0.3).astype(np.int64)
        one = mean_auc([(rng.normal(size=300) + y, y, np.arange(300))], i, 200)
        aucs += one.low <= true_auc <= one.high
    assert 0.90 <= rho / n <= 0.99 and 0.90 <= aucs / n <= 0.99


def test_a_customer_is_drawn_with_all_rows():
    rng = np.random.default_rng(3)
    y = (rng.random(150) < 0.4).astype(np.int64)
    score, people = rng.normal(size=150) + y, np.arange(150)
    once = mean_auc([(score, y, people)], 0)
    again = mean_auc([(np.tile(score, 4), np.tile(y, 4), np.tile(people, 4))], 0)
    assert again.value == pytest.approx(once.value)
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=1e-9)
