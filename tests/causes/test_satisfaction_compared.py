"""Branches by what their customers say: counted in a plain loop, the last answer of each customer, adjusted for the mix."""

from collections import Counter

import pytest

from churn_dash.causes.satisfaction_compared import satisfaction_compared
from churn_dash.errors import NotPossible
from churn_dash.measures import last_12
from tests.asking import asked


def test_the_satisfied_of_each_branch_are_those_of_a_plain_loop(bank, bank_data, there):
    period = last_12(bank_data)
    sql = "select customer_id, month, d_branch_id, d_tier from months"
    place = {(c, m): (b, t) for c, m, b, t in bank_data.cursor().execute(sql).fetchall()}
    last = {}
    for q in sorted(bank.tables["surveys"].to_dicts(), key=lambda q: (q["sent_at"], q["survey_id"])):
        month = q["sent_at"].replace(day=1)
        if period.start <= q["sent_at"] <= period.last_day and q["csat"] is not None and there(q["customer_id"], month) is not None:
            last[q["customer_id"]] = (*place[q["customer_id"], month], q["csat"] >= 4)
    n, satisfied = Counter(b for b, _t, _ok in last.values()), Counter(b for b, _t, ok in last.values() if ok)
    tiers, pleased = Counter(t for _b, t, _ok in last.values()), Counter(t for _b, t, ok in last.values() if ok)
    found = satisfaction_compared(asked(bank_data), "branch_id", ["tier"])
    assert {u.name: (u.n, u.left) for u in found.units} == {b: (n[b], satisfied[b]) for b in n if b is not None}
    assert found.rate == pytest.approx(sum(satisfied.values()) / sum(n.values()))
    for u in found.units:
        expected = sum(pleased[t] / tiers[t] for b, t, _ok in last.values() if b == u.name)
        assert u.expected == pytest.approx(expected) and u.low <= u.adjusted <= u.high


def test_what_cannot_be_compared_is_one_sentence(bank_data, only_months):
    with pytest.raises(NotPossible, match="adjusted for branch_id itself"):
        satisfaction_compared(asked(bank_data), "branch_id", ["branch_id"])
    with pytest.raises(NotPossible, match=r"needs the table Surveys \(surveys\)"):
        satisfaction_compared(asked(only_months), "aum_band")
