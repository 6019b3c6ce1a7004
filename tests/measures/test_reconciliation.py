"""An official figure beside ours: what explains the difference, and that nothing does where nothing does."""

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake import Source
from churn_dash.intake.extraction import extract
from churn_dash.measures import Filters, Period, measure, reconcile
from churn_dash.measures.comparisons.formulas import FORMULAS
from churn_dash.measures.comparisons.reconciliation import Official, definition_named, neighbours
from churn_dash.store import Workspace, publish
from churn_dash.words import say
from tests import asking

QUARTER = Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
T1 = {
    "gross": 3 / 6,
    "net": 2 / 6,
    "voluntary": 2 / 6,
    "not_involuntary": 2 / 6,
    "all_leavers": 4 / 6,
    "all_served": 4 / 8,
    "mean_base": 3 / 5.5,
    "shrinkage": 1 / 6,
}
"""METHODS B1 by hand: {B,C,H} lost of six, H back, F and G new, G lost, C by the bank; 66.7% and 16.7% are its wrong ways."""


def figures(found, **limits):
    return {c.formula: c for c in found.choices if all(getattr(c, k) == v for k, v in limits.items())}


def test_every_formula_gives_the_figure_of_the_worked_table(worked):
    found = figures(
        reconcile(asking.asked(worked, period=QUARTER, definition="close"), "50%"), definition="close", period=QUARTER, who="all"
    )
    assert {name: found[name].figure for name in T1} == pytest.approx(T1)
    assert set(found) == set(FORMULAS)
    monthly = measure(asking.asked(worked, period=QUARTER, definition="close"), ["churn_rate"], ["month"])["churn_rate"]
    assert found["monthly_sum"].figure == pytest.approx(monthly.sum())
    assert found["monthly_mean"].figure == pytest.approx(monthly.mean())


def test_our_own_figure_is_said_to_be_the_same(worked):
    found = reconcile(asking.asked(worked, period=QUARTER, definition="close"), "50.0%")
    assert say(found.sentence).startswith("Our figure by the same words is 50.00%: the same")
    assert found.ours.figure == 0.5 and found.closest.changes == 0


@pytest.mark.parametrize(
    ("typed", "formula"), [("16.67%", "shrinkage"), ("66.67%", "all_leavers"), ("0.3333", "net"), ("54.55%", "mean_base")]
)
def test_a_wrong_way_of_counting_is_named(worked, typed, formula):
    found = reconcile(asking.asked(worked, period=QUARTER, definition="close"), typed)
    assert found.closest.formula in (formula, *(("voluntary", "not_involuntary") if formula == "net" else ()))
    assert found.closest.same and "is what we get as" in say(found.sentence)


def test_a_head_count_is_compared_with_head_counts(worked):
    found = reconcile(asking.asked(worked, period=QUARTER, definition="close"), "4")
    assert found.closest.formula == "all_leavers" and found.closest.figure == 4
    assert "monthly_sum" not in {c.formula for c in found.choices}


def test_each_choice_leaves_exactly_the_difference_and_they_are_sorted_by_it(bank_data):
    found = reconcile(asking.asked(bank_data), "5.2%")
    left = [abs(c.left) for c in found.choices if c.left is not None]
    assert left == sorted(left) and len(left) > 30
    assert all(c.left == pytest.approx(0.052 - c.figure) for c in found.choices if c.left is not None and not c.bound)


def test_the_figures_are_those_of_measure(bank_data):
    found = reconcile(asking.asked(bank_data), "5.2%")
    for c in found.choices:
        if c.formula == "gross" and not c.bound:
            filters = Filters((("customer_type", ("personal",)),)) if c.who == "personal" else Filters()
            row = measure(asking.asked(bank_data, filters=filters, period=c.period, definition=c.definition), ["churn_rate"]).row(
                0, named=True
            )
            assert (c.figure, c.low, c.high, c.n) == pytest.approx(tuple(row.values()))
    assert {c.definition for c in found.choices} == set(bank_data.definitions)
    assert {c.who for c in found.choices} == {"all", "personal"}


