"""Which periods are final, what a partial month says so far, and what happened on the way."""

import datetime

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure
from churn_dash.measures.calendar.markers import markers
from churn_dash.measures.calendar.settling import incomplete, last_month_of, settles_on
from churn_dash.measures.movement.growth import growth
from churn_dash.store import Records, Workspace, publish
from tests.asking import asked

D = datetime.date


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "own"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def partial(tmp_path_factory):
    """Ten customers from January; of April only two rows arrived, and one account was closed on 3 April."""
    rows = [(f"C{i}", D(2024, m, 1), 10.0, 10.0, 1) for i in range(10) for m in (1, 2, 3, 4) if m < 4 or i < 2]
    accounts = [(f"A{i}", f"C{i}", D(2020, 1, 1), D(2024, 4, 3) if i == 9 else None) for i in range(10)]
    accounts.append(("A10", "C10", D(2024, 4, 2), D(2024, 4, 9)))  # came and went in April: not there at its start
    names = ["customer_id", "month", "aum_avg", "aum_end", "txn_count"]
    return published(
        {
            "customer_month": pl.DataFrame(rows, schema=names, orient="row"),
            "accounts": pl.DataFrame(accounts, schema=["account_id", "customer_id", "open_date", "close_date"], orient="row"),
            "customers": pl.DataFrame(
                [(f"C{i}", "F" if i < 5 else "M") for i in range(10)], schema=["customer_id", "gender"], orient="row"
            ),
        },
        tmp_path_factory.mktemp("partial"),
    )


def test_a_month_that_did_not_come_whole_tells_what_it_knows_and_is_no_month(partial):
    row = incomplete(asked(partial, definition="close")).row(0, named=True)
    assert row == {
        "month": D(2024, 4, 1), "rows": 2, "rows_expected": 10, "days": 30, "customers": 10, "lost_so_far": 1, "rate_so_far": 0.1,
    }  # fmt: skip
    assert D(2024, 4, 1) not in partial.months
    women = incomplete(asked(partial, filters=Filters((("gender", ("F",)),)), definition="close")).row(0, named=True)
    assert (women["customers"], women["lost_so_far"]) == (5, 0)


def test_whole_months_are_not_incomplete(bank_data):
    assert incomplete(asked(bank_data)).is_empty()


def test_a_closure_is_final_and_an_absence_a_month_later(bank_data):
    last = bank_data.measurable[-1]
    assert settles_on(bank_data, last, "close") is None
    day = settles_on(bank_data, last, "first")
    assert day == settles_on(bank_data, last, "absent") and (day - bank_data.data_end).days in (28, 29, 30, 31)
    assert settles_on(bank_data, bank_data.measurable[-2], "first") is None
    assert last_month_of(D(2026, 4, 1), "quarter") == D(2026, 6, 1) and last_month_of(D(2026, 1, 1), "year") == D(2026, 12, 1)


def test_a_change_of_the_official_definition_is_marked_from_the_day_it_holds(bank, tmp_path):
    ds = published({"customer_month": bank.tables["customer_month"], "campaigns": bank.tables["campaigns"]}, tmp_path)
    records = Records(ds.root)
    campaigns = markers(ds)
    assert {m.kind for m in campaigns} == {"campaign"}
    assert [m.date for m in campaigns] == sorted(bank.tables["campaigns"]["start_date"].to_list())
    records.add("definition", "official", {"definition": "close", "from": "2020-01-01"})
    assert markers(ds) == campaigns, "the first definition changes nothing"
    records.add("definition", "official", {"definition": "close", "from": "2020-02-01"})
    records.add("definition", "official", {"definition": "first", "from": "2025-03-01"})
    records.add("definition", "official", {"definition": "our own", "from": "2025-06-01"})
    changes = [m for m in markers(ds) if m.kind == "definition"]
    assert [(m.date, m.name) for m in changes] == [(D(2025, 3, 1), "closure, absence or dormancy"), (D(2025, 6, 1), "our own")]


def test_a_period_with_a_month_that_did_not_come_whole_inside_is_measured_all_the_same(bank, bank_data, tmp_path):
    rows = bank.tables["customer_month"]
    few = rows["customer_id"].unique().sort().head(100).to_list()
    broken = bank_data.months[-5]
    tables = {name: bank.tables[name] for name in ("customers", "accounts")}
    tables["customer_month"] = rows.filter((pl.col("month") != broken) | pl.col("customer_id").is_in(few))
    ds = published(tables, tmp_path)
    assert broken not in ds.months
    told, whole = (measure(asked(d, definition="close"), ["customers", "customers_lost"]).to_dicts() for d in (ds, bank_data))
    assert told == whole, "closures are told by the accounts, whatever the list of a month in between"
    assert told[0]["customers"] > 0
    rows = growth(asked(ds, definition="close"), ["month"])
    after = bank_data.months[-4]
    assert rows.filter(pl.col("aum_start").is_null())["month"].to_list() == [after], "its balances at the start are missing, not nothing"
    assert rows.filter(pl.col("month") == after)["start"][0] > 0
