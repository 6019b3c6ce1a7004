"""The table the plan asks for."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import BeforeAfter, Prices, Row, before_after

D = datetime.date
Make = Callable[..., Any]
KEYS = [
    "churn_rate",
    "retention_rate",
    "csat",
    "nps",
    "loyalty_index",
    "win_back_rate",
    "incremental_save_rate",
    "warnings",
    "cost_per_save",
    "roi",
]


def spell(who: str, start: D, end: D | None = None) -> dict[str, Any]:
    return {"definition": "first", "customer_id": who, "start_date": start, "end_date": end, "form": "close" if end else None, "why": None}


def line(table: BeforeAfter, key: str) -> Row:
    return next(r for r in table.rows if r.key == key)


def surveys(rows: list[tuple[str, D, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(f"s{i}", who, day, day, csat, nps) for i, (who, day, csat, nps) in enumerate(rows)],
        schema=["survey_id", "customer_id", "sent_at", "answered_at", "csat", "nps"],
        orient="row",
    )


def test_the_eight_indicators_are_there_in_their_order(make_bank: Make) -> None:
    table = before_after(make_bank(), "K1", scope=Scope.everything())
    assert [r.key for r in table.rows] == KEYS
    assert [r.indicator for r in table.rows] == [1, 2, 3, 3, 4, 5, 6, 7, 8, 8]
    assert "10.1.1 of the plan is not public" in table.footnote
    assert table.as_json("zh")["footnote"] == "原文10.1.1正文未公开,指标据7.3.2、6.3.2、8.2等章节推定"


def test_churn_sets_the_groups_against_each_other_and_the_whole_bank_before(make_bank: Make) -> None:
    others = [spell(f"o{i}", D(2019, 1, 1), D(2024, 1, 15) if i < 30 else None) for i in range(140)]
    churn = line(before_after(make_bank(others=others), "K1", scope=Scope.everything()), "churn_rate")
    assert (churn.target_before.value, churn.target_before.n) == (0.15, 200)
    assert churn.holdout_before == churn.target_before
    assert (churn.target_after.value, churn.target_after.n) == (0.25, 40)
    assert (churn.holdout_after.value, churn.holdout_after.n) == (0.40, 20)
    assert churn.effect.value == pytest.approx(-0.15)
    assert (churn.effect.low, churn.effect.high) == pytest.approx((-0.3892, 0.0865), abs=5e-5)
    assert churn.effect.n == 60
    assert "whole bank" in churn.why.in_("en")  # type: ignore[union-attr]


def test_retention_counts_those_who_came_back(make_bank: Make) -> None:
    table = before_after(make_bank(others=[spell("treated0", D(2024, 4, 10))]), "K1", scope=Scope.everything())
    assert line(table, "retention_rate").target_after.value == pytest.approx(31 / 40)
    assert line(table, "churn_rate").target_after.value == pytest.approx(10 / 40)


def test_t5_stands_in_the_lines_on_saves_and_money(make_bank: Make) -> None:
    table = before_after(make_bank(), "K1", prices=Prices(1500), scope=Scope.everything())
    saves = line(table, "incremental_save_rate")
    assert (saves.target_after.value, saves.holdout_after.value) == pytest.approx((0.75, 0.60))
    assert (saves.effect.value, saves.effect.low, saves.effect.high) == pytest.approx((0.15, -0.0865, 0.3892), abs=5e-5)
    assert "6" in saves.why.in_("en")  # type: ignore[union-attr]
    cost = line(table, "cost_per_save").effect
    assert cost.value == pytest.approx(1000)
    assert cost.low == pytest.approx(6000 / 15.567, rel=1e-3)
    assert cost.high is None
    roi = line(table, "roi").effect
    assert (roi.value, roi.low, roi.high) == pytest.approx((0.5, -1.86, 2.89), abs=0.005)


def test_tables_that_are_not_there_are_named(make_bank: Make) -> None:
    table = before_after(make_bank(), "K1", scope=Scope.everything())
    assert line(table, "warnings").why.in_("en") == "Judged for the whole bank: see Evaluation."  # type: ignore[union-attr]
    assert line(table, "csat").missing == ("surveys",)
    assert not line(table, "csat").available


def test_satisfaction_compares_the_changes_of_both_groups(make_bank: Make) -> None:
    before, after = D(2024, 2, 10), D(2024, 4, 10)
    rows = [(f"treated{i}", before, 3 if i < 6 else 5, 5) for i in range(12)] + [
        (f"treated{i}", after, 5 if i < 9 else 2, 10) for i in range(12)
    ]
    rows += [(f"control{i}", before, 3 if i < 5 else 4, 5) for i in range(10)] + [
        (f"control{i}", after, 3 if i < 5 else 4, 5) for i in range(10)
    ]
    rows += [
        ("treated0", D(2024, 3, 2), 1, 0),
        ("stranger", after, 1, 0),
        ("treated1", D(2023, 10, 1), 1, 0),
        ("treated2", D(2024, 6, 1), 1, 0),
    ]
    table = before_after(make_bank(tables={"surveys": surveys(rows)}), "K1", scope=Scope.everything())
    csat = line(table, "csat")
    assert (csat.target_before.value, csat.target_before.n) == (0.5, 12)
    assert (csat.target_after.value, csat.target_after.n) == (0.75, 12)
    assert (csat.holdout_before.value, csat.holdout_after.value) == (0.5, 0.5)
    assert csat.effect.value == pytest.approx(0.25)
    assert csat.effect.low is not None
    assert csat.effect.low < 0 < csat.effect.value < (csat.effect.high or 0)
    nps = line(table, "nps")
    assert (nps.target_before.value, nps.target_after.value) == (-100, 100)


def test_win_back_counts_the_losses_with_180_days_of_data(make_bank: Make) -> None:
    others = [spell(f"treated{i}", D(2024, 6, 1)) for i in range(3)] + [spell("control0", D(2024, 12, 1))]
    back = line(before_after(make_bank(others=others), "K1", scope=Scope.everything()), "win_back_rate")
    assert (back.target_after.value, back.target_after.n) == (0.3, 10)
    assert (back.holdout_after.value, back.holdout_after.n) == (0.0, 8)
    assert back.effect.value == pytest.approx(0.3)
    short = make_bank(others=others, calendar=[D(2023 + m // 12, m % 12 + 1, 1) for m in range(18)])
    early = line(before_after(short, "K1", scope=Scope.everything()), "win_back_rate")
    assert (early.target_after.value, early.target_after.n) == (None, 0)
    assert "180 days" in early.why.in_("en")  # type: ignore[union-attr]


def test_the_dead_the_expelled_and_those_who_refuse_contact_are_no_losses_to_win_back(make_bank: Make) -> None:
    left, before, after = D(2024, 4, 2), D(2024, 3, 1), D(2024, 5, 1)
    everybody = [f"{arm}{i}" for arm, n in (("treated", 40), ("control", 20)) for i in range(n)]
    tables = {
        "churn_events": pl.DataFrame({"event_id": ["e"], "customer_id": ["treated0"], "event_date": [left], "reason_code": ["死亡"]}),
        "accounts": pl.DataFrame(
            {"account_id": ["a"], "customer_id": ["treated1"], "close_date": [left], "close_initiator": ["bank"]},
        ),
        "customers": pl.DataFrame(
            {"customer_id": everybody, "consent_marketing": [{"treated2": False, "treated3": None}.get(c, True) for c in everybody]}
        ),
        "contacts": pl.DataFrame(
            {"contact_id": ["n1", "n2"], "customer_id": ["treated4", "treated5"], "ts": [before, after], "result": ["opted_out"] * 2}
        ),
    }
    back = line(before_after(make_bank(tables=tables), "K1", scope=Scope.everything()), "win_back_rate")
    assert back.target_after.n == 5
    assert back.holdout_after.n == 8


def test_without_a_holdout_there_is_no_difference_and_no_claim(make_bank: Make) -> None:
    table = before_after(make_bank([("treated", 40, 10)]), "K1", scope=Scope.everything())
    assert table.evidence.grade == "D"
    churn = line(table, "churn_rate")
    assert churn.target_after.value == 0.25
    assert (churn.holdout_before.value, churn.holdout_after.value, churn.effect.value) == (None, None, None)
    for key in ("incremental_save_rate", "cost_per_save", "roi"):
        assert not line(table, key).available
        assert "hold-out" in line(table, key).why.in_("en")  # type: ignore[union-attr]


def test_a_campaign_that_was_not_random_makes_no_claim_of_money(make_bank: Make) -> None:
    table = before_after(make_bank(design="manual"), "K1", scope=Scope.everything())
    assert not line(table, "roi").available
    assert line(table, "churn_rate").effect.value == pytest.approx(-0.15)


def test_no_increment_and_no_cost_are_said(make_bank: Make) -> None:
    worse = before_after(make_bank([("treated", 40, 20), ("control", 20, 8)]), "K1", scope=Scope.everything())
    assert "No increment" in line(worse, "cost_per_save").why.in_("en")  # type: ignore[union-attr]
    free = before_after(make_bank(cost_fixed=0.0), "K1", scope=Scope.everything())
    assert "No cost" in line(free, "roi").why.in_("en")  # type: ignore[union-attr]


def test_before_it_is_due_every_line_says_when(make_bank: Make) -> None:
    table = before_after(make_bank(start_date=D(2024, 12, 1)), "K1", scope=Scope.everything())
    assert [r.key for r in table.rows] == KEYS
    assert not any(r.available for r in table.rows)
    assert "2025-03-01" in line(table, "roi").why.in_("en")  # type: ignore[union-attr]


def test_every_figure_comes_with_its_number_of_customers(make_bank: Make) -> None:
    rows = [(f"{a}{i}", D(2024, m, 10), 4, 9) for a in ("treated", "control") for i in range(9) for m in (2, 4)]
    table = before_after(make_bank(tables={"surveys": surveys(rows)}), "K1", scope=Scope.everything())
    for row in table.rows:
        for e in (row.target_before, row.target_after, row.holdout_before, row.holdout_after, row.effect):
            assert e.value is None or e.n > 0
