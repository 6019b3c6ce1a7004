"""METHODS C3: every published case, and never a test without a plan."""

import pytest

from churn_dash.campaigns.groups.srm import ALARM, attrition_p, checked_shares, planned_shares, sample_ratio_p
from churn_dash.errors import BadInput, NotFound

HALVES = {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize(
    ("counts", "shares", "p", "tolerance"),
    [
        ((821_588, 815_482), HALVES, 1.8e-6, 5e-8),
        ((44_000, 45_000), HALVES, 0.00080, 5e-6),
        ((900, 110), {"a": 90, "b": 10}, 0.345, 5e-4),
        ((185, 260), HALVES, 0.00038, 5e-6),
    ],
)
def test_sizes_against_a_planned_ratio_give_the_published_chance(
    counts: tuple[int, int], shares: dict[str, float], p: float, tolerance: float
) -> None:
    assert sample_ratio_p(dict(zip("ab", counts, strict=True)), shares) == pytest.approx(p, abs=tolerance)


def test_without_a_planned_ratio_the_sizes_are_not_tested() -> None:
    assert sample_ratio_p({"a": 185, "b": 260}, None) is None
    assert sample_ratio_p({"a": 185, "b": 260}, {}) is None


def test_the_alarm_is_one_in_a_thousand() -> None:
    assert ALARM == 0.001
    first = sample_ratio_p({"a": 44_000, "b": 45_000}, HALVES)
    assert first is not None
    assert first < ALARM


def test_a_planned_group_that_never_came_raises_the_alarm() -> None:
    p = sample_ratio_p({"a": 100}, HALVES)
    assert p is not None
    assert p < ALARM


@pytest.mark.parametrize(
    "text", ["treated=0.8;control=0.2", "Treated=80%；control=20%", "control:0.2, treated:0.8", "80/20", "80:20", "0.8；0.2"]
)
def test_a_planned_ratio_is_read_however_it_is_written(text: str) -> None:
    shares = planned_shares(text, ["control", "treated"], "control")
    assert shares is not None
    assert shares["treated"] / (shares["treated"] + shares["control"]) == pytest.approx(0.8)


@pytest.mark.parametrize("text", [None, "", "half", "treated=0.8", "a=0.5;b=0.5", "0.8"])
def test_a_planned_ratio_that_cannot_be_read_is_none(text: str | None) -> None:
    assert planned_shares(text, ["treated", "control"], "control") is None


def test_a_share_of_an_unknown_group_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="nearest is treated"):
        checked_shares({"treatd": 0.5, "control": 0.5}, ["treated", "control"])


@pytest.mark.parametrize("ratio", [{"treated": 0.5}, {"treated": 0.0, "control": 1.0}, {"treated": float("nan"), "control": 1.0}])
def test_shares_must_be_given_for_every_group_and_above_zero(ratio: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        checked_shares(ratio, ["treated", "control"])


def test_attrition_is_tested_between_the_groups() -> None:
    unequal = attrition_p([900, 990], [100, 10])
    equal = attrition_p([950, 950], [50, 50])
    assert unequal is not None
    assert equal is not None
    assert unequal < 0.001 < 0.9 < equal
    assert attrition_p([10, 10], [0, 0]) is None


def test_shares_of_any_size_are_weights() -> None:
    counts = {"a": 600, "b": 400}
    assert sample_ratio_p(counts, {"a": 1e308, "b": 1e308}) == pytest.approx(sample_ratio_p(counts, {"a": 1, "b": 1}))
