"""Product churn: a worked table by hand, every figure a second way on the invented bank, and what is no churn."""

import datetime

import polars as pl
import pytest

from churn_dash.errors import NotFound, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES, lacking
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store import Workspace, publish
from tests.asking import asked

D = datetime.date
JAN, FEB, MAR = D(2024, 1, 1), D(2024, 2, 1), D(2024, 3, 1)
QUARTER = Period(JAN, MAR)

TOUCHED = ("customers", "accounts", "customer_month", "large_transactions", "loans", "cards")


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "own"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    """Three customers, eight months to March 2024: what they hold and what they do with it in the first quarter of 2024."""
    months = [D(2023, m, 1) for m in range(8, 13)] + [JAN, FEB, MAR]
    deposits = {"A": 1000.0, "B": 500.0, "C": 250.0}
    uses = {"A": 1, "B": 0, "C": 2}
    rows = [(c, m, deposits[c], deposits[c], deposits[c], uses[c], 1, "north" if c == "A" else "south") for c in "ABC" for m in months]
    names = ["customer_id", "month", "aum_avg", "aum_end", "deposit_avg", "card_txn_count", "txn_count", "city"]
    accounts = [
        ("1", "A", "current", D(2020, 1, 1), None),
        ("2", "A", "wealth", D(2020, 1, 1), D(2024, 2, 5)),
        ("3", "B", "current", D(2020, 1, 1), D(2023, 12, 31)),  # closed before the period: not open at its start
        ("4", "B", "term", D(2023, 12, 31), None),
        ("5", "C", "current", D(2024, 1, 1), D(2024, 3, 1)),  # opened in the period: not there at its start
        ("6", "C", "current", D(2020, 1, 1), D(2024, 4, 1)),  # closed after it
    ]
    out = [
        ("x1", "A", JAN, 100.0, "out", "Other Bank", False),
        ("x2", "A", JAN, 400.0, "out", None, True),  # deposit to wealth, inside the bank
        ("x3", "B", FEB, 50.0, "out", None, None),  # nobody on the other side: money stays in the bank
        ("x4", "B", FEB, 30.0, "out", "Other Bank", None),
        ("x5", "C", MAR, 70.0, "in", "Other Bank", False),
        ("x6", "C", None, 90.0, "out", "Other Bank", False),  # booked, never done
        ("x7", "C", D(2024, 4, 2), 90.0, "out", "Other Bank", False),  # after the period
    ]
    loans = [
        ("L1", JAN, "A", "mortgage", 1000.0, 100.0, 0.0),
        ("L1", FEB, "A", "mortgage", 900.0, 100.0, 300.0),
        ("L1", MAR, "A", "mortgage", 500.0, 100.0, 0.0),
        ("L2", FEB, "B", "car", 600.0, 10.0, 500.0),  # not there at the start
        ("L3", JAN, "C", "car", 200.0, 0.0, 0.0),
    ]
    cards = [
        ("K1", "A", D(2020, 1, 1), D(2024, 3, 5), None),  # used
        ("K2", "B", D(2020, 1, 1), D(2023, 10, 3), None),  # 180 days before 31 March
        ("K3", "B", D(2020, 1, 1), D(2023, 10, 4), None),  # 179 days before
        ("K4", "C", D(2020, 1, 1), None, None),  # never used
        ("K5", "C", D(2024, 1, 10), None, None),  # activated 81 days before
        ("K6", "A", D(2020, 1, 1), D(2021, 1, 1), D(2024, 1, 1)),  # cancelled
        ("K7", "A", None, None, None),  # never activated
    ]
    tables = {
        "customer_month": pl.DataFrame(rows, schema=names, orient="row"),
        "accounts": pl.DataFrame(accounts, schema=["account_id", "customer_id", "account_type", "open_date", "close_date"], orient="row"),
        "large_transactions": pl.DataFrame(
            out, schema=["txn_id", "customer_id", "txn_date", "amount", "direction", "counter_bank", "internal"], orient="row"
        ),
        "loans": pl.DataFrame(
            loans, schema=["loan_id", "month", "customer_id", "loan_kind", "balance_start", "scheduled", "prepaid"], orient="row"
        ),
        "cards": pl.DataFrame(cards, schema=["card_id", "customer_id", "activated_date", "last_txn_date", "closed_date"], orient="row"),
    }
    return published(tables, tmp_path_factory.mktemp("hand"))


