"""After any change the customer is still possible."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from churn_dash.errors import BadInput
from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.peers import Peers, Typical
from churn_dash.risk.whatif.declared import Said, Settings
from churn_dash.risk.whatif.possible import WHOLE, followed
from churn_dash.risk.whatif.situation import Situation
from tests.risk.whatif.conftest import ROW, here

BY_NAME = {f.name: f for f in PANEL_FEATURES}
SHARES = ("deposit_share", "wealth_share", "fund_share")


def column(name: str) -> Feature:
    return Feature(name, name, "banking", name, "money", Source("column", name), name)


def rows(**values: float) -> dict[str, np.ndarray]:
    return {n: np.array([float(v)]) for n, v in values.items()}


def changed(features, before, **changes):
    after = before | followed(features, before, rows(**changes))
    return {n: float(v[0]) for n, v in after.items()}


def test_what_follows_from_a_change_follows() -> None:
    situation = here()
    found = {n: float(v[0]) for n, v in followed(situation.features, situation.rows, rows(product_count=4, login_mean_3m=4)).items()}
    assert found["months_without_login"] == 0
    assert "age" not in found and ROW["product_count"] == 3


def test_nobody_logs_in_without_digital_use_nor_uses_it_without_a_login() -> None:
    situation = here()
    none = changed(situation.features, situation.rows, login_mean_3m=0)
    assert none["digital_active_3m"] == 0 and none["months_without_login"] == 3 and np.isnan(none["login_change_3m"])
    still = here(ROW | {"login_mean_3m": 0.0, "digital_active_3m": 0.0, "months_without_login": 9.0})
    active = changed(still.features, still.rows, digital_active_3m=2 / 3)
    assert active["login_mean_3m"] == pytest.approx(2 / 3) and active["months_without_login"] == 0


def test_a_product_more_is_a_contract_more_where_contracts_are_known() -> None:
    features = [BY_NAME["product_count"], BY_NAME["holdings"]]
    before = {"product_count": np.array([3.0, 3.0, 3.0, 1.0]), "holdings": np.array([1.0, np.nan, 0.0, 4.0])}
    more = followed(features, before, {"product_count": before["product_count"] + [1, 1, -1, 0]})
    assert np.array_equal(more["holdings"], [2.0, np.nan, 0.0, 4.0], equal_nan=True)
    own = followed(features, before, {"product_count": before["product_count"] + 1, "holdings": before["holdings"] + 3})
    assert np.array_equal(own["holdings"], [4.0, np.nan, 3.0, 7.0], equal_nan=True), "what is moved by itself stays where it was put"


def test_what_a_bank_brings_about_is_no_change_of_the_customers_own() -> None:
    situation = here()
    found = {n: float(v[0]) for n, v in (situation.rows | followed(situation.features, situation.rows, rows(product_count=4))).items()}
    assert (found["product_count"], found["product_change_3m"], ROW["product_change_3m"]) == (4, -1, -1)
    names = ("txn_mean_3m", "txn_slope_6m", "txn_change_1m", "txn_change_3m", "contacts_3m", "contacts_change_3m", "contacts_reached_12m")
    before = rows(
        txn_mean_3m=5,
        txn_slope_6m=-0.1,
        txn_change_1m=0.2,
        txn_change_3m=-0.3,
        contacts_3m=1,
        contacts_change_3m=-1,
        contacts_reached_12m=1,
    )
    after = changed([BY_NAME[n] for n in names], before, txn_mean_3m=11, contacts_3m=2)
    assert [after[n] for n in ("txn_slope_6m", "txn_change_1m", "txn_change_3m", "contacts_change_3m")] == [-0.1, 0.2, -0.3, -1]
    assert after["contacts_3m"] == 2 and after["contacts_reached_12m"] == 1


def test_of_a_figure_that_is_nothing_there_is_no_change_and_one_that_was_nothing_is_level() -> None:
    features = [BY_NAME[n] for n in ("login_mean_3m", "login_change_3m", "login_slope_6m")]
    none = changed(features, rows(login_mean_3m=2, login_change_3m=-0.5, login_slope_6m=-0.1), login_mean_3m=0)
    assert np.isnan(none["login_change_3m"]) and np.isnan(none["login_slope_6m"])
    some = changed(features, rows(login_mean_3m=0, login_change_3m=-1.0, login_slope_6m=-0.3), login_mean_3m=3)
    assert some["login_change_3m"] == some["login_slope_6m"] == 0


def test_the_change_of_balances_stays_when_their_parts_are_moved() -> None:
    features = [BY_NAME[n] for n in (WHOLE, *SHARES, "deposit_change_3m", "aum_change_3m", "aum_from_peak")]
    before = rows(
        aum_avg=100, deposit_share=0.5, wealth_share=0.25, fund_share=0.25, deposit_change_3m=0.1, aum_change_3m=-0.5, aum_from_peak=-0.6
    )
    found = changed(features, before, deposit_share=0.75)
    assert (found["wealth_share"], found["fund_share"]) == pytest.approx((0.125, 0.125))
    own = ("deposit_change_3m", "aum_change_3m", "aum_from_peak")
    whole = changed(features, before, aum_avg=200)
    assert [found[n] for n in own] == [whole[n] for n in own] == [0.1, -0.5, -0.6] and whole["deposit_share"] == 0.5


AMOUNTS = st.floats(0, 1e7, allow_subnormal=False)


@given(parts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), which=st.sampled_from([WHOLE, "deposit_avg", "wealth_avg", "fund_avg"]), to=AMOUNTS)
def test_balances_stay_the_sum_of_their_parts(parts, which, to) -> None:
    names = ("deposit_avg", "wealth_avg", "fund_avg")
    before = rows(aum_avg=sum(parts), **dict(zip(names, parts, strict=True)))
    found = changed([column(n) for n in (WHOLE, *names)], before, **{which: to})
    assert found[which] == to
    assert sum(found[n] for n in names) == pytest.approx(found[WHOLE], rel=1e-9, abs=1e-6)
    assert min(found[n] for n in names) >= 0


@example(a=0.0, b=2.225073858507203e-309, which="fund_share", to=0.0)
@given(a=st.floats(0, 1), b=st.floats(0, 1), which=st.sampled_from(SHARES), to=st.floats(0, 1))
def test_shares_stay_the_whole_together(a, b, which, to) -> None:
    first, second = sorted((a, b))
    before = rows(aum_avg=1000, deposit_share=first, wealth_share=second - first, fund_share=1 - second)
    found = changed([BY_NAME[n] for n in (WHOLE, *SHARES)], before, **{which: to})
    assert found[which] == to
    assert sum(found[n] for n in SHARES) == pytest.approx(1.0)
    assert all(found[n] >= 0 for n in SHARES)


@given(
    products=st.integers(0, 9),
    complaints=st.integers(0, 5),
    logins=st.floats(0, 40),
    pick=st.sampled_from(["product_count", "complaints_open", "login_mean_3m", "digital_active_3m"]),
    share=st.floats(0, 1),
)
def test_after_any_allowed_change_counts_are_whole_and_inside_the_bounds(products, complaints, logins, pick, share) -> None:
    situation = here(ROW | {"product_count": float(products), "complaints_open": float(complaints), "login_mean_3m": logins})
    feature = situation.lever(pick)
    (low,), (high,) = situation.ends(feature)
    to = low + share * (high - low)
    to = float(round(to)) if feature.integer else to
    assert low <= to <= high
    after = {n: float(v[0]) for n, v in (situation.rows | followed(situation.features, situation.rows, rows(**{pick: to}))).items()}
    for f in situation.features:
        if f.integer:
            assert after[f.name] == int(after[f.name]) and after[f.name] >= 0
    assert 0 <= after["digital_active_3m"] <= 1 and after["months_without_login"] >= 0


def test_a_whole_and_its_part_are_not_changed_at_once() -> None:
    features = [column(n) for n in (WHOLE, "deposit_avg", "wealth_avg")]
    with pytest.raises(BadInput, match="at once"):
        changed(features, rows(aum_avg=3, deposit_avg=2, wealth_avg=1), aum_avg=4, deposit_avg=1)
    with pytest.raises(BadInput, match="whole together"):
        share = [BY_NAME[n] for n in SHARES]
        changed(share, rows(deposit_share=0.5, wealth_share=0.3, fund_share=0.2), deposit_share=0.9, wealth_share=0.9)


def test_marked_balances_are_a_lever_and_their_parts_follow() -> None:
    names = ("aum_avg", "deposit_avg", "wealth_avg")
    features = tuple(column(n) for n in names)
    frame = pl.DataFrame({"aum_avg": [30.0], "deposit_avg": [20.0], "wealth_avg": [10.0]})
    peers = Peers({"": {n: Typical(20.0, 1.0, 90.0) for n in names}})
    situation = Situation(features, frame, peers, lambda f: f["deposit_avg"].to_numpy() / 100, Settings({"aum_avg": Said(marked=True)}))
    assert [f.name for f in situation.levers] == ["aum_avg"]
    assert situation.after({"aum_avg": np.array([60.0])}) == pytest.approx([0.4])


def test_customers_of_one_question_do_not_touch_one_another() -> None:
    situation = here(ROW, ROW | {"login_mean_3m": 1.0})
    found = followed(situation.features, situation.rows, {"login_mean_3m": np.array([4.0, 1.0])})
    assert found["login_mean_3m"].tolist() == [4.0, 1.0]
    assert found["months_without_login"].tolist() == [0.0, 1.0]
