"""The public holidays, the working days between them, and what a list looks at before a holiday. METHODS A3."""

import datetime

from churn_dash.care.holidays import _WORKED_DAYS, HOLIDAYS, coming, following, window, working, working_days

D = datetime.date


def test_a_list_looks_seven_days_ahead_both_ends_included():
    assert window(D(2024, 3, 1), 7) == D(2024, 3, 8)
    assert window(D(2024, 3, 8), 0) == D(2024, 3, 8)


def test_the_last_working_day_before_a_holiday_works_for_every_day_of_it():
    assert window(D(2024, 2, 9), 7) == D(2024, 2, 24), "Chinese New Year lasts from 10 to 17 February"
    assert window(D(2024, 2, 8), 7) == D(2024, 2, 15), "the day before that looks ahead as usual"
    assert window(D(2024, 2, 12), 7) == D(2024, 2, 19), "so does a day of the holiday"
    assert window(D(2026, 9, 30), 7) == D(2026, 10, 14), "National Day"
    assert window(D(2024, 12, 31), 7) == D(2025, 1, 8), "New Year lies in another year"


def test_a_plain_weekend_is_no_holiday():
    assert window(D(2024, 3, 15), 7) == D(2024, 3, 22)


def test_a_holiday_that_ends_in_a_weekend_lasts_to_the_next_working_day():
    assert window(D(2024, 4, 3), 7) == D(2024, 4, 13), "Qingming to Saturday the 6th, Sunday the 7th is worked"
    assert window(D(2025, 4, 30), 7) == D(2025, 5, 12)


def test_days_worked_in_exchange_are_weekends_and_no_holiday():
    for day in _WORKED_DAYS:
        assert day.weekday() >= 5 and working(day)
        assert not any(h.first <= day <= h.last for h in HOLIDAYS)


def test_every_year_has_its_holidays_once_in_order_and_apart():
    assert list(HOLIDAYS) == sorted(HOLIDAYS, key=lambda h: h.first)
    for year in range(2019, 2031):
        names = [h.name for h in HOLIDAYS if h.first.year == year]
        assert len(names) == len(set(names)) >= 6
    assert all(h.first <= h.last and (h.last - h.first).days < 10 for h in HOLIDAYS)


def test_the_arrangement_of_2026_is_that_of_the_notice():
    """国办发明电〔2025〕7号, days off from Monday to Friday written out."""
    off = "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007"
    days = [D(2026, 1, 1) + datetime.timedelta(days=i) for i in range(365)]
    assert [d.strftime("%m%d") for d in days if d.weekday() < 5 and not working(d)] == off.split()
    assert [d.strftime("%m%d") for d in days if d.weekday() >= 5 and working(d)] == ["0104", "0214", "0228", "0509", "0920", "1010"]


def test_working_days_are_counted_after_the_first_day():
    assert working_days(D(2024, 3, 1), D(2024, 3, 1)) == 0
    assert working_days(D(2024, 3, 1), D(2024, 3, 6)) == 3, "Friday to Wednesday"
    assert working_days(D(2024, 2, 9), D(2024, 2, 19)) == 2, "the Sunday after the holiday is worked, then Monday"


def test_a_holiday_is_greeted_from_seven_days_before_until_it_ends():
    assert not coming(D(2024, 2, 2), 7)
    assert [h.name for h in coming(D(2024, 2, 3), 7)] == ["spring"]
    assert [h.name for h in coming(D(2024, 2, 17), 7)] == ["spring"]
    assert not coming(D(2024, 2, 18), 7)
    assert following(D(2024, 2, 18)).name == "qingming"
