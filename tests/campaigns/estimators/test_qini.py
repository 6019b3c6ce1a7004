"""The Qini by our definition: the worked table, ties, weights, and what it is of a ranking by chance. METHODS C7."""

import numpy as np
import pytest

from churn_dash.campaigns.estimators.qini import curve, qini

T = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=bool)
Y = np.array([1, 0, 1, 0, 0, 0, 0, 1], dtype=float)
SCORE = -np.arange(8.0)


def test_the_worked_table_comes_out():
    found = curve(SCORE, T, Y)
    assert found.q[1:].tolist() == [1, 1, 2, 2, 2, 2, 2, 1]
    assert (found.area, found.random, found.area - found.random) == (12.5, 4.0, 8.5)
    assert found.f[1:] == pytest.approx([0, 2, 3, 4, 3.333, 4, 3.5, 2], abs=5e-4)
    whole = qini(SCORE, T, Y)
    assert whole.qini == 8.5 and whole.beyond == pytest.approx(8.5 / 8 / 4) and whole.low <= 8.5 <= whole.high


def test_a_small_hold_out_stands_for_as_many_as_were_treated():
    t, y = np.array([1, 1, 0, 1, 1, 0], dtype=bool), np.array([1, 0, 1, 1, 0, 0], dtype=float)
    assert curve(-np.arange(6.0), t, y).q[1:].tolist() == [1, 1, -1, -1, -2, 0]


def test_the_order_of_the_rows_changes_nothing():
    at = np.array([3, 1, 7, 0, 5, 2, 6, 4])
    assert curve(SCORE[at], T[at], Y[at]).area == 12.5


def test_members_of_one_score_come_together():
    found = curve(np.zeros(8), T, Y)
    assert found.x.tolist() == [0, 8] and found.area == found.random
    pairs = curve(-(np.arange(8) // 2).astype(float), T, Y)
    assert pairs.q.tolist() == [0, 1, 2, 2, 1]


def test_a_member_counted_twice_is_two_alike():
    w = np.array([1, 2, 1, 1, 3, 1, 1, 1], dtype=float)
    again = np.repeat(np.arange(8), w.astype(int))
    weighted, repeated = curve(SCORE, T, Y, w), curve(SCORE[again], T[again], Y[again])
    assert weighted.area == pytest.approx(repeated.area) and weighted.q == pytest.approx(repeated.q)


def test_the_interval_of_a_ranking_by_chance_holds_zero_as_often_as_it_says():
    rng, held = np.random.default_rng(3), 0
    for seed in range(40):
        treated = rng.random(1_500) < 0.5
        good = (rng.random(1_500) < 0.2 + 0.05 * treated).astype(float)
        found = qini(rng.random(1_500), treated, good, seed)
        held += found.low <= 0 <= found.high
    assert held >= 33


def test_a_ranking_by_the_true_effect_is_above_zero():
    rng = np.random.default_rng(5)
    moved, treated = rng.random(4_000) < 0.5, rng.random(4_000) < 0.5
    good = (rng.random(4_000) < 0.2 + 0.2 * (treated & moved)).astype(float)
    assert qini(moved.astype(float), treated, good).low > 0 > qini(-moved.astype(float), treated, good).high
