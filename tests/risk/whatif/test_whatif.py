import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.peers import Typical
from churn_dash.risk.whatif.levers import changed_row, levers, what_if

NAMES = (
    "age",
    "complaints_open",
    "product_count",
    "product_change_3m",
    "login_mean_3m",
    "login_change_3m",
    "months_without_login",
    "csat_last",
)
FEATURES = tuple(f for f in PANEL_FEATURES if f.name in NAMES)
TYPICAL = {n: Typical(2.0, 0.0, 6.0) for n in NAMES}
ROW = {
    "age": 40.0,
    "complaints_open": 2.0,
    "product_count": 3.0,
    "product_change_3m": -1.0,
    "login_mean_3m": 2.0,
    "login_change_3m": -0.5,
    "months_without_login": 1.0,
    "csat_last": 2.0,
}


def risk(row: dict[str, float]) -> float:
    return 0.5 + 0.05 * row["complaints_open"] - 0.02 * row["product_count"] - 0.01 * row["login_mean_3m"]


def test_three_levers_within_what_peers_show() -> None:
    found = {x.feature: (x.low, x.high, x.value) for x in levers(FEATURES, ROW, TYPICAL, {}, risk)}
    assert found == {"complaints_open": (0, 2, 2), "product_count": (3, 5, 3), "login_mean_3m": (0, 6, 2)}


def test_a_lever_that_cannot_move_or_is_unknown_is_not_offered() -> None:
    row = ROW | {"complaints_open": 0.0, "login_mean_3m": None}
    assert [x.feature for x in levers(FEATURES, row, TYPICAL, {}, lambda r: 0.5 - 0.02 * r["product_count"])] == ["product_count"]


def test_levers_that_lower_the_risk_come_first() -> None:
    found = levers(FEATURES, ROW, TYPICAL, {}, lambda row: 0.5 + 0.1 * row["product_count"])
    assert [x.feature for x in found] == ["complaints_open", "product_count", "login_mean_3m"]
    helped = levers(FEATURES, ROW, TYPICAL, {}, lambda row: 0.5 - 0.1 * row["login_mean_3m"])
    assert helped[0].feature == "login_mean_3m"


def test_the_answer_is_a_difference_of_probabilities_marked_as_the_models() -> None:
    found = what_if(FEATURES, ROW, TYPICAL, {"complaints_open": 0, "product_count": 4}, risk)
    assert found.probability_before == pytest.approx(0.52)
    assert found.difference == pytest.approx(-0.12)
    assert found.probability_after == pytest.approx(found.probability_before + found.difference)
    assert "not the effect" in found.as_json()["note"]


def test_what_follows_from_a_change_follows() -> None:
    found = changed_row(FEATURES, ROW, TYPICAL, {"product_count": 4, "login_mean_3m": 4})
    assert found["product_change_3m"] == 0
    assert found["login_change_3m"] == pytest.approx(0.0)
    assert found["months_without_login"] == 0
    assert found["age"] == 40 and ROW["product_count"] == 3


@pytest.mark.parametrize(
    ("name", "value"), [("login_mean_3m", 6.5), ("login_mean_3m", -1), ("product_count", 2), ("product_count", 6), ("complaints_open", 3)]
)
def test_out_of_bounds_is_refused_with_the_bounds(name: str, value: float) -> None:
    with pytest.raises(BadInput, match="must lie between"):
        changed_row(FEATURES, ROW, TYPICAL, {name: value})


def test_whole_numbers_stay_whole() -> None:
    with pytest.raises(BadInput, match="whole number"):
        changed_row(FEATURES, ROW, TYPICAL, {"product_count": 3.5})


@pytest.mark.parametrize("name", ["age", "csat_last", "product_change_3m"])
def test_what_nobody_can_change_is_no_lever(name: str) -> None:
    with pytest.raises(NotFound, match="nothing that can be changed"):
        changed_row(FEATURES, ROW, TYPICAL, {name: 1.0})


def test_a_misspelt_lever_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="product_count"):
        changed_row(FEATURES, ROW, TYPICAL, {"products_count": 1.0})


def test_a_customer_outside_the_bounds_of_peers_may_stay_where_he_is() -> None:
    row = ROW | {"login_mean_3m": 11.0}
    assert changed_row(FEATURES, row, TYPICAL, {"login_mean_3m": 11.0})["login_mean_3m"] == 11
