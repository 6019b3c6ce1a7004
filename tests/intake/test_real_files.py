"""The real extracts of ../shared/data, through extract(): rows and base rates of their README."""

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake.experiment import read_rows
from churn_dash.intake.extraction import extract
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Options
from churn_dash.words import say

FLAGGED = [
    ("churn_modelling/Churn_Modelling.csv", 10_000, 2037),
    ("churn_modelling/Bank Customer Churn Prediction.csv", 10_000, 2037),
    ("churn_modelling/BetaBank_Churn_missing_tenure.csv", 10_000, 2037),
    ("bankchurners/BankChurners.csv", 10_127, 1627),
    ("telco/WA_Fn-UseC_-Telco-Customer-Churn.csv", 7_043, 1869),
]


def kinds(extracted):
    return {a.label: a.kind for a in extracted.attributes}


@pytest.mark.parametrize(("name", "rows", "left"), FLAGGED)
def test_a_customer_file_loads_whole_with_its_base_rate(real, name, rows, left):
    found = extract([real(name)])
    table = found.tables["cross_section"]
    assert found.shape == "cross_section"
    assert (found.rows_in, found.rows_good, found.rows_quarantined, found.rows_repeated) == (rows, rows, 0, 0)
    assert table["churned"].sum() == left
    assert table["churned"].null_count() == 0


def test_only_sure_columns_of_a_cross_section_are_mapped(real):
    found = extract([real("churn_modelling/Churn_Modelling.csv")])
    assert [c for c in found.tables["cross_section"].columns if not c.startswith("x_")] == ["customer_id", "gender", "churned"]
    assert set(found.tables["cross_section"]["gender"]) == {"F", "M"}
    assert found.tables["cross_section"]["customer_id"][0] == "15634602"
    assert kinds(found)["Geography"] == "category"
    assert kinds(found)["HasCrCard"] == "flag"
    assert kinds(found)["Surname"] == "text"
    assert found.tables["cross_section"]["x_geography"].n_unique() == 3


def test_an_index_column_without_a_name_is_left_out_and_missing_tenure_is_missing(real):
    found = extract([real("churn_modelling/BetaBank_Churn_missing_tenure.csv")])
    assert found.tables["cross_section"]["x_tenure"].null_count() == 909
    assert "column 1" not in kinds(found)
    assert any("only counts the rows" in say(w) for w in found.warnings)


def test_text_for_eleven_blanks_is_still_a_number_column(real):
    charges = extract([real("telco/WA_Fn-UseC_-Telco-Customer-Churn.csv")]).tables["cross_section"]["x_totalcharges"]
    assert charges.dtype.is_numeric()
    assert charges.null_count() == 11


def test_unknown_is_a_level_and_income_bands_stay_text(real):
    found = extract([real("bankchurners/BankChurners.csv")])
    table = found.tables["cross_section"]
    assert "Unknown" in set(table["education"])
    assert kinds(found)["Income_Category"] == "category"
    leaking = [a.column for a in found.attributes if a.label.startswith("Naive_Bayes")]
    assert len(set(leaking)) == 2
    assert all(len(c) < 64 and c in table.columns for c in leaking)


def test_a_file_without_number_or_flag_loads_with_row_numbers_and_its_flag_can_be_named(real):
    source = real("uci_bank_marketing/bank.csv")
    found = extract([source])
    assert found.rows_good == 4_521
    assert found.numbered
    assert "churned" not in found.tables["cross_section"].columns
    assert len(found.warnings) == 2
    named = extract([source], Options(mapping={"y": "churned"}))
    assert named.tables["cross_section"]["churned"].sum() == 521
    assert named.tables["cross_section"]["customer_id"].to_list()[:2] == ["1", "2"]


def test_a_chinese_file_in_gbk_loads(real):
    found = extract([real("encodings/bankloan.gbk.csv")])
    assert found.rows_good == 700
    assert kinds(found)["违约"] == "flag"
    assert kinds(found)["教育"] == "number"
    named = extract([real("encodings/bankloan.gbk.csv")], Options(mapping={"违约": "churned"}))
    assert named.tables["cross_section"]["churned"].sum() == 183


def test_empty_trailing_headers_are_dropped_and_leading_zeros_stay(real):
    found = extract([real("encodings/客户信息_tiny.csv")])
    assert found.tables["cross_section"]["customer_id"].to_list()[:2] == ["001", "002"]
    assert found.tables["cross_section"].width == 3


@pytest.mark.parametrize(
    "name",
    ["encodings/流量练习数据_gb18030.csv", "card_krueger/card-krueger.csv", "hillstrom/hillstrom.csv.gz", "lalonde/lalonde_uchicago.csv"],
)
def test_what_is_no_customer_extract_is_previewed_then_refused_in_a_sentence(real, name):
    look = preview(real(name))
    assert look.table is None
    assert look.rows.height > 0
    with pytest.raises(BadInput, match="no customer extract"):
        extract([real(name)])


def test_percentages_and_trailing_blanks_are_numbers(real):
    rows = read_rows(real("encodings/流量练习数据_gb18030.csv"))
    assert rows.height == 22
    assert rows["支付转化率"][0] == pytest.approx(0.0998)
    assert rows["访客数"][0] == 35_188


def test_an_experiment_file_keeps_its_identical_rows(real):
    rows = read_rows(real("hillstrom/hillstrom.csv.gz"))
    assert rows.height == 64_000
    assert rows.is_duplicated().any()
    assert rows["segment"].n_unique() == 3
    assert rows["visit"].dtype.is_integer()
    assert read_rows(real("lalonde/jtrain3.csv.bz2")).shape == (2_675, 20)
    assert read_rows(real("lalonde/lalonde_uchicago.csv")).shape == (445, 12)


def test_missing_values_written_na_leave_a_number_column(real):
    assert read_rows(real("card_krueger/card-krueger.csv"))["wage"].dtype.is_numeric()
