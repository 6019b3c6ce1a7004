"""Chinese New Year against the published dates, and against the new moons worked out anew."""

import datetime
import math

import pytest

from churn_dash.contract.bank_calendar import BANDS, NEW_YEAR, in_band, marked, new_year_month
from churn_dash.sample import months as sample_months

D = datetime.date
PUBLISHED = (D(2023, 1, 22), D(2024, 2, 10), D(2025, 1, 29), D(2026, 2, 17))


@pytest.mark.parametrize("day", PUBLISHED)
def test_the_published_days_of_new_year(day):
    assert NEW_YEAR[day.year] == day
    assert new_year_month(day.year) == day.replace(day=1)


def new_moon(k: int) -> datetime.datetime:
    """The k-th new moon after January 2000, in Beijing time, within minutes (Meeus, Astronomical Algorithms, chapter 49)."""
    t = k / 1236.85
    jde = 2451550.09766 + 29.530588861 * k + 0.00015437 * t**2
    e = 1 - 0.002516 * t
    sun = math.radians(2.5534 + 29.10535670 * k)
    moon = math.radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2)
    node = math.radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2)
    jde += (
        -0.40720 * math.sin(moon) + 0.17241 * e * math.sin(sun) + 0.01608 * math.sin(2 * moon) + 0.01039 * math.sin(2 * node)
        + 0.00739 * e * math.sin(moon - sun) - 0.00514 * e * math.sin(moon + sun) + 0.00208 * e**2 * math.sin(2 * sun)
        - 0.00111 * math.sin(moon - 2 * node) - 0.00057 * math.sin(moon + 2 * node) + 0.00056 * e * math.sin(2 * moon + sun)
        - 0.00042 * math.sin(3 * moon) + 0.00042 * e * math.sin(sun + 2 * node) + 0.00038 * e * math.sin(sun - 2 * node)
        - 0.00024 * e * math.sin(2 * moon - sun)
    )  # fmt: skip
    seconds = (jde - 2451545.0) * 86_400 - 70 + 8 * 3600
    return datetime.datetime(2000, 1, 1, 12) + datetime.timedelta(seconds=seconds)


@pytest.mark.parametrize("year", NEW_YEAR)
def test_new_year_is_the_day_of_the_first_new_moon_from_21_january_on(year):
    k = round((year - 2000) * 12.3685)
    days = {new_moon(i).date() for i in range(k - 2, k + 4)}
    assert min(d for d in days if d >= D(year, 1, 21)) == NEW_YEAR[year]


def test_the_invented_bank_has_new_year_in_the_same_months():
    for year in range(2001, 2041):
        assert sample_months.new_year_month(year) == new_year_month(year).month


def test_every_year_from_2000_to_2050_is_there_and_none_else():
    assert list(NEW_YEAR) == list(range(2000, 2051))
    assert new_year_month(1999) is None and not in_band(D(2051, 2, 1), "new_year")


def test_the_bands_of_a_year():
    year = [D(2025, m, 1) for m in range(1, 13)]
    assert [m.month for m in marked(year, "quarter_end")] == [3, 6, 9, 12]
    assert [m.month for m in marked(year, "quarter_start")] == [1, 4, 7, 10]
    assert [m.month for m in marked(year, "new_year")] == [1]
    assert [m.month for m in marked(year, "opening")] == [1, 2, 3]
    assert set(BANDS) == {"quarter_end", "quarter_start", "new_year", "opening"}
