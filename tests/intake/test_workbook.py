"""Excel workbooks: sheets, titles, units, and hostile ones."""

import datetime
import io
import zipfile

import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.extraction import extract
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Options, Source
from churn_dash.words import say

DAY = datetime.date


def test_a_chinese_workbook_with_a_title_and_units_loads(workbook):
    rows = [
        ["客户月度数据"],
        ["客户号", "月份", "月末资产（万元）", "交易笔数"],
        ["001", DAY(2024, 1, 31), 1.5, 3],
        [None] * 4,
        ["002", 45322, 2, "x"],
    ]
    found = extract([Source("m.xlsx", workbook(("Sheet1", rows)))])
    assert found.tables["customer_month"].rows() == [("001", DAY(2024, 1, 1), 15_000.0, 3)]
    assert found.quarantine.select("source_row", "column", "value").rows() == [(5, "交易笔数", "x")]
    assert found.rows_in == 2


def test_sheets_named_after_tables_load_together_and_others_are_left(workbook):
    data = workbook(
        ("说明", [["客户号", "x"], ["读我", "2"]]),
        ("账户", [["账号", "客户号", "账户类型", "开户日期"], ["a1", "1", "活期", 45292]]),
        ("客户", [["客户号", "性别", "城市"], ["1", "女", "上海"]]),
        ("投诉", [["投诉号", "客户号"]]),
    )
    found = extract([Source("bank.xlsx", data)])
    assert found.shape == "tables"
    assert found.tables["accounts"].rows() == [("a1", "1", "current", DAY(2024, 1, 1))]
    assert found.tables["customers"].rows() == [("1", "F", "上海")]
    assert set(found.tables) == {"accounts", "customers"}
    assert [look.table for look in (preview(Source("bank.xlsx", data)), *preview(Source("bank.xlsx", data)).more)] == [
        "accounts",
        "customers",
    ]


def test_a_sheet_can_be_chosen_and_an_unknown_one_is_a_sentence(workbook):
    data = workbook(("one", [["customer_id", "churn"], ["1", "0"]]), ("two", [["customer_id", "churn"], ["1", "0"], ["2", "1"]]))
    assert extract([Source("a.xlsx", data)], Options(sheet="two")).rows_good == 2
    first = extract([Source("a.xlsx", data)])
    assert first.rows_good == 1
    assert "only sheet one is read" in say(first.warnings[0])
    with pytest.raises(NotFound, match=r"no sheet tow.*two"):
        extract([Source("a.xlsx", data)], Options(sheet="tow"))
    with pytest.raises(BadInput, match=r"damaged"):
        extract([Source("a.xlsx", data[: len(data) // 2])])
    with pytest.raises(BadInput, match="no rows"):
        extract([Source("a.xlsx", workbook(("empty", [])))])


def test_numbers_that_excel_has_cut_are_warned_of(workbook):
    numbers = workbook(("s", [["客户号", "是否流失"], [622200001234567890, "是"], [622200001234000000, "否"]]))
    texts = workbook(("s", [["客户号", "是否流失"], ["622200001234567890", "是"], ["622200001234000001", "否"]]))
    assert any("18 digits" in say(w) for w in extract([Source("a.xlsx", numbers)]).warnings)
    assert extract([Source("a.xlsx", texts)]).warnings == ()


def test_a_workbook_that_unpacks_to_absurd_sizes_is_refused_before_it_is_unpacked(workbook):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    with pytest.raises(BadInput, match="plausible"):
        extract([Source("bomb.xlsx", out.getvalue())])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b'<worksheet><dimension ref="A1:XFD1048576"/></worksheet>')
    with pytest.raises(BadInput, match="too many to open"):
        extract([Source("wide.xlsx", out.getvalue())])
