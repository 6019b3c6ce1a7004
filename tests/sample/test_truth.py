"""What the bank was made with comes back out of it. METHODS E2, E5, E6."""

import datetime

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from churn_dash.sample import SIZES, generate
from churn_dash.sample.truth import auc

# METHODS E2, in its order.
KNOWN = {
    "log_aum": -0.35,
    "products": -0.30,
    "transactions": -0.25,
    "credit_used": -0.30,
    "age": -0.25,
    "income": -0.15,
    "gender": 0.0,
    "education_high": 0.10,
    "satisfaction": -0.40,
    "open_complaint": 0.60,
    "rate_gap": 0.45,
    "maturity": 0.35,
    "large_out": 0.50,
    "tier_down": 0.25,
    "competition": 0.20,
    "unemployment": 0.10,
    "months_1_to_6": 0.6,
    "months_7_to_12": 0.2,
    "march": 0.15,
    "september": 0.10,
    "new_year": -0.20,
}
UNKNOWN = {"loyalty": -0.5, "bond": -0.3}


def test_twelve_percent_leave_of_their_own_will_in_a_year_apart_from_campaigns(demo):
    rates = demo.truth.rates
    assert rates["annual_voluntary_expected"] == pytest.approx(0.12, abs=1e-4)
    assert rates["annual_voluntary_realised"] == pytest.approx(0.12, abs=0.003)


def test_the_realised_rate_is_what_a_loop_over_the_exits_counts(tiny):
    world, join = tiny.truth.untouched, np.array([d < datetime.date(2025, 11, 1) for d in tiny.tables["customers"]["open_date"]])
    first = {}
    for place, customer in enumerate(world.customer):
        first.setdefault(int(customer), bool(world.voluntary[place]))
    left = sum(own for customer, own in first.items() if join[customer])
    assert tiny.truth.rates["annual_voluntary_realised"] == pytest.approx(left / join.sum(), abs=1e-12)


def test_departures_have_the_shares_of_the_plan(demo):
    own = demo.truth.exits.filter("voluntary")
    assert (own["form"] == "silent").mean() == pytest.approx(0.3, abs=0.025)
    assert own["drifting"].mean() == pytest.approx(0.6, abs=0.03)
    months = demo.truth.monthly
    assert months["involuntary"].sum() / months["at_risk"].sum() == pytest.approx(0.0008, abs=0.00015)
    assert not demo.truth.exits.filter(~pl.col("voluntary"))["drifting"].any()


def test_the_expected_departures_of_each_month_are_near_the_realised_ones(demo):
    months = demo.truth.monthly
    off = (months["voluntary"] - months["expected_voluntary"]) / months["expected_voluntary"].sqrt()
    assert off.abs().max() < 4 and abs(off.mean()) < 4 / len(off) ** 0.5


def test_assets_fall_before_a_drifting_exit_and_not_before_an_abrupt_one(demo):
    monthly = demo.tables["customer_month"].select("customer_id", "month", "aum_avg")
    own = demo.truth.exits.filter("voluntary").with_columns(
        last=pl.col("month").dt.offset_by("-1mo"), before=pl.col("month").dt.offset_by("-4mo")
    )
    both = own.join(monthly, left_on=["customer_id", "last"], right_on=["customer_id", "month"]).join(
        monthly, left_on=["customer_id", "before"], right_on=["customer_id", "month"], suffix="_before"
    )
    change = (
        both.with_columns(change=(pl.col("aum_avg") / pl.col("aum_avg_before")).log()).group_by("drifting").agg(pl.col("change").median())
    )
    found = dict(change.iter_rows())
    assert found[True] - found[False] == pytest.approx(-0.30, abs=0.04)


def test_more_than_half_of_the_exits_can_be_seen_coming_and_not_all(demo):
    assert 0.5 < demo.truth.rates["recall_ceiling"] < 0.65


