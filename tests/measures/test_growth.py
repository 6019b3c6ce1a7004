"""Where growth comes from: T1 exactly, every figure a second way, and both waterfalls end where they must for every question."""

import datetime
import importlib.util
import pathlib

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.measures.movement.growth import HEADS, MONEY, growth
from churn_dash.store import Workspace, publish
from tests.asking import asked

_spec = importlib.util.spec_from_file_location("brute", pathlib.Path(__file__).with_name("brute.py"))
brute = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(brute)

QUARTER = Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
DEFINITIONS = ["close", "absent", "dormant", "asset_out", "first"]

TOUCHED = ("customers", "accounts", "customer_month", "churn_events", "product_holdings")


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "own"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def t1(worked):
    return growth(asked(worked, period=QUARTER, definition="close")).row(0, named=True)


def test_t1_heads_start_with_six_win_f_and_g_get_h_back_lose_four_and_end_with_five(t1):
    wanted = {"start": 6, "new": 2, "returned": 1, "lost": 4, "left_otherwise": 0, "moved_in": 0, "moved_out": 0, "end": 5}
    assert {name: t1[name] for name in wanted} == wanted
    assert (t1["lost_of_start"], t1["lost_new"]) == (3, 1), "B, C, H were there; G came and went"
    assert (t1["lost_voluntary"], t1["lost_involuntary"], t1["lost_unexplained"]) == (3, 1, 0)


def test_t1_balances_start_at_440_and_end_at_255(t1):
    wanted = {
        "start": 440, "new": 60, "returned": 25, "inflow": 10, "outflow": 160, "lost": 120, "moved_in": 0, "moved_out": 0, "end": 255,
    }  # fmt: skip
    assert {name: t1[f"aum_{name}"] for name in wanted} == pytest.approx(wanted)
    assert t1["aum_valuation"] is None, "T1 tells no change of value: it is part of the flows, not nothing"
    assert (t1["no_balance_at_start"], t1["no_balance_at_end"], t1["no_valuation"]) == (0, 0, None)


def test_a_change_of_value_is_no_behaviour(worked_tables, tmp_path):
    values = pl.when((pl.col("customer_id") == "A") & (pl.col("month") > datetime.date(2023, 12, 1))).then(5.0)
    rows = worked_tables["customer_month"].with_columns(
        values.when(pl.col("customer_id") == "D").then(-20.0).otherwise(0.0).alias("valuation_change")
    )
    ds = published({**worked_tables, "customer_month": rows}, tmp_path)
    found = growth(asked(ds, period=QUARTER, definition="close")).row(0, named=True)
    # A went from 100 to 110 with 15 of gains: 5 went out. D from 200 to 40 with 60 of losses: 100 went out.
    assert found["aum_valuation"] == pytest.approx(15 - 60)
    assert (found["aum_inflow"], found["aum_outflow"]) == (pytest.approx(0), pytest.approx(5 + 100))
    assert found["aum_end"] == pytest.approx(255)


def test_a_customer_without_a_known_change_of_value_is_counted(worked_tables, tmp_path):
    rows = worked_tables["customer_month"].with_columns(
        pl.when(pl.col("customer_id") == "A").then(None).otherwise(0.0).alias("valuation_change")
    )
    found = growth(asked(published({**worked_tables, "customer_month": rows}, tmp_path), period=QUARTER, definition="close")).row(
        0, named=True
    )
    assert found["no_valuation"] == 1 and found["aum_end"] == pytest.approx(255)


def test_what_is_taken_out_as_products_fall_due_stands_apart(worked_tables, tmp_path):
    held = pl.DataFrame(
        [
            ("h1", "D", 100.0, datetime.date(2024, 2, 10), None, "own"),
            ("h2", "D", 500.0, datetime.date(2024, 4, 10), None, "own"),  # falls due later
            ("h3", "D", 500.0, datetime.date(2024, 2, 10), None, "other"),
            ("h4", "D", 500.0, datetime.date(2024, 2, 10), datetime.date(2024, 1, 5), "own"),  # sold before
            ("h5", "A", 50.0, datetime.date(2024, 2, 10), None, "own"),  # A paid in
            ("h6", "B", 50.0, datetime.date(2024, 2, 1), None, "own"),  # B left
        ],
        schema=["holding_id", "customer_id", "amount", "maturity_date", "closed_date", "bank"],
        orient="row",
    )
    row = growth(asked(published({**worked_tables, "product_holdings": held}, tmp_path), period=QUARTER, definition="close")).row(
        0, named=True
    )
    assert (row["aum_outflow"], row["aum_outflow_due"]) == (160, 100)


