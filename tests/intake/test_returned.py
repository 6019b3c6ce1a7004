"""Rows set aside are downloaded, corrected, and loaded again as if they came from their own files."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.intake import Extract, Options, Source
from churn_dash.intake.extraction import extract
from churn_dash.intake.quarantine import spoken
from churn_dash.report import files

MONTHS = "customer_id,month,aum_end,note\n" + "".join(f"c{i},2024-01,{i},n{i}\n" for i in range(30))
BAD = "b1,2024-01,-7.50,=1+1\nb2,2024-01,x,plain\n"
ACCOUNTS = "account_id,customer_id,account_type,open_date\n1,c1,current,2020-01-01\n2,c2,term,2020-13-01\n"


def first() -> Extract:
    return extract([Source("customer_month.csv", (MONTHS + BAD).encode()), Source("accounts.csv", ACCOUNTS.encode())])


def written(found: Extract, form: str, language: str = "en") -> Source:
    rows = spoken(found.quarantine_rows, language)
    return Source(f"rows-set-aside.{form}", files.csv(rows) if form == "csv" else files.xlsx(rows))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_set_aside_is_read_again_row_by_row_for_the_same_reasons(form, language):
    found = first()
    fresh = "c99,2024-01,5,n\n"
    again = extract([written(found, form, language), Source("more.csv", (MONTHS.splitlines()[0] + "\n" + fresh).encode())])
    assert (again.rows_in, again.rows_good, again.rows_quarantined) == (4, 1, 3)
    assert sorted(again.quarantine["code"]) == sorted(found.quarantine["code"])
    assert set(again.quarantine["file"]) == {"customer_month.csv", "accounts.csv"}
    assert sorted(again.quarantine["value"]) == sorted(["-7.50", "x", "2020-13-01"])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_corrected_rows_come_in_as_the_tables_they_belong_to(form):
    rows = spoken(first().quarantine_rows)
    rows = rows.with_columns(
        pl.when(pl.col("account_id").is_not_null()).then(pl.lit("2020-12-01")).otherwise("open_date").alias("open_date"),
        pl.when(pl.col("month").is_not_null()).then(pl.lit("12")).otherwise("aum_end").alias("aum_end"),
    )
    data = files.csv(rows) if form == "csv" else files.xlsx(rows)
    again = extract([Source(f"mended.{form}", data)])
    assert (again.rows_in, again.rows_good) == (3, 3)
    assert set(again.tables["customer_month"].columns) == {"customer_id", "month", "aum_end", "x_note"}
    assert again.tables["customer_month"]["x_note"].to_list() == ["=1+1", "plain"]
    assert again.tables["accounts"].columns == ["account_id", "customer_id", "account_type", "open_date"]


def test_columns_called_like_the_added_ones_keep_their_name():
    text = "customer_id,churn,reason,file\n" + "".join(f"c{i},{i % 2},r{i},f{i}\n" for i in range(30)) + "d,perhaps,why,f\n"
    found = extract([Source("a.csv", text.encode())])
    assert found.quarantine_rows.columns == ["file", "source_row", "why", "customer_id", "churn", "reason (file)", "file (file)"]
    back = spoken(found.quarantine_rows).with_columns(pl.lit("1").alias("churn"))
    again = extract([Source("b.csv", files.csv(back))])
    assert {a.label: again.tables["cross_section"][a.column][0] for a in again.attributes} == {"reason": "why", "file": "f"}


def test_rows_that_had_too_many_cells_come_back_without_the_extra_ones():
    found = extract([Source("customer_month.csv", (MONTHS + "b1,2024-01,7,plain,more\n").encode())])
    rows = spoken(found.quarantine_rows).with_columns(pl.lit(None, dtype=pl.String).alias("column 5"))
    again = extract([Source("a.csv", files.csv(rows))])
    assert again.tables["customer_month"].rows()[0][0] == "b1" and {a.label for a in again.attributes} == {"note"}


def test_a_row_that_is_broken_in_the_list_itself_is_counted():
    data = files.csv(spoken(first().quarantine_rows)) + b"only,two\r\n"
    assert [extract([Source("a.csv", data)]).rows_quarantined, extract([Source("a.csv", data)]).rows_good] == [4, 0]
    fixed = data.replace(b"'-7.50", b"7.50")
    again = extract([Source("a.csv", fixed)])
    assert (again.rows_in, again.rows_good, again.rows_quarantined) == (4, 1, 3)
    assert "cells_shifted" in again.quarantine["code"].to_list()


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff\r\n", exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=8), st.sampled_from(["csv", "xlsx"]))
def test_any_cell_survives_the_way_out_and_back(cells, form):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([f"b{i}", "2024-01", "bad", f"t{c}" if c[0] == "'" else c] for i, c in enumerate(cells))
    found = extract([Source("customer_month.csv", (MONTHS + out.getvalue()).encode())], Options(table="customer_month"))
    rows = spoken(found.quarantine_rows)
    again = extract(
        [Source(f"a.{form}", files.csv(rows) if form == "csv" else files.xlsx(rows)), Source("b.csv", MONTHS.encode())],
        Options(table="customer_month"),
    )
    assert again.quarantine_rows["note"].to_list() == found.quarantine_rows["note"].to_list()
    assert again.quarantine["code"].to_list() == found.quarantine["code"].to_list()
