from dataclasses import replace

import polars as pl
import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.risk.features.sheet import Column, features_of
from churn_dash.risk.whatif.declared import Said, Settings, known, put, settings
from churn_dash.risk.whatif.levers import levers, what_if
from churn_dash.risk.whatif.measured import MeasuredEffect, narrowest
from churn_dash.risk.whatif.situation import Change, Situation
from churn_dash.store import Records
from tests.risk.whatif.conftest import ROW, here, linear

MEASURED = MeasuredEffect("product_count", "C1", "Second product", -0.03, -0.05, -0.01, 800, 200, 90)


def asked(situation: Situation, measured=(), **changes: float):
    return what_if(situation, {n: Change(v) for n, v in changes.items()}, measured)


def test_three_levers_within_what_peers_show(one) -> None:
    found = {x.feature: (x.low, x.high, x.value) for x in levers(one, {})}
    assert found == {"complaints_open": (0, 2, 2), "product_count": (3, 5, 3), "login_mean_3m": (0, 6, 2)}


def test_a_lever_that_cannot_move_or_is_unknown_is_not_offered() -> None:
    row = ROW | {"complaints_open": 0.0, "login_mean_3m": None, "digital_active_3m": None}
    assert [x.feature for x in levers(here(row), {})] == ["product_count"]


def test_levers_that_lower_the_risk_come_first() -> None:
    found = levers(here(risk=linear({"product_count": 0.1})), {})
    assert [x.feature for x in found] == ["complaints_open", "product_count", "login_mean_3m"]
    assert levers(here(risk=linear({"login_mean_3m": -0.1})), {})[0].feature == "login_mean_3m"


def test_the_answer_is_a_difference_of_probabilities_marked_as_the_models(one) -> None:
    found = asked(one, complaints_open=0, product_count=4)
    assert found.probability_before == pytest.approx(0.52)
    assert found.difference == pytest.approx(-0.12)
    assert found.probability_after == pytest.approx(found.probability_before + found.difference)
    assert found.kind == "model response" and found.low is None
    assert "not the effect" in found.as_json()["note"]


def test_a_measured_effect_replaces_what_the_model_says_with_its_range_and_the_campaigns_name(one) -> None:
    found = asked(one, [MEASURED], product_count=4)
    assert found.kind == "measured effect"
    assert (found.difference, found.low, found.high) == pytest.approx((-0.03, -0.05, -0.01))
    assert "Second product" in found.as_json()["measured"][0]["text"]
    both = asked(one, [MEASURED], product_count=4, complaints_open=0)
    assert both.kind == "both" and both.difference == pytest.approx(-0.03 - 0.10)


def test_a_measured_effect_says_nothing_of_the_other_direction_or_of_no_change(one) -> None:
    logins = MeasuredEffect("login_mean_3m", "C2", "App", -0.2, -0.3, -0.1, 800, 200, 90)
    assert asked(one, [logins], login_mean_3m=1).kind == "model response"
    assert asked(one, [MEASURED], product_count=3).difference == 0
    assert asked(one, [logins], login_mean_3m=4).difference == pytest.approx(-0.2)


def test_of_several_campaigns_the_narrowest_range_stands() -> None:
    wide = MeasuredEffect("product_count", "C0", "Wide", -0.3, -0.9, 0.3, 20, 20, 90)
    assert narrowest([wide, MEASURED])["product_count"] is MEASURED


def test_a_probability_never_falls_below_nothing(one) -> None:
    huge = MeasuredEffect("product_count", "C0", "Huge", -0.9, -1.0, -0.8, 20, 20, 90)
    assert asked(one, [huge], product_count=4).probability_after == 0


@pytest.mark.parametrize(
    ("name", "value"), [("login_mean_3m", 6.5), ("login_mean_3m", -1), ("product_count", 2), ("product_count", 6), ("complaints_open", 3)]
)
def test_out_of_bounds_is_refused_with_the_bounds(one, name: str, value: float) -> None:
    with pytest.raises(BadInput, match=r"must lie between [0-9]+ and [0-9]+"):
        asked(one, **{name: value})


