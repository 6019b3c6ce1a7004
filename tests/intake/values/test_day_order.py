"""Dates whose day and month can be told apart only by the column, or by the person."""

import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.errors import BadInput
from churn_dash.intake import Options, Source, extract, preview
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.values.dates import dated, dates

HEADER = "customer_id,gender,open_date,city\n"
DAYS = st.lists(st.dates(datetime.date(1950, 1, 1), datetime.date(2030, 12, 31)), min_size=1, max_size=30)


def people(*days):
    return HEADER + "".join(f"C{i},F,{d},x\n" for i, d in enumerate(days)) + "Z,M,2020-01-01,x\n"


def opened(text, options=None):
    got = extract([Source("customers.csv", text.encode())], options)
    return got, [str(d) for d in got.tables["customers"]["open_date"]]


def test_one_part_above_twelve_decides_for_the_column():
    assert opened(people("05/03/2024", "31/01/2024"))[1][:2] == ["2024-03-05", "2024-01-31"]
    assert opened(people("05/03/2024", "1/31/2024"))[1][:2] == ["2024-05-03", "2024-01-31"]


def test_undecided_dates_are_asked_about_and_set_aside_never_guessed():
    text = people("05/03/2024", "3-5-2024", "7.7.2024")
    got, days = opened(text)
    assert days == ["2024-07-07", "2020-01-01"]
    assert spoken(got.quarantine)["reason"].unique().to_list() == [
        "Day and month of this date cannot be told apart. Say which comes first with --day-order."
    ]
    question = next(q for q in got.questions if q.option == "day_order")
    assert (question.header, question.proposal, [c for c, _words in question.choices]) == ("open_date", None, ["day-first", "month-first"])
    assert "day_order" in [q.option for q in preview(Source("customers.csv", text.encode())).questions]


@pytest.mark.parametrize(("order", "day"), [("day-first", "2024-03-05"), ("month-first", "2024-05-03")])
def test_the_person_decides_what_the_column_does_not(order, day):
    got, days = opened(people("05/03/2024"), Options(day_order=order))
    assert days[0] == day
    assert got.questions == ()


def test_what_a_column_proves_holds_against_what_is_said_of_others():
    assert opened(people("05/03/2024", "31/01/2024"), Options(day_order="month-first"))[1][0] == "2024-03-05"


def test_a_column_that_proves_both_orders_keeps_what_can_be_read_one_way():
    got, days = opened(people("31/01/2024", "01/31/2024", "05/03/2024"), Options(day_order="day-first"))
    assert days == ["2024-01-31", "2024-01-31", "2020-01-01"]
    assert got.rows_quarantined == 1


def test_years_of_two_digits_are_refused_in_words():
    got, _days = opened(people("05/03/24", "05-MAR-24"))
    assert spoken(got.quarantine)["reason"].unique().to_list() == ["The year of this date has two digits. Write it with four."]


@pytest.mark.parametrize(
    "written", ["5 Mar 2024", "Mar 5, 2024", "05-MAR-2024", "March 5th, 2024", "2024-Mar-05", "5 march 2024 10:30", "05.Mar.2024"]
)
def test_months_in_words_need_no_order(written):
    assert dates(pl.Series([written])).to_list() == [datetime.date(2024, 3, 5)]


@pytest.mark.parametrize("written", ["03/2024", "Mar 2024", "March, 2024", "2024 Mar", "3-2024"])
def test_a_month_alone_is_its_first_day(written):
    assert dates(pl.Series([written])).to_list() == [datetime.date(2024, 3, 1)]


@pytest.mark.parametrize("written", ["mayor 5 2024", "13/13/2024", "30/02/2024", "5 Mars 2024", "1/2", "1.5"])
def test_what_only_resembles_a_date_is_none(written):
    assert dates(pl.Series([written])).to_list() == [None]


def test_months_of_undecided_order_are_still_a_monthly_file_and_asked_about():
    text = "customer_id,month,aum_end,txn_count\n" + "".join(f"C{i},0{m}/0{m + 1}/2024,1,1\n" for i in range(9) for m in (1, 2, 3))
    look = preview(Source("a.csv", text.encode()))
    assert look.table == "customer_month"
    assert look.questions[0].option == "day_order"
    with pytest.raises(BadInput, match="--day-order"):
        extract([Source("a.csv", text.encode())])
    got = extract([Source("a.csv", text.encode())], Options(day_order="day-first"))
    assert got.tables["customer_month"]["month"].unique().sort().dt.month().to_list() == [2, 3, 4]


@settings(max_examples=100, deadline=None)
@given(
    DAYS, st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%d.%m.%Y", "%d %b %Y", "%b %d, %Y", "%Y年%m月%d日", "%Y%m%d", "%Y/%m/%d", "%d-%b-%Y"])
)
def test_a_date_comes_back_or_is_named_unsure(days, form):
    order = "month-first" if form.startswith("%m") else "day-first"
    written = pl.Series([d.strftime(form) for d in days])
    assert dates(written, order).to_list() == days
    alone = dated(written)
    unsure = alone.unsure.to_list() if alone.unsure is not None else [False] * len(days)
    assert [d for d, u in zip(alone.days.to_list(), unsure, strict=True) if not u] == [
        d for d, u in zip(days, unsure, strict=True) if not u
    ]
    assert all(day is None for day, u in zip(alone.days.to_list(), unsure, strict=True) if u)
