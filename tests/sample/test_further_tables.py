"""The tables beside customers, accounts and months: true to the process, to each other, and leaving the first tables as they were."""

import datetime
import hashlib

import numpy as np
import polars as pl
import pytest

from churn_dash.contract import TABLES
from churn_dash.contract.tiers import FLOORS
from churn_dash.sample.people import CITIES
from churn_dash.sample.tables.organisation import INDICATORS, N_EXPERTS

FIRST = {
    "customers": "fd18e49ce7fe9616",
    "accounts": "3001fb8b3f4034e4",
    "customer_month": "cf74a1ac2218c0e3",
    "surveys": "5f95f4baeaee84c9",
    "complaints": "bb8a22a4cda555c9",
    "campaigns": "94be96d9856a9911",
    "campaign_assignments": "15bd2ebfeed9d938",
    "churn_events": "abef2016e7a66a55",
}
"""Digests of the tables of ``generate(1, 500, 12)`` before the further tables were added."""

AHEAD = {"maturity_date", "due_at", "available_ts"}
"""Days that may lie after the last one."""


@pytest.mark.parametrize("name", FIRST)
def test_the_first_tables_are_byte_for_byte_what_they_were(tiny, name):
    assert hashlib.sha256(tiny.tables[name].write_csv().encode()).hexdigest()[:16] == FIRST[name]


@pytest.mark.parametrize("name", [n for n in TABLES if n != "cross_section"])
def test_no_table_knows_a_customer_that_is_none_or_a_day_to_come(tiny, name):
    table = tiny.tables[name]
    if "customer_id" in table.columns:
        assert set(table["customer_id"]) <= set(tiny.tables["customers"]["customer_id"])
    last = datetime.date(2026, 10, 31)
    for column, kind in table.schema.items():
        if kind == pl.Date and column not in AHEAD and table[column].max() is not None:
            assert table[column].max() <= last, column


def test_the_market_holds_the_rate_gap_that_moves_the_customers(tiny):
    market = tiny.tables["market_month"].with_columns(gap=(pl.col("competitor_rate") - pl.col("own_rate")).round(6))
    wide = market.pivot(on="city", index="month", values="gap").sort("month").select(CITIES).to_numpy()
    city = tiny.tables["customers"]["city"].replace_strict(list(CITIES), range(len(CITIES)), return_dtype=pl.Int64).to_numpy()
    product = (tiny.truth.people["orientation"] == "product").to_numpy()
    felt = tiny.truth.path.features["rate_gap"][1:] / np.where(product, 1.8, 1.0)
    assert np.abs(felt - wide[:-1][:, city]).max() < 1.1e-3


def test_a_term_deposit_falls_due_in_the_months_of_which_the_process_knows(tiny):
    """Of those who stay to the end and hold one: the months that fall due are those of the truth."""
    held = tiny.tables["product_holdings"].filter(pl.col("product_kind") == "term", pl.col("bank") == "own")
    gone = set(tiny.truth.exits["customer_id"])
    ids = tiny.tables["customers"]["customer_id"].to_list()
    told = {(c, m) for c, m in held.select("customer_id", pl.col("maturity_date").dt.truncate("1mo")).iter_rows()}
    months = tiny.truth.months
    matures = tiny.truth.path.features["maturity"]
    found = 0
    for t in range(1, months.count):
        for i in np.flatnonzero(matures[t]):
            if ids[i] not in gone:
                assert (ids[i], months.date(t - 1)) in told
                found += 1
    assert found > 50


def test_a_loan_starts_a_month_with_what_was_left_at_the_end_of_the_one_before(tiny):
    left = tiny.tables["customer_month"].select("customer_id", pl.col("month").dt.offset_by("1mo"), "loan_balance")
    both = tiny.tables["loans"].join(left, on=["customer_id", "month"]).filter(pl.col("loan_balance") > 0)
    assert both.height > 200
    assert (both["balance_start"] - both["loan_balance"]).abs().max() < 0.02


def test_what_a_loan_pays_is_never_more_than_it_owes(tiny):
    loans = tiny.tables["loans"]
    assert (loans["scheduled"] + loans["prepaid"] <= loans["balance_start"] + 0.02).all()
    assert loans.filter(pl.col("prepaid") > 0).height >= 5


def test_a_card_is_used_last_in_a_month_with_card_transactions(tiny):
    used = tiny.tables["customer_month"].filter(pl.col("card_txn_count") > 0).select("customer_id", "month")
    cards = (
        tiny.tables["cards"].filter(pl.col("last_txn_date").is_not_null()).with_columns(month=pl.col("last_txn_date").dt.truncate("1mo"))
    )
    assert cards.height > 100 and cards.join(used, on=["customer_id", "month"], how="anti").is_empty()
    assert (cards["last_txn_date"] >= cards["activated_date"]).all()


def test_a_warning_by_rule_follows_from_the_months_before_it(tiny):
    rows = tiny.tables["customer_month"].select("customer_id", "month", "aum_avg", "txn_count")
    warned = tiny.tables["warnings"].filter(pl.col("rule_or_model").str.starts_with("assets"))
    now = warned.with_columns(month=pl.col("ts").dt.truncate("1mo").dt.offset_by("-1mo"))
    then = rows.with_columns(pl.col("month").dt.offset_by("3mo"))
    both = now.join(rows, on=["customer_id", "month"]).join(then, on=["customer_id", "month"], suffix="_before")
    assert both.height == warned.height > 50
    assert (both["aum_avg"] < 0.75 * both["aum_avg_before"]).all() and (both["txn_count"] < 0.6 * both["txn_count_before"]).all()


