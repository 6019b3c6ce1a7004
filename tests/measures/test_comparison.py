"""Units compared fairly: the worked answers of METHODS B10, scipy and a plain loop as second ways, and what chance alone does."""

from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from churn_dash.errors import NotPossible
from churn_dash.measures import Filters, last_12
from churn_dash.measures.comparisons.comparison import (
    CLEAR,
    WARN,
    clopper_pearson,
    compared,
    comparison,
    limits,
    p_chart,
    prior_strength,
    shrink,
    verdict,
)
from churn_dash.segments import members
from tests.asking import asked


def cells(*rows):
    return pl.DataFrame(rows, schema={"unit": pl.String, "stratum": pl.String, "n": pl.Int64, "left": pl.Int64}, orient="row")


def test_the_published_p_chart_limits():
    """METHODS B10: p̄ = .05, n = 100."""
    found = p_chart(0.05, 100)
    assert found.low == 0.0 and found.high == pytest.approx(0.1154, abs=5e-5)


def test_the_published_shrunk_rate():
    """METHODS B10: prior Beta(2, 38), 3 of 15 → 9.09 % instead of 20 %."""
    assert shrink(3, 15, 0.05, 40.0)[0] == pytest.approx(0.0909, abs=5e-5)


def test_below_ten_units_the_prior_is_the_fixed_one():
    found = compared(cells(("A", "", 15, 3), ("B", "", 400, 18), ("C", "", 385, 19)))
    assert found.rate == pytest.approx(0.05) and (found.prior_n, found.estimated) == (40.0, False)
    assert next(u for u in found.units if u.name == "A").shrunk == pytest.approx(5 / 55)


def test_from_ten_units_on_the_prior_is_estimated_and_finds_the_spread_that_was_put_in():
    random = np.random.default_rng(3)
    n = random.integers(100, 900, 400)
    p = random.beta(0.1 * 60, 0.9 * 60, 400)
    units = [(int(m), int(left), float(m) * 0.1) for m, left in zip(n, random.binomial(n, p), strict=True)]
    assert prior_strength(units) == pytest.approx(60, rel=0.25)


def test_units_that_differ_only_by_chance_are_shown_as_expected():
    found = compared(cells(*((f"u{i}", "", 100, 10) for i in range(12))))
    assert found.prior_n is None
    assert all(u.shrunk == pytest.approx(0.1) and u.verdict == "within" for u in found.units)


def test_a_unit_whose_customers_explain_its_rate_is_within():
    """Both units lose 4 % of the rich and 20 % of the poor; one has more poor."""
    mixed = cells(("A", "rich", 900, 36), ("A", "poor", 100, 20), ("B", "rich", 100, 4), ("B", "poor", 900, 180))
    found = {u.name: u for u in compared(mixed).units}
    assert found["A"].rate == pytest.approx(0.056) and found["B"].rate == pytest.approx(0.184)
    assert found["A"].ratio == pytest.approx(1.0) and found["B"].ratio == pytest.approx(1.0)
    assert found["A"].adjusted == pytest.approx(found["B"].adjusted) == pytest.approx(0.12)
    plain = mixed.group_by("unit").agg(pl.col("n").sum(), pl.col("left").sum()).select("unit", pl.lit("").alias("stratum"), "n", "left")
    assert {u.verdict for u in compared(plain).units} == {"above", "below"}, "without the mix the poor branch would be blamed"


rows = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("xyz"), st.integers(1, 300), st.floats(0, 1)).map(
        lambda t: (t[0], t[1], t[2], round(t[2] * t[3]))
    ),
    min_size=2,
    max_size=30,
)


@given(rows)
@settings(max_examples=30, deadline=None)
def test_departures_expected_of_all_units_are_all_departures_and_order_changes_nothing(found):
    table = cells(*found)
    one, two = compared(table), compared(table.sample(fraction=1.0, shuffle=True, seed=1))
    assert sum(u.expected for u in one.units) == pytest.approx(sum(r[3] for r in found))
    assert [(u.name, u.n, u.left, u.verdict) for u in one.units] == [(u.name, u.n, u.left, u.verdict) for u in two.units]
    assert all(u.shrunk_low <= u.shrunk <= u.shrunk_high or u.expected in (0, u.n) for u in one.units)


