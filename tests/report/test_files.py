import datetime as dt
import io

import openpyxl
import polars as pl
import pytest

from churn_dash.report import files

ROWS = pl.DataFrame(
    {
        "customer_id": ["000123", "622200001234567890", "=1+1"],
        "name": ["王芳", '@SUM(A1)"', None],
        "rate": [0.1234567890123, None, -0.5],
        "on": [dt.date(2026, 10, 31), None, dt.date(2025, 1, 1)],
        "left": [True, False, None],
    }
)


def test_csv_opens_in_excel_with_chinese_intact_and_says_so_by_its_first_bytes():
    data = files.csv(ROWS, {"name": "姓名"})
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert "姓名" in text.splitlines()[0] and "王芳" in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_cell_or_header_of_a_csv_is_a_formula(start):
    text = files.csv(pl.DataFrame({"a": [f"{start}cmd|' /C calc'!A0"]}), {"a": f"{start}x"}).decode("utf-8-sig")
    cells = [line for line in text.split("\r\n") if line]
    assert all(c.lstrip('"').startswith("'") for c in cells[:1])
    assert pl.read_csv(text.encode())[pl.read_csv(text.encode()).columns[0]][0].startswith("'")


def test_numbers_of_a_csv_are_whole_and_negative_ones_stay_numbers():
    back = pl.read_csv(files.csv(ROWS), schema_overrides={"customer_id": pl.String})
    assert back["rate"].to_list() == [0.1234567890123, None, -0.5]
    assert back["customer_id"][0] == "000123"


def test_a_workbook_keeps_ids_as_text_and_dates_as_dates():
    book = openpyxl.load_workbook(io.BytesIO(files.xlsx(ROWS, {"customer_id": "客户号"}, [("Data version", "3")], ["rate"])))
    sheet = book["List"]
    assert sheet["A1"].value == "客户号"
    assert [sheet[f"A{i}"].value for i in (2, 3, 4)] == ["000123", "622200001234567890", "=1+1"]
    assert {sheet[f"A{i}"].data_type for i in (2, 3, 4)} == {"s"}, "an id, and a text that looks like a formula, are text"
    assert sheet["D2"].value.date() == dt.date(2026, 10, 31)
    assert sheet["C2"].number_format == "0.00%"
    assert sheet["E2"].value is True
    assert [c.value for c in book["About"][1]] == ["Data version", "3"]


def test_a_level_of_a_dimension_is_written_as_text():
    rows = pl.DataFrame({"tier": ["gold"]}, schema={"tier": pl.Enum(["gold", "mass"])})
    assert b"gold" in files.csv(rows)
    assert openpyxl.load_workbook(io.BytesIO(files.xlsx(rows)))["List"]["A2"].value == "gold"
