"""Columns proposed from headers in three languages and from values; what is assumed is said, what is unsure is asked."""

import pytest

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput
from churn_dash.intake import Options, Source, extract, preview
from churn_dash.intake.mapping.aliases import ALSO
from churn_dash.intake.mapping.fields import FIELDS, guess, plain
from churn_dash.intake.questions import answered
from churn_dash.words import say

MONTHLY = "aum_end,txn_count\n"


def csv(header, rows):
    return "\n".join([header, *(",".join(map(str, r)) for r in rows)]).encode()


def mapped(look):
    return {m.header: m.field for m in look.mapping if m.field}


@pytest.mark.parametrize(
    ("header", "table", "field"),
    [
        ("客戶號", "customers", "customer_id"),
        ("客戶編號", "customer_month", "customer_id"),
        ("帳號", "accounts", "account_id"),
        ("開戶日期", "accounts", "open_date"),
        ("性別", "cross_section", "gender"),
        ("統計月份", "customer_month", "month"),
        ("月末資產（萬元）", "customer_month", "aum_end"),
        ("貸款餘額", "customer_month", "loan_balance"),
        ("是否流失", "cross_section", "churned"),
        ("Cust No.", "customers", "customer_id"),
        ("CIF", "customer_month", "customer_id"),
        ("Client Number", "cross_section", "customer_id"),
        ("Report Month", "customer_month", "month"),
        ("Txn Cnt", "customer_month", "txn_count"),
        ("客户内码", "customers", "customer_id"),
        ("数据年月", "customer_month", "month"),
        ("avg_aum_wan", "customer_month", "aum_avg"),
        ("流失标识", "cross_section", "churned"),
    ],
)
def test_headers_in_three_languages_are_known(header, table, field):
    found = guess(header, table)
    assert found is not None
    assert found.field == field
    assert 0.7 <= found.confidence <= 1


def test_no_further_header_means_two_columns_of_one_file():
    for name in TABLES:
        seen: dict[str, str] = {}
        for column in {c for t in FIELDS.get(name, (name,)) for c in TABLES[t].columns} & set(ALSO):
            for alias in ALSO[column].split():
                assert seen.setdefault(plain(alias), column) == column, (name, alias)


def test_further_headers_are_of_columns_that_exist():
    assert set(ALSO) <= {c for t in TABLES.values() for c in t.columns}


def test_a_number_and_a_month_without_headers_are_assumed_and_said():
    rows = [(f"K{i:05}", f"2024-0{m}-28", i, 1) for i in range(30) for m in (1, 2, 3)]
    source = Source("a.csv", csv("kdnr,dt," + MONTHLY.strip(), rows))
    look = preview(source)
    assert mapped(look) == {"kdnr": "customer_id", "dt": "month", "aum_end": "aum_end", "txn_count": "txn_count"}
    assert all(m.confidence < 0.7 for m in look.mapping if m.header in ("kdnr", "dt"))
    got = extract([source])
    assert got.shape == "panel" and got.rows_good == 90
    assert [say(w).split(":")[0] for w in got.warnings] == ["No header names customer_id", "No header names month"]


def test_a_file_of_months_without_a_number_that_looks_like_one_is_still_refused():
    rows = [(f"2024-0{m}", i, 1) for i in range(30) for m in (1, 2, 3)]
    with pytest.raises(BadInput, match="without a customer number"):
        extract([Source("a.csv", csv("month," + MONTHLY.strip(), rows))])


def test_two_columns_that_could_be_the_number_are_not_guessed_between():
    rows = [(f"K{i:05}", f"Q{i:05}", 30 + i, "M", i % 2) for i in range(30)]
    got = extract([Source("a.csv", csv("one,two,age,gender,churn", rows))])
    assert got.numbered


