import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.measures.money.lifetime_value import lifetime_value, multiple, over_a_year, value_at_risk
from tests.measures.reference import value_of_acting


def test_the_published_answers():
    """METHODS B9."""
    assert lifetime_value(100, 0.9, 0.1) == pytest.approx(450)
    assert lifetime_value(100, 0.9, 0.1, immediate=True) == pytest.approx(550)
    assert lifetime_value(100, 0.9, 0.1, horizon=3) == pytest.approx(203.53, abs=0.005)
    assert multiple(0.9, 0.1) == pytest.approx(4.5), "Gupta and Lehmann"
    assert value_at_risk([0.1, 0.5, 0.8], [1000, 400, 200]) == pytest.approx(460)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0, 1), st.floats(0.001, 2), st.integers(0, 60), st.booleans())
def test_a_horizon_is_the_plain_sum(margin, retention, discount, horizon, immediate):
    plain = sum(margin * retention**t / (1 + discount) ** t for t in range(1, horizon + 1)) + (margin if immediate else 0)
    assert lifetime_value(margin, retention, discount, horizon, immediate) == pytest.approx(plain, rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0.02, 2))
def test_a_long_horizon_comes_to_the_endless_sum(retention, discount):
    assert multiple(retention, discount, 5_000) == pytest.approx(multiple(retention, discount), rel=1e-6, abs=1e-9)


def test_a_sum_without_end_is_undefined_not_infinite():
    assert lifetime_value(100, 1.0, 0.0) is None
    assert lifetime_value(100, 1.0, -0.01) is None
    assert lifetime_value(100, 1.0, 0.0, horizon=4) == 400


def test_what_is_not_known_is_undefined():
    assert lifetime_value(None, 0.9, 0.1) is None
    assert lifetime_value(100, None, 0.1) is None
    assert lifetime_value(float("nan"), 0.9, 0.1) is None


def test_a_retention_that_cannot_be_is_the_callers_mistake():
    for wrong in (-0.1, 1.2):
        with pytest.raises(ValueError, match="retention"):
            lifetime_value(100, wrong, 0.1)


def test_acting_pays_only_above_its_cost():
    assert value_of_acting(0.05, 2000, 20, 0.3, 100) == pytest.approx(50)
    assert value_of_acting(0.005, 2000, 20) == pytest.approx(-10)


def test_two_per_cent_a_month_is_not_twenty_four_a_year():
    """METHODS B0."""
    assert over_a_year(0.02) == pytest.approx(0.2153, abs=5e-5)
    assert over_a_year(None) is None
