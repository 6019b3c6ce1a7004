"""Every kind of dirt that the invented bank has is found and counted, kind by kind. METHODS E4."""

import polars as pl
import pytest

from churn_dash.intake import Extract, Source
from churn_dash.intake.extraction import extract
from churn_dash.sample import SIZES, generate
from churn_dash.sample.dirt import Dirty, with_dirt

FOUND = {
    "date_form": ("date_form", "customers", "open_date"),
    "thousands": ("thousands", "customer_month", "月末资产"),
    "ten_thousands": ("ten_thousands", "customer_month", "月末资产"),
    "full_width": ("full_width", "customer_month", "月末资产"),
    "negative_aum": ("below_least", "customer_month", "月末资产"),
    "closed_before_opened": ("closed_before_opened", "accounts", "close_date"),
    "future_date": ("date_in_future", "customers", "birth_date"),
    "orphan": ("orphans", "accounts", "customer_id"),
    "trailing_space": ("blanks_around", "customers", "branch_id"),
}
"""Kind of dirt → code, table and column of the finding that counts it cell by cell."""


@pytest.fixture(scope="module")
def dirty() -> Dirty:
    return with_dirt(generate(1, *SIZES["tiny"]), 1)


@pytest.fixture(scope="module")
def found(dirty) -> Extract:
    return extract([Source(name, data) for name, data in dirty.files.items()])


def one(found: Extract, code: str, table: str, column: str | None = None):
    got = [f for f in found.findings if (f.code, f.table) == (code, table) and column in (None, f.column)]
    assert len(got) == 1, (code, table, column, got)
    return got[0]


def recorded(dirty: Dirty, kind: str, table: str | None = None) -> int:
    rows = dirty.record.filter(pl.col("kind") == kind)
    return rows.height if table is None else rows.filter(pl.col("table") == table).height


@pytest.mark.parametrize("kind", FOUND)
def test_each_spoiled_cell_is_counted(dirty, found, kind):
    assert recorded(dirty, kind) > 0
    assert one(found, *FOUND[kind]).count == recorded(dirty, kind)


@pytest.mark.parametrize("table", ["customers", "customer_month"])
def test_copied_rows_are_counted_as_repeats(dirty, found, table):
    assert one(found, "repeated", table).count == recorded(dirty, "duplicate", table)


def test_incomes_that_went_missing_are_counted_beside_those_that_always_were(dirty, found):
    clean = generate(1, *SIZES["tiny"]).tables["customers"]["income_monthly"].null_count()
    assert one(found, "missing", "customers", "income_monthly").count == clean + recorded(dirty, "missing_income")


def test_both_columns_that_leak_are_suspected(dirty, found):
    leaks = {f.column for f in found.findings if f.code == "leak"}
    assert leaks == set(dirty.record.filter(kind="leak")["column"])


def test_the_late_month_is_named(dirty, found):
    late = dirty.record.filter(kind="late_month")["before"][0]
    assert one(found, "month_late", "customer_month").examples == (late[:7],)


def test_encoding_headers_and_zeros_are_noted(dirty, found):
    assert one(found, "encoding", "customer_month").examples == ("gb18030",)
    assert one(found, "headers_renamed", "customer_month").count == recorded(dirty, "chinese_header")
    zeros = {f.table for f in found.findings if f.code == "leading_zeros"}
    assert zeros == set(dirty.record.filter(kind="leading_zeros")["table"])


def test_every_row_is_accounted_for(dirty, found):
    assert found.rows_in == found.rows_good + found.rows_quarantined + found.rows_repeated == sum(t.height for t in dirty.tables.values())


def test_every_kind_of_dirt_has_a_check(dirty):
    seen = {*FOUND, "duplicate", "missing_income", "leak", "late_month", "gb18030", "chinese_header", "leading_zeros"}
    assert set(dirty.record["kind"]) <= seen
