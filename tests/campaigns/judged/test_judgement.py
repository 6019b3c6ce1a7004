"""A campaign of the workspace, judged."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import Prices, evaluate
from churn_dash.errors import BadInput, NotFound, NotPossible

ALL = Scope.everything()

D = datetime.date
Make = Callable[..., Any]


def spell(who: str, start: D, end: D | None = None) -> dict[str, Any]:
    return {"definition": "first", "customer_id": who, "start_date": start, "end_date": end, "form": "close" if end else None, "why": None}


def test_t5_as_a_campaign(make_bank: Make) -> None:
    e = evaluate(make_bank(), "K1", prices=Prices(1500), scope=ALL)
    assert (e.grade, e.status, e.srm_p) == ("A", "unconfirmed", None)
    assert e.effects[0].difference == pytest.approx(-0.15)
    assert (e.effects[0].low, e.effects[0].high) == pytest.approx((-0.3892, 0.0865), abs=5e-5)
    m = e.money["treated"]
    assert (m.cost, m.saves, m.cost_per_save, m.roi) == pytest.approx((6000, 6, 1000, 0.5))
    assert "cannot be confirmed" in e.verdict.in_("en")
    assert "Churn rate was 25.00% in the target group and 40.00% in the hold-out" in e.verdict.in_("en")


def test_a_campaign_with_a_clear_effect_worked(make_bank: Make) -> None:
    e = evaluate(make_bank([("treated", 900, 45), ("control", 900, 100)]), "K1", scope=ALL)
    assert (e.grade, e.status) == ("A", "worked")
    assert e.effects[0].gain == pytest.approx(55 / 900)


def test_retention_counts_who_is_there_at_the_end(make_bank: Make) -> None:
    back = [spell("treated0", D(2024, 4, 10))]
    churn = evaluate(make_bank(others=back), "K1", scope=ALL)
    kept = evaluate(make_bank(others=back, outcome="留存率"), "K1", scope=ALL)
    assert churn.groups[0].mean == pytest.approx(10 / 40)
    assert kept.groups[0].mean == pytest.approx(31 / 40)
    assert kept.outcome.better == "up"


@pytest.mark.parametrize(
    ("day", "counts"), [(D(2024, 2, 29), False), (D(2024, 3, 1), True), (D(2024, 5, 29), True), (D(2024, 5, 30), False)]
)
def test_a_departure_counts_from_the_first_day_over_the_horizon(make_bank: Make, day: D, counts: bool) -> None:
    bank = make_bank(
        [("treated", 20, 8), ("control", 20, 8)],
        others=[spell("x", D(2020, 1, 1), day)],
        tables={
            "campaign_assignments": pl.DataFrame(
                {
                    "campaign_id": ["K1"] * 41,
                    "customer_id": ["x"] + [f"{a}{i}" for a in ("treated", "control") for i in range(20)],
                    "arm": ["treated"] * 21 + ["control"] * 20,
                }
            )
        },
    )
    group = evaluate(bank, "K1", scope=ALL).groups[0]
    assert group.n == 21
    assert group.known == (20 if day < D(2024, 3, 1) else 21)
    assert group.cases == 8 + counts


def test_members_gone_before_the_start_are_left_out_and_said(make_bank: Make) -> None:
    bank = make_bank()
    bank._con.execute("update spells set end_date = date '2024-01-05' where customer_id in ('treated0', 'treated1', 'control0')")
    e = evaluate(bank, "K1", scope=ALL)
    assert e.missing == {"treated": 2, "control": 1}
    assert "2 of 40 members of the target group were no customers at the start" in e.notes[0].in_("en")


@pytest.mark.parametrize("design", ["manual", "rule", "branch", "observational", None])
def test_undeclared_randomisation_is_described_and_earns_nothing(make_bank: Make, design: str | None) -> None:
    e = evaluate(make_bank([("treated", 900, 45), ("control", 900, 100)], design=design), "K1", scope=ALL)
    assert (e.grade, e.status) == ("D", "description")
    assert e.money["treated"].saves is None
    assert e.effects[0].difference == pytest.approx(-55 / 900)


def test_a_ticked_box_declares_what_the_table_does_not(make_bank: Make) -> None:
    e = evaluate(make_bank([("treated", 900, 45), ("control", 900, 100)], design=None), "K1", design="randomised", scope=ALL)
    assert e.grade == "A"
    assert "declared here" in e.notes[0].in_("en")


def test_sizes_are_tested_against_the_planned_ratio_of_the_table(make_bank: Make) -> None:
    fits = evaluate(make_bank([("treated", 400, 40), ("control", 100, 20)], planned_ratio="treated=0.8;control=0.2"), "K1", scope=ALL)
    assert fits.srm_p == pytest.approx(1.0)
    assert fits.grade == "A"
    doubt = evaluate(make_bank([("treated", 400, 40), ("control", 100, 20)], planned_ratio="0.6/0.4"), "K1", scope=ALL)
    assert doubt.srm_p is not None
    assert doubt.srm_p < 0.001
    assert (doubt.grade, doubt.status) == ("D", "doubtful")
    unreadable = evaluate(make_bank(planned_ratio="mostly"), "K1", scope=ALL)
    assert unreadable.srm_p is None
    assert "mostly" in unreadable.notes[0].in_("en")


def test_sizes_are_not_tested_where_chance_did_not_draw_them(make_bank: Make) -> None:
    e = evaluate(make_bank([("treated", 400, 40), ("control", 100, 20)], design="manual", planned_ratio="0.6/0.4"), "K1", scope=ALL)
    assert e.srm_p is None
    assert e.status == "description"


def test_a_ratio_that_is_given_goes_before_the_tables(make_bank: Make) -> None:
    bank = make_bank([("treated", 400, 40), ("control", 100, 20)], planned_ratio="0.6/0.4")
    assert evaluate(bank, "K1", ratio={"treated": 4, "control": 1}, scope=ALL).srm_p == pytest.approx(1.0)
    with pytest.raises(NotFound):
        evaluate(bank, "K1", ratio={"test": 4, "control": 1}, scope=ALL)


def test_before_the_evaluation_date_there_are_only_counts(make_bank: Make) -> None:
    bank = make_bank(start_date=D(2024, 10, 4), planned_ratio="2:1")
    e = evaluate(bank, "K1", scope=ALL)
    assert (e.due, e.status) == (False, "not_due")
    assert e.evaluated_on == D(2025, 1, 2)
    assert evaluate(make_bank(start_date=D(2024, 10, 3)), "K1", scope=ALL).due
    assert [g.n for g in e.groups] == [40, 20]
    assert e.srm_p == pytest.approx(1.0)
    assert e.effects[0].p_value is None
    assert e.effects[0].difference is None
    assert "2025-01-02" in e.verdict.in_("en")
    assert e.money == {}
    assert e.missing == {}


def test_without_a_holdout_there_is_nothing_to_compare_with(make_bank: Make) -> None:
    e = evaluate(make_bank([("treated", 40, 10)]), "K1", scope=ALL)
    assert (e.grade, e.status, e.effects) == ("D", "no_holdout", ())
    assert "nobody was held out" in e.verdict.in_("en")


def test_groups_made_after_the_start_are_not_random(make_bank: Make) -> None:
    e = evaluate(make_bank(members_also={"assigned_at": D(2024, 3, 20)}), "K1", scope=ALL)
    assert e.grade == "D"
    assert "after the campaign had begun" in e.verdict.in_("en")


def test_costs_are_fixed_contacts_and_incentives(make_bank: Make) -> None:
    e = evaluate(make_bank(contacted=True, members_also={"incentive_cost": 3.0}), "K1", prices=Prices(contact_cost=5), scope=ALL)
    assert e.money["treated"].cost == pytest.approx(6000 + 5 * 20 + 3 * 40)


def test_the_fixed_cost_is_shared_between_groups_by_members(make_bank: Make) -> None:
    e = evaluate(make_bank([("a", 30, 6), ("b", 10, 5), ("control", 40, 15)]), "K1", scope=ALL)
    assert {arm: m.cost for arm, m in e.money.items()} == {"a": 4500.0, "b": 1500.0}
    assert e.effects[0].p_adjusted is not None


def test_the_effect_on_those_reached_stands_beside_as_a_second_line(make_bank: Make) -> None:
    notes = " ".join(n.in_("en") for n in evaluate(make_bank(contacted=True), "K1", scope=ALL).notes)
    assert "50.00% of 40 members of the target group were reached" in notes
    assert "−30.00 pp" in notes


def test_the_naive_figure_sets_the_members_against_the_whole_bank_before(make_bank: Make) -> None:
    days = [D(2023, 12, 1), D(2023, 12, 2), D(2024, 1, 15), D(2024, 2, 29), D(2024, 3, 1)]
    others = [spell(f"o{i}", D(2019, 1, 1), days[i // 10] if i < 50 else None) for i in range(150)]
    e = evaluate(make_bank(others=others), "K1", scope=ALL)
    assert e.naive.before == pytest.approx(30 / 200)
    assert e.naive.after == pytest.approx(0.25)
    assert e.naive.difference == pytest.approx(0.10)
    assert "whole bank" in e.naive.why.in_("en")


def test_without_a_past_the_naive_figure_has_no_before(make_bank: Make) -> None:
    e = evaluate(make_bank(calendar=[D(2024, m, 1) for m in range(2, 10)]), "K1", scope=ALL)
    assert e.naive.before is None
    assert e.naive.after == pytest.approx(0.25)


def amounts(jump: float = 0.0, low: float = 0.4) -> pl.DataFrame:
    """Everybody near 1,000 by the end of every month; members at 400 in February, back afterwards, as everybody is in 2023."""
    rows = []
    for who in [f"treated{i}" for i in range(40)] + [f"o{i}" for i in range(200)]:
        member = who.startswith("t")
        for m in range(24):
            month = D(2023 + m // 12, m % 12 + 1, 1)
            dip = (month == D(2024, 2, 1) and member) or (
                not member and month == D(2023, 11, 1) and int(who.removeprefix("treated").removeprefix("o")) % 2 == 0
            )
            after = month == D(2024, 5, 1) and member
            level = 1000.0 + 10 * (int(who.removeprefix("treated").removeprefix("o")) % 7)
            rows.append((who, month, level, level * low if dip else level + (jump if after else 0.0), 3, 2))
    return pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count", "product_count"], orient="row")


def test_a_rescue_of_a_low_month_is_called_a_way_back_by_itself(make_bank: Make) -> None:
    others = [spell(f"o{i}", D(2020, 1, 1)) for i in range(200)]
    e = evaluate(make_bank([("treated", 40, 0)], others=others, months=amounts(), outcome="aum", design="rule"), "K1", scope=ALL)
    assert (e.grade, e.status, e.outcome.unit) == ("D", "no_holdout", "money")
    assert e.naive.difference is not None
    assert e.naive.difference > 500
    assert e.naive.expected.value == pytest.approx(e.naive.difference, rel=0.05)
    assert "move back by themselves" in e.naive.why.in_("en")
    assert e.naive.low is not None
    assert e.naive.high is not None
    assert e.naive.low < e.naive.difference < e.naive.high
    assert e.naive.beyond.value == pytest.approx(e.naive.difference - e.naive.expected.value)


def test_what_is_left_beyond_the_way_back_is_chance_or_not_by_its_range(make_bank: Make) -> None:
    others = [spell(f"o{i}", D(2020, 1, 1)) for i in range(200)]
    found = []
    for jump in (0.0, 400.0):
        e = evaluate(
            make_bank([("treated", 40, 0)], others=others, months=amounts(jump=jump), outcome="aum", design="rule"),
            "K1",
            scope=ALL,
        )
        found.append((e.naive.beyond.low, e.naive.beyond.high, e.naive.why.in_("en")))
    assert "may be chance" in found[0][2] or "more than chance" in found[0][2]
    for low, high, words in found:
        assert ("may be chance" in words) == (low <= 0 <= high)
    assert found[1][0] > 100 and "more than chance" in found[1][2]


def test_an_amount_of_a_customer_lost_is_zero_and_not_missing(make_bank: Make) -> None:
    months = amounts().filter(~((pl.col("customer_id") == "treated0") & (pl.col("month") > D(2024, 4, 1))))
    e = evaluate(make_bank([("treated", 40, 1)], months=months, outcome="aum_end"), "K1", scope=ALL)
    assert e.groups[0].known == 40
    unknown = evaluate(make_bank([("treated", 40, 0)], months=months, outcome="aum_end"), "K1", scope=ALL)
    assert unknown.groups[0].known == 39


def test_a_name_that_does_not_exist_is_refused_with_the_nearest(make_bank: Make) -> None:
    bank = make_bank()
    with pytest.raises(NotFound, match="nearest is K1"):
        evaluate(bank, "k2", scope=ALL)
    with pytest.raises(NotFound, match="nearest is close"):
        evaluate(bank, "K1", definition="clos", scope=ALL)
    with pytest.raises(BadInput):
        evaluate(bank, "K1", design="magic", scope=ALL)


def test_what_the_data_cannot_answer_is_said(make_bank: Make) -> None:
    bank = make_bank()
    del bank.tables["campaigns"]
    with pytest.raises(NotPossible, match="no campaigns"):
        evaluate(bank, "K1", scope=ALL)
    with pytest.raises(NotPossible, match="happiness"):
        evaluate(make_bank(outcome="happiness"), "K1", scope=ALL)
    with pytest.raises(NotPossible, match="before the first month"):
        evaluate(make_bank(start_date=D(2022, 3, 1)), "K1", scope=ALL)
    with pytest.raises(NotPossible, match="no first day"):
        evaluate(make_bank(start_date=None), "K1", scope=ALL)
    without = make_bank()
    del without.tables["campaign_assignments"]
    with pytest.raises(NotPossible, match="no members"):
        evaluate(without, "K1", scope=ALL)
    snapshot = make_bank()
    snapshot.shape = "cross_section"
    with pytest.raises(NotPossible, match="judged on monthly data"):
        evaluate(snapshot, "K1", scope=ALL)


def test_a_viewer_sees_the_members_of_the_own_branches_only(make_bank: Make) -> None:
    customers = pl.DataFrame(
        {"customer_id": [f"{a}{i}" for a in ("treated", "control") for i in range(20)], "branch_id": (["B1"] * 10 + ["B2"] * 10) * 2}
    )
    bank = make_bank(tables={"customers": customers})
    e = evaluate(bank, "K1", scope=Scope(frozenset({"B1"})))
    assert [g.n for g in e.groups] == [10, 10]
    with pytest.raises(NotPossible, match="None of the members"):
        evaluate(bank, "K1", scope=Scope(frozenset({"B9"})))
