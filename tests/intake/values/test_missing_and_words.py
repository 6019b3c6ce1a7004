"""What stands for missing, yes and no, and codes, in the words of many banks."""

import polars as pl
import pytest

from churn_dash.errors import NotFound
from churn_dash.intake import Options, Source, extract, preview
from churn_dash.intake.values.codes import coded
from churn_dash.intake.values.flags import flags
from churn_dash.intake.values.sentinels import sentinels
from churn_dash.words import say

SPREAD = [str(3 * i) for i in range(40)]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([*SPREAD, *["-999999"] * 3], ("-999999",)),
        ([*SPREAD, *["99999999"] * 5], ("99999999",)),
        ([*SPREAD, *["-1"] * 4], ("-1",)),
        ([*SPREAD, *["-999999"] * 3, *["99999999"] * 3], ("-999999", "99999999")),
        ([*SPREAD, *["-1"] * 2], ()),
        ([*SPREAD, "-999999"], ()),
        ([*SPREAD, *["0"] * 30], ()),
        ([*SPREAD, *["400"] * 4], ()),
        (["-1", "0", "1"] * 20, ()),
        ([*["0"] * 50, *[str(100_000 + i) for i in range(50)]], ()),
        (["x"] * 50, ()),
    ],
)
def test_a_far_value_that_comes_again_is_proposed_and_nothing_else(cells, found):
    assert sentinels(pl.Series(cells)) == found


def rows(extra=()):
    body = [f"C{i},2024-01,{100 + i},{1 + i % 5},{200 + 7 * i}\n" for i in range(40)]
    return "customer_id,month,aum_end,txn_count,income\n" + "".join(body) + "".join(extra)


SENTINELS = [f"D{i},2024-01,5,1,-999999.00\n" for i in range(3)]


def test_the_analyst_decides_what_stands_for_missing_and_the_cells_are_counted():
    source = Source("a.csv", rows(SENTINELS).encode())
    question = next(q for q in preview(source).questions if q.option == "missing")
    assert (question.header, question.choices[0][0], question.proposal) == ("income", "-999999.00", "")
    kept = extract([source])
    assert kept.tables["customer_month"]["x_income"].min() == -999_999
    assert any(q.option == "missing" for q in kept.questions)
    told = extract([source], Options(missing={"income": ("-999999",)}))
    assert told.tables["customer_month"]["x_income"].null_count() == 3
    assert not any(q.option == "missing" for q in told.questions)
    assert "income: cells that hold -999999 are missing, as you said: 3." in [say(w) for w in told.warnings]


def test_a_contract_column_read_as_numbers_at_once_loses_its_said_values_too():
    source = Source("a.csv", rows([f"D{i},2024-01,-1,1,5\n" for i in range(3)]).encode())
    assert extract([source]).rows_quarantined == 3
    told = extract([source], Options(missing={"AUM end": ("-1",)}))
    assert told.rows_quarantined == 0
    assert told.tables["customer_month"]["aum_end"].null_count() == 3


def test_values_said_missing_of_a_column_that_is_not_there_are_refused():
    with pytest.raises(NotFound, match="No file has a column incme"):
        extract([Source("a.csv", rows().encode())], Options(missing={"incme": ("-1",)}))


@pytest.mark.parametrize("pair", [("On", "Off"), ("✓", "✗"), ("是的", "不是"), ("有", "無"), ("對", "錯"), ("已", "未"), ("T", "F")])
def test_further_words_for_yes_and_no(pair):
    found, bad = flags(pl.Series([*pair, None]))
    assert found.to_list() == [True, False, None]
    assert bad is None


@pytest.mark.parametrize("pair", [("已銷戶", "正常"), ("Lost Customer", "Retained"), ("注销", "未销户"), ("churner", "non-churn")])
def test_further_words_for_who_left(pair):
    assert flags(pl.Series(pair), leaving=True)[0].to_list() == [True, False]


def test_codes_are_known_in_traditional_characters_with_numbers_and_remarks():
    kinds = {"current": ("活期",), "wealth": ("理财",), "loan": ("贷款",), "card": ("信用卡", "credit card")}
    found = coded(pl.Series(["理財", "01-活期", "貸款(个人)", "3:信用卡", "活期存款", "CREDIT_CARD", "外汇", "1-外汇"]), kinds)
    assert found.to_list() == ["wealth", "current", "loan", "card", "current", "card", "外汇", "1-外汇"]
    assert coded(pl.Series(["女性", "男性", "X"]), {"F": ("女",), "M": ("男",)}).to_list() == ["F", "M", "X"]


def test_of_two_spellings_as_frequent_the_first_by_alphabet_is_named():
    rest = list(map(str, range(20)))
    assert {sentinels(pl.Series([*rest, *["-999999.0", "-999999"] * 3])) for _time in range(9)} == {("-999999",)}
