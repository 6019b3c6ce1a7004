"""A target is called met only where the whole interval meets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.evaluation.indicators.declared import INDICATORS
from churn_dash.evaluation.targets.verdicts import JUDGED, MARKS, VERDICTS, verdict
from churn_dash.measures.statistics.estimates import NOTHING, Estimate

CHURN, KEPT = INDICATORS["churn_rate"], INDICATORS["retention_rate"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (0.13, "met"),
        (0.126, "met"),
        (0.125, "met_within_chance"),
        (0.118, "missed_within_chance"),
        (0.115, "missed_within_chance"),
        (0.11, "missed"),
    ],
)
def test_a_falling_figure_meets_its_target_only_with_its_whole_range(target, expected):
    assert verdict(CHURN, Estimate(0.12, 0.115, 0.126), target) == expected


@given(st.lists(st.integers(0, 64), min_size=3, max_size=3), st.integers(0, 64))
def test_a_rising_figure_is_the_mirror_of_a_falling_one(ends, target):
    low, value, high, target = (x / 64 for x in (*sorted(ends), target))
    mirrored = Estimate(1 - value, 1 - high, 1 - low)
    assert verdict(KEPT, Estimate(value, low, high), target) == verdict(CHURN, mirrored, 1 - target)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.floats(0, 1))
def test_met_means_that_no_value_of_the_range_misses(ends, target):
    low, value, high = sorted(ends)
    assert (verdict(CHURN, Estimate(value, low, high), target) == "met") == (high <= target)


def test_a_figure_without_a_range_is_never_surely_met_or_missed():
    assert verdict(CHURN, Estimate(0.1), 0.2) == "met_within_chance"
    assert verdict(CHURN, Estimate(0.3), 0.2) == "missed_within_chance"


def test_without_a_figure_or_a_target_there_is_no_verdict():
    assert verdict(CHURN, NOTHING, 0.1) == "undefined"
    assert verdict(CHURN, Estimate(0.1, 0.09, 0.11), None) == "no_target"


def test_a_yearly_target_does_not_judge_five_months_but_a_share_of_answers_it_does():
    found = Estimate(0.05, 0.04, 0.06)
    assert verdict(CHURN, found, 0.1, months=5) == "other_span"
    assert verdict(INDICATORS["csat"], Estimate(0.7, 0.69, 0.71), 0.6, months=5) == "met"


def test_every_verdict_has_words_and_a_shape_of_its_own():
    assert set(VERDICTS) == set(MARKS)
    assert len({MARKS[v] for v in JUDGED}) == len(JUDGED)


def test_the_eight_indicators_are_all_there():
    assert {i.number for i in INDICATORS.values()} == set(range(1, 9))
