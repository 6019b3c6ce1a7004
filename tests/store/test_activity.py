"""When a customer counts as active, form by form. METHODS B0."""

import datetime

import numpy as np
import polars as pl
import pytest

from churn_dash.contract.definitions import AssetDecline, Dormancy
from churn_dash.store.derive.activity import OPEN, Calendar, absence, asset_decline, calendar, dormant, open_accounts, outside


def months(n: int, incomplete: tuple[int, ...] = ()) -> Calendar:
    first = pl.date_range(datetime.date(2024, 1, 1), datetime.date(2024, 1, 1) + datetime.timedelta(days=31 * n), "1mo", eager=True)[:n]
    complete = np.ones(n, dtype=bool)
    complete[list(incomplete)] = False
    return Calendar(first.cast(pl.Int32).to_numpy().astype(int), first.dt.month_end().cast(pl.Int32).to_numpy().astype(int), complete)


def counted(*counts: int) -> pl.Series:
    first = [datetime.date(2024, 1 + i, 1) for i, n in enumerate(counts) for _row in range(n)]
    return pl.Series("month", first)


@pytest.mark.parametrize(
    ("counts", "complete"),
    [
        ((100, 100, 100), [True, True, True]),
        ((100, 79, 100), [True, False, True]),
        ((100, 81, 100), [True, True, True]),
        ((100, 100, 70), [True, True, False]),
        ((100, 70, 70), [True, True, True]),
    ],
)
def test_a_month_with_a_fifth_fewer_rows_than_its_neighbours_is_incomplete(counts, complete):
    assert calendar(counted(*counts)).complete.tolist() == complete


def test_a_month_without_any_row_is_incomplete():
    rows = counted(10, 10, 10).to_list()
    found = calendar(pl.Series("month", [d for d in rows if d.month != 2]))
    assert len(found) == 3 and found.complete.tolist() == [True, False, True]


def test_absence_is_dated_at_the_end_of_the_first_complete_month_missing():
    axis = months(5)
    present = np.array([[1, 1, 0, 0, 0], [1, 0, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0]], dtype=bool)
    days = absence(present, axis)
    assert days.tolist() == [axis.last[2], OPEN, OPEN, axis.last[4]]


def test_an_incomplete_month_creates_no_absence():
    axis = months(4, incomplete=(3,))
    assert absence(np.array([[1, 1, 1, 0]], dtype=bool), axis).tolist() == [OPEN]
    axis = months(4, incomplete=(2,))
    assert absence(np.array([[1, 1, 0, 0]], dtype=bool), axis).tolist() == [axis.last[3]]


def test_six_silent_months_with_little_money_are_dormancy_and_five_are_not():
    txn = np.array([[1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1, 1]], dtype=float)
    balance = np.full((2, 8), 50.0)
    state = dormant(txn, balance, np.zeros((2, 8), dtype=bool), months(8), Dormancy())
    assert state[0].tolist() == [False] * 6 + [True, True]
    assert not state[1].any()


def test_money_left_over_is_no_dormancy():
    balance = np.full((1, 8), 101.0)
    assert not dormant(np.zeros((1, 8)), balance, np.zeros((1, 8), dtype=bool), months(8), Dormancy()).any()


def test_an_unknown_number_of_transactions_is_not_silence():
    txn = np.zeros((1, 8))
    txn[0, 3] = np.nan
    assert not dormant(txn, np.zeros((1, 8)), np.zeros((1, 8), dtype=bool), months(8), Dormancy()).any()


def test_a_dormancy_taken_back_within_the_grace_never_was_one():
    txn = np.zeros((2, 9))
    txn[0, 6] = 1
    txn[1, 7] = 1
    state = dormant(txn, np.zeros((2, 9)), np.zeros((2, 9), dtype=bool), months(9), Dormancy())
    assert not state[0].any()
    assert state[1].tolist() == [False] * 5 + [True, True, False, False]


def test_asset_decline_needs_two_months_against_the_same_baseline():
    aum = np.array([[100, 100, 100, 90, 90, 90, 15, 15, 15, 15]], dtype=float) * 1000
    state = asset_decline(aum, AssetDecline())
    assert state[0].tolist() == [False] * 7 + [True, True, True]
    one_month = np.array([[100, 100, 100, 90, 90, 90, 15, 60, 60, 60]], dtype=float) * 1000
    assert not asset_decline(one_month, AssetDecline()).any()


def test_a_small_customer_has_no_asset_decline():
    aum = np.array([[9, 9, 9, 9, 9, 9, 0, 0, 0]], dtype=float) * 1000
    assert not asset_decline(aum, AssetDecline()).any()


def test_overlapping_accounts_are_one_stay_and_a_gap_makes_two():
    got = open_accounts(np.array([0, 0, 0, 1]), np.array([0, 5, 30, 2]), np.array([10, 20, OPEN, 9]))
    assert got.customer.tolist() == [0, 0, 1]
    assert list(zip(got.start.tolist(), got.end.tolist(), strict=True)) == [(0, 20), (30, OPEN), (2, 9)]


def test_an_interval_outside_a_state_ends_with_the_month_in_which_the_state_begins():
    axis = months(4)
    got = outside("dormant", np.array([[False, True, True, False]]), axis)
    assert got.end.tolist() == [axis.last[1], OPEN] and got.start.tolist()[1] == axis.last[3]
