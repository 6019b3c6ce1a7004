"""Who holds a contract that needs no transaction is not dormant: as derived, moved in the lab, extended, and by a plain loop."""

import datetime

import polars as pl
import pytest

from churn_dash.contract.definitions import EXEMPT, Dormancy, Settings, with_settings
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, measure
from churn_dash.measures.lab import compare_definitions
from churn_dash.store import Dataset, Workspace, publish
from churn_dash.store.derive import derived
from churn_dash.store.derive.extending import extend
from tests.asking import asked
from tests.measures import brute
from tests.store.test_extending import agree

MONTHS = [datetime.date(2024, m, 1) for m in range(1, 13)]
HELD = {
    "busy": {},
    "empty": {},
    "loan": {"loan_balance": 500_000.0},
    "wealth": {"wealth_avg": 5.0},
    "fund": {"fund_avg": 5.0},
    "repaid": {"loan_balance": 9_000.0},
}


def months() -> pl.DataFrame:
    rows = [
        {
            "customer_id": name,
            "month": month,
            "aum_avg": 50.0,
            "aum_end": 50.0,
            "txn_count": 3 if name == "busy" or i == 0 else 0,
            **dict.fromkeys(EXEMPT, 0.0),
            **({} if name == "repaid" and i >= 9 else held),
        }
        for name, held in HELD.items()
        for i, month in enumerate(MONTHS)
    ]
    return pl.DataFrame(rows)


def published(tables: dict[str, pl.DataFrame], folder) -> Dataset:
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "exempt"))
    return workspace.dataset()


def lost(ds: Dataset) -> dict[str, datetime.date]:
    found = ds.cursor().execute("select customer_id, CAST(end_date AS DATE) from spells where definition = 'dormant' and form is not null")
    return dict(found.fetchall())


def test_a_loan_a_wealth_product_or_a_fund_is_no_dormancy_and_a_loan_repaid_is_none_any_more(tmp_path):
    assert lost(published({"customer_month": months()}, tmp_path)) == {
        "empty": datetime.date(2024, 7, 31),
        "repaid": datetime.date(2024, 10, 31),
    }


def test_a_list_without_such_columns_tells_by_transactions_and_balance(tmp_path):
    bare = months().drop("loan_balance", "wealth_avg", "fund_avg")
    assert set(lost(published({"customer_month": bare}, tmp_path))) == set(HELD) - {"busy"}


def test_a_plain_loop_finds_the_same(tmp_path):
    ds, loop = published({"customer_month": months()}, tmp_path), brute.Brute({"customer_month": months()}, "dormant")
    for month in ds.measurable:
        period = Period(month, month)
        row = measure(asked(ds, period=period, definition="dormant"), ["customers", "customers_lost"]).to_dicts()[0]
        want = loop.figures(month, month)
        assert (row["customers"], row["customers_lost"]) == (want["active_at_start"], want["churned"]), month


@pytest.mark.parametrize("days", [60, 90])
def test_the_lab_finds_what_a_file_of_these_settings_holds(tmp_path, days):
    ds = published({"customer_month": months()}, tmp_path)
    moved = Settings(dormancy=Dormancy(days))
    period = Period(MONTHS[2], MONTHS[-1])
    near = compare_definitions(asked(ds, period=period), with_settings(moved)).of("dormant")
    anew = compare_definitions(asked(Dataset(ds.root, ds.info, moved).prepared(), period=period), with_settings(moved)).of("dormant")
    assert (near.heads.n, near.heads.of) == (anew.heads.n, anew.heads.of) == (2, 6)


def test_an_extended_file_is_the_one_built_from_the_ground_up(tmp_path):
    first, extended, built = (tmp_path / f"{n}.duckdb" for n in ("first", "extended", "built"))
    old, new = (months().filter(c) for c in (pl.col("month") < MONTHS[-1], pl.col("month") == MONTHS[-1]))
    derived.build(first, "panel", {"customer_month": old}, ())
    assert extend(first, extended, new, {}, None, ())
    derived.build(built, "panel", {"customer_month": months()}, ())
    agree(extended, built)