def test_answers_to_surveys_flatter_the_bank(demo):
    rates = demo.truth.rates
    assert rates["mean_satisfaction_answered"] > rates["mean_satisfaction"] + 0.05


def test_some_return_and_those_who_do_have_a_new_account(demo):
    back = demo.truth.exits.filter((pl.col("form") == "close") & pl.col("returned_date").is_not_null())
    opened = demo.tables["accounts"].join(back, left_on=["customer_id", "open_date"], right_on=["customer_id", "returned_date"])
    assert back.height > 300 and set(opened["customer_id"]) == set(back["customer_id"])
    assert not demo.truth.exits.filter(~pl.col("voluntary"))["returned_date"].is_not_null().any()


def test_the_best_possible_forecast_beats_what_can_be_observed(demo):
    rates = demo.truth.rates
    assert 0.70 < rates["observable_auc"] < rates["bayes_auc"] < 0.85
    forecast = demo.truth.oracle(20)
    left = forecast["left"].to_numpy()
    observable, oracle = (auc(forecast[c].to_numpy(), left) for c in ("observable", "oracle"))
    assert 0.6 < observable < oracle - 0.05 < 0.85


def test_the_best_forecast_is_certain_of_those_whose_drift_has_begun(demo):
    month = demo.truth.months.date(20)
    certain = demo.truth.oracle(20).filter(pl.col("oracle").is_infinite())
    outcome = pl.col("month").is_between(demo.truth.months.date(22), demo.truth.months.date(24))
    begun = demo.truth.exits.filter(outcome & pl.col("drifting") & (pl.col("drift_began") <= month))
    assert certain["left"].all() and certain.height > 50
    assert set(certain["customer_id"]) <= set(begun["customer_id"])


def test_the_hazard_is_the_chance_with_which_customers_leave(demo):
    hazard = demo.truth.hazard()
    by_size = (
        hazard.with_columns(pl.col("hazard").qcut(10).alias("tenth"))
        .group_by("tenth")
        .agg(pl.col("hazard").sum(), pl.col("left").sum(), n=pl.len())
    )
    assert hazard.height == demo.truth.monthly["at_risk"].sum()
    assert ((by_size["left"] - by_size["hazard"]).abs() / by_size["hazard"].sqrt()).max() < 4


def _refit(bank, names):
    design = bank.truth.design()
    fit = sm.Logit(design["left"].to_numpy().astype(float), sm.add_constant(design.select(names).to_numpy().astype(float))).fit(disp=0)
    return dict(zip(names, fit.params[1:], strict=True)), dict(zip(names, fit.bse[1:], strict=True)), design.height


@pytest.mark.slow
@pytest.mark.parametrize("frailty", [0.0, 1.0])
def test_a_logistic_regression_on_the_true_design_finds_the_coefficients(frailty):
    true = {**KNOWN, **UNKNOWN} if frailty else KNOWN
    names = list(true)
    found, error, rows = _refit(generate(3, 10_000, 36, frailty=frailty), names)
    assert rows > 200_000
    for name in names:
        assert abs(found[name] - true[name]) < 3 * error[name], name
        if abs(true[name]) > 3 * error[name]:
            assert np.sign(found[name]) == np.sign(true[name]), name
    assert abs(found["gender"]) < 1.96 * error["gender"]


def test_signs_are_found_without_what_is_not_measured(demo):
    found, error, _ = _refit(demo, list(KNOWN))
    strong = [name for name, value in KNOWN.items() if abs(value) > 2 * error[name]]
    assert len(strong) >= 17
    assert all(np.sign(found[name]) == np.sign(KNOWN[name]) for name in strong)
    assert abs(found["gender"]) < 1.96 * error["gender"]


def test_a_bank_of_a_few_months_is_calibrated_to_its_part_of_the_year():
    bank = generate(1, 3_000, 6)
    assert bank.truth.rates["annual_voluntary_expected"] == pytest.approx(1 - 0.88**0.5, abs=1e-4)
    assert set(SIZES) == {"tiny", "demo", "stress"}