def test_a_step_out_of_bounds_is_refused_with_the_steps_that_can_be(one) -> None:
    with pytest.raises(BadInput, match="can be moved by 0 to 2"):
        what_if(one, {"product_count": Change(3, step=True)})


def test_whole_numbers_stay_whole(one) -> None:
    with pytest.raises(BadInput, match="whole number"):
        asked(one, product_count=3.5)


@pytest.mark.parametrize("text", ["many", "nan", "inf", ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is no number"):
        Change.parsed(text, "product_count")


@pytest.mark.parametrize("name", ["age", "csat_last", "product_change_3m"])
def test_what_nobody_can_change_is_no_lever(one, name: str) -> None:
    with pytest.raises(NotFound, match="nothing that can be changed"):
        asked(one, **{name: 1.0})


def test_a_misspelt_lever_is_answered_with_the_nearest(one) -> None:
    with pytest.raises(NotFound, match="the nearest is product_count"):
        asked(one, products_count=1.0)


def test_a_customer_outside_the_bounds_of_peers_may_stay_where_he_is() -> None:
    assert asked(here(ROW | {"login_mean_3m": 11.0}), login_mean_3m=11).difference == 0


def test_on_one_row_a_customer_only_what_is_recognised_is_a_lever_until_an_analyst_marks_more(tmp_path) -> None:
    frame = pl.DataFrame(
        {
            "NumOfProducts": [1, 2, 1],
            "Balance": [1.5, 2.0, 3.0],
            "EstimatedSalary": [7.0, 8.0, 9.0],
            "Age": [30, 40, 50],
            "Geography": [*"aba"],
        }
    )
    features = features_of(frame, [Column(c, c, "number") for c in frame.columns])[0]
    assert [f.name for f in features if known(f)] == ["NumOfProducts"]
    records = Records(tmp_path)
    put(records, features, "Balance", marked=True, cost=3, who="Li")
    put(records, features, "NumOfProducts", marked=False)
    said = settings(records)
    assert [f.name for f in said.levers(features)] == ["Balance"]
    assert said.of("Balance") == Said(True, 3, None, "Li", said.of("Balance").made)
    for name in ("Age", "Geography"):
        with pytest.raises(BadInput, match="can be no lever"):
            put(records, features, name, marked=True)
    with pytest.raises(NotFound, match="the nearest is Balance"):
        put(records, features, "Balances", marked=True)
    with pytest.raises(BadInput, match="less than nothing"):
        put(records, features, "Balance", cost=-1)


def test_a_lever_taken_out_by_an_analyst_is_none(one) -> None:
    without = here(said=Settings({"product_count": Said(marked=False)}))
    assert "product_count" not in [x.feature for x in levers(without, {}, None)]
    with pytest.raises(NotFound):
        asked(without, product_count=4)


def test_an_effect_over_another_span_than_the_models_is_not_taken_and_a_sentence_says_so(one) -> None:
    three_months = replace(one, months=3)
    month = replace(MEASURED, horizon_days=30, name="One month")
    plain, found = asked(three_months, product_count=4), asked(three_months, [month], product_count=4)
    assert (found.kind, found.measured, found.low) == ("model response", (), None)
    assert found.difference == plain.difference != month.difference
    (sentence,) = found.as_json()["not_taken"]
    assert "One month" in sentence and "30 days" in sentence and "3 months" in sentence
    assert not plain.aside and not asked(three_months, [month], product_count=3).aside


def test_of_a_lever_the_effect_over_the_models_span_stands_before_a_narrower_one_over_another(one) -> None:
    narrow = replace(MEASURED, campaign_id="C9", difference=-0.1, low=-0.101, high=-0.099, horizon_days=365)
    found = asked(replace(one, months=3), [narrow, MEASURED], product_count=4)
    assert (found.measured, found.aside) == ((MEASURED,), ())
