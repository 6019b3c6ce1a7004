"""The guide for the department that cuts the extract says what the contract says."""

import io
import pathlib

import polars as pl
import pytest

from churn_dash.contract import TABLES
from churn_dash.report import data_guide


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_has_a_sheet_a_table_and_a_row_a_column(language):
    book = pl.read_excel(io.BytesIO(data_guide.workbook(language)), sheet_id=0, engine="calamine")
    assert len(book) == len(TABLES)
    for table, sheet in zip(TABLES.values(), book.values(), strict=True):
        assert sheet.to_series(0).to_list() == list(table.columns)


def test_every_column_has_a_chinese_header_and_a_meaning():
    for table in TABLES.values():
        for row in data_guide.rows(table):
            assert row[1] and row[5], (table.name, row)


def test_no_header_stands_for_two_columns_of_a_table():
    for table in TABLES.values():
        seen: dict[str, str] = {}
        for column in table.columns:
            for alias in table.aliases(column):
                assert seen.setdefault(alias.casefold(), column) == column, (table.name, alias)


def test_the_same_tables_give_the_same_file_and_it_is_the_one_in_docs():
    docs = pathlib.Path(__file__).resolve().parents[2] / "docs" / "extract_guide.xlsx"
    assert data_guide.workbook() == data_guide.workbook()
    written, fresh = (pl.read_excel(io.BytesIO(b), sheet_id=0, engine="calamine") for b in (docs.read_bytes(), data_guide.workbook()))
    assert list(written) == list(fresh) and all(written[n].equals(fresh[n]) for n in fresh), "run make docs"
