"""Whom to ask back: never who refuses or has died, the largest expectation first, by a chance learned from those lost before."""

import datetime
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.winback.rates import win_back
from churn_dash.campaigns.winback.whom import chances, to_ask
from churn_dash.errors import BadInput, NotFound
from churn_dash.report import winback_file

D = datetime.date
Make = Callable[..., Any]
END = D(2024, 12, 31)
ALL = Scope.everything()


def spell(who: str, start: D, end: D | None = None) -> dict[str, Any]:
    gone = {"form": "close", "why": "voluntary"} if end else {"form": None, "why": None}
    return {"definition": "first", "customer_id": who, "start_date": start, "end_date": end, **gone}


def day(n: int) -> D:
    """``n`` days before the end of the data."""
    return END - datetime.timedelta(days=n)


@pytest.fixture
def bank(make_bank: Make) -> Any:
    """Sixty lost a year ago, every third of them back after 40 days; and four lost 5 days ago."""
    spells = []
    for i in range(60):
        spells.append(spell(f"old{i}", D(2020, 1, 1), day(360)))
        if i % 3 == 0:
            spells.append(spell(f"old{i}", day(320)))
    fresh = {"dead": "death", "no": "rate", "rich": "competitor", "poor": "service"}
    spells += [spell(c, D(2020, 1, 1), day(5)) for c in fresh]
    events = [(c, day(5), reason) for c, reason in fresh.items()] + [(f"old{i}", day(360), "rate") for i in range(60)]
    people = [(c, "B1", "R1" if c == "rich" else None, c != "no") for c in (*fresh, *(f"old{i}" for i in range(60)))]
    own = [("rich", day(5), 1_000_000.0), ("poor", day(5), 10.0), ("dead", day(5), 5e6), ("no", day(5), 5e6)]
    tables = {
        "churn_events": pl.DataFrame(events, schema=["customer_id", "event_date", "reason_code"], orient="row").with_row_index("event_id"),
        "customers": pl.DataFrame(people, schema=["customer_id", "branch_id", "rm_id", "consent_marketing"], orient="row"),
        "winbacks": pl.DataFrame(own, schema=["customer_id", "lost_date", "aum_lost"], orient="row").with_row_index("winback_id"),
    }
    return make_bank([("t", 1, 0)], others=spells, tables=tables)


def test_the_list_holds_whom_one_may_ask_the_largest_expectation_first(bank: Any) -> None:
    one = to_ask(bank, win_back(bank, ALL), longest=30)
    assert one.rows["customer_id"].to_list() == ["rich", "poor"]
    assert one.rows["strategy"].to_list() == ["competitor", "service"]
    assert one.rows["owner"].to_list() == ["R1", "B1"]
    assert one.left_out == {"deceased": 1, "bank": 0, "refused": 1, "too_long": 40}
    row = one.rows.row(0, named=True)
    assert row["expected"] == pytest.approx(1_000_000 * row["chance"])


def test_the_chance_is_that_of_those_lost_before_who_were_away_as_long(bank: Any) -> None:
    rows = win_back(bank, ALL).rows
    learned = {(b, c): p for b, c, p in chances(rows, END).iter_rows()}
    assert learned[0, "price"] == pytest.approx(20 / 60)
    assert learned[2, "price"] == pytest.approx(0.0)
    assert learned[0, "competition"] == pytest.approx(20 / 60), "without cases of its own a cause has the chance of all"


def test_a_cause_of_few_is_drawn_towards_all_causes(make_bank: Make) -> None:
    spells, events = [], []
    for i in range(60):
        reason = "service" if i < 10 else "rate"
        spells.append(spell(f"c{i}", D(2020, 1, 1), day(300)))
        events.append((f"c{i}", day(300), reason))
        if i < 5:
            spells.append(spell(f"c{i}", day(290)))
    table = pl.DataFrame(events, schema=["customer_id", "event_date", "reason_code"], orient="row").with_row_index("event_id")
    rows = win_back(make_bank([("t", 1, 0)], others=spells, tables={"churn_events": table}), ALL).rows
    learned = {(b, c): p for b, c, p in chances(rows, END).iter_rows()}
    base = 5 / 60
    assert learned[0, "service"] == pytest.approx((5 + 50 * base) / 60)
    assert learned[0, "price"] == pytest.approx((0 + 50 * base) / 100)


def test_with_few_to_learn_from_there_is_no_chance_and_no_expectation(make_bank: Make) -> None:
    people = pl.DataFrame({"customer_id": ["c1", "c2"]})
    lost = [spell("c1", D(2020, 1, 1), day(20)), spell("c2", D(2020, 1, 1), day(300))]
    ds = make_bank([("t", 1, 0)], others=lost, tables={"customers": people})
    one = to_ask(ds, win_back(ds, ALL))
    assert one.n == 2
    assert one.rows["chance"].null_count() == one.rows["expected"].null_count() == 2


def test_one_owner_has_his_own_and_an_unknown_one_is_refused(bank: Any) -> None:
    one = to_ask(bank, win_back(bank, ALL), longest=30)
    assert one.of("R1").rows["customer_id"].to_list() == ["rich"]
    with pytest.raises(NotFound, match="R1"):
        one.of("R2")
    with pytest.raises(BadInput, match="at least one day"):
        to_ask(bank, win_back(bank, ALL), longest=0)


def test_the_file_has_a_sheet_an_owner_and_keeps_numbers_of_customers_as_text(bank: Any, tmp_path: Any) -> None:
    import openpyxl

    one = to_ask(bank, win_back(bank, ALL), longest=30)
    winback_file.write(one, tmp_path / "list.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == ["R1", "B1", "说明"]
    assert book["R1"]["A2"].value == "rich"
    assert "差异化竞争" in [c.value for c in book["R1"][2]]
    assert ("已故", "1") in [(r[0].value, r[1].value) for r in book["说明"].iter_rows()]
    winback_file.write(one, tmp_path / "list.csv")
    assert "Stand out against the competitor" in (tmp_path / "list.csv").read_text("utf-8-sig")
    for name in ("list.doc", "no/where.csv"):
        with pytest.raises(BadInput, match=r"none of them|cannot be written"):
            winback_file.write(one, tmp_path / name)
