"""The first sign before a departure, against a loop over customers."""

import datetime

import numpy as np
import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures.tenure.signals import FALL, LOOK_BACK, fall_began, median_range, signals
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.measures.brute import Brute, end_of, next_month


def _left(bank, ds):
    """Departures with a year of data before them, one customer at a time."""
    since, end = next_month(ds.all_months[0], LOOK_BACK), end_of(ds.measurable[-1])
    return [
        (customer, begun, over)
        for customer, listed in Brute(bank.tables, "first").spells.items()
        for begun, over, event in listed
        if event and since <= over <= end
    ]


def _year_before(day):
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def test_the_time_from_the_first_warning_is_what_a_loop_finds(bank, bank_data):
    warned = bank.tables["warnings"].select("customer_id", "ts").rows()
    found = []
    for customer, begun, over in _left(bank, bank_data):
        own = [ts for c, ts in warned if c == customer and max(begun, _year_before(over)) <= ts < over]
        found += [(over - min(own)).days] if own else []
    signal = next(s for s in signals(asked(bank_data)) if s.kind == "warning")
    assert (signal.n_left, signal.n_signal) == (len(_left(bank, bank_data)), len(found))
    assert signal.median == np.median(found) and signal.n_signal > 5


def test_the_time_from_the_first_month_of_the_fall_is_what_a_loop_finds(bank, bank_data):
    rows = {(c, m): a for c, m, a in bank.tables["customer_month"].select("customer_id", "month", "aum_avg").rows()}
    found = []
    for customer, _begun, over in _left(bank, bank_data):
        month, began = over.replace(day=1), None
        last = rows.get((customer, next_month(month, -1)))
        peak = last
        for back in range(1, LOOK_BACK + 1):
            after, before = rows.get((customer, next_month(month, -back))), rows.get((customer, next_month(month, -back - 1)))
            if after is None or before is None or before < after:
                break
            peak, began = before, back if before > after else began
        if began and last <= (1 - FALL) * peak:
            found.append((over - end_of(next_month(month, -began))).days)
    signal = next(s for s in signals(asked(bank_data)) if s.kind == "balances")
    assert signal.n_signal == len(found) > 5
    assert signal.median == np.median(found)


def test_a_small_fall_and_one_that_was_made_good_are_no_sign():
    gone = np.array([[80.0, 90.0, 100.0], [85.0, 90.0, 100.0], [100.0, 60.0, 90.0], [np.nan, 80.0, 100.0], [0.0, 0.0, 100.0]])
    assert fall_began(gone) == [2, 0, 0, 0, 2]


def test_the_interval_of_a_median_holds_it_as_often_as_it_says():
    random = np.random.default_rng(8)
    hits = sum(low <= 700 <= high for _m, low, high in (median_range(random.integers(0, 1401, 60).tolist()) for _ in range(600)))
    assert 0.93 <= hits / 600 <= 0.99
    assert median_range([]) == (None, None, None) and median_range([4]) == (4.0, None, None)
    assert median_range(list(range(1, 11))) == (5.5, 2.0, 9.0), "the 2nd and the 9th of ten: 97.9 %"


def test_without_warnings_only_balances_tell_and_a_short_history_tells_nothing(tmp_path):
    months = [datetime.date(2024, m, 1) for m in range(1, 7)]
    rows = [(f"c{i}", m, float(100 - 10 * k)) for i in range(4) for k, m in enumerate(months[: 3 + i])]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": frame}, "made"))
    (only,) = signals(asked(space.dataset()))
    assert (only.kind, only.n_left, only.n_signal, only.median) == ("balances", 0, 0, None)


@pytest.mark.parametrize("definition", ["close", "dormant"])
def test_nobody_signals_who_did_not_leave(bank_data, definition):
    assert all(0 <= s.n_signal <= s.n_left for s in signals(asked(bank_data, definition=definition)))


def test_a_warning_of_more_than_a_year_ago_or_of_an_earlier_stay_is_no_sign_of_this_departure(tmp_path):
    months = [datetime.date(2024 + m // 12, m % 12 + 1, 1) for m in range(20)]
    rows = [(f"c{i}", m, 100.0) for i in range(12) for m in months]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    # c0 leaves on 2025-07-15; c1 left in May 2025, came back in June and leaves again in August; c2 leaves too early to look back a year.
    accounts = [("a", "c0", "2020-01-01", "2025-07-15"), ("b", "c1", "2020-01-01", "2025-05-10"), ("c", "c1", "2025-06-10", "2025-08-10")]
    accounts += [("d", "c2", "2020-01-01", "2024-11-30"), *((f"x{i}", f"c{i}", "2020-01-01", None) for i in range(3, 12))]
    table = pl.DataFrame(accounts, schema=["account_id", "customer_id", "open_date", "close_date"], orient="row")
    told = [
        ("1", "c0", "2024-06-01"),
        ("2", "c0", "2025-07-05"),
        ("3", "c1", "2025-05-01"),
        ("4", "c2", "2024-11-01"),
        ("5", "c0", "2025-07-20"),
    ]
    warned = pl.DataFrame(told, schema=["warning_id", "customer_id", "ts"], orient="row")
    as_days = pl.col("open_date", "close_date").str.to_date()
    space = Workspace.create(tmp_path)
    tables = {"customer_month": frame, "accounts": table.with_columns(as_days), "warnings": warned.with_columns(pl.col("ts").str.to_date())}
    publish(space, extract_of(tables, "made"))
    found = next(s for s in signals(asked(space.dataset(), definition="close")) if s.kind == "warning")
    assert (found.n_left, found.n_signal) == (3, 2), "c0, and c1 twice; c1 was warned of the first departure only"
    assert found.median == (10 + 9) / 2
