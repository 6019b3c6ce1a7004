"""T5 exactly."""

import pathlib

import pytest

from churn_dash.campaigns.estimators.effects import Effect, Group, Outcome, effect
from churn_dash.campaigns.judged.money import Prices, money
from churn_dash.measures.money.assumptions import in_force, put
from churn_dash.store import Records


def t5(kept: int = 30, name: str = "retention") -> Effect:
    better = "up" if name == "retention" else "down"
    outcome = Outcome(name, name, "ratio", better)  # type: ignore[arg-type]
    share = (lambda k, n: k / n) if better == "up" else (lambda k, n: 1 - k / n)
    return effect(
        outcome, Group("treated", "treated", 40, 40, share(kept, 40), None), Group("control", "control", 20, 20, share(12, 20), None)
    )


@pytest.mark.parametrize("name", ["retention", "churn"])
def test_t5(name: str) -> None:
    m = money(t5(name=name), 6000, 1500)
    assert m.saves == pytest.approx(6)
    assert (m.saves_low, m.saves_high) == pytest.approx((-3.46, 15.57), abs=0.005)
    assert m.cost_per_save == pytest.approx(1000)
    assert m.naive_cost_per_save == pytest.approx(200)
    assert m.net == pytest.approx(3000)
    assert m.roi == pytest.approx(0.5)
    assert (m.roi_low, m.roi_high) == pytest.approx((-1.86, 2.89), abs=0.005)
    assert m.break_even == pytest.approx(0.1)
    assert m.chance_of_return == pytest.approx(0.66, abs=0.02)


def test_the_saves_of_nine_thousand_called() -> None:
    """METHODS C2: churn 450 of 9,000 against 70 of 1,000."""
    churn = Outcome("churn", "churn", "ratio", "down")  # type: ignore[arg-type]
    groups = (Group("treated", "treated", 9000, 9000, 450 / 9000, None), Group("control", "control", 1000, 1000, 70 / 1000, None))
    m = money(effect(churn, *groups), 0, 1500)
    assert m.saves == pytest.approx(180)
    assert (m.saves_low, m.saves_high) == pytest.approx((45, 342), abs=0.5)


def test_without_a_cost_the_return_is_undefined() -> None:
    m = money(t5(), 0, 1500)
    assert (m.roi, m.roi_low, m.roi_high, m.chance_of_return) == (None, None, None, None)
    assert m.net == pytest.approx(9000)


@pytest.mark.parametrize("kept", [24, 20])
def test_without_an_increment_there_is_no_cost_per_save(kept: int) -> None:
    m = money(t5(kept), 6000, 1500)
    assert m.cost_per_save is None
    assert m.roi is not None
    assert m.roi <= -1 + 1e-9


def test_a_difference_that_cannot_be_attributed_earns_nothing() -> None:
    m = money(t5(), 6000, 1500, attributable=False)
    assert (m.saves, m.saves_low, m.cost_per_save, m.net, m.roi) == (None, None, None, None, None)
    assert m.cost == 6000


def test_the_prices_are_those_that_the_bank_set(tmp_path: pathlib.Path) -> None:
    records = Records(tmp_path)
    assert Prices.of(in_force(records)) == Prices(1500, 20)
    put(records, {"contact_cost": 7.0, "value_per_save": 900.0}, "Li")
    assert Prices.of(in_force(records)) == Prices(900, 7)
    put(records, {"decay": 0.8})
    assert Prices.of(in_force(records)).worth == pytest.approx(720)