def test_a_month_off_and_the_calendar_year_are_tried_as_far_as_the_data_reach(bank_data):
    last = bank_data.measurable[-1]
    asked = Period(bank_data.measurable[2], bank_data.measurable[13])
    around = neighbours(bank_data, asked)
    assert (
        Period(bank_data.measurable[1], bank_data.measurable[12]) in around
        and Period(bank_data.measurable[3], bank_data.measurable[14]) in around
    )
    assert all(p.start >= bank_data.measurable[0] and p.end <= last for p in around) and asked not in around


def test_the_definition_is_named_where_it_alone_differs(bank_data):
    asked = reconcile(asking.asked(bank_data, definition="first"), "50%")
    other = next(c for c in asked.choices if c.definition == "close" and c.formula == "gross" and c.who == "all")
    found = reconcile(asking.asked(bank_data, definition="first"), f"{100 * other.figure:.4f}%")
    assert found.closest.figure == other.figure and found.closest.changes == 1
    assert "account closure" in say(found.sentence)
    assert "销户" in say(found.sentence, "zh")


def test_what_nothing_explains_is_said_so(bank_data):
    found = reconcile(asking.asked(bank_data), "0.95")
    assert not any(c.explains for c in found.choices)
    assert say(found.sentence).startswith("No choice explains the official 95.00%")


def test_words_choose_the_definition():
    known = ("close", "dormant", "asset_out", "absent", "first")
    assert definition_named("近180天不动户", known) == "dormant"
    assert definition_named("left the bank", known) is None


def flat(tmp_path, rows, bad=0):
    text = "CustomerId,Age,Exited\n" + "".join(f"{i},40,{int(i < rows // 5)}\n" for i in range(rows))
    text += "".join(f"x{i},40,perhaps\n" for i in range(bad))
    workspace = Workspace.create(tmp_path / "flat")
    publish(workspace, extract([Source("flat.csv", text.encode())]))
    return workspace.dataset()


def test_one_row_a_customer_can_be_reconciled_too(tmp_path):
    found = reconcile(asking.asked(flat(tmp_path, 100)), "20")
    assert found.ours.figure == 20 and found.ours.period is None and found.closest.same


def test_rows_set_aside_explain_what_lies_between_our_figure_and_the_most_they_could_add(tmp_path):
    ds = flat(tmp_path, 100, bad=10)
    assert ds.info.counts["rows_quarantined"] == 10
    found = reconcile(asking.asked(ds), "27")
    bound = next(c for c in found.choices if c.bound)
    assert bound.figure == 30 and bound.explains and found.ours.explains
    assert reconcile(asking.asked(ds), "29.2%").closest.definition == "flag"
    assert say(reconcile(asking.asked(ds), "30").sentence).startswith("Only the rows set aside could explain the official 30")
    assert not next(c for c in reconcile(asking.asked(ds), "31").choices if c.bound).explains


def test_data_without_a_flag_are_refused_in_one_sentence(tmp_path):
    workspace = Workspace.create(tmp_path / "plain")
    publish(workspace, extract([Source("list.csv", b"CustomerId,Age,Gender\n1,40,F\n2,50,M\n")], None))
    with pytest.raises(NotPossible, match="do not say who has left"):
        reconcile(asking.asked(workspace.dataset()), "5%")


@given(st.integers(0, 99_999_999), st.integers(0, 6))
def test_a_rate_is_read_to_the_digits_typed(number, digits):
    text = f"{number % 10**digits / 10**digits:.{digits}f}" if digits else str(number)
    found = Official.typed(text)
    assert found.is_rate == bool(digits)
    assert abs(found.value - float(text)) < 1e-9 and found.rounding == pytest.approx(0.5 * 10.0**-digits)
    if digits:
        assert Official.typed(f"{100 * float(text):.{digits}f}%").value == pytest.approx(found.value)


@pytest.mark.parametrize("text", ["", "about 5", "5.2", "-3", "1,23", "150%"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(BadInput):
        Official.typed(text)


def test_as_json_holds_what_the_page_shows(bank_data):
    shown = reconcile(asking.asked(bank_data), "5.2%").as_json()
    assert shown["unit"] == "ratio" and shown["official"] == 0.052
    assert pl.DataFrame(shown["choices"]).columns[:5] == ["definition", "from", "to", "who", "formula"]
