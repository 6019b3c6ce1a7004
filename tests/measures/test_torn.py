"""Whose threads are broken right now, and who is silent: names behind the counts of those who stayed, by a plain loop over the months."""

import polars as pl
import pytest

from churn_dash.behind import splits
from churn_dash.measures import Filters
from churn_dash.measures.tenure.threads import threads
from churn_dash.measures.tenure.torn import quiet, torn
from churn_dash.store import shifted
from tests.asking import asked


@pytest.mark.parametrize("filters", [Filters(), Filters((("tier", ("mass",)),))], ids=["all", "mass"])
def test_the_names_are_as_many_as_those_counted_as_staying_with_a_broken_thread(bank_data, filters):
    counted = {t.kind: t.stayed_broken for t in threads(asked(bank_data, filters=filters)).threads if t.stayed_broken}
    named = torn(asked(bank_data, filters=filters))
    assert dict(named["thread"].value_counts().iter_rows()) == counted and counted
    assert not named.select("customer_id", "thread").is_duplicated().any()


def test_whoever_is_named_has_nothing_in_the_thread_since_that_month(bank_data):
    rows = bank_data.table("customer_month")
    column = {"salary": "salary_in", "standing": "autopay_count", "card": "card_txn_count", "transactions": "txn_count"}
    seen = 0
    for customer, thread, since in torn(asked(bank_data)).iter_rows():
        if thread in column:
            theirs = rows.filter(pl.col("customer_id") == customer)
            assert not theirs.filter(pl.col("month") >= since)[column[thread]].fill_null(0).sum(), (customer, thread)
            assert theirs.filter(pl.col("month") == shifted(since, -1))[column[thread]].sum() > 0
            seen += 1
    assert seen


def test_who_is_silent_is_told_by_the_months_without_a_transaction(bank_data, bank):
    found = quiet(asked(bank_data))
    last = bank_data.measurable[-1]
    rows = bank.tables["customer_month"].filter(pl.col("month") <= last).sort("customer_id", "month")
    idle = {}
    for customer, n in rows.select("customer_id", "txn_count").iter_rows():
        idle[customer] = 0 if n is None or n > 0 else idle.get(customer, 0) + 1
    here = set(rows.filter(pl.col("month") == last)["customer_id"])
    for customer, state, months in found.iter_rows():
        if customer in here and state is not None:
            assert months == idle[customer]
            assert state == ("active" if months < 1 else "silent" if months < 3 else "sleeping")
    assert {"active", "silent"} <= set(found["state"].drop_nulls())
    sql = "select count(*) from month_rows m join states s on s.definition = 'first' and s.code = m.s_first where s.active and m.month = ?"
    assert len(found) == bank_data.cursor().execute(sql, [shifted(last, 1)]).fetchone()[0]


def test_both_are_lists_behind_the_page_of_survival():
    assert {"thread", "quiet"} <= {s.name for s in splits.SPLITS.values() if "survival" in s.pages}
