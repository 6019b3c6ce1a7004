"""METHODS B1: table T1, answered exactly; the two wrong formulas are not used."""

import datetime

import pytest

from churn_dash.measures import METRICS, Period, measure
from tests.asking import asked

QUARTER = Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
ANSWERS = {
    "churn_rate": (1 / 2, 0.1876, 0.8124, 6),
    "net_churn_rate": (1 / 3, 0.0968, 0.7000, 6),
    "retention_rate": (2 / 3, 0.3000, 0.9032, 6),
    "gross_retention_rate": (1 / 2, 0.1876, 0.8124, 6),
    "voluntary_churn_rate": (1 / 3, 0.0968, 0.7000, 6),
    "involuntary_churn_rate": (1 / 6, 0.0301, 0.5635, 6),
    "early_churn_rate": (1 / 2, 0.0945, 0.9055, 2),
    "aum_churn_rate": (120 / 440, 0.0, 0.27273 + 1.95996 * 0.1991, 6),
    "aum_attrition_rate": (255 / 440, None, None, 6),
    "aum_net_retention_rate": (195 / 440, None, None, 6),
    "aum_gross_retention_rate": (185 / 440, None, None, 6),
    "hazard": (4 / 565 * 30.4375, None, None, 565 / 30.4375),
    "customers": (6, None, None, 6),
    "customers_lost": (3, None, None, 6),
    "customers_new": (2, None, None, 6),
}


@pytest.fixture(scope="module")
def answers(worked):
    return measure(asked(worked, period=QUARTER, definition="close"), list(METRICS)).to_dicts()[0]


@pytest.mark.parametrize("name", ANSWERS)
def test_t1_is_answered_exactly(answers, name):
    value, low, high, n = ANSWERS[name]
    assert answers[name] == pytest.approx(value, abs=1e-9)
    assert answers[f"{name}_n"] == pytest.approx(n)
    if low is not None:
        assert answers[f"{name}_low"] == pytest.approx(low, abs=5e-5)
        assert answers[f"{name}_high"] == pytest.approx(high, abs=1e-4)


def test_the_first_wrong_formula_is_not_used(answers):
    """(start − end)/start would be 1/6."""
    assert all(answers[m] != pytest.approx(1 / 6, abs=1e-3) for m in ("churn_rate", "net_churn_rate"))


def test_the_second_wrong_formula_is_not_used(answers):
    """All leavers over the start, joiners included, would be 4/6."""
    assert answers["churn_rate"] != pytest.approx(4 / 6, abs=1e-3)


def test_voluntary_involuntary_and_unexplained_add_up(answers):
    parts = [answers[m] for m in ("voluntary_churn_rate", "involuntary_churn_rate", "unexplained_churn_rate")]
    assert sum(parts) == pytest.approx(answers["churn_rate"], abs=1e-12)


def test_the_quarter_asked_for_by_grain_is_the_quarter_asked_for_by_dates(worked, answers):
    row = measure(
        asked(worked, definition="close"), ["churn_rate", "hazard", "early_churn_rate", "net_churn_rate"], by=["quarter"]
    ).to_dicts()[0]
    assert {k: row[k] for k in ("churn_rate", "hazard", "early_churn_rate", "net_churn_rate")} == {
        k: pytest.approx(answers[k]) for k in ("churn_rate", "hazard", "early_churn_rate", "net_churn_rate")
    }


def test_a_period_rate_is_not_a_sum_of_monthly_rates(worked):
    months = measure(asked(worked, definition="close"), ["churn_rate"], by=["month"])["churn_rate"]
    assert months.sum() != pytest.approx(0.5, abs=0.01)


def test_a_customer_who_returns_is_not_net_churn(answers):
    assert answers["churn_rate"] - answers["net_churn_rate"] == pytest.approx(1 / 6)
