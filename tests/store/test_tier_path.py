"""The tier in force by the rules of two banks. Oracle: METHODS B3, table T3."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.contract.definitions import TierDown
from churn_dash.contract.tiers import FLOORS, TIER_RULES
from churn_dash.store.derive.tier_path import downgraded, tier_path

NAMES = list(FLOORS)


def path(*balances: float, rule="bohai"):
    found = tier_path(np.array([balances]) * 1e3, TIER_RULES[rule])
    return [NAMES[t] for t in found.tier[0]], found.watch[0].tolist()


def test_bohai_watches_three_months_then_moves_to_the_tier_of_the_third_and_up_in_the_month_after():
    tiers, watch = path(350, 280, 270, 260, 320, 320)
    assert tiers == ["gold", "gold", "gold", "gold", "affluent", "gold"]
    assert watch == [0, 1, 2, 3, 0, 0]


def test_ccb_watches_from_the_fourth_month_and_moves_to_the_tier_of_the_highest_of_six():
    tiers, watch = path(350, 280, 270, 260, 255, 250, 240, 240, rule="ccb")
    assert tiers == ["gold"] * 7 + ["affluent"]
    assert watch == [0, 0, 0, 0, 1, 2, 3, 0]


def test_ccb_clears_the_watch_when_the_tier_is_reached_again_and_counts_anew():
    tiers, watch = path(350, 280, 270, 260, 255, 310, 240, 240, 240, 240, rule="ccb")
    assert set(tiers) == {"gold"}
    assert watch == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def test_ccb_moves_up_at_once_and_bohai_in_the_month_after():
    assert path(40, 350, 350, rule="ccb")[0] == ["mass", "gold", "gold"]
    assert path(40, 350, 350)[0] == ["mass", "mass", "gold"]


def test_the_highest_tier_of_bohai_has_six_months():
    tiers, _watch = path(7000, 500, 500, 500, 500, 500, 500, 500)
    assert tiers == ["private"] * 7 + ["gold"]


def test_a_month_without_a_balance_changes_nothing():
    tiers, watch = path(350, 280, 270, np.nan, 260, 260)
    assert tiers == ["gold"] * 5 + ["affluent"]
    assert watch == [0, 1, 2, 0, 3, 0]


def test_the_first_tier_is_the_stated_one_where_there_is_one():
    stated = tier_path(np.array([[280e3] * 4, [280e3] * 4]), TIER_RULES["bohai"], np.array([2, -1], dtype=np.int8))
    assert [[NAMES[t] for t in row] for row in stated.tier] == [["gold"] * 3 + ["affluent"], ["affluent"] * 4]


def naive(balances: list[float], months: int, top: int, to_max: bool, at_once: bool) -> list[int]:
    """The rule read aloud, one customer at a time."""

    def level(x: float) -> int:
        return max(i for i, floor in enumerate(FLOORS.values()) if x >= floor or i == 0)

    tier, run, out = level(balances[0]), [], []
    for x in balances:
        if at_once:
            tier = max(tier, level(x))
        out.append(tier)
        run = [*run, x] if level(x) < tier else []
        if len(run) >= (top if tier == len(FLOORS) - 1 else months):
            tier, run = level(max(run) if to_max else run[-1]), []
        else:
            tier = max(tier, level(x))
    return out


@given(st.lists(st.sampled_from([-1e3, 20e3, 60e3, 250e3, 400e3, 1.5e6, 9e6]), min_size=1, max_size=20), st.sampled_from(["bohai", "ccb"]))
def test_the_path_is_that_of_the_rule_read_aloud(balances, rule):
    r = TIER_RULES[rule]
    found = tier_path(np.array([balances]), r).tier[0].tolist()
    assert found == naive(balances, r.months, r.top_months, r.to == "max", r.up_at_once)


@pytest.mark.parametrize("months", [1, 2, 5])
def test_other_months_of_grace_move_the_downgrade(months):
    found = tier_path(np.array([[350e3] + [280e3] * 8]), TierDown("bohai", months).applied)
    assert found.tier[0].tolist().index(1) == 1 + months


def test_who_stands_below_a_lost_tier_is_downgraded_until_it_is_in_force_again():
    state = downgraded(np.array([[2, 2, 1, 0, 1, 2, 1], [0, 0, 0, 0, 0, 0, 0]], dtype=np.int8))
    assert state.tolist() == [[False, False, True, True, True, False, True], [False] * 7]
