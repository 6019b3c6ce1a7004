"""Numbers, dates, flags and codes in the forms that people write."""

import datetime

import polars as pl
import pytest

from churn_dash.intake.values.amounts import numbers, whole_numbers
from churn_dash.intake.values.codes import coded
from churn_dash.intake.values.dates import dates, months
from churn_dash.intake.values.flags import flags
from churn_dash.intake.values.missing import text
from churn_dash.intake.values.own import attribute

NUMBERS = {
    "1,234.50": 1234.5, "12.3万": 123_000.0, "1.2亿": 1.2e8, "￥1,000": 1000.0, "¥5": 5.0, "$7.5": 7.5, "€3": 3.0,
    "9.98%": 0.0998, "１２３．５": 123.5,
    "(123)": -123.0, "（45.6）": -45.6, " 35188 ": 35188.0, "-¥3": -3.0, "¥-3": -3.0, "1e3": 1000.0,
    "+4": 4.0, ".5": 0.5, "−2": -2.0, "100元": 100.0,
    "1.5万元": 15_000.0, "1,234,567": 1_234_567.0, "3百万": 3e6,
}  # fmt: skip
NO_NUMBERS = ["abc", "1,5", "12,34", "1.2.3", "(5", "5)", "-(5)x", "1e999", "inf", "12万5", "1 234", "--5", "$60K - $80K", "2024-01-01"]
MISSING = ["", " ", "-", "?", "NA", "N/A", "n/a", "NULL", "null", "nan", "NaN", "#N/A", "\\N", "Unknown", "未知"]


@pytest.mark.parametrize(("written", "value"), NUMBERS.items())
def test_a_number_as_people_write_it(written, value):
    found, bad = numbers(pl.Series([written, "1"]))
    assert found[0] == pytest.approx(value, rel=1e-12)
    assert bad is None


@pytest.mark.parametrize("written", NO_NUMBERS)
def test_what_is_no_number_is_named_not_guessed(written):
    found, bad = numbers(pl.Series([written, "1"]))
    assert found[0] is None
    assert bad.to_list() == [True, False]


def test_what_stands_for_missing_is_missing_in_number_and_date_columns():
    found, bad = numbers(pl.Series(MISSING))
    assert found.null_count() == len(MISSING)
    assert bad is None
    assert dates(pl.Series(MISSING)).null_count() == len(MISSING)


def test_unknown_stays_a_level_in_text_columns():
    assert text(pl.Series(["Unknown", "unknown", "未知", "?", "N/A", " x "])).to_list() == ["Unknown", "unknown", "未知", None, None, "x"]


def test_fractions_are_no_whole_numbers():
    found, bad = whole_numbers(pl.Series(["3", "3.0", "1,000", "3.5", "99999999999999999999"]))
    assert found.to_list() == [3, 3, 1000, None, None]
    assert bad.to_list() == [False, False, False, True, True]


MARCH_5 = datetime.date(2024, 3, 5)
DATES = {
    "2024-03-05": MARCH_5, "2024/3/5": MARCH_5, "20240305": MARCH_5, "2024年3月5日": MARCH_5, "2024.03.05": MARCH_5,
    "2024-03-05 00:00:00": MARCH_5,
    "2024-03-05T13:01:02+08:00": MARCH_5, "2024/3/5 9:30": MARCH_5, "45356": MARCH_5, "45356.5": MARCH_5, "２０２４－０３－０５": MARCH_5,
    "202403": datetime.date(2024, 3, 1), "2024-03": datetime.date(2024, 3, 1), "2024年3月": datetime.date(2024, 3, 1),
}  # fmt: skip


@pytest.mark.parametrize(("written", "day"), DATES.items())
def test_a_date_as_people_write_it(written, day):
    assert dates(pl.Series([written])).to_list() == [day]
    assert dates(pl.Series(["2020-01-01"] * 50 + [written]))[-1] == day
    assert months(pl.Series([written])).to_list() == [datetime.date(2024, 3, 1)]


