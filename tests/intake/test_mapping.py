"""Headers to columns of the contract."""

import pytest

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.headers import fields, matches, plain
from churn_dash.intake.mapping.own_names import physical_names
from churn_dash.intake.recognition import hinted
from churn_dash.intake.source import Options


@pytest.mark.parametrize("table", [t for t in TABLES if t != "cross_section"])
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_every_column_is_found_by_its_name_and_its_chinese_header(table, language):
    columns = TABLES[table].columns
    headers = [c if language == "english" else TABLES[table].aliases(c)[1] for c in columns]
    assert [m.field for m in matches(headers, table, Options())] == list(columns)


def test_no_alias_means_two_columns_of_one_table():
    for table in TABLES.values():
        seen: dict[str, str] = {}
        for column in table.columns:
            for alias in table.aliases(column):
                assert seen.setdefault(plain(alias), column) == column, (table.name, alias)


@pytest.mark.parametrize("header", ["Customer ID", "CUSTOMER_ID", "customer-id", "ｃｕｓｔｏｍｅｒ＿ｉｄ", " CustomerId "])
def test_case_blanks_underscores_and_width_do_not_matter(header):
    assert matches([header], "cross_section", Options())[0].field == "customer_id"


def test_the_surest_of_two_headers_wins_and_the_other_is_an_attribute():
    found = matches(["aum", "aum_end"], "customer_month", Options())
    assert [m.field for m in found] == [None, "aum_end"]


def test_a_unit_in_the_header_scales_money_only():
    found = matches(["月末资产（万元）", "交易笔数(万)", "月日均资产(元)"], "customer_month", Options())
    assert [(m.field, m.factor) for m in found] == [("aum_end", 1e4), (None, 1.0), ("aum_avg", 1.0)]


def test_physical_names_are_safe_unique_and_lasting():
    names = physical_names(["Age", "age!", "年龄", "Robert'); drop table x;--", "x" * 130 + "_1", "x" * 130 + "_2", "!!!"])
    assert len(set(names.values())) == 7
    assert all(
        n.startswith("x_") and n.replace("_", "").isalnum() and n.isascii() and n == n.lower() and len(n) < 64 for n in names.values()
    )
    assert physical_names(["年龄"])["年龄"] == names["年龄"]


def test_fields_of_a_cross_section_include_who_the_customer_is():
    assert {"customer_id", "churned", "gender"} <= set(fields("cross_section"))
    assert "month" not in fields("cross_section")


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("customers.csv", "customers"),
        ("T1-customer_month-2024.csv.gz", "customer_month"),
        ("客户月表_202403.csv", "customer_month"),
        ("campaign_assignments.parquet", "campaign_assignments"),
        ("Bank Customer Churn Prediction.csv", None),
        ("客户信息_tiny.csv", None),
        ("bank.xlsx [账户]", "accounts"),
    ],
)
def test_a_file_named_after_a_table_is_a_hint(name, table):
    assert hinted(name) == table
