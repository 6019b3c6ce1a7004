"""E-values and Rosenbaum's bounds against published figures (METHODS C10)."""

import math

import numpy as np
import pytest

from churn_dash.campaigns.estimators.sensitivity import e_value, e_value_of_range, ratio_of, rosenbaum_bound, rosenbaum_p


@pytest.mark.parametrize(("ratio", "value"), [(3.9, 7.26), (0.80, 1.81), (10.73, 20.95), (1.0, 1.0)])
def test_e_values_of_vanderweele_and_ding(ratio: float, value: float) -> None:
    assert e_value(ratio) == pytest.approx(value, abs=0.005)


def test_the_e_value_of_a_range() -> None:
    assert e_value_of_range(1.8, 8.7) == pytest.approx(3.0, abs=0.005)
    assert e_value_of_range(0.71, 0.91) == pytest.approx(1.43, abs=0.005)
    assert e_value_of_range(0.9, 1.3) == 1.0


@pytest.mark.parametrize(("odds", "published", "exact"), [(4, 0.0036, 0.00196), (5, 0.03, 0.0232), (6, 0.1, 0.0969)])
def test_hammonds_smokers(odds: float, published: float, exact: float) -> None:
    assert rosenbaum_p(110, 122, odds, exact=False) == pytest.approx(published, abs=0.002)
    assert rosenbaum_p(110, 122, odds) == pytest.approx(exact, abs=5e-5)


def test_the_corrected_normal_to_the_fourth_figure() -> None:
    assert rosenbaum_p(110, 122, 4, exact=False) == pytest.approx(0.00354, abs=1e-5)


def test_the_bound_is_where_the_verdict_is_lost() -> None:
    apart = np.r_[-np.ones(110), np.ones(12), np.zeros(500)]
    bound = rosenbaum_bound(apart)
    assert bound is not None
    assert 5 < bound < 6
    assert rosenbaum_p(110, 122, bound) == pytest.approx(0.05, abs=1e-6)
    assert rosenbaum_bound(np.r_[np.ones(5), -np.ones(5)]) is None


def test_a_difference_as_a_ratio() -> None:
    assert ratio_of(-0.02, 0.10, None) == pytest.approx(0.8)
    assert ratio_of(-0.2, 0.10, None) is None
    assert ratio_of(0.5, 3.0, 1.0) == pytest.approx(math.exp(0.455))
