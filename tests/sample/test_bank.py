"""The tables of the bank: by the contract, the same for the same seed, and true to each other."""

import datetime
import time

import numpy as np
import polars as pl
import pytest

from churn_dash.contract import REASONS, TABLES
from churn_dash.sample import SIZES, bank, generate
from churn_dash.sample.streams import STREAMS, streams

FIRST = ("customers", "accounts", "customer_month", "surveys", "complaints", "campaigns", "campaign_assignments", "churn_events")
NAMES = tuple(name for name in TABLES if name != "cross_section")
SETTLED = {"campaigns", "branches"}  # tables that may be the same for two seeds


def test_the_tiny_bank_takes_less_than_two_seconds():
    start = time.process_time()  # a busy machine does not count
    generate(5, *SIZES["tiny"])
    assert time.process_time() - start < 2


FROZEN = {"rm_id", "stratum", "risk_grade", "play", "result", "channel", "cost", "note"}
"""Columns of members that only a list frozen here fills."""


@pytest.mark.parametrize("name", NAMES)
def test_every_table_keeps_to_its_contract(tiny, name):
    table, schema = tiny.tables[name], TABLES[name].schema
    columns = schema.columns()
    assert set(table.columns) <= set(columns)
    assert set(columns) - set(table.columns) <= {"churned"} | (FROZEN if name == "campaign_assignments" else set())
    whole = table.with_columns(pl.lit(None, dtype=column.dtype).alias(c) for c, column in columns.items() if c not in table.columns)
    schema.validate(whole.select(list(columns)), cast=False)


@pytest.mark.parametrize("name", NAMES)
def test_coded_values_are_codes_of_the_contract(demo, name):
    for column, kind in TABLES[name].columns.items():
        codes = (kind.metadata or {})["codes"]
        if codes and column in demo.tables[name].columns:
            assert set(demo.tables[name][column].drop_nulls().unique()) <= set(codes), column


def test_the_bank_brings_every_table_of_the_contract(tiny):
    assert set(tiny.tables) == set(NAMES)
    assert set(tiny.tables["churn_events"]["reason_code"].drop_nulls()) <= set(REASONS)


def test_the_same_seed_gives_the_same_bank_and_another_seed_another(tiny):
    again, other = generate(1, *SIZES["tiny"]), generate(2, *SIZES["tiny"])
    for name, table in tiny.tables.items():
        assert table.equals(again.tables[name]), name
        assert name in SETTLED or not table.equals(other.tables[name]), name


def test_a_further_table_leaves_the_others_as_they_were(tiny, monkeypatch):
    def more(seed: int) -> dict[str, np.random.Generator]:
        found = streams(seed, (*STREAMS, "one_more"))
        found["one_more"].random(1000)
        return found

    monkeypatch.setattr(bank, "streams", more)
    again = generate(1, *SIZES["tiny"])
    assert all(table.equals(again.tables[name]) for name, table in tiny.tables.items())


def test_what_one_table_draws_does_not_move_another(tiny, monkeypatch):
    def moved(seed: int) -> dict[str, np.random.Generator]:
        found = streams(seed)
        for name in ("churn_events", "customer_month", "accounts"):
            found[name].random(7)
        return found

    monkeypatch.setattr(bank, "streams", moved)
    again = generate(1, *SIZES["tiny"])
    assert not tiny.tables["customer_month"].equals(again.tables["customer_month"])
    for name in ("customers", "surveys", "complaints", "campaigns", "campaign_assignments"):
        assert tiny.tables[name].equals(again.tables[name]), name


def test_forty_percent_join_evenly_during_the_window(demo):
    joined = demo.tables["customers"].filter(pl.col("open_date") >= datetime.date(2023, 11, 1))
    by_month = joined.group_by(pl.col("open_date").dt.month_start()).len()["len"]
    assert joined.height == 8_000
    assert by_month.len() == 36 and by_month.max() - by_month.min() <= 1


def test_customers_hold_about_two_and_a_half_accounts_in_forty_branches_of_six_cities(demo):
    people = demo.tables["customers"]
    assert 2.3 <= demo.tables["accounts"].height / people.height <= 2.7
    assert people["branch_id"].n_unique() == 40 and people["city"].n_unique() == 6 and people["rm_id"].n_unique() == 25
    assert 0.05 <= (people["customer_type"] == "corporate").mean() <= 0.07


def test_a_customer_has_a_row_for_each_month_until_the_one_before_his_last_account_closes(demo):
    gone = demo.truth.exits.filter(form="close")
    months = demo.tables["customer_month"].select("customer_id", "month")
    assert gone.join(months, on=["customer_id", "month"]).is_empty()
    for_good = gone.filter(pl.col("returned_date").is_null())
    last = months.group_by("customer_id").agg(last=pl.col("month").max())
    seen = for_good.join(last, on="customer_id")
    assert (seen["last"] == seen["month"].dt.offset_by("-1mo")).all()


