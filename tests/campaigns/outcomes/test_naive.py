"""The way back to the usual level, without any campaign."""

import numpy as np
import polars as pl
import pytest

from churn_dash.campaigns.outcomes.naive import Naive, change, expected_change
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.words import Text


def world(n: int, seed: int, rho: float = 0.6) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    before = rng.normal(size=n)
    after = rho * before + np.sqrt(1 - rho**2) * rng.normal(size=n)
    levels = {"usual": np.full(n, 100.0), "before": 100 + 10 * before, "after": 100 + 10 * after}
    return pl.DataFrame({"customer_id": [f"s{seed}c{i}" for i in range(n)]} | levels)


def test_those_chosen_for_a_high_figure_fall_by_the_published_amount() -> None:
    """METHODS C1: ρ = .6, chosen above one standard deviation: −0.610 SD without any treatment."""
    history, now = world(200_000, 1), world(50_000, 2)
    chosen = now.filter(pl.col("before") > 110)
    actual = chosen.select((pl.col("after") - pl.col("before")).mean()).item() / 10
    assert actual == pytest.approx(-0.610, abs=0.02)
    expected, beyond = expected_change(chosen, history)
    assert expected.value is not None
    assert expected.value / 10 == pytest.approx(-0.610, abs=0.02)
    assert beyond.value == pytest.approx(10 * actual - expected.value)


def test_too_short_a_history_gives_no_expectation() -> None:
    now = world(1_000, 3).filter(pl.col("before") > 110)
    for members, history in ((now, world(30, 4)), (now, world(0, 5)), (now.clear(), world(1_000, 6))):
        assert expected_change(members, history) == (NOTHING, NOTHING)


def test_the_ranges_are_those_of_customers_drawn_again_those_in_both_times_once() -> None:
    history = world(4_000, 7)
    again = world(4_000, 8).with_columns(customer_id=history["customer_id"])
    members = again.filter(pl.col("before") > 108)
    got = (change(_y(members, "after"), _y(members, "before")), *expected_change(members, history))
    names, rng = history["customer_id"].to_list(), np.random.default_rng(1)
    seen = []
    for _round in range(300):
        drawn = pl.DataFrame({"customer_id": rng.choice(names, len(names))})
        m, h = drawn.join(members, on="customer_id"), drawn.join(history, on="customer_id")
        ends = expected_change(m, h)
        seen.append((m.select((pl.col("after") - pl.col("before")).mean()).item(), ends[0].value, ends[1].value))
    for estimate, spread in zip(got, np.std(seen, axis=0), strict=True):
        assert _error(estimate) == pytest.approx(spread, rel=0.15)


def test_where_nothing_was_done_the_range_of_what_is_left_holds_zero_as_often_as_it_says() -> None:
    held = 0
    for seed in range(200):
        members = world(2_000, 1_000 + seed).filter(pl.col("before") > 110)
        _expected, beyond = expected_change(members, world(6_000, 5_000 + seed))
        assert beyond.low is not None
        assert beyond.high is not None
        held += beyond.low <= 0 <= beyond.high
    assert 0.95 - 3 * (0.95 * 0.05 / 200) ** 0.5 <= held / 200 <= 0.996


def _y(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.select("customer_id", y=column)


def _error(e: Estimate) -> float:
    assert e.low is not None
    assert e.high is not None
    return (e.high - e.low) / (2 * 1.959964)


def test_the_change_is_after_less_before_or_nothing() -> None:
    why = Text("x")
    assert Naive(0.02, 0.05, 10, why).difference == pytest.approx(0.03)
    assert Naive(None, 0.05, 10, why).difference is None
