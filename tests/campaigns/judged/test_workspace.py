"""Campaigns of a published sample bank, against a count by hand from its raw tables."""

import datetime
import pathlib

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.access import Scope
from churn_dash.campaigns import before_after, evaluate, register
from churn_dash.campaigns.groups.members import campaign_ids
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.intake.typed import extract_of
from churn_dash.store import Dataset, Workspace, publish


@pytest.fixture(scope="module")
def bank() -> sample.Bank:
    return sample.generate(5, 2_500, 20)


@pytest.fixture(scope="module")
def dataset(bank: sample.Bank, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path: pathlib.Path = tmp_path_factory.mktemp("bank")
    workspace = Workspace.create(path, sample=True)
    publish(workspace, extract_of(bank.tables, "sample"))
    return workspace.dataset()


def counted(bank: sample.Bank, campaign_id: str) -> dict[str, tuple[int, int]]:
    """Group → (members with an open account on the eve, of whom the last account closed within the horizon)."""
    plan = bank.tables["campaigns"].filter(pl.col("campaign_id") == campaign_id).row(0, named=True)
    first, last = plan["start_date"], plan["start_date"] + datetime.timedelta(days=plan["horizon_days"] - 1)
    accounts: dict[str, list[tuple[datetime.date, datetime.date | None]]] = {}
    for who, opened, closed in bank.tables["accounts"].select("customer_id", "open_date", "close_date").iter_rows():
        accounts.setdefault(who, []).append((opened, closed))

    def is_customer(who: str, day: datetime.date) -> bool:
        return any(opened <= day and (closed is None or closed > day) for opened, closed in accounts[who])

    found: dict[str, tuple[int, int]] = {}
    for who, arm in (
        bank.tables["campaign_assignments"].filter(pl.col("campaign_id") == campaign_id).select("customer_id", "arm").iter_rows()
    ):
        if is_customer(who, first - datetime.timedelta(days=1)):
            days = [first + datetime.timedelta(days=d) for d in range((last - first).days + 1)]
            n, k = found.get(arm, (0, 0))
            found[arm] = (n + 1, k + any(not is_customer(who, d) for d in days))
    return found


@pytest.mark.parametrize("campaign_id", ["C01", "C02", "C03a"])
def test_groups_and_leavers_are_those_of_the_raw_accounts(bank: sample.Bank, dataset: Dataset, campaign_id: str) -> None:
    e = evaluate(dataset, campaign_id, definition="close", scope=Scope.everything())
    assert {g.arm: (g.known, g.cases) for g in e.groups} == counted(bank, campaign_id)


def test_the_grades_follow_the_designs(dataset: Dataset) -> None:
    grades = {e.campaign_id: (e.grade, e.status) for e in register(dataset, scope=Scope.everything())}
    assert {c: g for c, (g, _s) in grades.items()} == {"C01": "A", "C02": "A", "C03a": "C", "C07": "D"}
    assert grades["C03a"][1] == "adjusted"
    assert grades["C07"][1] == "no_holdout"


def test_the_rescue_after_a_low_month_would_have_looked_a_success(dataset: Dataset) -> None:
    naive = evaluate(dataset, "C07", scope=Scope.everything()).naive
    assert naive.difference is not None
    assert naive.difference > 0
    assert naive.expected.value is None or naive.expected.value > 0


def test_costs_are_those_of_the_table_and_of_the_contacts(bank: sample.Bank, dataset: Dataset) -> None:
    plan = bank.tables["campaigns"].filter(pl.col("campaign_id") == "C01").row(0, named=True)
    members = bank.tables["campaign_assignments"].filter((pl.col("campaign_id") == "C01") & (pl.col("arm") == "treated"))
    contacts = ASSUMPTIONS["contact_cost"].default * members["contacted_at"].is_not_null().sum()
    spent = plan["cost_fixed"] + contacts + members["incentive_cost"].sum()
    assert evaluate(dataset, "C01", scope=Scope.everything()).money["treated"].cost == pytest.approx(spent)


def test_every_campaign_has_its_table(dataset: Dataset) -> None:
    for campaign_id in campaign_ids(dataset):
        table = before_after(dataset, campaign_id, scope=Scope.everything())
        assert len(table.rows) == 10
        assert {r.indicator for r in table.rows} == set(range(1, 9))