def test_nobody_is_warned_of_twice_within_sixty_days_unless_the_grade_rises(tiny):
    grades = {"low": 0, "medium": 1, "high": 2}
    for _customer, rows in tiny.tables["warnings"].sort("ts").group_by("customer_id"):
        for before, after in zip(rows.iter_rows(named=True), rows.slice(1).iter_rows(named=True), strict=False):
            assert (after["ts"] - before["ts"]).days >= 59 or grades[after["grade"]] > grades[before["grade"]]


def test_a_task_follows_the_warning_that_it_names(tiny):
    tasks = tiny.tables["interventions"].join(tiny.tables["warnings"], on="warning_id", how="left", suffix="_warned")
    assert (tasks["customer_id"] == tasks["customer_id_warned"]).all() and (tasks["created_at"] > tasks["ts"]).all()
    assert tasks["warning_id"].is_unique().all() and 0 < tasks.height < tiny.tables["warnings"].height
    assert set(tasks["owner"]) <= set(tiny.tables["staff"]["staff_id"])


def test_a_warning_finds_more_leavers_than_chance_and_not_all(demo):
    warned = demo.tables["warnings"].filter(rule_or_model="score")
    left = demo.truth.exits.filter("voluntary").select("customer_id", "exit_date")
    hits = warned.join(left, on="customer_id").filter(
        pl.col("exit_date").is_between(pl.col("ts"), pl.col("ts").dt.offset_by("90d"), closed="right")
    )
    share = hits["warning_id"].n_unique() / warned.height
    assert 0.06 < share < 0.3


def test_win_backs_are_the_closings_and_the_returns_of_the_truth(tiny):
    won, truth = tiny.tables["winbacks"], tiny.truth.exits.filter(form="close")
    key = ["customer_id", "lost_date"]
    both = won.join(truth.rename({"exit_date": "lost_date", "returned_date": "truly"}), on=key, how="full", coalesce=True)
    assert both.height == won.height == truth.height
    assert both["returned_date"].eq_missing(both["truly"]).all()
    contacted = won.filter(pl.col("contact_date").is_not_null())
    assert ((contacted["contact_date"] - contacted["lost_date"]).dt.total_days().is_between(1, 60)).all()
    assert contacted.filter(pl.col("returned_date") <= pl.col("contact_date")).is_empty()


def test_tiers_change_as_the_rule_of_the_bank_has_it(tiny):
    """Bohai: up in the month after; down after three months below (six in the highest), to the tier of the last of them."""
    names, floors = list(FLOORS), list(FLOORS.values())
    first = tiny.tables["customer_month"]["month"].min()
    told = {c: rows.sort("valid_from") for (c,), rows in tiny.tables["tier_history"].group_by("customer_id")}
    away = set(tiny.truth.exits["customer_id"])
    checked = 0
    for (customer,), rows in tiny.tables["customer_month"].sort("month").group_by("customer_id"):
        if customer in away:
            continue
        history = told[customer]
        force, below = names.index(history["tier"][0]), 0
        months = rows["month"].to_list()
        for month, aum, following in zip(months, rows["aum_avg"], [*months[1:], None], strict=True):
            stands = history.filter(pl.col("valid_from") <= max(month, history["valid_from"][0]))["tier"][-1]
            assert stands == names[force], (customer, month)
            reached = sum(aum >= f for f in floors) - 1
            watched = reached < force
            below = below + 1 if watched else 0
            if reached > force or below >= (6 if force == len(names) - 1 else 3):
                force, below = reached, 0
            if following:
                day = following - datetime.timedelta(days=1)
                assert bool(history.filter(pl.col("valid_from") <= day)["watch"][-1]) == watched, (customer, month)
            checked += 1
    assert checked > 2_000 and first == datetime.date(2025, 11, 1)


def test_everybody_on_watch_was_below_the_threshold(tiny):
    on_watch = tiny.tables["tier_history"].filter("watch")
    floor = on_watch["tier"].replace_strict(list(FLOORS), list(FLOORS.values()), return_dtype=pl.Float64)
    assert on_watch.height > 50 and (on_watch["aum_avg"] < floor).all()


def test_experts_weigh_the_indicators_about_as_they_mean_to(tiny):
    scores = tiny.tables["expert_scores"]
    pairs = len(INDICATORS) * (len(INDICATORS) - 1) // 2
    assert scores.height == N_EXPERTS * pairs
    names = list(INDICATORS)
    logs = np.zeros((len(names), len(names)))
    for _expert, a, b, score in scores.iter_rows():
        logs[names.index(a), names.index(b)] += np.log(score) / N_EXPERTS
        logs[names.index(b), names.index(a)] -= np.log(score) / N_EXPERTS
    weights = np.exp(logs.mean(axis=1))
    assert np.abs(weights / weights.sum() - np.array(list(INDICATORS.values()))).max() < 0.06


def test_large_amounts_are_large_and_bookings_come_before_them(demo):
    table = demo.tables["large_transactions"]
    assert table["amount"].min() >= 0.8 * 50_000
    booked = table.filter(pl.col("booked_at").is_not_null())
    assert booked.height > 100 and (booked["booked_at"] < booked["txn_date"]).all() and (booked["direction"] == "out").all()
    assert table.filter("internal")["counter_bank"].null_count() == table.filter("internal").height
