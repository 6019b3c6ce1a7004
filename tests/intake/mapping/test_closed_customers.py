"""What becomes of customers who leave: asked where the months alone do not tell it."""

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake import Options, Source, extract, preview
from churn_dash.words import say

ACCOUNTS = "account_id,customer_id,account_type,open_date,close_date\na1,C1,current,2020-01-01,\n"


def months(leave=False, flag=False):
    rows = [f"C{i},2024-0{m},{i},1{',0' if flag else ''}\n" for i in range(30) for m in range(1, 7) if not (leave and i % 4 == 0 and m > 3)]
    return Source("m.csv", ("customer_id,month,aum_end,txn_count" + (",churned" if flag else "") + "\n" + "".join(rows)).encode())


def closing(questions):
    return next((q for q in questions if q.option == "closed"), None)


def test_it_is_asked_of_months_alone_with_what_the_rows_show():
    question = closing(preview(months(leave=True)).questions)
    assert [c for c, _words in question.choices] == ["drop-out", "status", "unknown"]
    assert question.proposal == "drop-out"
    assert "they drop out" in say(question.reason)
    assert "may keep their rows" in say(closing(preview(months()).questions).reason)


def test_it_is_not_asked_where_accounts_or_a_flag_tell_it():
    assert closing(preview(months(flag=True)).questions) is None
    assert closing(extract([months(), Source("accounts.csv", ACCOUNTS.encode())]).questions) is None


def test_the_answer_goes_with_the_extract_and_is_not_asked_again():
    got = extract([months(leave=True)], Options(closed="drop-out"))
    assert got.closed == "drop-out"
    assert closing(got.questions) is None
    assert extract([months(leave=True)]).closed is None


def test_closed_customers_who_keep_their_rows_need_a_column_that_says_so():
    with pytest.raises(BadInput, match="no column tells which"):
        extract([months()], Options(closed="status"))
    assert extract([months(flag=True)], Options(closed="status")).closed == "status"


def test_where_it_is_not_known_absence_is_no_leaving_and_that_is_said():
    got = extract([months(leave=True)], Options(closed="unknown"))
    assert got.closed == "unknown"
    assert any("not counted as leaving" in say(w) for w in got.warnings)