@pytest.mark.parametrize("written", ["2024-13-01", "2023-02-29", "oct", "05/03/2024", "12345", "99999", "2024", "abc", "20241301"])
def test_what_is_no_date_is_none(written):
    assert dates(pl.Series([written])).to_list() == [None]


def test_an_end_that_has_not_come_is_missing_and_no_mistake(loaded):
    rows = "account_id,customer_id,open_date,close_date\n1,a,2020-01-01,9999-12-31\n2,b,2020/1/1,29991231\n"
    rows += "3,c,0001-01-01,\n4,d,junk,2024-01-01\n"
    found = loaded(rows, "accounts.csv")
    assert found.tables["accounts"]["close_date"].to_list() == [None, None, None]
    assert found.quarantine.select("column", "value").rows() == [("open_date", "junk")]


@pytest.mark.parametrize(
    "pair", [("Yes", "No"), ("1", "0"), ("Y", "N"), ("是", "否"), ("true", "false"), ("TRUE", "FALSE"), ("1.0", "0.0"), (" yes", "no ")]
)
def test_yes_and_no_in_every_dialect(pair):
    found, bad = flags(pl.Series([*pair, "", "Unknown"]))
    assert found.to_list() == [True, False, None, None]
    assert bad is None


@pytest.mark.parametrize(
    "pair", [("Attrited Customer", "Existing Customer"), ("Churned", "Stayed"), ("流失", "未流失"), ("已流失", "正常"), ("Yes", "No")]
)
def test_who_left_in_every_dialect(pair, loaded):
    found = loaded(f"customer_id,churn\n1,{pair[0]}\n2,{pair[1]}\n")
    assert found.tables["cross_section"]["churned"].to_list() == [True, False]


def test_churned_words_are_no_yes_elsewhere():
    assert flags(pl.Series(["Churned"]))[1].to_list() == [True]


def test_codes_become_english_and_unknown_ones_stay():
    kinds = {"current": ("活期",), "term": ("定期", "Time")}
    assert coded(pl.Series(["活期", "TIME", "term", "外汇", "NULL"]), kinds).to_list() == ["current", "term", "term", "外汇", None]


@pytest.mark.parametrize(
    ("cells", "kind", "dtype"),
    [
        (["1", "2", "-"], "number", pl.Int64),
        (["1.0", "2.0"], "number", pl.Int64),
        (["1.5", "12万"], "number", pl.Float64),
        (["0", "1"], "flag", pl.Boolean),
        (["0", "0"], "number", pl.Int64),
        (["Yes", "No", ""], "flag", pl.Boolean),
        (["Yes", "No", "No phone"], "category", pl.String),
        (["001", "002"], "category", pl.String),
        (["6222000012345678", "6222000012345679"], "category", pl.String),
        (["2024-01-05", "2024/2/6", "?"], "date", pl.Date),
        (["$60K - $80K", "Unknown"], "category", pl.String),
        (["Unknown", "Unknown"], "category", pl.String),
        (["", None], "category", pl.String),
        ([f"name {i}" for i in range(300)], "text", pl.String),
    ],
)
def test_an_attribute_is_typed_by_what_all_its_cells_are(cells, kind, dtype):
    values, found = attribute(pl.Series("x", cells, dtype=pl.String))
    assert (found, values.dtype) == (kind, dtype)


def test_education_and_occupation_are_codes_and_a_word_of_the_bank_itself_stays(loaded):
    rows = [("1", "本科", "公务员"), ("2", "研究生", "自由职业"), ("3", "bachelor", "Retired"), ("4", "夜大", "飞行员")]
    text = "客户号,教育程度,职业,出生日期\n" + "\n".join(f"{i},{e},{o},1980-01-0{i}" for i, e, o in rows)
    found = loaded(text).tables["customers"].sort("customer_id")
    assert found["education"].to_list() == ["bachelor", "master", "bachelor", "夜大"]
    assert found["occupation"].to_list() == ["civil servant", "self-employed", "retired", "飞行员"]