@given(st.integers(1, 400), st.floats(0.01, 0.6), st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_the_verdict_is_scipy_s_exact_test_and_agrees_with_the_limits_that_are_drawn(n, p, share):
    left = round(share * n)
    tail = min(stats.binom.sf(left - 1, n, p), stats.binom.cdf(left, n, p))
    found = verdict(left, n, p)
    if abs(tail - (1 - CLEAR) / 2) > 1e-9 and abs(tail - (1 - WARN) / 2) > 1e-9:
        assert (found in ("above", "below")) == (tail < (1 - CLEAR) / 2)
        assert (found == "within") == (tail >= (1 - WARN) / 2)
        drawn = limits(n, p, CLEAR)
        assert (left / n > drawn.high + 1e-9 or left / n < drawn.low - 1e-9) == (found in ("above", "below"))


@pytest.mark.parametrize(("left", "n"), [(0, 12), (3, 15), (142, 897), (20, 20)])
def test_the_interval_is_that_of_statsmodels(left, n):
    theirs = proportion_confint(left, n, method="beta")
    found = clopper_pearson(left, n)
    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("by", ["branch_id", "rm_id"])
def test_the_bank_s_units_are_what_a_loop_over_customers_finds(bank_data, by):
    people = members(asked(bank_data)).to_dicts()
    by_stratum, by_unit = defaultdict(lambda: [0, 0]), defaultdict(list)
    for who in people:
        stratum = (who["tier"], who["tenure_band"])
        by_stratum[stratum][0] += 1
        by_stratum[stratum][1] += who["left"]
        by_unit[who[by]].append((stratum, who["left"]))
    found = comparison(asked(bank_data), by)
    assert found.strata == ("tier", "tenure_band")
    assert {u.name for u in found.units} == {u for u in by_unit if u is not None}
    for u in found.units:
        expected = sum(by_stratum[s][1] / by_stratum[s][0] for s, _left in by_unit[u.name])
        assert (u.n, u.left) == (len(by_unit[u.name]), sum(left for _s, left in by_unit[u.name]))
        assert u.expected == pytest.approx(expected)
        assert u.adjusted == pytest.approx(u.left / expected * found.rate) if expected else u.adjusted is None


def test_a_filter_and_other_strata_are_honoured(bank_data):
    found = comparison(
        asked(bank_data, filters=Filters((("customer_type", ("personal",)),)), period=last_12(bank_data), definition="close"),
        "branch_id",
        ["gender"],
    )
    assert (found.strata, found.definition) == (("gender",), "close")
    plain = comparison(asked(bank_data), "branch_id", [])
    assert all(u.ratio is None or u.adjusted == pytest.approx(u.rate) for u in plain.units)


def test_one_unit_alone_and_a_unit_adjusted_for_itself_are_said_in_a_sentence(bank_data):
    with pytest.raises(NotPossible, match="at least two"):
        comparison(asked(bank_data, filters=Filters((("branch_id", ("B01",)),))), "branch_id")
    with pytest.raises(NotPossible, match="itself"):
        comparison(asked(bank_data), "branch_id", ["branch_id"])


@pytest.mark.slow
def test_chance_alone_names_hardly_any_unit():
    """Of units that only chance sets apart at most 1 in 500 is named and 1 in 20 watched: exact tests keep below what they promise."""
    random = np.random.default_rng(11)
    named = watched = total = 0
    for _bank in range(150):
        n = random.integers(20, 900, 40)
        left = random.binomial(n, 0.12)
        found = compared(cells(*((f"u{i}", "", int(m), int(k)) for i, (m, k) in enumerate(zip(n, left, strict=True)))))
        named += sum(u.verdict in ("above", "below") for u in found.units)
        watched += sum(u.verdict != "within" for u in found.units)
        total += len(found.units)
    assert named / total < 0.002 + 0.002 and watched / total < 0.05


def test_units_of_chance_alone_show_no_spread_on_average():
    """The estimate of 1/(prior + 1) is unbiased at nothing, the expected departures being those of the units themselves."""
    random = np.random.default_rng(6)
    spreads = []
    for _bank in range(400):
        left = random.binomial(200, 0.1, 12)
        expected = left.sum() / 12
        pearson = sum((k - expected) ** 2 / (expected * (1 - expected / 200)) for k in left)
        strength = prior_strength([(200, int(k), float(expected)) for k in left])
        assert (strength is None) == (pearson <= 11), "eleven of the twelve squares are free"
        spreads.append(0.0 if strength is None else 1 / (strength + 1))
    assert np.mean(spreads) < 0.003