def test_all_accounts_of_a_leaver_close_and_the_last_on_the_day_he_leaves(demo):
    gone = demo.truth.exits.filter((pl.col("form") == "close") & pl.col("returned_date").is_null())
    accounts = demo.tables["accounts"].join(gone.select("customer_id", "exit_date"), on="customer_id")
    assert accounts["close_date"].null_count() == 0
    last = accounts.group_by("customer_id").agg(pl.col("close_date").max(), pl.col("exit_date").first())
    assert (last["close_date"] == last["exit_date"]).all()
    events = demo.tables["churn_events"].join(gone, left_on=["customer_id", "event_date"], right_on=["customer_id", "exit_date"])
    assert events.height == gone.height


def test_customers_who_stay_keep_an_account_and_silent_ones_keep_their_rows(demo):
    left = demo.truth.exits["customer_id"].unique()
    open_ = demo.tables["accounts"].group_by("customer_id").agg(open=pl.col("close_date").is_null().any())
    assert open_.filter(~pl.col("customer_id").is_in(left.implode()))["open"].all()
    silent = demo.truth.exits.filter((pl.col("form") == "silent") & pl.col("returned_date").is_null())
    rows = demo.tables["customer_month"].join(silent.select("customer_id", since="month"), on="customer_id")
    after = rows.filter(pl.col("month") > pl.col("since"))
    assert (after["txn_count"] == 0).all() and (after["aum_end"] < 100).all()
    last = after.group_by("customer_id").agg(pl.col("month").max())
    assert (last["month"] == datetime.date(2026, 10, 1)).all()


def test_nobody_who_is_active_looks_dormant(demo):
    monthly = demo.tables["customer_month"].sort("customer_id", "month")
    still = (pl.col("txn_count") == 0).cast(pl.Int8).rolling_sum(6).over("customer_id") == 6
    dormant = monthly.filter(still & (pl.col("aum_end") <= 100))["customer_id"].unique()
    silent = demo.truth.exits.filter(form="silent")["customer_id"].unique()
    assert dormant.len() > 1_000 and dormant.is_in(silent.implode()).all()


def test_balances_add_up(demo):
    monthly = demo.tables["customer_month"].sort("customer_id", "month")
    parts = monthly["deposit_avg"] + monthly["wealth_avg"] + monthly["fund_avg"] - monthly["aum_avg"]
    assert parts.abs().max() < 0.005
    before, same = pl.col("aum_end").shift(1).over("customer_id"), pl.col("month").shift(1).over("customer_id").dt.offset_by("1mo")
    change = monthly.with_columns(before=before, same=same).filter(pl.col("same") == pl.col("month"))
    off = change["before"] + change["net_flow"] + change["valuation_change"] - change["aum_end"]
    assert off.abs().max() < 0.005


def test_tiers_follow_the_thresholds(demo):
    tiers = demo.tables["customer_month"].group_by("tier").agg(low=pl.col("aum_avg").min(), high=pl.col("aum_avg").max()).sort("low")
    assert tiers["tier"].to_list() == ["mass", "affluent", "gold", "platinum", "private"]
    floors = (50_000, 300_000, 1_000_000, 6_000_000)
    assert all(high < floor <= low for floor, high, low in zip(floors, tiers["high"], tiers["low"][1:], strict=False))


def test_products_are_the_open_accounts_and_up_to_four_more(demo):
    day = datetime.date(2026, 6, 30)
    held = demo.tables["accounts"].filter((pl.col("open_date") <= day) & ~(pl.col("close_date") <= day).fill_null(False))
    rows = demo.tables["customer_month"].filter(month=datetime.date(2026, 6, 1))
    more = rows.join(held.group_by("customer_id").len(), on="customer_id", how="left").with_columns(
        more=pl.col("product_count") - pl.col("len")
    )
    assert more["len"].min() >= 1 and more["more"].min() >= 0 and more["more"].max() <= 4


def test_chinese_new_year_moves_between_january_and_february(demo):
    paid = demo.tables["customer_month"].filter(pl.col("salary_in") > 0).group_by("month").agg(pl.col("salary_in").mean()).sort("month")
    bonus = paid.filter(pl.col("salary_in") > 1.5 * paid["salary_in"].median())["month"].to_list()
    assert bonus == [datetime.date(2024, 2, 1), datetime.date(2025, 1, 1), datetime.date(2026, 2, 1)]


def test_progress_is_told_in_sentences_up_to_the_end():
    told = []
    generate(1, 50, 6, progress=lambda step, done: told.append((step.in_("zh"), done)))
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1] == ("示例银行已生成", 1.0)
