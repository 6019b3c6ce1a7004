"""The dirt of METHODS E4, as it comes in: understood, or found and counted exactly as its record says."""

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake import Extract, Source
from churn_dash.intake.extraction import extract
from churn_dash.sample.dirt import Dirty, with_dirt, write_dirty

CELLS = ("missing_income", "trailing_space", "date_form", "thousands", "full_width")
"""Kinds of which each cell is understood as what it was (a missing income: as missing)."""


@pytest.fixture(scope="module")
def clean() -> sample.Bank:
    return sample.generate(1, *sample.SIZES["tiny"])


@pytest.fixture(scope="module")
def dirty(clean) -> Dirty:
    return with_dirt(clean, 1)


@pytest.fixture(scope="module")
def found(dirty) -> Extract:
    return extract([Source(name, content) for name, content in dirty.files.items()])


def of(dirty: Dirty, kind: str) -> pl.DataFrame:
    rows = dirty.record.filter(kind=kind)
    assert rows.height, kind
    return rows


def original(clean, dirty, row) -> dict:
    """The clean row behind a row of the record, with the id as the dirty files write it."""
    values = clean.tables[row["table"]].row(row["row"], named=True)
    return values | {"customer_id": values["customer_id"].replace("C", "00")}


def loaded(found, row, values) -> dict:
    key = {"customers": ["customer_id"], "accounts": ["account_id"], "customer_month": ["customer_id", "month"]}[row["table"]]
    rows = found.tables[row["table"]].filter(*(pl.col(k) == values[k] for k in key))
    assert rows.height == 1, (row, values)
    return rows.row(0, named=True)


@pytest.mark.parametrize("kind", CELLS)
def test_every_cell_is_understood_as_what_it_was(clean, dirty, found, kind):
    for row in of(dirty, kind).iter_rows(named=True):
        values = original(clean, dirty, row)
        want = None if kind == "missing_income" else values[row["column"]]
        assert loaded(found, row, values)[row["column"]] == want, row


def test_amounts_in_ten_thousands_are_read_in_yuan(clean, dirty, found):
    for row in of(dirty, "ten_thousands").iter_rows(named=True):
        values = original(clean, dirty, row)
        assert loaded(found, row, values)["aum_end"] == pytest.approx(float(row["after"].removesuffix("万")) * 1e4)
        assert abs(values["aum_end"] - float(row["after"].removesuffix("万")) * 1e4) <= 500.01


@pytest.mark.parametrize(
    ("kind", "column", "header", "reason"),
    [
        ("closed_before_opened", "close_date", "close_date", "closed_before_opened"),
        ("negative_aum", "aum_end", "月末资产", "below_least"),
    ],
)
def test_what_cannot_be_is_set_aside_with_its_row_and_reason(dirty, found, kind, column, header, reason):
    rows = of(dirty, kind)
    aside = found.quarantine.filter(pl.col("column") == header)
    assert aside.height == rows.height and set(aside["code"]) == {reason}
    assert sorted(aside["value"]) == sorted(rows["after"])
    assert sorted(aside["source_row"] - 2) == sorted(rows["row"])


def test_nothing_else_is_set_aside_and_copies_are_counted_as_repeats(clean, dirty, found):
    aside = of(dirty, "closed_before_opened").height + of(dirty, "negative_aum").height
    copies = of(dirty, "duplicate").height
    rows = sum(table.height for table in clean.tables.values())
    assert (found.rows_quarantined, found.rows_repeated, found.rows_in) == (aside, copies, rows + copies)
    assert found.rows_good == rows - aside


def test_every_clean_cell_comes_in_as_it_was(clean, dirty, found):
    """Tables that were not touched but for the customer's number."""
    touched = set(dirty.record.filter(~pl.col("kind").is_in(["leading_zeros"]))["table"])
    free = [name for name in clean.tables if name not in touched]
    assert len(free) > 15
    for name in free:
        want, got = clean.tables[name], found.tables[name]
        if "customer_id" in want.columns:
            want = want.with_columns(pl.col("customer_id").str.replace("C", "00", literal=True))
        assert got.select(want.columns).equals(want), name


def test_numbers_of_customers_keep_their_zeros(dirty, found):
    for row in of(dirty, "leading_zeros").iter_rows(named=True):
        own = found.tables[row["table"]]["customer_id"]
        assert own.str.starts_with("0").sum() + own.str.starts_with("99").sum() == len(own) > 0


def test_the_chinese_file_in_gb18030_is_read_with_every_header(dirty, found):
    assert of(dirty, "gb18030")["table"].to_list() == ["customer_month"]
    assert set(of(dirty, "chinese_header")["before"]) <= set(found.tables["customer_month"].columns)


def test_leak_columns_come_in_as_the_banks_own(dirty, found):
    assert {a.label for a in found.attributes} == set(of(dirty, "leak")["column"])


def test_the_late_month_is_known_as_late_as_it_was(clean, dirty, found):
    late = of(dirty, "late_month").row(0, named=True)
    rows = found.tables["customer_month"].select(
        "month", "available_ts", (pl.col("available_ts") - pl.col("month").dt.month_end()).alias("lag")
    )
    assert set(rows.filter(pl.col("month") == pl.lit(late["before"]).str.to_date())["lag"].dt.total_days()) == {23}
    assert set(rows.filter(pl.col("month") != pl.lit(late["before"]).str.to_date())["lag"].dt.total_days()) == {3}


def test_the_record_is_written_apart_from_the_files(dirty, tmp_path):
    paths = write_dirty(dirty, tmp_path)
    assert paths[-1] == tmp_path / "truth" / "dirt.csv" and {p.parent.name for p in paths[:-1]} == {"files"}
    told = pl.read_csv(paths[-1], schema_overrides=dict(dirty.record.schema))
    assert told.equals(dirty.record)


def counted(found: Extract, code: str, column: str) -> list[int | None]:
    """The counts of the findings of a code about a column, by its header."""
    return [f.count for f in found.findings if f.code == code and f.column == column]


def test_orphan_accounts_are_found_and_counted(dirty, found):
    assert counted(found, "orphans", "customer_id") == [of(dirty, "orphan").height]


def test_leak_suspects_are_found(dirty, found):
    assert {f.column for f in found.findings if f.code == "leak"} == set(of(dirty, "leak")["column"])


def test_future_dates_are_found_and_counted(dirty, found):
    assert counted(found, "date_in_future", "birth_date") == [of(dirty, "future_date").height]


def test_the_late_month_is_found(dirty, found):
    told = [f.examples for f in found.findings if f.code == "month_late"]
    assert told == [(of(dirty, "late_month")["before"][0][:7],)]


def test_a_rate_in_percent_is_the_same_however_it_is_written():
    header = "月份,城市,本行利率{unit},同业利率\n"
    for unit, own in (("", "1.85"), ("", "1.85%"), ("(%)", "1.85"), ("（%）", "1.85%")):
        text = header.format(unit=unit) + f"2024-03,上海,{own},2.1\n2024-04,上海,{own},2.1\n"
        table = extract([Source("市场月表.csv", text.encode())]).tables["market_month"]
        assert table["own_rate"].to_list() == pytest.approx([1.85, 1.85]), (unit, own)
