"""Dirty files: every kind is there, recorded, and nothing else was touched. METHODS E4."""

import io

import polars as pl
import pytest

from churn_dash.contract import TABLES
from churn_dash.sample.dirt import Dirty, with_dirt

KINDS = {
    *("duplicate", "missing_income", "orphan", "date_form", "thousands", "ten_thousands", "full_width", "leading_zeros"),
    *("negative_aum", "closed_before_opened", "future_date", "trailing_space", "gb18030", "chinese_header", "late_month", "leak"),
}


@pytest.fixture(scope="module")
def dirty(tiny) -> Dirty:
    return with_dirt(tiny, 1)


def test_every_kind_of_dirt_is_there_and_recorded(dirty):
    assert set(dirty.record["kind"]) == KINDS


def test_the_same_seed_makes_the_same_dirt(tiny, dirty):
    again = with_dirt(tiny, 1)
    assert again.files == dirty.files and again.record.equals(dirty.record)
    assert not with_dirt(tiny, 2).record.equals(dirty.record)


def test_the_record_holds_what_was_and_what_is(dirty):
    cells = dirty.record.filter(pl.col("row").is_not_null() & pl.col("column").is_not_null())
    for row in cells.iter_rows(named=True):
        assert dirty.tables[row["table"]][row["column"]][row["row"]] == row["after"]
        assert row["before"] != row["after"]


def test_undoing_the_record_gives_the_clean_tables_back(tiny, dirty):
    for name, table in dirty.tables.items():
        done = dirty.record.filter(table=name)
        for row in done.filter(pl.col("column").is_not_null() & pl.col("row").is_not_null()).iter_rows(named=True):
            column = table[row["column"]].to_list()
            column[row["row"]] = row["before"]
            table = table.with_columns(pl.Series(row["column"], column, dtype=pl.String))
        table = table.head(table.height - done.filter(kind="duplicate").height)
        clean = tiny.tables[name].select(pl.all().cast(pl.String))
        for column in clean.columns:
            if column in ("customer_id", "referrer_id"):
                assert (table[column].str.replace("00", "C", literal=True)).equals(clean[column]), (name, column)
            elif column != "available_ts":
                assert table[column].equals(clean[column]), (name, column)


def test_a_copied_row_is_the_row_it_copies(dirty):
    copies = dirty.record.filter(kind="duplicate")
    assert copies.height >= 10
    for row in copies.iter_rows(named=True):
        table = dirty.tables[row["table"]]
        assert table.row(row["row"]) == table.row(int(row["before"]))


def test_shares_are_those_of_the_plan(tiny, dirty):
    counts = dict(dirty.record.group_by("kind").len().iter_rows())
    assert counts["missing_income"] == round(0.01 * tiny.tables["customers"].height)
    assert counts["orphan"] == round(0.002 * tiny.tables["accounts"].height)


def test_the_monthly_file_is_chinese_in_gb18030(dirty):
    rows = pl.read_csv(io.BytesIO(dirty.files["客户月表.csv"].decode("gb18030").encode()), infer_schema=False)
    known = {(column.metadata or {})["zh"] for column in TABLES["customer_month"].columns.values()}
    assert set(rows.columns) - known == {"closing_ticket_flag", "last_status_code"}
    assert set(rows["客户等级"]) <= {"大众", "富裕", "金", "白金", "私行"} and rows["客户号"].str.starts_with("00").all()


def test_the_leak_columns_tell_of_the_exit_a_month_ahead(tiny, dirty):
    flagged = dirty.tables["customer_month"].head(tiny.tables["customer_month"].height).filter(closing_ticket_flag="1")
    told = flagged.select(pl.col("customer_id").str.replace("00", "C", literal=True), pl.col("month").str.to_date().dt.offset_by("1mo"))
    exits = tiny.truth.exits.filter(form="close")
    assert told.height > 30 and told.join(exits, on=["customer_id", "month"], how="anti").is_empty()


def test_one_month_arrives_twenty_days_late(tiny, dirty):
    clean, late = tiny.tables["customer_month"], dirty.tables["customer_month"].head(tiny.tables["customer_month"].height)
    days = (late["available_ts"].str.to_date() - clean["available_ts"]).dt.total_days()
    assert set(days) == {0, 20} and clean["month"].filter(days > 0).n_unique() == 1
