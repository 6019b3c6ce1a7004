"""A planted season is found, chance is not called one, and below 24 months each month stands beside the year before."""

import datetime

import numpy as np
import polars as pl
import pytest

from churn_dash.contract.bank_calendar import in_band
from churn_dash.errors import NotFound, NotPossible
from churn_dash.measures import Filters, Period, measure
from churn_dash.measures.calendar.seasonality import FEWEST, _unbroken, decomposed, seasonality
from churn_dash.measures.movement.product_churn import product_churn
from tests.alike import approximately
from tests.asking import asked

PLANTED = {3: 0.004, 9: 0.002, 1: -0.003}


def months(n, first=datetime.date(2022, 1, 1)):
    start = first.year * 12 + first.month - 1
    return [datetime.date(i // 12, i % 12 + 1, 1) for i in range(start, start + n)]


def series(n=48, season=PLANTED, noise=0.0004, slope=0.00005, seed=7):
    rng = np.random.default_rng(seed)
    return [(m, 0.012 + slope * i + season.get(m.month, 0.0) + noise * float(rng.normal())) for i, m in enumerate(months(n))]


@pytest.mark.parametrize("n", [24, 36, 60])
def test_a_planted_season_is_found(n):
    found = decomposed("churn_rate", series(n))
    effects = dict(found.months.select("month", "effect").iter_rows())
    middle = np.mean(list(PLANTED.values()) + [0.0] * 9)
    for month in range(1, 13):
        assert effects[month] == pytest.approx(PLANTED.get(month, 0.0) - middle, abs=0.0008), month
    assert found.clear and found.strength > 0.9 and found.by_stl
    assert [m for m, e in effects.items() if e > 0.001] == [3, 9]


def test_the_parts_add_up_and_the_trend_is_the_slope():
    found = decomposed("churn_rate", series())
    rows = found.rows.with_columns((pl.col("trend") + pl.col("seasonal") + pl.col("remainder") - pl.col("value")).abs().alias("left"))
    assert rows["left"].max() < 1e-12
    assert (rows["trend"][-1] - rows["trend"][0]) / 47 == pytest.approx(0.00005, abs=0.00001)


def test_the_season_is_the_same_every_year_however_noisy_the_months():
    year = decomposed("churn_rate", series(noise=0.002)).rows["seasonal"].to_list()
    for first in (12, 24, 36):
        assert year[:12] == pytest.approx(year[first : first + 12], abs=1e-4)


def test_the_range_of_an_effect_holds_the_planted_one():
    found = decomposed("churn_rate", series(60, noise=0.001))
    rows = found.months.to_dicts()
    middle = sum(PLANTED.values()) / 12
    assert sum(r["low"] <= PLANTED.get(r["month"], 0.0) - middle <= r["high"] for r in rows) >= 11
    assert all(r["n"] == 5 for r in rows)


def test_a_single_month_that_is_missing_is_bridged_and_counts_for_no_calendar_month():
    values = dict(series(36))
    gone = values.pop(datetime.date(2023, 3, 1))
    found, bridged = _unbroken(values)
    season = decomposed("churn_rate", found, 0, bridged)
    assert len(found) == 36 and bridged == {datetime.date(2023, 3, 1)} and gone > dict(found)[datetime.date(2023, 3, 1)]
    assert dict(season.months.select("month", "n").iter_rows())[3] == 2
    effect = dict(season.months.select("month", "effect").iter_rows())[3]
    assert effect == pytest.approx(PLANTED[3] - sum(PLANTED.values()) / 12, abs=0.001)


def test_two_missing_months_lie_on_a_straight_line_and_three_end_the_run():
    values = dict(series(36))
    del values[datetime.date(2023, 3, 1)], values[datetime.date(2023, 4, 1)]
    found, bridged = _unbroken(values)
    before, first, second, after = (dict(found)[datetime.date(2023, m, 1)] for m in (2, 3, 4, 5))
    assert bridged == {datetime.date(2023, 3, 1), datetime.date(2023, 4, 1)} and len(found) == 36
    assert (first - before, second - first) == pytest.approx(((after - before) / 3,) * 2)
    del values[datetime.date(2023, 5, 1)]
    found, bridged = _unbroken(values)
    assert found[0][0] == datetime.date(2023, 6, 1) and not bridged


@pytest.mark.slow
def test_chance_is_seldom_called_a_season():
    calls = [decomposed("churn_rate", series(36, season={}, noise=0.001, seed=s)).clear for s in range(200)]
    assert sum(calls) <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_chance_here_is_not_called_a_season():
    assert not decomposed("churn_rate", series(36, season={}, noise=0.001, seed=1)).clear


def test_new_year_is_found_although_it_moves():
    rows = [(m, 0.012 - 0.003 * in_band(m, "new_year")) for m in months(60)]
    bands = {r["band"]: r for r in decomposed("churn_rate", rows).bands.to_dicts()}
    assert bands["new_year"]["effect"] == pytest.approx(-0.003, abs=0.0006) and bands["new_year"]["n"] == 5
    assert bands["new_year"]["high"] < 0 < bands["quarter_end"]["high"]


@pytest.mark.parametrize("n", [1, 13, 23])
def test_below_24_months_each_month_stands_beside_the_year_before(n):
    values = series(n)
    found = decomposed("churn_rate", values)
    assert not found.by_stl and found.p_value is None and found.rows["seasonal"].null_count() == n
    assert str(FEWEST) in str(found.sentence) and str(n) in str(found.sentence)
    past = dict(values)
    for row in found.rows.to_dicts():
        before = past.get(row["month"].replace(year=row["month"].year - 1))
        assert row["year_before"] == before
        assert row["difference"] == (None if before is None else pytest.approx(row["value"] - before))


def test_the_values_are_those_that_measure_gives_and_the_provisional_month_is_left_out(bank_data):
    found = seasonality(asked(bank_data, definition="first"))
    assert not found.by_stl, "seventeen months"
    whole = Period(bank_data.measurable[0], bank_data.measurable[-1])
    told = measure(asked(bank_data, period=whole, definition="first"), ["churn_rate"], ["month"])
    assert found.rows["value"].to_list() == approximately(told["churn_rate"].to_list()[:-1])
    assert found.left_out == 1
    closed = seasonality(asked(bank_data, definition="close"))
    assert closed.left_out == 0 and closed.rows["month"].to_list() == list(bank_data.measurable)


def test_a_measure_of_products_has_a_season_too_and_filters_hold(bank_data):
    only = Filters((("tier", ("mass",)),))
    found = seasonality(asked(bank_data, filters=only), "deposit_transfer_rate")
    whole = Period(bank_data.measurable[0], bank_data.measurable[-1])
    told = product_churn(asked(bank_data, filters=only, period=whole), ["deposit_transfer_rate"], ["month"])
    assert found.rows["value"].to_list() == approximately(told["deposit_transfer_rate"].to_list())


def test_what_cannot_be_told_is_said_in_a_sentence(bank_data):
    with pytest.raises(NotPossible, match="two years"):
        seasonality(asked(bank_data, filters=Filters((("tier", ()),))))
    with pytest.raises(NotFound):
        seasonality(asked(bank_data), "churn")