def test_outflow_as_products_fall_due_is_not_told_without_holdings(t1):
    assert t1["aum_outflow_due"] is None


def counted(loop, start, end, ids=None, holdings=()):
    """The same from the spells of the plain loop, customer by customer."""
    before, last = start - brute.ONE, brute.end_of(end)
    found = dict.fromkeys((*HEADS[:5], "end", "lost_of_start", "lost_new", "aum_outflow_due", *(f"aum_{n}" for n in MONEY)), 0)
    due = dict.fromkeys(loop.ids, 0.0)
    for h in holdings:
        whole = h["closed_date"] is None or h["closed_date"] >= (h["maturity_date"] or brute.FAR)
        if h["bank"] == "own" and h["maturity_date"] and start <= h["maturity_date"] <= last and whole:
            due[h["customer_id"]] += h["amount"]
    for c in loop.ids if ids is None else ids:
        spells = loop.spells[c]
        there, here = loop.active(c, before), loop.active(c, last)
        found["start"] += there
        found["end"] += here
        left = came_new = False
        for i, (a, b, event) in enumerate(spells):
            starts, ends = before < a <= last, before < b <= last and a <= last
            found["new"] += starts and i == 0
            found["returned"] += starts and i > 0
            came_new |= starts and i == 0
            found["lost"] += ends and event
            found["left_otherwise"] += ends and not event
            found["lost_of_start"] += ends and event and a <= before
            found["lost_new"] += ends and event and starts and i == 0
            left |= ends
        months = [start]
        while months[-1] < end:
            months.append(brute.next_month(months[-1]))
        rows = loop.rows[c]
        was = (rows.get(brute.next_month(start, -1)) or {}).get("aum_end") or 0.0
        now = (rows.get(end) or {}).get("aum_end") or 0.0
        worth = sum((rows.get(m) or {}).get("valuation_change") or 0.0 for m in months)
        found["aum_start"] += was if there else 0
        found["aum_end"] += now if here else 0
        if there and here and not left:
            flow = now - was - worth
            found["aum_valuation"] += worth
            found["aum_inflow"] += max(flow, 0)
            found["aum_outflow"] += max(-flow, 0)
            found["aum_outflow_due"] += min(max(-flow, 0), due[c])
            continue
        found["aum_lost"] += was if there else 0
        if here:
            found["aum_new" if came_new and not there else "aum_returned"] += now
    return found


def agree(row, want):
    for name, value in want.items():
        assert row[name] == pytest.approx(value, rel=1e-9, abs=1e-3), name


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_every_period_agrees_with_a_plain_loop(bank, bank_data, definition):
    loop = brute.Brute(bank.tables, definition)
    months = bank_data.measurable
    for i, length in ((0, 1), (3, 3), (5, 12), (len(months) - 1, 1), (0, len(months))):
        period = Period(months[i], months[i + length - 1])
        agree(
            growth(asked(bank_data, period=period, definition=definition)).row(0, named=True),
            counted(loop, period.start, period.end, holdings=bank.tables["product_holdings"].to_dicts()),
        )


def test_every_segment_agrees_with_a_plain_loop(bank, bank_data):
    loop = brute.Brute(bank.tables, "first")
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    for row in growth(asked(bank_data, period=period, definition="first"), ["gender"]).to_dicts():
        ids = bank.tables["customers"].filter(pl.col("gender").eq_missing(pl.lit(row["gender"])))["customer_id"].to_list()
        agree(row, counted(loop, period.start, period.end, ids, bank.tables["product_holdings"].to_dicts()))


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_each_period_ends_where_the_next_one_starts_and_starts_as_measure_counts(bank_data, definition, grain):
    period = Period(bank_data.measurable[0], bank_data.measurable[-1])
    rows = growth(asked(bank_data, period=period, definition=definition), [grain])
    told = measure(
        asked(bank_data, period=period, definition=definition),
        ["customers", "customers_lost", "customers_new", "aum_start", "aum_lost"],
        [grain],
    )
    assert rows["end"].to_list()[:-1] == rows["start"].to_list()[1:]
    assert rows["aum_end"].to_list()[:-1] == pytest.approx(rows["aum_start"].to_list()[1:])
    assert rows["start"].to_list() == told["customers"].to_list()
    assert (rows["lost_of_start"] == told["customers_lost"]).all(), (
        "a customer of the start is lost once, later spells are those of returners"
    )
    assert rows["new"].to_list() == told["customers_new"].to_list()
    assert rows["aum_start"].to_list() == pytest.approx(told["aum_start"].to_list())


