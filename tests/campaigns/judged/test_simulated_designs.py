"""What difference-in-differences and adjustment promise, on campaigns whose truth is known (METHODS E3, E6.4)."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from churn_dash.campaigns import Columns, Evaluation, evaluate_rows
from churn_dash.sample.branch_presets import branch_campaign
from churn_dash.sample.presets import campaign

BRANCHES, CALLS, UNMEASURED = 80, 200, 60
KNOWN = ("risk", "aum_before", "tenure_months", "products", "transactions", "satisfaction", "open_complaint")


def band(share: float, n: int) -> tuple[float, float]:
    """Within three standard errors of what is promised."""
    half = 3 * np.sqrt(share * (1 - share) / n)
    return share - half, min(1.0, share + half)


def redesign(id: str, seed: int) -> tuple[Evaluation, float]:
    rows, truth = branch_campaign(id, seed)
    return evaluate_rows(rows, "arm", "as before", "log_aum", "branch", columns=Columns(time="month", unit="branch", start="began")), truth


@pytest.mark.slow
def test_staggered_redesigns_are_found_within_their_error_and_flat_trends_are_not_suspected() -> None:
    covered, within, chances = 0, 0, []
    for seed in range(BRANCHES):
        e, truth = redesign("C04", seed)
        x = e.effects[0]
        assert e.grade != "A"
        assert x.way == "two-stage"
        assert x.difference is not None
        assert x.low is not None
        assert x.high is not None
        assert e.trends is not None
        assert e.trends.change.error is not None
        covered += x.low <= truth <= x.high
        within += abs(x.difference - truth) <= 3 * e.trends.change.error
        assert e.trends.before.p_value is not None
        chances.append(e.trends.before.p_value)
    low, high = band(0.95, BRANCHES)
    assert low <= covered / BRANCHES <= high
    assert within / BRANCHES >= 0.97
    assert np.mean(np.array(chances) < 0.05) <= band(0.05, BRANCHES)[1]
    assert stats.kstest(chances, "uniform").pvalue > 0.001


@pytest.mark.slow
def test_branches_that_grew_faster_anyway_raise_the_alarm() -> None:
    alarms = 0
    for seed in range(40):
        e, _truth = redesign("C05", seed)
        assert e.trends is not None
        alarm = e.trends.before.p_value is not None and e.trends.before.p_value < 0.05
        alarms += alarm
        assert not alarm or e.grade in ("C", "D")
        assert "It worked" not in e.verdict.in_("en") or not alarm
    assert alarms / 40 >= 0.8


def called(id: str, seed: int) -> tuple[Evaluation, float]:
    members, truth = campaign(id, seed)
    e = evaluate_rows(members, "arm", "control", "outcome", "manual", better="down", columns=Columns(covariates=KNOWN))
    assert e.grade == "C"
    assert e.status == "adjusted"
    return e, truth.ate


@pytest.mark.slow
def test_calls_by_risk_and_wealth_are_put_right_by_adjustment() -> None:
    covered, wrong = 0, 0
    for seed in range(CALLS):
        e, truth = called("C03a", seed)
        x = e.effects[0]
        plain = next(b for b in x.beside if b.key == "plain")
        assert x.low is not None
        assert x.high is not None
        covered += x.low <= truth <= x.high
        wrong += plain.value > 0 > truth
    low, high = band(0.95, CALLS)
    assert low <= covered / CALLS <= high
    assert wrong / CALLS >= 0.95


@pytest.mark.slow
def test_what_nobody_measured_is_not_put_right_and_never_called_proof() -> None:
    covered = 0
    for seed in range(UNMEASURED):
        e, truth = called("C03b", seed)
        x = e.effects[0]
        assert x.low is not None
        assert x.high is not None
        covered += x.low <= truth <= x.high
        words = e.verdict.in_("en")
        assert "cannot be excluded" in words
        assert "It worked" not in words
        assert e.adjusted["treated"].e_value is not None
        assert f"{e.adjusted['treated'].e_value:.2f}" in words
    assert covered / UNMEASURED <= 0.2


@pytest.mark.slow
def test_the_rescue_after_a_low_month_is_never_more_than_a_description() -> None:
    rise = []
    for seed in range(10):
        members, truth = campaign("C07", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "rule", better="up", columns=Columns(covariates=("risk",)))
        assert (e.grade, e.status, truth.ate) == ("D", "no_holdout", 0.0)
        assert [r.possible for r in e.ladder] == [False, False, False, True]
        rise.append(members.select((pl.col("outcome") / pl.col("aum_before")).median()).item())
    assert min(rise) > 1.0
