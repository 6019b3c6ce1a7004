"""The range of the model's response: by hand on risks that are sums, and against the refits of a kept model one by one."""

from dataclasses import replace

import numpy as np
import pytest

from churn_dash.risk.scores.grades import Grades
from churn_dash.risk.whatif.group import group
from churn_dash.risk.whatif.levers import what_if
from churn_dash.risk.whatif.measured import MeasuredEffect
from churn_dash.risk.whatif.situation import Change
from churn_dash.risk.whatif.uncertain import ENOUGH
from tests.risk.whatif.conftest import ROW, here, linear

CUTS = Grades(0.5, 0.4)
WEIGHTS = (-0.01, -0.02, -0.04)
"""Of a product, in three refits."""


def learnt_again(*rows):
    """A situation whose refits differ in the weight of a product, and stand at another level than the model."""
    risks = [linear({"product_count": w}, start=0.3) for w in WEIGHTS]
    return replace(here(*rows), again_of=lambda frame: np.array([r(frame) for r in risks]))


def by_hand(products, more):
    """Factors of the refits relative to their geometric mean, lowest and highest."""
    logs = [np.log(sum(0.3 + w * (p + more) for p in products) / sum(0.3 + w * p for p in products)) for w in WEIGHTS]
    return np.exp(min(logs) - np.mean(logs)), np.exp(max(logs) - np.mean(logs))


def test_the_range_of_one_customer_is_his_risk_times_the_factors_of_the_refits() -> None:
    found = what_if(learnt_again(), {"product_count": Change(2.0, step=True)})
    low, high = by_hand([3], 2)
    after = found.probability_after
    assert (found.low, found.high) == pytest.approx((after * low - found.probability_before, after * high - found.probability_before))
    assert found.low < found.difference < found.high and found.range_of == "model uncertainty" == found.as_json()["range"]
    still = what_if(learnt_again(), {"product_count": Change(3.0)})
    assert (still.low, still.high, still.range_of) == (None, None, None)
    assert what_if(here(), {"product_count": Change(4.0)}).low is None, "without refits there is no range"


def test_the_range_of_a_group_is_that_of_its_sum() -> None:
    found = group(learnt_again(ROW, ROW | {"product_count": 1.0}), {"product_count": Change(1.0, step=True)}, CUTS)
    low, high = by_hand([3, 1], 1)
    after = found.leavers("after")
    assert (found.leavers_low, found.leavers_high) == pytest.approx((after * low, after * high))
    told = found.as_json()
    assert told["range"] == "model uncertainty" and told["leavers_after_low"] < told["leavers_after"] < told["leavers_after_high"]


def test_a_measured_effect_has_its_own_range_and_with_the_model_both_are_taken_together() -> None:
    effect = MeasuredEffect("product_count", "C1", "Second product", -0.03, -0.05, -0.01, 800, 200, 90)
    situation = learnt_again()
    alone = what_if(situation, {"product_count": Change(4.0)}, [effect])
    assert (alone.low, alone.high, alone.range_of) == (pytest.approx(-0.05), pytest.approx(-0.01), "measured effect")
    again = replace(situation, again_of=lambda f: np.array([linear({"complaints_open": w})(f) for w in (0.02, 0.05, 0.09)]))
    both = what_if(again, {"product_count": Change(4.0), "complaints_open": Change(0.0)}, [effect])
    assert both.range_of == "both" and both.low < both.difference - 0.02 and both.high > both.difference + 0.02
    crowd = group(again, {"product_count": Change(4.0), "complaints_open": Change(0.0)}, CUTS, measured=[effect])
    assert (crowd.leavers_low - crowd.leavers("before"), crowd.leavers_high - crowd.leavers("before")) == pytest.approx(
        (both.low, both.high)
    )


def test_of_many_customers_some_are_asked_and_give_nearly_the_range_of_all() -> None:
    rng = np.random.default_rng(5)
    products = rng.integers(1, 5, 4 * ENOUGH).astype(float)
    asked = []
    base = learnt_again(*[ROW | {"product_count": p} for p in products])
    counted = replace(base, again_of=lambda f: (asked.append(f.height), base.again_of(f))[1])
    found = counted.factors({"product_count": products + 1})
    assert asked == [2 * ENOUGH] and found == pytest.approx(by_hand(products, 1), rel=0.003)


def test_nothing_but_possible_risks_lie_in_the_range() -> None:
    near = replace(here(risk=linear({"product_count": 0.1}, start=0.55)), again_of=lambda f: np.array([[0.1, 0.1], [0.1, 0.9]]))
    found = what_if(near, {"product_count": Change(4.0)})
    assert found.probability_before + found.high == pytest.approx(1.0) and found.probability_before + found.low >= 0