@pytest.fixture(scope="module")
def answers(hand):
    return product_churn(asked(hand, period=QUARTER)).row(0, named=True)


def test_of_four_accounts_open_at_the_start_one_was_closed(answers):
    assert (answers["account_closure_rate"], answers["account_closure_rate_n"]) == (0.25, 4)
    found = wilson(1, 4)
    assert (answers["account_closure_rate_low"], answers["account_closure_rate_high"]) == pytest.approx((found.low, found.high))


def test_deposits_moved_to_wealth_inside_the_bank_are_not_transferred_out(answers):
    assert answers["deposit_transfer_rate_part"] == 130, "A sent 100 and B 30 to another bank; 450 stayed inside"
    assert answers["deposit_transfer_rate"] == pytest.approx(130 / 1750)
    assert (answers["deposit_transfer_rate_n"], answers["deposit_transfer_rate_unknown"]) == (3, 0)


def test_early_repayment_counts_against_the_principal_less_what_fell_due(answers):
    assert answers["loan_runoff_rate"] == pytest.approx(300 / (1000 - 300 + 200))
    assert answers["loan_runoff_rate_n"] == 2, "B's loan began later"


def test_a_card_is_dormant_from_its_180th_day_without_use_counted_from_activation(answers):
    assert (answers["card_dormancy_rate_part"], answers["card_dormancy_rate_whole"]) == (2, 5), "K2 and K4 of K1 to K5"


def test_a_card_that_was_used_later_is_judged_by_its_customers_months(hand):
    """K1 was used on 5 March, so its last use says nothing of February; A used cards in each month."""
    row = product_churn(asked(hand, period=Period(FEB, FEB)), ["card_dormancy_rate"]).row(0, named=True)
    assert (row["card_dormancy_rate_part"], row["card_dormancy_rate_whole"], row["card_dormancy_rate_unknown"]) == (1, 5, 0), (
        "K4 only: K2 was used 149 days before"
    )


def test_before_six_months_are_known_no_share_of_idle_cards_is_told(hand):
    row = product_churn(asked(hand, period=Period(D(2023, 11, 1), D(2023, 12, 1))), ["card_dormancy_rate"]).row(0, named=True)
    assert row["card_dormancy_rate"] is None and row["card_dormancy_rate_unknown"] == 5, "K6 was still valid"


def test_kinds_of_products_stand_apart(hand):
    rows = {r["product"]: r for r in product_churn(asked(hand, period=QUARTER), by=["product"]).to_dicts()}
    assert rows["wealth"]["account_closure_rate"] == 1.0 and rows["current"]["account_closure_rate"] == 0.0
    assert rows["mortgage"]["loan_runoff_rate"] == pytest.approx(300 / 700) and rows["car"]["loan_runoff_rate"] == 0.0
    assert rows["wealth"]["loan_runoff_rate"] is None and rows["wealth"]["loan_runoff_rate_n"] == 0


def test_where_it_is_not_said_whether_money_left_the_customer_is_not_counted_but_told_of(hand, tmp_path):
    tables = {name: hand.table(name) for name in ("customer_month", "large_transactions")}
    tables["large_transactions"] = tables["large_transactions"].drop("counter_bank")
    row = product_churn(asked(published(tables, tmp_path), period=QUARTER), ["deposit_transfer_rate"]).row(0, named=True)
    assert (row["deposit_transfer_rate_part"], row["deposit_transfer_rate_whole"], row["deposit_transfer_rate_unknown"]) == (100, 1250, 1)


