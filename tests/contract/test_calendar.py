"""Counting with months, and the one rule of which are complete. METHODS B0."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from churn_dash.contract.calendar import first_day, month_end, month_rows, ordinal, shifted

MONTH = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1))


def months(*rows: int) -> list[tuple[datetime.date, int]]:
    return [(shifted(datetime.date(2024, 1, 1), i), n) for i, n in enumerate(rows)]


def complete(*rows: int) -> list[bool]:
    return [m.complete for m in month_rows(months(*rows))]


def test_a_month_a_fifth_below_both_neighbours_is_incomplete():
    assert complete(100, 79, 100) == [True, False, True]
    assert complete(100, 81, 100) == [True, True, True]
    assert complete(100, 79, 79) == [True, True, True]


def test_the_last_month_has_one_neighbour_and_the_first_is_never_judged():
    assert complete(100, 79) == [True, False]
    assert complete(50, 100, 100) == [True, True, True]


def test_a_month_without_rows_is_incomplete_and_is_nobodys_neighbour():
    assert complete(100, 50, 0, 100) == [True, False, False, True]
    found = month_rows(months(100, 50, 0, 100))
    assert (found[1].after, found[3].before) == (datetime.date(2024, 4, 1), datetime.date(2024, 2, 1))
    assert (found[2].before, found[2].after) == (datetime.date(2024, 2, 1), datetime.date(2024, 4, 1))


def test_the_order_of_the_counts_does_not_matter():
    assert month_rows(months(5, 0, 7, 3)) == month_rows(months(5, 0, 7, 3)[::-1])
    assert month_rows([]) == []


@given(MONTH, st.integers(-600, 600))
def test_months_are_counted_as_on_a_calendar(day, n):
    there = shifted(day.replace(day=1), n) if 1 <= (day.year * 12 + n) // 12 <= 9000 else day
    if there is not day:
        assert ordinal(there) - ordinal(day) == n
    assert first_day(ordinal(day)) == day.replace(day=1)
    assert (month_end(day) + datetime.timedelta(days=1)).day == 1
