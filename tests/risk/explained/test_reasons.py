import numpy as np
import polars as pl
import pytest

from churn_dash.risk.explained.reasons import picked, ranked, reason_of, reasons
from churn_dash.risk.explained.sentences import sentence
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.peers import Peers, Typical, peers, riskier_sides
from churn_dash.risk.features.sheet import Column, features_of
from churn_dash.risk.features.spoken import spoken
from churn_dash.words import Text, say

BY_NAME = {f.name: f for f in PANEL_FEATURES}


def pick(*names: str) -> tuple[Feature, ...]:
    return tuple(BY_NAME[n] for n in names)


def typical(*names: str) -> dict[str, Typical]:
    return {n: Typical(0.0, -1.0, 1.0) for n in names}


def test_a_change_is_said_beside_similar_customers_in_both_languages() -> None:
    text = sentence(BY_NAME["aum_change_3m"], -0.62, -0.04)
    assert say(text) == "Average balances fell 62% in 3 months; similar customers −4%"
    assert say(text, "zh") == "日均资产近3个月下降62%；同类客户为−4%"
    assert say(sentence(BY_NAME["product_change_6m"], -1.0, 0.0), "zh") == "持有产品数比6个月前少1；同类客户无变化"


@pytest.mark.parametrize(
    ("name", "value", "peer", "english"),
    [
        ("aum_change_1m", -0.3, 0.01, "Average balances fell 30% in a month; similar customers +1%"),
        ("txn_change_3m", 0.5, 0.0, "Transactions rose 50% in 3 months; similar customers: no change"),
        ("login_change_3m", -0.4, 0.02, "Digital logins fell 40% in 3 months; similar customers +2%"),
        ("login_change_6m", -0.9, 0.0, "Digital logins fell to a tenth or less in 6 months; similar customers: no change"),
        ("card_change_1m", -0.9, 0.1, "Card payments fell to a tenth or less in a month; similar customers +10%"),
        ("card_change_1m", -0.89, -0.9, "Card payments fell 89% in a month; similar customers a tenth or less"),
        ("fee_change_1m", 9.0, 0.0, "Fees earned rose tenfold or more in a month; similar customers: no change"),
        ("fee_change_1m", 8.9, 9.0, "Fees earned rose 890% in a month; similar customers tenfold or more"),
        ("product_change_3m", -1.0, 0.0, "Products held: 1 fewer than 3 months before; similar customers: no change"),
        ("product_change_1m", 2.0, -1.0, "Products held: 2 more than a month before; similar customers −1"),
        ("contacts_change_3m", -3.0, 1.0, "Contacts: 3 fewer than in the 3 months before; similar customers +1"),
        ("aum_slope_6m", -0.1, 0.002, "Average balances: trend −10% a month over 6 months; similar customers: no change"),
        ("aum_slope_6m", 9.0, 0.0, "Average balances rose tenfold or more a month over 6 months; similar customers: no change"),
        ("aum_slope_6m", -0.9, 0.0, "Average balances fell to a tenth or less a month over 6 months; similar customers: no change"),
        ("aum_from_peak", -0.9, 0.0, "Average balances: a tenth or less of the highest of the last year; similar customers: no change"),
        ("aum_from_peak", -0.55, -0.1, "Average balances: −55% from the highest of the last year; similar customers −10%"),
        ("months_without_txn", 4.0, 0.0, "Transactions: none for 4 months; similar customers: some in the last month"),
        ("months_without_txn", 4.0, 2.0, "Transactions: none for 4 months; similar customers 2 months"),
        ("product_count", 1, 0, "Products held: 1; similar customers 0"),
        ("complaints_open", 2.0, 0.0, "Complaints still open: 2"),
        ("tier_changed_3m", 1.0, 0.0, "The tier changed in the last 3 months"),
        ("aum_avg", 31_000.0, 214_000.0, "Average balances: ¥31K; similar customers ¥214K"),
        ("tier", "mass", "gold", "Tier: mass; similar customers gold"),
        ("csat_last", None, 4.0, "Last satisfaction (1 to 5): not known"),
    ],
)
def test_every_kind_of_feature_has_its_sentence(name: str, value: object, peer: object, english: str) -> None:
    assert say(sentence(BY_NAME[name], value, peer)) == english  # type: ignore[arg-type]


