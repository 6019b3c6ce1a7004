"""What a bank really sends: a sentence each, and the grade that remains."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import Prices, before_after, evaluate
from churn_dash.campaigns.judged.register import register
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.evaluation.indicators.saves import pooled
from tests.asking import asked

ALL = Scope.everything()

D = datetime.date
Make = Callable[..., Any]


def notes(e: Any) -> str:
    return " ".join(n.in_("en") for n in e.notes)


def again(bank: Any, who: list[str], **values: Any) -> Any:
    """The bank with these members a second time, with other values."""
    members = bank.tables["campaign_assignments"]
    more = members.filter(pl.col("customer_id").is_in(who)).with_columns(
        pl.lit(v).alias(k).cast(members.schema[k]) for k, v in values.items()
    )
    bank.tables["campaign_assignments"] = pl.concat([members, more])
    return bank


def test_customers_in_two_groups_are_left_out_and_many_cost_the_grade(make_bank: Make) -> None:
    groups = [("treated", 400, 40), ("control", 400, 60)]
    few = evaluate(again(make_bank(groups), ["treated0", "treated1"], arm="control"), "K1", scope=ALL)
    assert few.grade == "A"
    assert [g.n for g in few.groups] == [398, 400]
    assert "2 customers stand in more than one group" in notes(few)
    many = evaluate(again(make_bank(groups), [f"treated{i}" for i in range(60)], arm="control"), "K1", scope=ALL)
    assert (many.grade, many.status) == ("D", "description")
    assert "more than one group" in many.verdict.in_("en")


def test_the_same_row_twice_is_no_overlap(make_bank: Make) -> None:
    e = evaluate(again(make_bank(), ["treated0"], arm="treated"), "K1", scope=ALL)
    assert "more than one group" not in notes(e)


def test_control_and_control_with_a_space_are_one_group(make_bank: Make) -> None:
    bank = make_bank([("treated", 40, 10), ("Control", 20, 8), ("control ", 10, 4)], planned_ratio="treated=4;control=3")
    e = evaluate(bank, "K1", scope=ALL)
    assert {g.arm: g.n for g in e.groups} == {"treated": 40, "Control": 30}
    assert "The group control was read as Control." in notes(e)
    assert (e.grade, e.srm_p) == ("A", pytest.approx(1.0))


def test_treated_members_whom_the_data_do_not_know_are_counted(make_bank: Make) -> None:
    bank = make_bank([("treated", 400, 40), ("control", 400, 60)])
    bank._con.execute("delete from spells where customer_id in ('treated100', 'treated101', 'treated102')")
    e = evaluate(bank, "K1", scope=ALL)
    assert "3 treated members are not in the monthly data at all" in notes(e)
    assert (e.grade, e.missing["treated"]) == ("A", 3)
    bank._con.execute("delete from spells where customer_id like 'treated2%'")
    lost = evaluate(bank, "K1", scope=ALL)
    assert (lost.grade, lost.status) == ("D", "doubtful")


@pytest.mark.parametrize("settings", [{"cost_fixed": -6000.0}, {"members_also": {"incentive_cost": -3.0}}])
def test_a_negative_cost_gives_no_return_and_leaves_the_effect(make_bank: Make, settings: dict[str, Any]) -> None:
    e = evaluate(make_bank(**settings), "K1", scope=ALL)
    assert e.money == {}
    assert "negative" in notes(e)
    assert e.effects[0].difference == pytest.approx(-0.15)
    assert e.grade == "A"


def test_negative_assumptions_are_refused(make_bank: Make) -> None:
    with pytest.raises(BadInput, match="contact_cost must be 0 or more"):
        evaluate(make_bank(), "K1", prices=Prices(contact_cost=-1), scope=ALL)


def test_twelve_customers_and_a_campaign_that_goes_on_get_no_verdict(make_bank: Make) -> None:
    twelve = evaluate(make_bank([("treated", 6, 2), ("control", 6, 3)]), "K1", scope=ALL)
    assert (twelve.grade, twelve.status) == ("A", "too_few")
    going_on = evaluate(make_bank(start_date=D(2024, 12, 1)), "K1", scope=ALL)
    assert (going_on.grade, going_on.status, going_on.effects[0].difference) == ("A", "not_due", None)


def test_a_list_drawn_in_strata_is_compared_within_them_without_being_asked(make_bank: Make) -> None:
    bank = make_bank([("treated", 400, 40), ("control", 400, 60)])
    assert evaluate(bank, "K1", scope=ALL).effects[0].way == "newcombe"
    members = bank.tables["campaign_assignments"]
    bank.tables["campaign_assignments"] = members.with_columns(
        stratum=pl.when(pl.col("customer_id").str.extract(r"(\d+)").cast(pl.Int64) < 50).then(pl.lit("early")).otherwise(pl.lit("late"))
    )
    e = evaluate(bank, "K1", scope=ALL)
    assert e.effects[0].way == "strata"
    assert "drawn within strata" in notes(e)
    assert e.effects[0].difference == pytest.approx(0.125 * (40 / 50 - 50 / 50) + 0.875 * (0 - 10 / 350))
    (kept,) = pooled(asked(bank, definition="first"), Prices()).campaigns
    assert kept.saves.value == pytest.approx(-e.effects[0].difference * 400)
    assert (kept.saves.low, kept.saves.high) == pytest.approx((-e.effects[0].high * 400, -e.effects[0].low * 400))
    saved = next(r for r in before_after(bank, "K1", scope=ALL).rows if r.key == "incremental_save_rate")
    assert saved.effect.value == pytest.approx(-e.effects[0].difference)


def test_strata_and_clusters_of_customers_are_found_by_name(make_bank: Make) -> None:
    people = [(f"{arm}{i}", f"B{i % 25}") for arm, n in (("treated", 400), ("control", 400)) for i in range(n)]
    customers = pl.DataFrame(people, schema=["customer_id", "branch_id"], orient="row")
    bank = make_bank([("treated", 400, 40), ("control", 400, 60)], tables={"customers": customers})
    clustered = evaluate(bank, "K1", cluster="branch_id", scope=ALL)
    assert clustered.effects[0].way == "clusters"
    assert clustered.effects[0].difference == pytest.approx(-0.05)
    assert evaluate(bank, "K1", strata="branch_id", scope=ALL).effects[0].way == "strata"
    members = bank.tables["campaign_assignments"]
    bank.tables["campaign_assignments"] = members.with_columns(stratum=pl.col("customer_id").str.slice(-1))
    assert evaluate(bank, "K1", strata="stratum", scope=ALL).effects[0].way == "strata"
    with pytest.raises(NotFound, match="nearest is branch_id"):
        evaluate(bank, "K1", strata="branch", scope=ALL)


@pytest.mark.parametrize("branches", [40, 6])
def test_a_draw_of_whole_branches_is_noticed_though_nobody_says_so(make_bank: Make, branches: int) -> None:
    people = [(f"{arm}{i}", f"{arm}{i % (branches // 2)}") for arm in ("treated", "control") for i in range(400)]
    customers = pl.DataFrame(people, schema=["customer_id", "branch_id"], orient="row")
    bank = make_bank([("treated", 400, 40), ("control", 400, 60)], tables={"customers": customers})
    e = evaluate(bank, "K1", scope=ALL)
    assert e.effects[0].way == "clusters"
    assert "Whole branches are in one group" in " ".join(n.in_("en") for n in e.notes)
    assert (e.effects[0].low is None) == (branches < 20), "few branches give no range"
    mixed = customers.with_columns(branch_id=pl.col("customer_id").str.slice(-1))
    assert (
        evaluate(make_bank([("treated", 400, 40), ("control", 400, 60)], tables={"customers": mixed}), "K1", scope=ALL).effects[0].way
        != "clusters"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"horizon_days": 10**9},
        {"horizon_days": 3_661},
        {"horizon_days": -5},
        {"horizon_days": None, "end_date": D(2024, 2, 1)},
        {"horizon_days": None, "end_date": D(2899, 12, 31)},
        {"start_date": D(9999, 12, 31)},
    ],
)
def test_days_that_cannot_be_counted_are_a_sentence_and_spoil_no_other_campaign(make_bank: Make, settings: dict[str, Any]) -> None:
    bank = make_bank(**({"campaign_id": "K2", "end_date": D(2024, 5, 29)} | settings))
    odd = bank.tables["campaigns"]
    good = odd.with_columns(campaign_id=pl.lit("K1"), start_date=pl.lit(D(2024, 3, 1)), horizon_days=pl.lit(90, pl.Int64))
    bank.tables["campaigns"] = pl.concat([good, odd], how="vertical_relaxed")
    bank.tables["campaign_assignments"] = pl.concat(
        [bank.tables["campaign_assignments"].with_columns(campaign_id=pl.lit(c)) for c in ("K1", "K2")]
    )
    with pytest.raises(NotPossible, match="give 1 to 3,660 days"):
        evaluate(bank, "K2", scope=ALL)
    found = {e.campaign_id: e.problem is None for e in register(bank, scope=ALL)}
    assert found == {"K1": True, "K2": False}


def test_a_group_without_a_name_is_no_group(make_bank: Make) -> None:
    bank = make_bank([("treated", 40, 10), ("control", 20, 8), ("  ", 5, 1)])
    assert {g.arm: g.n for g in evaluate(bank, "K1", scope=ALL).groups} == {"treated": 40, "control": 20}


@pytest.mark.parametrize("text", ["treated=0;control=0", "treated=1;control=0", f"treated={'9' * 400};control=1"])
def test_planned_shares_that_are_none_are_not_tested_and_told(make_bank: Make, text: str) -> None:
    e = evaluate(make_bank(planned_ratio=text), "K1", scope=ALL)
    assert e.srm_p is None and "could not be read" in notes(e)
