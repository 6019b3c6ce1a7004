"""The register: the step never goes beyond the evidence; lessons are lines that stay."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import Columns, Entry, Prices, evaluate, evaluate_rows
from churn_dash.campaigns.registered import Line, SoFar, learn, lessons, so_far
from churn_dash.campaigns.registered.steps import advice
from churn_dash.contract.campaign_kinds import kind
from churn_dash.errors import BadInput, NotFound
from churn_dash.store import Records
from tests.alike import approximately
from tests.campaigns.judged.test_strongest import WAVES, bank_of_branches, branches, chosen

D = datetime.date
Make = Callable[..., Any]
ALL = Scope.everything()
CLEAR = [("treated", 900, 45), ("control", 900, 100)]


def only(bank: Any, **more: Any) -> Line:
    (line,) = so_far(bank, ALL, **more).lines
    return line


@pytest.mark.parametrize(
    ("groups", "settings", "value", "step", "said"),
    [
        (CLEAR, {}, 1_500.0, "scale", "all of the range above zero"),
        (CLEAR, {}, 130.0, "continue", "whether it paid is not sure"),
        (CLEAR, {}, 10.0, "stop", "costs more than it brings"),
        (CLEAR, {"cost_fixed": 0.0}, 1_500.0, "continue", "without a cost"),
        (CLEAR, {"cost_fixed": -5.0}, 1_500.0, "continue", "without a cost"),
        (CLEAR, {"design": "manual"}, 1e9, "cannot_say", "evidence is D"),
        (CLEAR, {"design": None}, 1e9, "cannot_say", "evidence is D"),
        (CLEAR, {"type": "测试"}, 1_500.0, "cannot_say", "offered nothing"),
        (CLEAR, {"start_date": D(2024, 12, 1)}, 1_500.0, "cannot_say", "has not come"),
        ([("treated", 900, 100), ("control", 900, 45)], {}, 1e9, "stop", "made things worse"),
        ([("treated", 40, 10), ("control", 20, 8)], {}, 1_500.0, "continue", "may be chance"),
        ([("treated", 40, 10), ("control", 20, 8)], {}, 1.0, "stop", "Even at the best end"),
        ([("treated", 40, 3), ("control", 20, 2)], {}, 1e9, "cannot_say", "too few cases"),
        ([("treated", 900, 45)], {}, 1e9, "cannot_say", "evidence is D"),
        (CLEAR, {"outcome": "mood"}, 1e9, "cannot_say", "mood"),
    ],
)
def test_the_step_is_bound_to_the_evidence(
    make_bank: Make, groups: Any, settings: dict[str, Any], value: float, step: str, said: str
) -> None:
    line = only(make_bank(groups, **settings), prices=Prices(value_per_save=value))
    assert line.advice.step == step
    assert said in line.advice.why.in_("en")
    told = line.as_json()
    assert (told["step"], told["grade"]) == (step, line.entry.grade)
    assert step != "scale" or (told["grade"] == "A" and told["roi"]["low"] > 0)


def test_a_line_tells_kind_dates_design_effect_cost_and_return(make_bank: Make) -> None:
    bank = make_bank(CLEAR, type="讲座", end_date=D(2024, 3, 20))
    told = only(bank).as_json()
    assert (told["type"], told["start"], told["end"], told["design"]) == ("education", "2024-03-01", "2024-03-20", "randomised")
    own = evaluate(bank, "K1", scope=Scope.everything())
    assert told["effect"]["value"] == approximately(own.effects[0].difference)
    assert told["cost"] == 6_000
    assert told["roi"]["value"] == pytest.approx((55 * 1_500 - 6_000) / 6_000)
    assert told["naive"] == approximately(own.naive.as_json())
    assert (kind("Coupon"), kind(None), kind("own word")) == ("offer", None, "own word")


def several(make_bank: Make, sizes: list[tuple[int, int]]) -> Any:
    """A bank with one campaign K0, K1, … for each pair of leavers among 900 asked and 900 held out."""
    banks = [make_bank([("treated", 900, t), ("control", 900, c)], campaign_id=f"K{i}") for i, (t, c) in enumerate(sizes)]
    bank = banks[0]
    for i, other in enumerate(banks):
        ids = pl.concat_str(pl.lit(f"k{i}-"), "customer_id").alias("customer_id")
        other.tables["campaign_assignments"] = other.tables["campaign_assignments"].with_columns(ids, campaign_id=pl.lit(f"K{i}"))
    spells = [pl.DataFrame(b.cursor().sql("select * from spells").to_arrow_table()) for b in banks]
    rows = [s.with_columns(pl.concat_str(pl.lit(f"k{i}-"), "customer_id").alias("customer_id")) for i, s in enumerate(spells)]
    bank.tables["campaigns"] = pl.concat([b.tables["campaigns"] for b in banks])
    bank.tables["campaign_assignments"] = pl.concat([b.tables["campaign_assignments"] for b in banks])
    cursor = bank._con
    cursor.register("incoming", pl.concat(rows).to_arrow())
    cursor.execute("create or replace table spells as select * from incoming")
    return bank


def test_from_three_campaigns_of_evidence_a_each_effect_is_drawn_towards_the_others(make_bank: Make) -> None:
    bank = several(make_bank, [(40, 100), (90, 100), (95, 100)])
    found = so_far(bank, ALL)
    assert found.spread is not None
    best = found.lines[0]
    mean = found.spread.mean.value or 0
    assert mean < (best.shrunken.value or 0) < (best.gain.value or 0)
    assert found.as_json()["winners_curse"]["formula"]
    two = so_far(several(make_bank, [(40, 100), (90, 100)]), ALL)
    assert two.spread is None
    assert two.lines[0].shrunken.value is None
    assert "lucky" in two.as_json()["winners_curse"]["note"]


def test_each_campaign_is_judged_once_by_whoever_remembers_and_its_turn_is_told(make_bank: Make) -> None:
    bank, asked, told = several(make_bank, [(40, 100), (90, 100)]), [], []

    def judge(name: str) -> Any:
        asked.append(name)
        return evaluate(bank, name, scope=Scope.everything())

    found = so_far(bank, ALL, judge=judge, told=lambda text, share: told.append((str(text), share)))
    assert asked == ["K0", "K1"]
    assert told == [("Judging K0: 1 of 2", 0.0), ("Judging K1: 2 of 2", 0.5)]
    assert [x.effect.value for x in found.lines] == approximately([x.effect.value for x in so_far(bank, ALL).lines])


def test_lessons_are_further_lines_and_never_changed(make_bank: Make, tmp_path: Any) -> None:
    records = Records(tmp_path)
    learn(records, ("K1",), "K1", "Call  in the\nmorning", "Li")
    learn(records, ("K1",), "K1", "In the evening after all", "Wang")
    found = so_far(make_bank(), ALL, learned=lessons(records))
    assert [(x.text, x.who) for x in found.lines[0].lessons] == [("In the evening after all", "Wang"), ("Call in the morning", "Li")]
    assert SoFar(found.lines).taught({}).lines[0].lessons == ()
    with pytest.raises(NotFound, match="K1"):
        learn(records, ("K1",), "K2", "x")
    for text, said in (("  ", "empty"), ("x" * 501, "at most 500")):
        with pytest.raises(BadInput, match=said):
            learn(records, ("K1",), "K1", text)
    assert len(lessons(records)["K1"]) == 2


def test_a_bank_without_campaigns_has_an_empty_register(make_bank: Make) -> None:
    bank = make_bank()
    bank.tables.clear()
    assert so_far(bank, ALL).lines == ()


@pytest.mark.parametrize(("effect", "step", "said"), [(0.03, "continue", "looks as if it worked"), (-0.03, "pause", "looks harmful")])
def test_a_clear_change_of_evidence_b_goes_on_with_a_hold_out_or_pauses(effect: float, step: str, said: str) -> None:
    rows = branches(WAVES, effect=effect)
    columns = Columns(unit="branch", time="month", start="began")
    e = evaluate_rows(rows, "arm", "old", "balance", "branch", columns=columns)
    found = advice(Entry("K1", "Calls", "new", e, e.effects[0], e.findings[0]))
    assert (e.grade, found.step) == ("B", step)
    assert said in found.why.in_("en")


@pytest.mark.parametrize(("effect", "step", "said"), [(-0.2, "continue", "looks as if it worked"), (0.2, "pause", "looks harmful")])
def test_a_clear_difference_of_evidence_c_goes_on_with_a_hold_out_or_pauses(effect: float, step: str, said: str) -> None:
    e = evaluate_rows(chosen(effect=effect), "arm", "not", "left", "manual", columns=Columns(covariates=("risk", "place")))
    found = advice(Entry("K1", "Calls", "called", e, e.effects[0], e.findings[0]))
    assert (e.grade, found.step) == ("C", step)
    assert said in found.why.in_("en")


def test_what_it_cost_stands_there_whatever_it_is_judged_by_and_why_there_is_no_return(make_bank: Make) -> None:
    by_amount = make_bank(CLEAR, outcome="retention")
    assert only(by_amount).as_json()["roi_why"] is None
    nobody_held_out = only(make_bank([("treated", 900, 45)]))
    assert (nobody_held_out.cost, nobody_held_out.as_json()["cost"]) == (6_000, 6_000)
    assert "nobody was held out" in nobody_held_out.as_json()["roi_why"]
    by_hand = only(make_bank(CLEAR, design="manual")).as_json()
    assert (by_hand["cost"], by_hand["roi"]["value"]) == (6_000, None)
    assert "evidence is D" in by_hand["roi_why"]
    assert "cost nothing" in only(make_bank(CLEAR, cost_fixed=0.0)).as_json()["roi_why"]
    assert "cannot be told" in only(make_bank(CLEAR, cost_fixed=-5.0)).as_json()["roi_why"]


def test_a_campaign_of_branches_has_its_cost_and_says_why_it_has_no_return() -> None:
    bank = bank_of_branches()
    bank.tables["campaigns"] = bank.tables["campaigns"].with_columns(cost_fixed=pl.lit(9_000.0))
    told = only(bank).as_json()
    assert (told["grade"], told["cost"], told["roi"]) == ("B", 9_000, None)
    assert "whole branches" in told["roi_why"]
