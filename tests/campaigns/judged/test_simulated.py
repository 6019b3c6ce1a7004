"""Statistical promises, on campaigns of the sample bank whose truth is known (METHODS E3, E6)."""

import numpy as np
import polars as pl
import pytest

from churn_dash.campaigns import Columns, evaluate_rows
from churn_dash.campaigns.groups.measured import CHURN
from churn_dash.campaigns.groups.srm import ALARM
from churn_dash.campaigns.uplift.segments import segmentations
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


@pytest.mark.slow
def test_a_broken_randomiser_is_found() -> None:
    found = 0
    for seed in range(100):
        members, _truth = campaign("C06", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", {"treated": 1, "control": 1}, better="down")
        assert e.srm_p is not None
        found += e.srm_p < ALARM
        assert (e.grade, e.status) == ("D", "doubtful") or e.srm_p >= ALARM
    assert found / 100 >= 0.95


@pytest.mark.slow
def test_the_effect_on_those_reached_covers_the_truth_and_is_not_that_of_a_plain_look_at_them() -> None:
    covered, plain = 0, []
    for seed in range(SEEDS):
        members, truth = campaign("C09", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", better="down", columns=Columns(reached="contacted"))
        found = next(b for b in e.effects[0].beside if b.key == "reached")
        assert truth.cace is not None
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= truth.cace <= found.high
        by_contact = dict(members.group_by("contacted").agg(pl.col("outcome").mean()).iter_rows())
        plain.append(by_contact[True] - by_contact[False] - truth.cace)
    assert 0.904 <= covered / SEEDS <= 0.996
    assert np.mean(plain) < -0.005


@pytest.mark.slow
def test_among_twenty_segments_without_effect_discoveries_are_as_rare_as_promised() -> None:
    families, plain = 0, 0
    seeds = 100
    for seed in range(seeds):
        members, _truth = campaign("C10", seed, n=10_000)
        data = members.select("arm", pl.col("outcome").cast(pl.Float64).alias("y"), part=pl.col("cell").cast(pl.Int64))
        names = {"low": pl.col("part") <= 10, "high": pl.col("part") > 10}
        data = data.with_columns(pl.when(inside).then(pl.col("part").cast(pl.String)).alias(name) for name, inside in names.items())
        parts = [p for s in segmentations(data, CHURN, "treated", "control", list(names)) for p in s.parts]
        assert len(parts) == 20
        families += any(p.bh is not None and p.bh < 0.05 for p in parts)
        plain += any(p.differs is not None and p.differs < 0.05 for p in parts)
    assert families / seeds <= 0.05 + 3 * (0.05 * 0.95 / seeds) ** 0.5
    assert plain / seeds > 0.4


def test_a_tiny_campaign_gets_no_verdict() -> None:
    for seed in range(10):
        members, _truth = campaign("C08", seed)
        e = evaluate_rows(members, "arm", "control", "outcome", "randomised", better="down")
        assert e.status in ("too_few", "unconfirmed")
        assert e.effects[0].difference is not None
