"""The way back to the usual level, without any campaign."""

import numpy as np
import polars as pl
import pytest

from churn_dash.campaigns.outcomes.naive import Naive, expected_change
from churn_dash.words import Text


def world(n: int, seed: int, rho: float = 0.6) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    before = rng.normal(size=n)
    after = rho * before + np.sqrt(1 - rho**2) * rng.normal(size=n)
    return pl.DataFrame({"usual": np.full(n, 100.0), "before": 100 + 10 * before, "after": 100 + 10 * after})


def test_those_chosen_for_a_high_figure_fall_by_the_published_amount() -> None:
    """METHODS C1: ρ = .6, chosen above one standard deviation: −0.610 SD without any treatment."""
    history, now = world(200_000, 1), world(50_000, 2)
    chosen = now.filter(pl.col("before") > 110)
    actual = chosen.select((pl.col("after") - pl.col("before")).mean()).item() / 10
    assert actual == pytest.approx(-0.610, abs=0.02)
    expected = expected_change(chosen, history)
    assert expected is not None
    assert expected / 10 == pytest.approx(-0.610, abs=0.02)


def test_too_short_a_history_gives_no_expectation() -> None:
    now = world(1_000, 3).filter(pl.col("before") > 110)
    assert expected_change(now, world(30, 4)) is None
    assert expected_change(now, world(0, 5)) is None
    assert expected_change(now.clear(), world(1_000, 6)) is None


def test_the_change_is_after_less_before_or_nothing() -> None:
    why = Text("x")
    assert Naive(0.02, 0.05, 10, why).difference == pytest.approx(0.03)
    assert Naive(None, 0.05, 10, why).difference is None
