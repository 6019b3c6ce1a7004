from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.scores.grades import Grades
from churn_dash.risk.whatif.group import EDGES, group
from churn_dash.risk.whatif.levers import what_if
from churn_dash.risk.whatif.market import few_months, market_changes, market_situation
from churn_dash.risk.whatif.measured import MeasuredEffect
from churn_dash.risk.whatif.situation import Change, Situation
from tests.risk.whatif.conftest import ROW, here

CUTS = Grades(0.5, 0.4)
PEOPLE = [
    ROW,
    ROW | {"product_count": 5.0},
    ROW | {"product_count": None},
    ROW | {"complaints_open": 0.0},
    ROW | {"login_mean_3m": 11.0, "complaints_open": 1.0},
]


def test_a_group_answers_as_its_customers_one_by_one() -> None:
    situation = here(*PEOPLE)
    changes = {"product_count": Change(5.0), "login_mean_3m": Change(+2.0, step=True)}
    found = group(situation, changes, CUTS)
    for i, row in enumerate(PEOPLE):
        alone = here(row)
        goals = {}
        for name, change in changes.items():
            (low,), (high,), now = *alone.ends(alone.lever(name)), float(alone.rows[name][0])
            if not np.isnan(low):
                goals[name] = Change(float(np.clip(now + change.value if change.step else change.value, low, high)))
        want = what_if(alone, goals)
        assert found.people["after"][i] == pytest.approx(want.probability_after), i
        assert found.people["before"][i] == pytest.approx(want.probability_before)
    assert found.leavers("after") == pytest.approx(found.people["after"].sum())


def test_everybody_is_moved_already_there_without_room_or_unknown_and_who_is_stopped_at_a_bound_is_counted() -> None:
    (applied,) = group(here(*PEOPLE), {"product_count": Change(5.0)}, CUTS).applied
    assert (applied.moved, applied.already, applied.no_room, applied.unknown, applied.at_bound) == (3, 1, 0, 1, 0)
    (steps,) = group(here(*PEOPLE), {"login_mean_3m": Change(3.5, step=True)}, CUTS).applied
    assert (steps.moved, steps.no_room, steps.at_bound) == (4, 1, 1)
    assert steps.mean_move == pytest.approx(3.5)
    (two,) = group(here(*PEOPLE), {"product_count": Change(2.0, step=True)}, CUTS).applied
    assert (two.moved, two.at_bound, two.mean_move) == (4, 1, 7 / 4)


@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6), st.integers(0, 1))
def test_the_counts_add_up(people, more) -> None:
    if all(p["product_count"] is None for p in people):
        return
    found = group(here(*people), {"product_count": Change(float(more), step=True)}, CUTS)
    (a,) = found.applied
    assert a.moved + a.already + a.no_room + a.unknown == len(people) == found.n
    assert sum(found.grades("after").values()) == len(people) == sum(b["n"] for b in found.by_move)


def test_balances_at_risk_are_risk_times_balances_of_those_whose_balances_are_known() -> None:
    found = group(here(ROW, ROW), {"complaints_open": Change(0.0)}, CUTS, pl.Series([1000.0, None]))
    assert found.n_held == 1
    assert found.balances("before") == pytest.approx(520.0) and found.balances("after") == pytest.approx(420.0)
    assert group(here(ROW), {}, CUTS).balances("before") is None
    assert sum(b["balances"] for b in found.by_move) == pytest.approx(-100.0)
    assert len(found.by_move) == len(EDGES) + 1 and found.spread["0.5"] == pytest.approx(-0.1)


def test_a_measured_effect_replaces_the_models_answer_for_those_whom_the_lever_moves() -> None:
    effect = MeasuredEffect("product_count", "C1", "Second product", -0.03, -0.05, -0.01, 800, 200, 90)
    found = group(here(*PEOPLE), {"product_count": Change(5.0)}, CUTS, measured=[effect])
    assert found.kind == "measured effect"
    assert found.moves.to_list() == pytest.approx([-0.03, 0.0, 0.0, -0.03, -0.03])
    assert (found.leavers_low, found.leavers_high) == pytest.approx((found.leavers("before") - 0.15, found.leavers("before") - 0.03))
    assert "Second product" in found.as_json()["measured"][0]["text"]


def test_a_group_without_anybody_who_can_reach_it_is_refused_with_the_bounds() -> None:
    with pytest.raises(BadInput, match="must lie between 3 and 6"):
        group(here(*PEOPLE), {"product_count": Change(9.0)}, CUTS)
    with pytest.raises(NotFound, match="the nearest is product_count"):
        group(here(*PEOPLE), {"product_counts": Change(1.0)}, CUTS)


def test_a_group_does_not_take_an_effect_over_another_span_than_the_models() -> None:
    effect = MeasuredEffect("product_count", "C1", "Second product", -0.03, -0.05, -0.01, 800, 200, 365)
    situation, changes = replace(here(*PEOPLE), months=3), {"product_count": Change(5.0)}
    found, plain = group(situation, changes, CUTS, measured=[effect]), group(situation, changes, CUTS)
    assert found.kind == "model response" and found.moves.to_list() == plain.moves.to_list()
    assert "365 days" in found.as_json()["not_taken"][0] and not plain.aside


def test_one_prediction_for_everybody() -> None:
    asked = []

    def risk(frame):
        asked.append(frame.height)
        return np.full(frame.height, 0.1)

    group(here(*PEOPLE, risk=risk), {"product_count": Change(1.0, step=True)}, CUTS)
    assert asked == [5, 5]


GAP = Feature(
    "unemployment", "Unemployment", "market", "u", "number", Source("market_change", "unemployment"), "Unemployment", immutable=True
)


def market(gaps: list[float | None], months: pl.DataFrame | None) -> Situation:
    object.__setattr__(GAP.source, "measure", "market_level")
    base = here(*[ROW] * len(gaps))
    frame = base.frame.with_columns(pl.Series("unemployment", gaps, dtype=pl.Float64))
    situation = Situation((*base.features, GAP), frame, base.peers, lambda f: 0.1 * f["unemployment"].fill_null(0).to_numpy())
    return market_situation(situation, months)


def test_the_market_moves_for_everybody_within_what_the_months_have_shown() -> None:
    months = pl.DataFrame({"unemployment": np.linspace(4.0, 6.0, 201)})
    there = market([5.0, 5.5, None], months)
    low, high = there.seen["unemployment"]
    assert (low, high) == pytest.approx((4.02, 5.98), abs=0.011)
    found = group(there, {"unemployment": Change(0.4, step=True)}, CUTS, note=few_months(24))
    assert found.moves.to_list() == pytest.approx([0.04, 0.04, 0.0])
    assert "only 24 months stand behind" in found.as_json()["note"]
    with pytest.raises(BadInput, match="can be moved by"):
        group(there, {"unemployment": Change(2.0, step=True)}, CUTS)


def test_a_figure_of_the_market_that_the_model_lacks_is_answered_with_the_nearest() -> None:
    there = market([5.0], pl.DataFrame({"unemployment": [4.0, 6.0]}))
    with pytest.raises(NotFound, match="the nearest is unemployment"):
        market_changes(there, {"unemploymet": Change(1.0, step=True)})
    with pytest.raises(NotPossible, match="market_month"):
        market_situation(here(), None)
