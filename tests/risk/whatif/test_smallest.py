import itertools

import pytest

from churn_dash.risk.scores.grades import Grades
from churn_dash.risk.whatif.declared import Said, Settings
from churn_dash.risk.whatif.levers import levers, what_if
from churn_dash.risk.whatif.situation import Change
from churn_dash.risk.whatif.smallest import places, smallest
from tests.risk.whatif.conftest import ROW, here, linear


def test_the_cheapest_change_that_lowers_the_grade_is_that_of_trying_every_one_by_itself() -> None:
    situation, cut = here(), 0.44
    found = smallest(situation, Grades(cut, 0.1), {})
    offered = levers(situation, {}, None)
    best = None
    for n in (1, 2, 3):
        for which in itertools.combinations(offered, n):
            for values in itertools.product(*(places(x) for x in which)):
                changes = {x.feature: v for x, v in zip(which, values, strict=True)}
                after = what_if(situation, {k: Change(v) for k, v in changes.items()}).probability_after
                cost = sum(abs(v - x.value) * x.cost for x, v in zip(which, values, strict=True))
                if after < cut and (best is None or cost < best[0] - 1e-9):
                    best = (cost, changes)
    assert best is not None and found.cost == pytest.approx(best[0]) and found.changes == best[1]
    assert found.grade_before == "high" and found.grade_after == "medium"
    assert found.probability_after < cut


def test_the_search_gives_the_same_answer_every_time_and_whatever_the_order_of_importance() -> None:
    asked = [smallest(here(), Grades(0.44, 0.1), {}) for _i in range(3)]
    assert asked[0] == asked[1] == asked[2]
    assert smallest(here(), Grades(0.44, 0.1), {"login_mean_3m": 9.0}).changes == asked[0].changes


def test_another_cost_gives_another_change() -> None:
    cheap = Settings({"complaints_open": Said(cost=1.0)})
    assert smallest(here(said=cheap), Grades(0.44, 0.1), {}).changes == {"complaints_open": 0.0}
    dear = Settings({"complaints_open": Said(cost=1e6)})
    assert "complaints_open" not in smallest(here(said=dear), Grades(0.49, 0.1), {}).changes


def test_where_nothing_is_enough_it_says_so_with_the_lowest_risk() -> None:
    found = smallest(here(), Grades(0.2, 0.1), {})
    assert found.changes == {} and found.probability_after is None and found.cost is None
    text = found.as_json()["text"]
    assert text.startswith("None within limits") and "20.00%" in text
    assert found.lowest == pytest.approx(0.5 - 0.02 * 5 - 0.01 * 6)


def test_a_customer_of_the_lowest_grade_needs_nothing() -> None:
    found = smallest(here(), Grades(0.9, 0.8), {})
    assert found.changes == {} and "lowest grade already" in found.as_json()["text"] and found.tried == 0


def test_without_room_to_move_there_is_none() -> None:
    nothing = dict.fromkeys(("complaints_open", "product_count", "login_mean_3m", "digital_active_3m"))
    found = smallest(here(ROW | nothing, risk=linear({"csat_last": 0.2})), Grades(0.3, 0.1), {})
    assert found.changes == {} and found.as_json()["text"].startswith("None within limits: nothing")


def test_never_more_than_three_levers_and_never_against_the_bank() -> None:
    found = smallest(here(risk=linear({"login_mean_3m": 0.1})), Grades(0.65, 0.1), {})
    assert found.changes == {}, "fewer logins would lower this risk, and no bank moves them down"
    many = smallest(here(), Grades(0.36, 0.1), {})
    assert 0 < len(many.changes) <= 3
