"""Looks before the end: published boundaries, the price of peeking, and a simulation beside the integral. METHODS C8."""

import numpy as np
import pytest

from churn_dash.campaigns.estimators.sequential import boundaries, chance_of_crossing, equal_looks, inflation, peeking, spent

FIVE = equal_looks(5)


def test_the_boundaries_of_lan_and_demets_are_the_published_ones():
    assert boundaries(FIVE) == pytest.approx((4.877, 3.357, 2.680, 2.290, 2.031), abs=5e-4)


@pytest.mark.parametrize(
    "bounds",
    [[2.413] * 5, [4.562, 3.226, 2.634, 2.281, 2.040]],
    ids=["Pocock", "O'Brien and Fleming"],
)
def test_published_boundaries_spend_five_percent_by_the_same_integral(bounds):
    assert chance_of_crossing(bounds, FIVE) == pytest.approx(0.05, abs=2e-4)


def test_our_boundaries_spend_exactly_what_may_be_spent():
    for shares in (FIVE, (0.3, 0.5, 1.0), (1.0,)):
        assert chance_of_crossing(boundaries(shares), shares) == pytest.approx(0.05, abs=1e-7)
    assert boundaries((1.0,)) == pytest.approx((1.959964,), abs=1e-5)
    assert spent(1.0) == pytest.approx(0.05)


@pytest.mark.parametrize(("looks", "true"), [(1, 5.0), (2, 8.3), (3, 10.7), (4, 12.6), (5, 14.2), (10, 19.3)])
def test_peeking_at_five_percent_errs_as_often_as_is_published(looks, true):
    assert 100 * peeking(looks) == pytest.approx(true, abs=0.05)


def test_a_simulation_errs_as_often_as_the_integral_says():
    rng = np.random.default_rng(1)
    walks = np.cumsum(rng.standard_normal((200_000, 5)), axis=1) / np.sqrt(np.arange(1, 6))
    assert (abs(walks) > 1.959964).any(axis=1).mean() == pytest.approx(peeking(5), abs=0.003)
    moved = walks + 2.8 * np.sqrt(FIVE)
    bounds = boundaries(FIVE)
    assert (abs(moved) > bounds).any(axis=1).mean() == pytest.approx(chance_of_crossing(bounds, FIVE, 2.8), abs=0.004)


@pytest.mark.parametrize(("bounds", "factor"), [([2.413] * 5, 1.229), ([4.562, 3.226, 2.634, 2.281, 2.040], 1.028)], ids=["Pocock", "OBF"])
def test_the_published_price_of_five_looks_gives_eighty_percent_power(bounds, factor):
    assert chance_of_crossing(bounds, FIVE, factor**0.5 * 2.801585) == pytest.approx(0.80, abs=5e-4)


def test_looking_five_times_by_the_rule_needs_hardly_more_members():
    found = inflation(5)
    assert 1.0 == inflation(1) < inflation(2) < found < 1.028
    assert chance_of_crossing(boundaries(FIVE), FIVE, found**0.5 * 2.801585) == pytest.approx(0.80, abs=1e-5)
