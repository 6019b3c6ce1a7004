import datetime as dt

import pytest

from churn_dash.access import Scope
from churn_dash.errors import NotFound
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.segments import history, members
from tests.asking import ALL, asked

Q1 = Period(dt.date(2024, 1, 1), dt.date(2024, 3, 1))


def test_the_list_holds_exactly_those_whom_the_rate_counts(worked):
    """METHODS T1: six at the start, three of them left."""
    rows = members(asked(worked, period=Q1, definition="close"))
    assert rows["customer_id"].to_list() == ["A", "B", "C", "D", "E", "H"]
    assert rows.filter(rows["left"])["customer_id"].to_list() == ["B", "C", "H"]
    assert rows["balance"].sum() == 440, "balances at the start, as in T1"
    assert dict(rows.filter(rows["left"]).select("customer_id", "left_on").iter_rows()) == {
        "B": dt.date(2024, 2, 10),
        "C": dt.date(2024, 3, 5),
        "H": dt.date(2024, 1, 31),
    }


def test_who_leaves_after_the_period_has_not_left_in_it(worked):
    rows = members(asked(worked, period=Period(dt.date(2024, 1, 1), dt.date(2024, 1, 1)), definition="close"))
    assert rows.filter(rows["left"])["customer_id"].to_list() == ["H"]
    assert rows.filter(~rows["left"])["left_on"].null_count() == 5


def test_a_list_by_group_agrees_with_the_rates_of_the_groups(bank_data):
    rates = measure(asked(bank_data), ["churn_rate", "customers_lost"], ["tier"]).drop_nulls("tier")
    for tier, n, lost in rates.select("tier", "churn_rate_n", "customers_lost").iter_rows():
        rows = members(asked(bank_data, filters=Filters((("tier", (tier,)),))))
        assert (len(rows), rows["left"].sum()) == (n, lost)


def test_a_viewer_of_one_branch_sees_its_customers_only(bank_data):
    everybody = members(asked(bank_data))
    branch = everybody["branch_id"].drop_nulls()[0]
    seen = members(asked(bank_data, scope=Scope(frozenset({branch}))))
    assert set(seen["branch_id"]) == {branch} and len(seen) < len(everybody)
    assert members(asked(bank_data, scope=Scope(frozenset()))).is_empty()


def test_a_value_that_nobody_has_lists_nobody(bank_data):
    assert members(asked(bank_data, filters=Filters((("tier", ("no such tier",)),)))).is_empty()


def test_one_row_a_customer_lists_who_has_left():
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import Workspace, publish

    rows = "\n".join(f"{i:03d},{'N' if i % 2 else 'S'},{int(i < 30)}" for i in range(100))
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.create(folder)
        publish(workspace, extract([Source("a.csv", f"CustomerId,Region,Exited\n{rows}\n".encode())]))
        found = members(asked(workspace.dataset()))
    assert (len(found), found["left"].sum(), found["left_on"].null_count()) == (100, 30, 100)
    assert found["customer_id"][0] == "000", "numbers keep their zeros"


def test_a_history_has_every_complete_month_and_the_median_of_the_tier(bank_data):
    someone = members(asked(bank_data)).filter(~members(asked(bank_data))["left"])["customer_id"][0]
    found = history(bank_data, someone, scope=ALL)
    months = found.months["month"].to_list()
    assert months == sorted(months) and months[-1] <= bank_data.months[-1]
    assert found.peer_group == found.now["tier"]
    table = bank_data.table("customer_month")
    last = table.filter((table["customer_id"] == someone) & (table["month"] == months[-1]))["aum_avg"][0]
    assert found.months["balance"][-1] == pytest.approx(last)
    assert set(found.now) == set(dimensions(bank_data))


def test_an_unknown_customer_is_one_sentence(bank_data):
    with pytest.raises(NotFound, match="nobody"):
        history(bank_data, "nobody", scope=ALL)


def test_a_customer_of_another_branch_is_unknown_to_the_viewer(bank_data):
    rows = members(asked(bank_data)).drop_nulls("branch_id")
    mine, other = rows["branch_id"][0], rows.filter(rows["branch_id"] != rows["branch_id"][0])
    assert history(bank_data, rows["customer_id"][0], scope=Scope(frozenset({mine}))).customer_id == rows["customer_id"][0]
    with pytest.raises(NotFound):
        history(bank_data, other["customer_id"][0], scope=Scope(frozenset({mine})))
