"""What a person types is read as one number, or refused in a sentence."""

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.errors import BadInput
from churn_dash.evaluation.actions.kept import change_of
from churn_dash.evaluation.targets.kept import parsed as target
from churn_dash.measures.comparisons.reconciliation import Official
from churn_dash.measures.money.assumptions import parsed as assumption
from churn_dash.words.typed import number, typed

REFUSAL = "{text} is no number."
target_of_churn, spread = partial(target, "churn_rate"), partial(assumption, "spread")
change_of_churn = partial(change_of, watched="churn_rate")
UNITS = ("ratio", "share", "points", "money", "count", "years")


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(UNITS))
def test_a_number_is_read_to_its_last_digit_with_or_without_thousands(value, unit):
    assert number(f"{value}", unit, REFUSAL) == float(value)
    assert number(f"{value:+}", unit, REFUSAL) == float(value)
    if abs(value) >= 1000:
        assert number(f"{value:,}", unit, REFUSAL) == float(value)


@given(st.decimals(-(10**6), 10**6, places=3))
def test_a_mark_scales_exactly(value):
    assert number(f"{value}%", "ratio", REFUSAL) == number(f"{value} pp", "points", REFUSAL) == float(value / 100)
    assert number(f"¥{value}万元", "money", REFUSAL) == float(value * 10**4)
    assert number(f"{value}亿", "count", REFUSAL) == float(value * 10**8)


@given(st.integers(0, 9999), st.text("0123456789", min_size=1, max_size=6), st.sampled_from(UNITS))
def test_a_comma_stands_between_thousands_or_nowhere(head, tail, unit):
    text = f"{head},{tail}"
    if 0 < head < 1000 and len(tail) == 3:
        assert number(text, unit, REFUSAL) == Decimal(text.replace(",", ""))
    else:
        with pytest.raises(BadInput, match="could be two numbers"):
            number(text, unit, REFUSAL)


@pytest.mark.parametrize("text", ["1,5%", "1,500%", "1,23", "0,500", "1,2,3", "１，５％"])
def test_targets_assumptions_changes_and_official_figures_refuse_the_same_commas(text):
    for reader in (target_of_churn, spread, change_of_churn, Official.typed):
        with pytest.raises(BadInput, match="could be two numbers"):
            reader(text)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1.5％", "share", 0.015),
        ("￥1,200元", "money", 1200.0),
        ("3.2万", "money", 32_000.0),
        ("1.5万亿", "money", 1.5e12),
        ("−2 pp", "points", -0.02),
        ("+2个百分点", "points", 0.02),
        ("2%", "points", 0.02),
        ("１２", "count", 12.0),
        (".5", "ratio", 0.5),
        ("1e3", "money", 1000.0),
    ],
)
def test_a_number_is_read_as_people_write_it(text, unit, value):
    assert number(text, unit, REFUSAL) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "ratio"),
        ("many", "count"),
        ("nan", "count"),
        ("inf", "money"),
        ("1e999", "money"),
        ("5²", "count"),
        ("1_000", "count"),
        ("1.5%%", "ratio"),
        ("5%", "money"),
        ("2pp", "ratio"),
        ("¥5", "ratio"),
        ("5元", "years"),
        ("3万", "ratio"),
        ("3万%", "ratio"),
        ("1.2.3", "count"),
    ],
)
def test_what_is_no_number_of_the_unit_gets_the_callers_sentence(text, unit):
    with pytest.raises(BadInput, match="is no number"):
        number(text, unit, REFUSAL)


def test_the_last_digit_typed_tells_how_far_an_official_figure_is_rounded():
    assert typed("5.20%", ("ratio",), REFUSAL).decimals == 4
    assert Official.typed("1.2万") == Official(12_000.0, False, 500.0)
    assert Official.typed("1,234") == Official(1234.0, False, 0.5)
