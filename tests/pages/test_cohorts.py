"""The page "Cohorts": its sentence, tiles and triangle are the measured ones; a cell is its list; what it cannot show it says."""

import datetime

import polars as pl
import pytest

from churn_dash.charts import Look, Square, triangle
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, last_12
from churn_dash.measures.tenure.cohorts import cohorts
from churn_dash.segments import saved
from churn_dash.store import Workspace, publish
from tests import asking
from tests.pages.reading import answer, opened, percent, words


def listed(at):
    return next(d.value for d in at.dataframe if "customer_id" in d.value.columns)


def test_the_tiles_and_the_sentence_are_the_pooled_triangle(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = cohorts(asking.asked(ds, period=last_12(ds)))
    pooled = {p.age: p for p in found.pooled}
    at = opened("cohorts")
    assert not at.exception
    assert [m.value for m in at.metric] == [percent(pooled[age].value) for age in (1, 3, 6, 12) if age in pooled]
    half = max(p.age for p in found.pooled if 2 * p.n_cohorts >= len(found.cohorts))
    assert answer(at).startswith(
        f"Joining the bank: {percent(pooled[half].value)} of {pooled[half].n:,} customers are still there after {half}"
    )
    assert answer(opened("cohorts", "zh")).startswith("开户：")


def test_a_cell_in_the_address_is_its_customers(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = cohorts(asking.asked(ds, period=last_12(ds)))
    cell = next(c for c in found.cells if c.age == 4 and c.top < c.bottom)
    code = f"{cell.cohort:%Y-%m}"
    assert len(listed(opened("cohorts", cohort=code, age="4"))) == cell.top
    gone = opened("cohorts", cohort=code, age="4", who="gone")
    assert len(listed(gone)) == cell.bottom - cell.top and listed(gone)["left_on"].notna().all()
    assert not gone.exception


def test_the_customers_of_a_cell_are_kept_as_a_segment_that_filters_every_page(bank_folder, looking_at, tmp_path):
    import shutil

    root = tmp_path / "bank"
    shutil.copytree(bank_folder, root)
    looking_at(root)
    ds = Workspace.open(root).dataset()
    found = cohorts(asking.asked(ds, period=last_12(ds)))
    cell = next(c for c in found.cells if c.age == 4 and c.top < c.bottom)
    at = opened("cohorts", cohort=f"{cell.cohort:%Y-%m}", age="4", who="gone")
    key = f"cohort-{cell.cohort:%Y-%m}-4-gone"
    at.text_input(key=f"save-name-{key}").set_value("Early leavers").run()
    at.button(key=f"save-now-{key}").click().run()
    assert not at.exception
    assert saved(ds)["Early leavers"].n_listed == cell.bottom - cell.top
    narrow = cohorts(asking.asked(ds, filters=Filters((("segment:Early leavers", ("in",)),))))
    assert narrow.cohorts == {cell.cohort: cell.bottom - cell.top}


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ({"of": "first_loan", "grain": "quarter"}, {"event_name": "first_loan", "grain": "quarter"}),
        ({"mode": "on_or_after"}, {"mode": "on_or_after"}),
        ({"count": "aum_churn_rate", "relative": "previous"}, {"count": "aum", "relative": "previous"}),
        ({"of": "first_complaint", "definition": "dormant"}, {"event_name": "first_complaint", "definition": "dormant"}),
    ],
)
def test_every_switch_is_in_the_address(query, asked, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("cohorts", **({"period": "all"} | query))
    assert not at.exception and not at.error
    ds = Workspace.open(bank_folder).dataset()
    by = {"definition": asked.pop("definition", None)}
    pooled = {p.age: p for p in cohorts(asking.asked(ds, **by), **asked).pooled}
    assert at.metric[1].value == percent(pooled[3].value)


def test_a_filter_narrows_the_cohorts_and_one_that_leaves_nobody_is_a_sentence(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    found = cohorts(asking.asked(ds, filters=Filters((("tier", ("gold",)),)), period=last_12(ds)))
    at = opened("cohorts", **{"where.tier": "gold"})
    said = f"n={found.pooled[1].n}" if found.pooled[1].n >= 30 else f"only {found.pooled[1].n} customers"
    assert not at.exception and said in words(at)
    none = opened("cohorts", period="1m", **{"where.tier": "private", "where.age_band": "<25", "where.education": "master"})
    assert not none.exception and "Nobody among the customers chosen" in answer(none)


def test_one_customer_a_month_shows_counts_and_no_rates(tmp_path, looking_at):
    rows = [(f"C{i}", datetime.date(2024, m, 1), 10.0) for i in range(1, 7) for m in range(i, 7)]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    publish(Workspace.create(tmp_path / "w"), extract_of({"customer_month": frame}, "few"))
    looking_at(tmp_path / "w")
    at = opened("cohorts", period="all")
    assert not at.exception
    assert {m.value for m in at.metric} == {"—"} and "only 4 customers" in words(at)


def test_a_list_without_months_says_what_is_needed(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("cohorts")
    assert not at.exception
    assert "one row a customer" in answer(at) and "need customers by month" in words(at)


def test_what_has_not_come_is_blank_and_few_customers_show_their_count():
    squares = [
        Square("a", 0, 1.0, 0.9, 1.0, "40/40"),
        Square("a", 1, 0.8, 0.6, 0.85, "32/40", provisional=True),
        Square("b", 0, 1.0, None, None, "9/9", few=True),
    ]
    chart = triangle(squares, [("a", "A"), ("b", "B")], {0: 1.0, 1: 0.9}, [0, 1], look=Look(), what="x", all_label="All", chosen=("a", 0))
    heat, points = chart.figure.data
    assert heat.z[1][1] is None, "the cell that has not come"
    assert heat.z[0][1] > 0, "below all cohorts: orange, the upper end of the colours"
    assert sorted(map(tuple, points.customdata)) == [("a", 0), ("a", 1), ("b", 0)]
    texts = [a.text for a in chart.figure.layout.annotations]
    assert "9/9" in texts and "<b>80.0</b>" in texts
    dotted = [s for s in chart.figure.layout.shapes if s.line.dash == "dot"]
    assert len(dotted) == 1
