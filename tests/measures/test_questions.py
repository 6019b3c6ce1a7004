"""What is asked wrongly is refused in a sentence; what is undefined stays undefined."""

import datetime

import pytest
import sqlglot

from churn_dash.access import Scope
from churn_dash.contract.calendar import month_end
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.measures import METRICS, Filters, Period, measure, month_of
from churn_dash.measures import period as period_of
from churn_dash.report import data_guide, metric_guide
from churn_dash.store.derive import facts
from tests.asking import asked


def test_an_unknown_metric_names_the_nearest(worked):
    with pytest.raises(NotFound, match="churn_rate"):
        measure(asked(worked), ["chrun_rate"])


def test_an_unknown_dimension_names_the_nearest(bank_data):
    with pytest.raises(NotFound, match="tier"):
        measure(asked(bank_data), ["churn_rate"], by=["teir"])


def test_an_unknown_definition_names_the_nearest(worked):
    with pytest.raises(NotFound, match="close"):
        measure(asked(worked, definition="closed"), ["churn_rate"])


def test_a_definition_that_the_data_cannot_answer_is_refused(worked):
    with pytest.raises(NotPossible, match="close"):
        measure(asked(worked, definition="flag"), ["churn_rate"])


def test_months_outside_the_data_are_refused_with_the_months_there_are(worked):
    with pytest.raises(NotPossible, match="Jan 2024 to Mar 2024"):
        measure(asked(worked, period=Period(datetime.date(2023, 1, 1), datetime.date(2023, 3, 1))), ["churn_rate"])


def test_the_first_month_of_the_data_cannot_be_measured(worked):
    with pytest.raises(NotPossible):
        period_of(worked, "2023-12", "2024-01")


def test_a_period_that_ends_before_it_starts_is_refused(worked):
    with pytest.raises(BadInput, match="before it starts"):
        period_of(worked, "2024-03", "2024-01")


