"""What may be said is limited by the evidence."""

import datetime
from dataclasses import replace

import polars as pl
import pytest

from churn_dash.campaigns import evaluate_rows
from churn_dash.campaigns.estimators.effects import Group, Outcome, corrected, effect
from churn_dash.campaigns.groups.design import evidence
from churn_dash.campaigns.judged.money import money
from churn_dash.campaigns.judged.verdict import DEAR, HARMFUL, STATUSES, Finding, finding, no_holdout, not_due
from churn_dash.words import Text

CHURN = Outcome("churn", "Churn rate", "ratio", "down")
RANDOM = evidence("randomised", holdout=True)


def groups(k1: int, n1: int, k0: int, n0: int) -> tuple[Group, Group]:
    return Group("treated", "the target group", n1, n1, k1 / n1, None), Group("control", "the hold-out", n0, n0, k0 / n0, None)


@pytest.mark.parametrize(
    ("counts", "status", "words"),
    [
        ((450, 9000, 70, 1000), "worked", "It worked. Churn rate was 5.00% in the target group and 7.00% in the hold-out"),
        ((90, 1000, 450, 9000), "worse", "made things worse"),
        ((10, 40, 8, 20), "unconfirmed", "only an effect of"),
        ((4, 40, 8, 20), "too_few", "only 4 where at least 5"),
    ],
)
def test_a_random_comparison_gets_the_verdict_of_its_interval(counts: tuple[int, int, int, int], status: str, words: str) -> None:
    found = finding(effect(CHURN, *groups(*counts)), RANDOM)
    assert found.status == status
    assert words in found.verdict.in_("en")


def test_the_smallest_effect_is_said_where_nothing_can_be_confirmed() -> None:
    e = effect(CHURN, *groups(10, 40, 8, 20))
    assert f"an effect of {100 * (e.smallest or 0):.2f} percentage points" in finding(e, RANDOM).verdict.in_("en")


def test_without_random_groups_a_clear_difference_is_only_described() -> None:
    e = effect(CHURN, *groups(450, 9000, 70, 1000))
    found = finding(e, evidence("manual", holdout=True))
    assert found.status == "description"
    assert "cannot be attributed" in found.verdict.in_("en")
    assert "chosen by hand" in found.verdict.in_("en")


def test_wrong_sizes_withhold_the_verdict() -> None:
    e = effect(CHURN, *groups(450, 9000, 70, 1000))
    found = finding(e, evidence("randomised", holdout=True, doubt=Text("The sizes do not fit.")), doubt=True)
    assert found.status == "doubtful"
    assert "5.00%" not in found.verdict.in_("en")


def test_one_clear_difference_among_many_is_not_confirmed() -> None:
    treated, base = groups(73, 1000, 100, 1000)
    others = [Group(f"t{i}", f"t{i}", 1000, 1000, 0.1, None) for i in range(4)]
    effects = corrected([effect(CHURN, g, base) for g in (treated, *others)])
    assert effects[0].off_zero
    found = finding(effects[0], RANDOM, compared=5)
    assert found.status == "unconfirmed"
    assert "5 groups" in found.verdict.in_("en")


def test_every_status_has_a_name_and_a_next_step() -> None:
    day = datetime.date(2024, 6, 1)
    for found in (not_due(day), no_holdout(CHURN, 0.2), finding(effect(CHURN, *groups(450, 9000, 70, 1000)), RANDOM)):
        assert found.label == STATUSES[found.status]
        assert found.next_step
    assert "2024-06-01" in not_due(day).verdict.in_("en")


def test_nobody_is_told_to_go_on_with_what_does_not_pay_or_to_stop_on_weak_evidence() -> None:
    rows = pl.DataFrame({"arm": ["t"] * 9000 + ["c"] * 1000, "left": [1] * 450 + [0] * 8550 + [1] * 70 + [0] * 930})
    e = evaluate_rows(rows, "arm", "c", "left", "randomised", better="down")
    assert e.status == "worked"
    assert [step.split(",")[0] for step in e.next_steps] == ["Go on with it"]
    dear = replace(e, money={"t": money(e.effects[0], 1_000_000, 1500)})
    assert dear.next_steps == (DEAR,)
    harmful = replace(e, findings=(Finding("worse", e.verdict),))
    assert harmful.next_steps[0].startswith("Stop it")
    assert replace(harmful, evidence=replace(e.evidence, grade="B")).next_steps == (HARMFUL,)
