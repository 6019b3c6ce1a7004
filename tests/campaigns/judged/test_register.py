"""Every campaign in one table."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import register

D = datetime.date
Make = Callable[..., Any]


def test_each_campaign_stands_with_grade_effect_and_next_step(make_bank: Make) -> None:
    entries = register(make_bank([("treated", 900, 45), ("control", 900, 100)]), scope=Scope.everything())
    assert len(entries) == 1
    entry = entries[0]
    assert (entry.campaign_id, entry.name, entry.grade, entry.status) == ("K1", "Calls", "A", "worked")
    assert entry.kept == pytest.approx(55)
    assert entry.effect is not None
    assert entry.finding is not None
    assert "hold-out" in entry.finding.next_step


def test_a_campaign_that_cannot_be_judged_does_not_hide_the_others(make_bank: Make) -> None:
    bank = make_bank()
    other = {
        "campaign_id": "K0",
        "name": "Old",
        "start_date": D(2024, 1, 1),
        "outcome": "mood",
        "horizon_days": 90,
        "cost_fixed": 0.0,
        "design": "rule",
    }
    bank.tables["campaigns"] = pl.concat([bank.tables["campaigns"], pl.DataFrame([other])])
    entries = register(bank, scope=Scope.everything())
    assert [e.campaign_id for e in entries] == ["K0", "K1"]
    assert "mood" in str(entries[0].problem)
    assert (entries[0].grade, entries[0].status, entries[0].kept) == (None, None, None)


def test_each_treated_group_has_its_line_and_an_unready_campaign_one(make_bank: Make) -> None:
    assert [e.arm for e in register(make_bank([("a", 30, 6), ("b", 30, 9), ("control", 30, 10)]), scope=Scope.everything())] == ["a", "b"]
    waiting = register(make_bank([("a", 30, 6), ("b", 30, 9), ("control", 30, 10)], start_date=D(2024, 12, 1)), scope=Scope.everything())
    assert [(e.arm, e.status, e.kept) for e in waiting] == [(None, "not_due", None)]
    assert [e.status for e in register(make_bank([("treated", 30, 6)]), scope=Scope.everything())] == ["no_holdout"]


def test_a_bank_without_campaigns_has_an_empty_register(make_bank: Make) -> None:
    bank = make_bank()
    bank.tables.clear()
    assert register(bank, scope=Scope.everything()) == []