def test_words_that_say_who_left_are_assumed_but_a_yes_or_no_never_is():
    words = [(f"K{i:05}", 20 + i, "M", "Attrited Customer" if i % 5 == 0 else "Existing Customer") for i in range(40)]
    got = extract([Source("a.csv", csv("customer_id,age,gender,state", words))])
    assert got.tables["cross_section"]["churned"].sum() == 8
    assert any("state is taken for it" in say(w) for w in got.warnings)
    flags = [(f"K{i:05}", 20 + i, "M", int(i % 5 == 0)) for i in range(40)]
    source = Source("a.csv", csv("customer_id,age,sex,bad", flags))
    got = extract([source], Options(table="cross_section"))
    assert "churned" not in got.tables["cross_section"].columns


def test_a_snapshot_without_a_flag_is_asked_who_has_left_and_the_answer_holds():
    rows = [(20 + i, "M", "yes" if i % 5 == 0 else "no", i % 2) for i in range(40)]
    source = Source("a.csv", csv("age,sex,gone,loan", rows))
    question = next(q for q in preview(source).questions if q.option == "mapping")
    assert [c for c, _words in question.choices] == ["gone=churned", "loan=churned", ""]
    assert question.proposal == ""
    told = answered(Options(), question, "gone=churned")
    assert extract([source], told).tables["cross_section"]["churned"].sum() == 8
    assert answered(Options(), question, "") == Options()


def test_what_is_assumed_can_be_taken_back():
    rows = [(f"K{i:05}", 20 + i, "M", i % 2) for i in range(40)]
    source = Source("a.csv", csv("code,age,gender,churn", rows))
    assert not extract([source]).numbered
    assert extract([source], Options(mapping={"code": None})).numbered
    assert extract([source], Options(mapping={"code": ""})).numbered


def test_values_of_further_columns_are_proposed_and_not_taken():
    rows = [(f"C{i}", 2000 + i, f"19{50 + i}-03-05", "女" if i % 2 else "男", i % 2) for i in range(40)]
    look = preview(Source("a.csv", csv("customer_id,score,born,x,churn", rows)))
    assert mapped(look) == {"customer_id": "customer_id", "churn": "churned"}
    assert {(m.header, m.field) for m in look.proposals} == {("x", "gender"), ("born", "birth_date")}
    assert all(m.confidence < 0.7 for m in look.proposals)
    assert look.samples["x"] == ("男", "女")


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("churn_modelling/Churn_Modelling.csv", {"CustomerId", "Gender", "Exited"}),
        ("bankchurners/BankChurners.csv", {"CLIENTNUM", "Gender", "Attrition_Flag", "Education_Level"}),
        ("telco/WA_Fn-UseC_-Telco-Customer-Churn.csv", {"customerID", "gender", "Churn"}),
        ("uci_bank_marketing/bank.csv", {"job", "education"}),
        ("encodings/bankloan.gbk.csv", set()),
        ("hillstrom/hillstrom.csv.gz", set()),
        ("card_krueger/card-krueger.csv", set()),
        ("lalonde/lalonde_uchicago.csv", set()),
    ],
)
def test_no_column_of_a_real_file_is_taken_for_more_than_its_header_says(shared_data, name, columns):
    look = preview(Source.on_disk(shared_data / name))
    assert set(mapped(look)) == columns
    assert all(m.confidence < 0.7 for m in look.proposals)


def test_of_the_real_files_only_the_days_since_a_contact_hold_a_number_for_missing(shared_data):
    asked = {}
    for path in sorted(shared_data.rglob("*.csv*")):
        for question in preview(Source.on_disk(path)).questions:
            if question.option == "missing":
                asked[path.name, question.header] = question.choices[0][0]
    assert asked == {("bank.csv", "pdays"): "-1"}


def test_codes_that_come_again_are_no_numbers_of_customers_in_a_snapshot():
    rows = [(f"B{i % 25:04}", 20 + i, "M", i % 2) for i in range(40)]
    assert extract([Source("a.csv", csv("branch_key,age,gender,churn", rows))]).numbered
