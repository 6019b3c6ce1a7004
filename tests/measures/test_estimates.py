"""Estimates and their combinations."""

import polars as pl
import pytest

from churn_dash.causes.satisfaction import weighted_mean
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, mean, promoter_score, rate
from churn_dash.measures.statistics.intervals import newcombe


def test_the_published_promoter_score() -> None:
    """METHODS B8: 50 promoters, 30 passive, 20 detractors: +30 [14.7, 45.3]."""
    found = promoter_score(pl.Series([9] * 50 + [7] * 15 + [8] * 15 + [6] * 20))
    assert found.value == pytest.approx(30)
    assert (found.low, found.high) == pytest.approx((14.7, 45.3), abs=0.05)
    assert found.n == 100


def test_a_difference_of_two_rates_is_newcombes() -> None:
    found = combination([(1, rate(56, 70)), (-1, rate(48, 80))])
    wanted = newcombe(56, 70, 48, 80)
    assert wanted is not None
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert found.n == 150


def test_what_rests_on_nobody_is_undefined() -> None:
    assert rate(0, 0) == NOTHING
    assert promoter_score(pl.Series([], dtype=pl.Int64)) == NOTHING
    assert mean(pl.Series([None], dtype=pl.Float64)) == NOTHING
    assert combination([(1, rate(5, 10)), (-1, NOTHING)]).value is None


def test_a_figure_without_an_interval_gives_a_difference_without_one() -> None:
    found = combination([(1, promoter_score(pl.Series([10, 10]))), (-1, promoter_score(pl.Series([10, 0, 5])))])
    assert found.value == pytest.approx(100 + 100 / 3)
    assert found.low is None


def test_the_mean_has_students_interval() -> None:
    found = mean(pl.Series([1.0, 2.0, 3.0, 4.0]))
    assert found.value == 2.5
    assert (found.low, found.high) == pytest.approx((0.4457, 4.5543), abs=5e-4)


def test_the_range_of_a_mean_ends_where_its_scale_does() -> None:
    few = pl.Series([55.0, 72.0])
    wide, found = mean(few), mean(few, (0.0, 100.0))
    assert wide.low < 0 and wide.high > 100
    assert found == Estimate(63.5, 0.0, 100.0, 2)
    inside = pl.Series([60.0, 61.0, 62.0])
    assert mean(inside, (0.0, 100.0)) == mean(inside)
    weighted = weighted_mean(pl.Series([1.0, 5.0]), pl.Series([1.0, 1.0]), (1.0, 5.0))
    assert (weighted.low, weighted.high) == (1.0, 5.0)
