"""A budget and whom to call for it, checked against every other choice of the same size; the rate of a grade by hand."""

import numpy as np
import pytest

from churn_dash.errors import BadInput
from churn_dash.measures.money.assumptions import in_force
from churn_dash.retention import worklist
from churn_dash.retention.threshold.policy import usual
from churn_dash.retention.worklists.budget import base_of_grades, under_budget
from churn_dash.store import Records
from tests.asking import asked


@pytest.fixture(scope="module")
def listed(modelled):
    ds, kept = modelled
    held = in_force(Records(ds.root))
    return worklist(asked(ds), kept, usual(kept), held, grades=("high", "medium")), held, kept


def test_the_budget_holds_and_nobody_left_out_brings_more_for_a_yuan(listed):
    found, held, _kept = listed
    worth = found.everybody.filter(found.everybody["verdict"].is_in(["listed", "beyond_capacity"]))
    whole = under_budget(found, 1e9, held)
    assert whole.rows.height == whole.of == worth.height > 3
    assert whole.expected.gain == pytest.approx(worth["gain"].sum())
    p, s = worth["probability"].to_numpy(), held["save_rate"].value
    assert whole.cost == pytest.approx((held["contact_cost"].value + (p * s + 1 - p) * held["offer_cost"].value).sum())
    half = under_budget(found, whole.cost / 2, held)
    assert half.cost <= whole.cost / 2 and 0 < half.rows.height < whole.rows.height
    out = whole.rows.filter(~whole.rows["customer_id"].is_in(half.rows["customer_id"].implode()))
    assert (half.rows["gain"] / half.rows["cost"]).min() >= (out["gain"] / out["cost"]).max()
    assert under_budget(found, 0, held).rows.is_empty()
    with pytest.raises(BadInput, match="budget"):
        under_budget(found, -1, held)


def test_the_rate_of_a_grade_is_the_mean_risk_over_the_plans_horizon(listed):
    found, _held, kept = listed
    rows = found.everybody.filter((found.everybody["grade"] == "high") & ~found.everybody["refused"])
    months = kept.card.windows["horizon"]
    same = base_of_grades(found, kept, ("high",), round(months * 365.25 / 12))
    assert same.rate == pytest.approx(rows["probability"].mean(), rel=0.01) and same.eligible == rows.height and same.low is None
    assert base_of_grades(found, kept, ("high",), 30).rate < same.rate < base_of_grades(found, kept, ("high",), 365).rate
    assert np.isclose(base_of_grades(found, kept, ("high",), 1).rate, 0, atol=0.2)