@pytest.mark.parametrize("name", ["tier", "aum_band", "gender", "branch_id"])
@pytest.mark.parametrize("definition", ["first", "asset_out"])
def test_segments_add_up_and_who_moves_out_of_one_moves_into_another(bank_data, name, definition):
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    whole = growth(asked(bank_data, period=period, definition=definition)).row(0, named=True)
    parts = growth(asked(bank_data, period=period, definition=definition), [name])
    for column in (*HEADS, *(f"aum_{n}" for n in MONEY)):
        if "moved" not in column:
            assert parts[column].sum() == pytest.approx(whole[column], rel=1e-9, abs=1e-3), column
    assert parts["moved_in"].sum() == parts["moved_out"].sum()
    assert parts["aum_moved_in"].sum() == pytest.approx(parts["aum_moved_out"].sum())
    if name in ("tier", "aum_band"):
        assert parts["moved_in"].sum() > 0
    if name == "gender":
        assert parts["moved_in"].sum() == 0


def test_a_segment_starts_and_ends_as_measure_counts_it_in_each_month(bank_data):
    months = bank_data.measurable
    for name in ("tier", "product_band"):
        for value in dimensions(bank_data)[name].values:
            only = Filters(((name, (value,)),))
            rows = growth(asked(bank_data, filters=only, period=Period(months[2], months[8]), definition="first"), ["month"])
            told = measure(
                asked(bank_data, filters=only, period=Period(months[2], months[9]), definition="first"),
                ["customers", "aum_start"],
                ["month"],
            )
            heads = dict(told.select("month", "customers").iter_rows())
            money = dict(told.select("month", "aum_start").iter_rows())
            for row in rows.to_dicts():
                after = brute.next_month(row["month"])
                assert row["start"] == heads.get(row["month"], 0)
                assert row["end"] == heads.get(after, 0)
                assert row["aum_start"] == pytest.approx(money[row["month"]])
                assert row["aum_end"] == pytest.approx(money[after])


def test_a_filter_gives_the_row_of_its_segment(bank_data):
    rows = growth(asked(bank_data, definition="first"), ["tier"])
    for row in rows.to_dicts():
        alone = growth(asked(bank_data, filters=Filters((("tier", (row.pop("tier"),)),)), definition="first")).row(0, named=True)
        assert alone == pytest.approx(row)


def test_a_scope_without_branches_sees_nobody_and_adds_up_to_nothing(bank_data):
    row = growth(asked(bank_data, scope=Scope(branches=frozenset()))).row(0, named=True)
    assert all(row[name] == 0 for name in HEADS) and row["aum_end"] is None


def test_the_order_of_rows_changes_nothing(bank, bank_data, tmp_path):
    mixed = published(
        {name: frame.sample(fraction=1.0, shuffle=True, seed=4) for name, frame in bank.tables.items() if name in TOUCHED}, tmp_path
    )
    for by in ([], ["quarter"], ["tier"]):
        for one, other in zip(growth(asked(bank_data), by).to_dicts(), growth(asked(mixed), by).to_dicts(), strict=True):
            assert one == pytest.approx(other)


def test_without_balances_the_heads_are_told_and_the_money_is_undefined(worked_tables, tmp_path):
    ds = published(
        {**worked_tables, "customer_month": worked_tables["customer_month"].select("customer_id", "month", "txn_count")}, tmp_path
    )
    row = growth(asked(ds, period=QUARTER, definition="close")).row(0, named=True)
    assert row["end"] == 5 and row["aum_start"] is None and row["aum_end"] is None
