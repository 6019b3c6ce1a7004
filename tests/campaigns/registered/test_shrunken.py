"""Published pooled effects, and what drawing towards the mean does."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from churn_dash.campaigns.registered.shrunken import shrunken
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.measures.statistics.intervals import normal_quantile

Z = normal_quantile()


def effects(*pairs: tuple[float, float]) -> list[Estimate]:
    return [Estimate(d, d - Z * s, d + Z * s, 100) for d, s in pairs]


EIGHT_SCHOOLS = [(28, 15), (8, 10), (-3, 16), (7, 11), (-1, 9), (1, 11), (18, 10), (12, 18)]
"""Rubin 1981: no more spread than chance makes, so all are drawn onto the mean of 7.7 with a standard error of 4.1 (Gelman 2013)."""


def test_eight_schools_are_drawn_onto_their_mean() -> None:
    found = shrunken(effects(*EIGHT_SCHOOLS))
    assert found is not None
    assert found.tau2 == 0
    assert found.mean.value == pytest.approx(7.7, abs=0.05)
    assert ((found.mean.high or 0) - (found.mean.low or 0)) / (2 * Z) == pytest.approx(4.1, abs=0.05)
    assert all(e.value == pytest.approx(found.mean.value) for e in found.effects)


def test_with_spread_beyond_chance_the_mean_and_the_spread_are_those_of_the_library() -> None:
    pairs = [(0.10, 0.01), (0.02, 0.02), (-0.03, 0.015), (0.06, 0.03)]
    d, s = np.array(pairs).T
    other = combine_effects(d, s**2, method_re="dl")
    found = shrunken(effects(*pairs))
    assert found is not None
    assert found.tau2 == pytest.approx(other.tau2)
    assert found.mean.value == pytest.approx(other.mean_effect_re)
    for (own, error), e in zip(pairs, found.effects, strict=True):
        by_hand = (found.tau2 * own + error**2 * other.mean_effect_re) / (found.tau2 + error**2)
        assert e.value == pytest.approx(by_hand)
        assert min(own, other.mean_effect_re) <= (e.value or 0) <= max(own, other.mean_effect_re)


def test_the_best_looking_of_equal_campaigns_is_brought_down_to_what_it_is() -> None:
    rng, truth, error = np.random.default_rng(3), 0.02, 0.02
    naive, drawn = [], []
    for _round in range(400):
        seen = rng.normal(truth, error, 8)
        found = shrunken(effects(*((float(d), error) for d in seen)))
        assert found is not None
        best = int(np.argmax(seen))
        naive.append(seen[best] - truth)
        drawn.append((found.effects[best].value or 0) - truth)
    assert np.mean(naive) > 0.02
    assert abs(np.mean(drawn)) < np.mean(naive) / 3


def test_below_three_effects_or_without_a_range_nothing_is_drawn() -> None:
    assert shrunken(effects((1, 1), (2, 1))) is None
    assert shrunken([*effects((1, 1), (2, 1), (3, 1)), NOTHING]) is None
    assert shrunken([*effects((1, 1), (2, 1)), Estimate(1.0, 1.0, 1.0, 5)]) is None
