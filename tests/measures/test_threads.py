"""Which thread broke first, against a loop over customers, and on four customers whose threads are planted."""

import datetime
from collections import Counter

import numpy as np
import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import last_12
from churn_dash.measures.tenure.signals import LOOK_BACK
from churn_dash.measures.tenure.threads import BROKEN, CHANCE, COLUMNS, RAN, threads
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.measures.brute import Brute, end_of, next_month

NAMES = ("salary", "standing", "card", "transactions", "balances")


def _judged(values, kind):
    """Months before the departure that something was last there and whether that is a break; ``values`` by months before, None unknown."""
    known = {back: v for back, v in values.items() if v is not None}
    top = max(known.values(), default=0)
    filled = [back for back, v in known.items() if (v > 0.5 * top if kind == "balances" else v > 0)]
    if len(filled) < RAN or 1 not in known:
        return None, False
    last = min(filled)
    empty = sum(back < last for back in known)
    share = len(filled) / (len(known) - empty + 1)
    return last, empty >= BROKEN and (1 - share) ** empty <= CHANCE


@pytest.fixture
def looped(bank, bank_data):
    """For leavers and stayers a list of {kind: (last, broke, days)}."""
    brute = Brute(bank.tables, "first")
    first, end = bank_data.all_months[0], end_of(bank_data.measurable[-1])
    found = {True: [], False: []}
    for customer, spells in brute.spells.items():
        for begun, over, event in spells:
            left = over <= end
            gone = over if left else end + datetime.timedelta(days=1)
            if begun > end or (left and not event) or gone < next_month(first, LOOK_BACK):
                continue
            month = gone.replace(day=1)
            rows = {back: brute.rows[customer].get(next_month(month, -back)) for back in range(1, LOOK_BACK + 1)}
            rows = {back: r for back, r in rows.items() if r is not None and next_month(month, -back) >= begun.replace(day=1)}
            one = {}
            for kind in NAMES:
                last, broke = _judged({back: r[COLUMNS[kind][0]] for back, r in rows.items()}, kind)
                one[kind] = (last, broke, (gone - end_of(next_month(month, -last))).days if last else None)
            found[left].append(one)
    return found


def test_shares_and_days_are_what_a_loop_finds(bank_data, looped):
    found = threads(asked(bank_data))
    assert found.n_left == len(looped[True]) > 20
    assert tuple(t.kind for t in found.threads) == NAMES
    for t in found.threads:
        own = [one[t.kind] for one in looped[True]]
        days = [d for _last, broke, d in own if broke]
        assert (t.n_ran, t.n_broken) == (sum(last is not None for last, _b, _d in own), len(days))
        assert t.median == (np.median(days) if days else None)
        stayed = [one[t.kind] for one in looped[False]]
        assert (t.stayed_ran, t.stayed_broken) == (sum(last is not None for last, _b, _d in stayed), sum(b for _l, b, _d in stayed))
    assert sum(t.n_broken for t in found.threads) > 10 and sum(t.stayed_broken for t in found.threads) > 0


def test_orders_and_who_broke_first_are_what_a_loop_finds(bank_data, looped):
    firsts, orders, broken = Counter(), Counter(), 0
    for one in looped[True]:
        lags = {kind: last for kind, (last, broke, _d) in one.items() if broke}
        broken += bool(lags)
        firsts.update(k for k in lags if lags[k] == max(lags.values()))
        if len(lags) > 1:
            orders[tuple(tuple(k for k in NAMES if lags.get(k) == m) for m in sorted(set(lags.values()), reverse=True))] += 1
    found = threads(asked(bank_data))
    assert (found.n_broken, found.n_several, found.n_orders) == (broken, orders.total(), len(orders))
    assert {t.kind: t.n_first for t in found.threads} == {k: firsts[k] for k in NAMES}
    assert [o.n for o in found.orders] == [n for _o, n in orders.most_common(len(found.orders))]
    assert all(orders[o.steps] == o.n and o.share == o.n / found.n_several for o in found.orders)


def _planted(tmp_path, salary, cards):
    """Forty customers, two of whom leave on 2025-07-15: salary until February, and ``cards`` by month for all."""
    months = [datetime.date(2024 + m // 12, m % 12 + 1, 1) for m in range(20)]
    rows = [
        (f"c{i}", m, 100.0, salary if i > 1 or m < datetime.date(2025, 3, 1) else 0.0, cards(k))
        for i in range(40)
        for k, m in enumerate(months)
        if i > 1 or m < datetime.date(2025, 8, 1)
    ]
    kinds = {"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64, "salary_in": pl.Float64, "card_txn_count": pl.Int64}
    day = datetime.date(2020, 1, 1)
    accounts = pl.DataFrame(
        [(f"a{i}", f"c{i}", day, datetime.date(2025, 7, 15) if i < 2 else None) for i in range(40)],
        schema=["account_id", "customer_id", "open_date", "close_date"],
        orient="row",
    )
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": pl.DataFrame(rows, schema=kinds, orient="row"), "accounts": accounts}, "made"))
    return threads(asked(space.dataset(), definition="close"))


def test_a_salary_that_stopped_is_told_in_days_and_a_thin_thread_is_no_break(tmp_path):
    # The card is used every third month: two empty months are its rhythm, not a break. Balances never move.
    found = {t.kind: t for t in _planted(tmp_path, 5_000.0, lambda k: int(k % 3 == 0)).threads}
    assert set(found) == {"salary", "card", "balances"}
    assert (found["salary"].n_ran, found["salary"].n_broken, found["salary"].n_first) == (2, 2, 2)
    assert found["salary"].median == (datetime.date(2025, 7, 15) - datetime.date(2025, 2, 28)).days
    assert found["salary"].stayed_broken == 0 == found["card"].n_broken and found["card"].n_ran == 2
    assert (found["balances"].n_ran, found["balances"].n_broken) == (2, 0)


def test_a_thread_that_nobody_had_has_no_share(tmp_path):
    found = {t.kind: t for t in _planted(tmp_path, 0.0, lambda _k: 1).threads}
    salary = found["salary"]
    assert (salary.n_ran, salary.share, salary.low, salary.median, salary.stayed_share) == (0, None, None, None, None)


def test_the_period_says_who_left_and_from_which_day_the_others_are_looked_at(bank_data):
    short, whole = threads(asked(bank_data, period=last_12(bank_data))), threads(asked(bank_data))
    assert 0 < short.n_left <= whole.n_left
    assert threads(asked(bank_data, definition="asset_out")).n_left != whole.n_left
