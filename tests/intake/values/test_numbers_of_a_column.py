"""Decimal commas and points, decided for a column as a whole; units in header and cell."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.intake.quarantine import spoken
from churn_dash.intake.values.amounts import numbers
from churn_dash.intake.values.units import unit_of

HEADER = "customer_id,month,aum_end,txn_count\n"
TRADE = str.maketrans(",.", ".,")
AMOUNTS = st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=4, max_size=40, unique=True)


def read(*cells):
    found, bad = numbers(pl.Series(cells))
    return found.to_list(), [] if bad is None else [c for c, b in zip(cells, bad, strict=True) if b]


def test_a_column_that_shows_decimal_commas_is_read_so_as_a_whole():
    assert read("1.234,50", "12,5", "7", "1.234") == ([1234.5, 12.5, 7.0, 1234.0], [])
    assert read("€ 1.234,50", "3,99 €", "1,234") == ([1234.5, 3.99, 1.234], [])
    assert read("1.234.567", "2.500") == ([1234567.0, 2500.0], [])
    assert read("2,5", "3,75", "0,125") == ([2.5, 3.75, 0.125], [])


def test_a_single_short_comma_says_nothing_of_the_column():
    assert read("1,5", "1.5", "1,234", "2.345") == ([None, 1.5, 1234.0, 2.345], ["1,5"])


def test_a_column_that_shows_both_keeps_only_what_reads_one_way():
    found, bad = read("1.234,50", "2,5", "3,5", "1.5", "1,234", "2.345", "7")
    assert bad == ["1.234,50", "2,5", "3,5", "1,234", "2.345"]
    assert found == [None, None, None, 1.5, None, None, 7.0]


def test_mistyped_commas_among_hundreds_of_points_stay_mistypes():
    cells = [f"{i}.25" for i in range(400)] + ["1,5", "2,5", "3,5", "1,234"]
    found, bad = read(*cells)
    assert bad == ["1,5", "2,5", "3,5"]
    assert found[-1] == 1234.0


def test_a_column_with_both_says_so_in_the_quarantine(loaded):
    cells = ["1.234,50", "2,5", "3,5", "1.5", "7"]
    got = loaded(HEADER + "".join(f'C{i},2024-01,"{c}",1\n' for i, c in enumerate(cells)))
    assert got.rows_quarantined == 3
    assert set(spoken(got.quarantine)["reason"]) == {
        "The column writes decimals with a comma and with a point: this number cannot be told. Write all of them one way."
    }


@settings(max_examples=80, deadline=None)
@given(AMOUNTS, st.sampled_from(["plain", "grouped", "european", "swiss", "brackets", "trailing", "wide", "yuan", "dollar"]))
def test_an_amount_written_in_a_dialect_comes_back(amounts, dialect):
    form = {
        "plain": lambda a: f"{a:.2f}",
        "grouped": lambda a: f"{a:,.2f}",
        "european": lambda a: f"{a:,.2f}".translate(TRADE),
        "swiss": lambda a: f"{a:,.2f}".replace(",", "'"),
        "brackets": lambda a: f"({-a:,.2f})" if a < 0 else f"{a:,.2f}",
        "trailing": lambda a: f"{-a:,.2f}-" if a < 0 else f"{a:,.2f} ",
        "wide": lambda a: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{a:.2f}"),
        "yuan": lambda a: f"￥{a:,.2f}",
        "dollar": lambda a: f"-${-a:,.2f}" if a < 0 else f"${a:,.2f}",
    }[dialect]
    written = [form(a) for a in amounts]
    if dialect == "european":
        written.append("1.234,50")
    found, bad = numbers(pl.Series(written))
    assert bad is None
    assert found.to_list()[: len(amounts)] == pytest.approx([float(a) for a in amounts])


@pytest.mark.parametrize(
    ("header", "bare", "factor"),
    [
        ("月末资产（万元）", "月末资产", 1e4),
        ("月末资产(百万)", "月末资产", 1e6),
        ("AUM_wan", "AUM", 1e4),
        ("月末资产万元", "月末资产", 1e4),
        ("Balance (CNY mn)", "Balance", 1e6),
        ("aum in thousands", "aum", 1e3),
        ("AUM（单位：亿元）", "AUM", 1e8),
        ("AUM (RMB'000)", "AUM", 1e3),
        ("月末資產（萬元）", "月末資產", 1e4),
        ("loan balance mn", "loan balance", 1e6),
        ("存款【元】", "存款", 1.0),
        ("交易笔数(笔)", "交易笔数", 1.0),
    ],
)
def test_a_unit_in_a_header_is_understood(header, bare, factor):
    found = unit_of(header)
    assert found is not None
    assert (found[0], found[1].factor) == (bare, factor)


@pytest.mark.parametrize("header", ["AUM (USD)", "month_mm", "income_k", "aum_end", "note (x)", "k", "(万元)"])
def test_what_is_no_unit_of_yuan_is_none(header):
    assert unit_of(header) is None


def test_a_cell_with_a_unit_of_its_own_is_not_multiplied_by_the_headers(loaded):
    got = loaded("customer_id,month,月末资产（万元）,txn_count\na,2024-01,1.5,1\nb,2024-01,12.3万,1\nc,2024-01,¥2,1\n")
    assert got.tables["customer_month"]["aum_end"].to_list() == [15_000.0, 123_000.0, 20_000.0]


def test_amounts_in_foreign_money_are_no_amounts_in_yuan(loaded):
    got = loaded("customer_id,month,aum_avg,aum_end (USD),txn_count\na,2024-01,1,2,3\n")
    assert [a.label for a in got.attributes] == ["aum_end (USD)"]
