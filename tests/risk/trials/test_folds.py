import numpy as np
import pytest

from churn_dash.risk.rows.periods import periods, thinned
from churn_dash.risk.rows.windows import Windows
from churn_dash.risk.trials.folds import by_customer, capped, stratified, temporal


def test_three_years_make_four_folds_in_time() -> None:
    found = periods(Windows(0, 35))
    assert [p.test for p in found] == [(29, 30, 31), (26, 27, 28), (23, 24, 25), (20, 21, 22)]
    assert found[0].calibrate == (23, 24, 25)
    assert found[0].fit == (13, 16, 19, 22)


@pytest.mark.parametrize("months", range(20, 61))
def test_learning_ends_an_embargo_before_testing_begins(months: int) -> None:
    frame = Windows(0, months - 1)
    found = periods(frame)
    assert found
    for p in found:
        assert max((*p.fit, *p.calibrate)) + frame.embargo <= min(p.test)
        assert p.fit and (not p.calibrate or max(p.fit) < min(p.calibrate))
        assert max(p.test) + frame.embargo <= frame.last


@pytest.mark.parametrize("months", [5, 12, 19])
def test_a_short_panel_cannot_be_tested_in_time(months: int) -> None:
    assert periods(Windows(0, months - 1)) == []


def test_no_customer_is_on_two_sides_of_a_fold() -> None:
    rng = np.random.default_rng(0)
    customers, snapshots = np.repeat(np.arange(400), 21), np.tile(np.arange(11, 32), 400)
    keep = rng.random(len(customers)) < 0.9
    customers, snapshots = customers[keep], snapshots[keep]
    found = temporal(customers, snapshots, Windows(0, 35), seed=5)
    assert len(found) == 4
    for fold in found:
        sides = [set(customers[rows]) for rows in (fold.fit, fold.calibrate, fold.test) if rows is not None]
        assert len(sides) == 3 and not sides[0] & sides[1] and not sides[0] & sides[2] and not sides[1] & sides[2]


def test_folds_by_customer_keep_a_customer_together() -> None:
    customers = np.repeat(np.arange(100), 3)
    y = (customers % 4 == 0).astype(int)
    rows = np.arange(0, 300)
    for fold in by_customer(y, customers, rows, 0):
        assert not set(customers[fold.fit]) & set(customers[fold.test])


def test_every_customer_is_tested_once_a_seed() -> None:
    y = (np.arange(200) % 5 == 0).astype(int)
    folds = stratified(y, seeds=(0, 1))
    assert len(folds) == 10
    for seed in (0, 1):
        assert sorted(np.concatenate([f.test for f in folds if f.seed == seed])) == list(range(200))


def test_the_cap_keeps_whole_customers_and_is_the_same_for_the_same_seed() -> None:
    customers = np.repeat(np.arange(1_000), 7)
    rows = np.arange(7_000)
    found = capped(rows, customers, seed=1, most=500)
    assert 490 < len(found) <= 500
    assert set(np.bincount(customers[found]).tolist()) <= {0, 7}
    assert np.array_equal(found, capped(rows, customers, seed=1, most=500))
    assert not np.array_equal(found, capped(rows, customers, seed=2, most=500))


def test_thinned_snapshots_do_not_share_an_outcome_window() -> None:
    assert np.diff(thinned(range(11, 32))).tolist() == [3] * 6