def test_an_attribute_of_which_only_the_header_is_known_is_said_plainly() -> None:
    frame = pl.DataFrame({"x_products": [1, 2, 3], "x_active": [True, False, True]})
    products, active = features_of(frame, [Column("x_products", "NumOfProducts", "number"), Column("x_active", "活跃", "flag")])[0]
    assert say(sentence(products, 1.0, 2.0)) == "NumOfProducts is 1; typical: 2"
    assert say(sentence(products, 2.0, 2.0)) == "NumOfProducts is 2, which is typical"
    assert say(sentence(active, 0.0, 1.0), "zh") == "活跃为否；一般为是"


def test_reasons_are_what_raises_the_risk_strongest_theme_first_at_most_three() -> None:
    features = pick("aum_change_3m", "csat_last", "product_count", "points", "login_mean_3m")
    row = {f.name: 1.0 for f in features}
    found = reasons(features, [0.5, 0.1, 0.3, -0.9, 0.2], row, typical(*row))
    assert [r.feature.name for r in found] == ["aum_change_3m", "product_count", "login_mean_3m"]
    assert [r.share for r in found] == pytest.approx([0.5 / 1.1, 0.3 / 1.1, 0.2 / 1.1])


def test_features_that_say_the_same_thing_are_summed_before_they_are_ranked() -> None:
    features = pick("aum_change_1m", "aum_change_3m", "aum_slope_6m", "product_count")
    row = {f.name: -0.5 for f in features}
    found = reasons(features, [0.3, 0.4, -0.2, 0.45], row, typical(*row))
    assert [(r.feature.name, round(r.contribution, 6)) for r in found] == [("aum_change_3m", 0.5), ("product_count", 0.45)]


def test_what_adds_less_than_a_twentieth_is_no_reason() -> None:
    features = pick("aum_change_3m", "product_count")
    row = {f.name: 1.0 for f in features}
    assert len(reasons(features, [0.951, 0.049], row, typical(*row))) == 1
    assert len(reasons(features, [0.94, 0.06], row, typical(*row))) == 2


def test_age_and_gender_are_never_a_reason() -> None:
    features = pick("age", "gender", "product_count")
    row = {"age": 22.0, "gender": "M", "product_count": 1.0}
    assert [r.feature.name for r in reasons(features, [0.8, 0.5, 0.2], row, typical(*row))] == ["product_count"]
    assert reasons(features, [0.8, 0.5, -0.2], row, typical(*row)) == ()


def test_age_is_no_reason_either_where_another_feature_comes_first() -> None:
    features = pick("product_count", "age")
    row = {"product_count": 1.0, "age": 22.0}
    assert [r.feature.name for r in reasons(features, [0.2, 0.8], row, typical(*row))] == ["product_count"]


def test_where_nothing_raises_the_risk_there_is_no_reason() -> None:
    features = pick("aum_change_3m", "product_count")
    row = {f.name: 1.0 for f in features}
    assert reasons(features, [-0.5, 0.0], row, typical(*row)) == ()


def test_one_customer_and_many_get_the_same_reasons() -> None:
    features = pick("aum_change_3m", "aum_avg", "csat_last", "product_count", "age", "points")
    phi = np.random.default_rng(0).normal(size=(200, 6))
    together = picked(features, phi)
    assert together == [picked(features, one[None, :])[0] for one in phi]


def test_a_theme_is_told_by_a_feature_in_which_the_customer_stands_where_more_leave_or_not_at_all() -> None:
    features = pick("aum_change_1m", "aum_end_change_1m", "product_count")
    row = {f.name: 1.0 for f in features}
    phi = [0.6, 0.3, 0.1]
    assert [r.feature.name for r in reasons(features, phi, row, typical(*row))] == ["aum_change_1m", "product_count"]
    rose = np.array([[True, False, False]])
    found = reasons(features, phi, row, typical(*row), safer=rose)
    assert [(r.feature.name, r.contribution) for r in found] == [("aum_end_change_1m", pytest.approx(0.9)), ("product_count", 0.1)]
    neither = np.array([[True, True, False]])
    assert [r.feature.name for r in reasons(features, phi, row, typical(*row), safer=neither)] == ["product_count"]
    assert not ranked(features, np.array([phi]), neither).strong[0, 0], "nor does it take a place among the first three of a refit"