def test_what_the_data_lack_is_named_and_the_rest_is_answered(hand, tmp_path):
    tables = {name: hand.table(name) for name in ("customer_month", "accounts")}
    tables["large_transactions"] = hand.table("large_transactions").drop("counter_bank", "internal")
    ds = published(tables, tmp_path)
    assert lacking(ds, "deposit_transfer_rate") == ("large_transactions.internal/counter_bank",)
    assert lacking(ds, "card_dormancy_rate") == ("cards",)
    row = product_churn(asked(ds, period=QUARTER)).row(0, named=True)
    assert row["account_closure_rate"] == 0.25 and row["deposit_transfer_rate"] is None and row["loan_runoff_rate_n"] == 0
    with pytest.raises(NotPossible, match="loans"):
        product_churn(asked(ds), ["loan_runoff_rate"])
    with pytest.raises(NotFound, match="card_dormancy_rate"):
        product_churn(asked(ds), ["card_dormancy"])


# The invented bank a second way: plain loops over rows, written from METHODS B1 alone.


def months_of(period):
    found = [period.start]
    while found[-1] < period.end:
        n = found[-1].year * 12 + found[-1].month
        found.append(D(n // 12, n % 12 + 1, 1))
    return found


def by_hand(tables, period, everyone):
    eve, last, months = period.start - datetime.timedelta(days=1), period.last_day, months_of(period)
    found = {}
    there = [
        a
        for a in tables["accounts"].to_dicts()
        if a["customer_id"] in everyone and a["open_date"] <= eve and (a["close_date"] or D(2999, 1, 1)) > eve
    ]
    found["account_closure_rate"] = (sum((a["close_date"] or D(2999, 1, 1)) <= last for a in there), len(there))
    before = months_of(Period(eve.replace(day=1), eve.replace(day=1)))[0]
    held = {
        r["customer_id"]: r["deposit_avg"]
        for r in tables["customer_month"].to_dicts()
        if r["month"] == before and r["customer_id"] in everyone
    }
    sent = sum(
        t["amount"] for t in tables["large_transactions"].to_dicts()
        if t["direction"] == "out" and not t["internal"] and t["txn_date"]
        and period.start <= t["txn_date"] <= last and t["customer_id"] in held
    )  # fmt: skip
    found["deposit_transfer_rate"] = (sent, sum(held.values()))
    loans = {}
    for r in tables["loans"].to_dicts():
        if r["month"] in months and r["customer_id"] in everyone:
            loans.setdefault(r["loan_id"], []).append(r)
    part = whole = 0.0
    for rows in loans.values():
        first = [r for r in rows if r["month"] == period.start]
        if first:
            part += sum(r["prepaid"] for r in rows)
            whole += max(0.0, first[0]["balance_start"] - sum(r["scheduled"] for r in rows))
    found["loan_runoff_rate"] = (part, whole)
    return found


def cards_by_hand(tables, last):
    window = [m for m in sorted(set(tables["customer_month"]["month"])) if m <= last][-6:]
    uses = {}
    for r in tables["customer_month"].to_dicts():
        if r["month"] in window:
            uses.setdefault(r["customer_id"], []).append(r["card_txn_count"])
    part = whole = 0
    for k in tables["cards"].to_dicts():
        if not k["activated_date"] or k["activated_date"] > last or (k["closed_date"] or D(2999, 1, 1)) <= last:
            continue
        used = k["last_txn_date"]
        if used and used > last:
            seen = uses.get(k["customer_id"], [])
            young = (last - k["activated_date"]).days < 180
            if not young and sum(seen) == 0 and len(seen) < 6:
                continue
            idle = not young and sum(seen) == 0
        else:
            idle = (last - max(k["activated_date"], used or k["activated_date"])).days >= 180
        part, whole = part + idle, whole + 1
    return part, whole


@pytest.mark.parametrize(("first", "length"), [(0, 1), (2, 3), (6, 6), (16, 1), (5, 12)])
def test_every_measure_of_the_invented_bank_agrees_with_a_plain_loop(bank, bank_data, first, length):
    period = Period(bank_data.measurable[first], bank_data.measurable[first + length - 1])
    row = product_churn(asked(bank_data, period=period)).row(0, named=True)
    everyone = set(bank.tables["customers"]["customer_id"])
    for name, (part, whole) in by_hand(bank.tables, period, everyone).items():
        assert (row[f"{name}_part"], row[f"{name}_whole"]) == pytest.approx((part, whole)), name
        assert row[name] == pytest.approx(part / whole), name
    if first + length >= 5:
        part, whole = cards_by_hand(bank.tables, period.last_day)
        assert (row["card_dormancy_rate_part"], row["card_dormancy_rate_whole"]) == (part, whole)
        assert part > 0 or first < 6


def test_a_segment_of_the_invented_bank_agrees_with_a_plain_loop(bank, bank_data):
    period = Period(bank_data.measurable[-3], bank_data.measurable[-1])
    women = set(bank.tables["customers"].filter(pl.col("gender") == "F")["customer_id"])
    row = product_churn(asked(bank_data, filters=Filters((("gender", ("F",)),)), period=period)).row(0, named=True)
    for name, (part, whole) in by_hand(bank.tables, period, women).items():
        assert (row[f"{name}_part"], row[f"{name}_whole"]) == pytest.approx((part, whole)), name


@pytest.mark.parametrize("name", ["tier", "gender", "branch_id", "age_band", "product"])
def test_segments_add_up_to_the_total(bank_data, name):
    whole = product_churn(asked(bank_data)).row(0, named=True)
    parts = product_churn(asked(bank_data), by=[name])
    for measure in PRODUCT_MEASURES:
        for end in ("part", "whole", "unknown"):
            assert parts[f"{measure}_{end}"].sum() == pytest.approx(whole[f"{measure}_{end}"]), (measure, end)


def test_each_month_of_a_grain_is_that_month_alone(bank_data):
    rows = product_churn(asked(bank_data), by=["month"])
    assert len(rows) == 12
    for row in rows.to_dicts():
        month = row.pop("month")
        assert product_churn(asked(bank_data, period=Period(month, month))).row(0, named=True) == pytest.approx(row)


def test_a_filter_gives_the_row_of_its_segment(bank_data):
    for value in dimensions(bank_data)["tier"].values:
        row = product_churn(asked(bank_data), by=["tier"]).filter(pl.col("tier") == value).drop("tier").row(0, named=True)
        assert product_churn(asked(bank_data, filters=Filters((("tier", (value,)),)))).row(0, named=True) == pytest.approx(row)


def test_a_filter_that_leaves_nobody_leaves_every_rate_undefined(bank_data):
    row = product_churn(asked(bank_data, filters=Filters((("tier", ()),)))).row(0, named=True)
    assert all(row[name] is None and row[f"{name}_n"] == 0 for name in PRODUCT_MEASURES)


def test_a_filter_that_leaves_nobody_leaves_no_month(bank_data):
    nobody = Filters((("tier", ("private",)), ("aum_band", ("<10k",))))
    assert product_churn(asked(bank_data, filters=nobody), by=["month"]).is_empty()


def test_the_order_of_rows_changes_nothing(bank, bank_data, tmp_path):
    mixed = published(
        {name: frame.sample(fraction=1.0, shuffle=True, seed=4) for name, frame in bank.tables.items() if name in TOUCHED}, tmp_path
    )
    assert product_churn(asked(mixed), by=["quarter"]).to_dicts() == [
        pytest.approx(r) for r in product_churn(asked(bank_data), by=["quarter"]).to_dicts()
    ]
