"""Statistical promises, on campaigns of the sample bank whose truth is known (METHODS E3, E6)."""

import pytest

from churn_dash.campaigns import evaluate_rows
from churn_dash.sample.presets import campaign

SEEDS = 200


@pytest.mark.slow
def test_the_interval_of_a_random_campaign_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(SEEDS):
        members, truth = campaign("C01", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", {"treated": 0.8, "control": 0.2}, better="down")
        assert e.grade == "A"
        low, high = e.effects[0].low, e.effects[0].high
        assert low is not None
        assert high is not None
        covered += low <= truth.ate <= high
    assert 0.904 <= covered / SEEDS <= 0.996


@pytest.mark.slow
def test_where_nothing_is_done_success_is_claimed_no_more_often_than_promised() -> None:
    claims = 0
    for seed in range(SEEDS):
        members, _truth = campaign("C02", seed, n=2_000)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", better="down")
        claims += e.status in ("worked", "worse")
    assert claims / SEEDS <= 0.096


@pytest.mark.slow
def test_calls_by_the_managers_choice_look_harmful_and_are_never_judged() -> None:
    wrong = 0
    for seed in range(40):
        members, truth = campaign("C03a", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "manual", better="down")
        assert truth.ate < 0
        assert (e.grade, e.status) == ("D", "description")
        wrong += (e.effects[0].difference or 0.0) > 0
    assert wrong / 40 >= 0.95


def test_a_tiny_campaign_gets_no_verdict() -> None:
    for seed in range(10):
        members, _truth = campaign("C08", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", better="down")
        assert e.status in ("too_few", "unconfirmed")
        assert e.effects[0].difference is not None