def test_the_riskier_side_is_where_more_leave_and_no_side_where_chance_would_do() -> None:
    rng = np.random.default_rng(1)
    y = (rng.random(4_000) < 0.2).astype(np.int64)
    frame = pl.DataFrame(
        {
            "aum_avg": rng.normal(size=4_000) - 0.3 * y,
            "rate_gap": [None if i % 3 == 0 else float(x) for i, x in enumerate(rng.normal(size=4_000) + 0.3 * y)],
            "points": rng.normal(size=4_000),
            "tier": ["gold"] * 4_000,
            "csat_last": [None] * 4_000,
        },
        schema_overrides={"csat_last": pl.Float64},
    )
    assert riskier_sides(frame, pick(*frame.columns), y) == {"aum_avg": -1, "rate_gap": 1}
    assert riskier_sides(frame, pick(*frame.columns), np.ones(4_000, dtype=np.int64)) == {}


def test_who_stands_on_the_safer_side_of_similar_customers_is_found_feature_by_feature() -> None:
    features = pick("tier", "aum_avg", "rate_gap", "points")
    groups = {
        "": {"tier": Typical("mass"), "aum_avg": Typical(50.0), "rate_gap": Typical(0.1), "points": Typical(5.0)},
        "gold": {"tier": Typical("gold"), "aum_avg": Typical(400.0), "rate_gap": Typical(None), "points": Typical(5.0)},
    }
    known = Peers(groups, {"aum_avg": -1, "rate_gap": 1})
    rows = [
        ("gold", 300.0, 0.5, 9.0),
        ("gold", 400.0, 0.5, 1.0),
        ("mass", 300.0, 0.0, 1.0),
        (None, 20.0, 0.3, 1.0),
        ("mass", None, None, 1.0),
    ]
    frame = pl.DataFrame(rows, schema=["tier", "aum_avg", "rate_gap", "points"], orient="row")
    assert known.safer_side(frame, features).tolist() == [
        [False, False, False, False],
        [False, True, False, False],
        [False, True, True, False],
        [False, False, False, False],
        [False, False, False, False],
    ]
    assert not Peers(groups).safer_side(frame, features).any(), "where no side is clear, nothing is silent"
    without = known.safer_side(frame.drop("tier"), features[1:])
    assert without[:, 0].tolist() == [True, True, True, False, False]


def test_a_reason_can_be_kept_and_said_later() -> None:
    features = pick("aum_change_3m", "product_count")
    found = reasons(features, [0.5, 0.3], {"aum_change_3m": -0.5, "product_count": 1.0}, typical("aum_change_3m", "product_count"))
    assert tuple(reason_of(r.as_json(), features) for r in found) == found


def test_similar_customers_are_of_the_same_tier_where_there_are_thirty() -> None:
    frame = pl.DataFrame({"tier": ["gold"] * 40 + ["mass"] * 60 + ["private"] * 5, "aum_avg": [100.0] * 40 + [10.0] * 60 + [999.0] * 5})
    found = peers(frame, pick("tier", "aum_avg"))
    assert found.of({"tier": "gold"})["aum_avg"].value == 100
    assert found.of({"tier": "private"})["aum_avg"].value == 10
    assert found.of({})["tier"].value == "mass"
    assert type(found).of_json(found.as_json()) == found


def test_a_rise_from_next_to_nothing_is_not_told_as_a_percentage():
    rise = BY_NAME["aum_change_3m"]
    assert say(sentence(rise, 9.0, 0.02)) == "Average balances rose tenfold or more in 3 months; similar customers +2%"
    assert say(sentence(rise, 9.0, 0.02), "zh") == "日均资产近3个月增至十倍或以上；同类客户为+2%"
    assert say(Text("{value}", value=spoken(9.0, "change")), "zh") == "十倍或以上"
    assert "62%" in say(sentence(rise, 0.62, 0.02))
