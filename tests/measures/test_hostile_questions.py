"""Questions at the edge of what data hold: answered in words or with what is known, never with a failure."""

import datetime

import polars as pl
import pytest

from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, with_settings
from churn_dash.errors import BadInput
from churn_dash.intake.typed import extract_of
from churn_dash.measures.conditions.rules import rule_of
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.money.assumptions import parsed
from churn_dash.measures.tenure.survival import survival
from churn_dash.store import Workspace, publish
from tests.asking import asked


def months(customers, columns, n=12, value=None):
    rows = [
        {"customer_id": c, "month": datetime.date(2023 + m // 12, m % 12 + 1, 1), **(value(c) if value else {})}
        for c in customers
        for m in range(n)
    ]
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, **columns})


def published(tables, path):
    workspace = Workspace.create(path)
    publish(workspace, extract_of(tables, "hostile"))
    return workspace.dataset()


@pytest.mark.parametrize("customers", [["c0"], ["c0", "c1"]])
def test_a_moved_definition_that_nobody_comes_near_is_answered(customers, tmp_path):
    rows = months(customers, {"aum_end": pl.Float64, "txn_count": pl.Int64}, value=lambda _c: {"aum_end": 5e4, "txn_count": 3})
    ds = published({"customer_month": rows}, tmp_path / "w")
    for other in (Settings(Dormancy(90)), Settings(Dormancy(30, 0.0)), Settings(asset_decline=AssetDecline(0.05))):
        found = compare_definitions(asked(ds), with_settings(other)).of("dormant").heads
        assert (found.n, found.of) == (0, len(customers))


def test_a_moved_definition_whose_columns_are_missing_is_left_as_it_is(tmp_path):
    ds = published({"customer_month": months(["c0", "c1"], {})}, tmp_path / "w")
    lab = compare_definitions(asked(ds), with_settings(Settings(Dormancy(90))))
    assert {j.name for j in lab.judged} == set(ds.definitions)


def test_groups_of_which_no_day_of_entry_is_known_are_not_tested_against_each_other(tmp_path):
    customers = [f"c{i}" for i in range(80)]
    rows = months(customers, {"tier": pl.String}, value=lambda c: {"tier": None if int(c[1:]) < 40 else "gold"})
    people = pl.DataFrame(
        [(c, datetime.date(2022, 5, 1) if int(c[1:]) < 40 else None) for c in customers],
        schema={"customer_id": pl.String, "open_date": pl.Date},
        orient="row",
    )
    ds = published({"customer_month": rows, "customers": people}, tmp_path / "w")
    assert survival(asked(ds), "tier").difference is None


@pytest.mark.parametrize("text", ["1,5%", "1.5%%", "", "1,2,3"])
def test_an_assumption_that_could_mean_two_things_is_refused(text):
    with pytest.raises(BadInput):
        parsed("spread", text)


def test_a_number_beyond_all_numbers_in_a_rule_is_refused_in_words():
    with pytest.raises(BadInput):
        rule_of({"all": [{"column": "aum_end", "from": int("9" * 400)}]})