@pytest.mark.parametrize("text", ["2024", "2024-13", "March", "2024-03-01", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(BadInput, match="2024-03"):
        month_of(text)


def test_a_filter_that_nobody_matches_is_undefined_and_not_zero(worked):
    row = measure(asked(worked, filters=Filters((("tenure_band", ("none",)),))), ["churn_rate", "customers"]).to_dicts()[0]
    assert row["customers"] == 0 and row["churn_rate"] is None and row["churn_rate_low"] is None and row["churn_rate_n"] == 0


def test_a_value_with_a_quote_is_a_value_and_no_sql(bank_data):
    row = measure(asked(bank_data, filters=Filters((("tier", ("gold' or 1=1 --",)),))), ["customers"]).to_dicts()[0]
    assert row["customers"] == 0


def test_a_scope_shows_its_branches_only(bank_data):
    everything = measure(asked(bank_data), ["customers"], by=["branch_id"])
    first = everything["branch_id"][0]
    mine = measure(asked(bank_data, scope=Scope(frozenset({str(first)}))), ["customers"])["customers"][0]
    assert mine == everything["customers"][0] < everything["customers"].sum()


def test_a_scope_on_data_without_branches_shows_nothing_rather_than_everything(worked):
    with pytest.raises(NotFound):
        measure(asked(worked, scope=Scope(frozenset({"B01"}))), ["customers"])


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_words_and_a_source(name):
    metric = METRICS[name]
    assert metric.label and metric.meaning.endswith(".") and metric.source.startswith("METHODS")


def test_the_written_list_of_measures_is_the_declared_one(request):
    docs = request.config.rootpath / "docs"
    assert (docs / "METRICS.md").read_text(encoding="utf-8") == metric_guide.markdown(), "run make docs"
    assert (docs / "DATA.md").read_text(encoding="utf-8") == data_guide.markdown(), "run make docs"


SPAN = [facts.Span(datetime.date(2024, 1, 1), datetime.date(2024, 1, 1), month_end(datetime.date(2024, 3, 1)))]
WRITTEN = {
    "cells": facts.cells("first", ["d_tier"], "m.d_tier in (?)", SPAN),
    "starts": facts.starts("first", ["d_tier"], "select * from cells"),
    "stock": facts.stock("select * from starts", ["d_tier"], SPAN),
    "returned": facts.returned("first", ["d_tier"], SPAN),
    "outcome": facts.outcome("first", ["d_tier"], SPAN),
    "moves": facts.moves("first", ["d_tier"], "select * from cells"),
    "flow": facts.flow("select * from moves", ["d_tier"], SPAN),
} | {f"metric {m.name}": f"select {m.sql} as x from cube" for m in METRICS.values()}
BANNED = ("date_diff", "dayofweek", "strftime", "arg_max", "string_agg", "list_", "quantile_cont", "//", "group by all", "lambda", "ilike")


@pytest.mark.parametrize("name", WRITTEN)
def test_metric_sql_stays_in_the_portable_subset(name):
    """PLATFORM 1.2: what both engines read alike."""
    sql = WRITTEN[name]
    assert not [word for word in BANNED if word in sql.lower()]
    for dialect in ("duckdb", "spark"):
        tree = sqlglot.parse_one(sql, read=dialect)
    for division in tree.find_all(sqlglot.exp.Div):
        assert "nullif" in division.expression.sql().lower(), f"divides without nullif: {division.sql()}"
    for number in tree.find_all(sqlglot.exp.Literal):
        if not number.is_string and "." in number.this:
            assert isinstance(number.parent, sqlglot.exp.Cast), f"a bare decimal: {number.parent.sql()}"


def test_years_without_dates_are_the_whole_years_there_are(bank_data, worked):
    with pytest.raises(NotPossible, match="no whole year"):
        measure(asked(worked), ["churn_rate"], by=["year"])
    quarters = measure(asked(bank_data), ["churn_rate"], by=["quarter"])["quarter"].to_list()
    assert len(quarters) == 4 and all(q.month in (1, 4, 7, 10) for q in quarters)


def cross_section(folder, **columns):
    import polars as pl

    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish

    workspace = Workspace.create(folder)
    frame = pl.DataFrame({"customer_id": ["1", "2", "3", "4"], **columns})
    publish(workspace, extract_of({"cross_section": frame}, "c"))
    return workspace.dataset()


def test_without_a_flag_customers_are_counted_and_rates_are_undefined(tmp_path):
    ds = cross_section(tmp_path, gender=["F", "M", "F", "M"])
    row = measure(asked(ds), ["customers", "churn_rate"]).to_dicts()[0]
    assert row["customers"] == 4 and row["churn_rate"] is None
    with pytest.raises(NotPossible, match="--map"):
        measure(asked(ds), ["churn_rate"])


def test_what_needs_months_is_undefined_beside_what_does_not(tmp_path):
    ds = cross_section(tmp_path, churned=[True, False, None, False])
    row = measure(asked(ds), ["churn_rate", "hazard", "aum_attrition_rate"]).to_dicts()[0]
    assert row["churn_rate"] == pytest.approx(1 / 3) and row["hazard"] is None and row["aum_attrition_rate"] is None


def test_large_whole_numbers_are_levels_of_their_own():
    import polars as pl

    from churn_dash.store.derive.dimensions import attribute_levels

    assert attribute_levels(pl.Series([1_000_000.0, 1_000_001.0, 2.5]), "number").to_list() == ["1000000", "1000001", "2.5"]


def test_what_is_kept_of_everybody_is_kept_once_whoever_asks(bank_data):
    from churn_dash.ui.question import PageQuestion

    one = asked(bank_data, filters=Filters((("tier", ("gold",)),)), definition=None)
    page = PageQuestion(bank_data, one.scope, definition=bank_data.default_definition)
    assert one.everybody == page.everybody and hash(one.everybody) == hash(page.everybody)
    assert one.everybody.filters == Filters() and one.everybody.definition == bank_data.default_definition
