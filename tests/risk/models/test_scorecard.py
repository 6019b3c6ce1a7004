import numpy as np
import pytest

from churn_dash.measures.statistics.odds import sigmoid
from churn_dash.risk.models.bins import LEAST_SHARE, WoeBins, binned, weights_of_evidence
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.models.scorecard import FACTOR, OFFSET, ScorecardLogit, points


def drawn(n: int = 4_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, (rng.random(n) < sigmoid(-2 + x)).astype(int)


def test_b10_the_weights_of_evidence_of_three_bins() -> None:
    woe, information = weights_of_evidence(np.array([90.0, 80, 30]), np.array([10.0, 20, 70]))
    assert woe.round(4).tolist() == [1.5041, 0.6931, -1.5404]
    assert information == pytest.approx(1.5123, abs=5e-5)


def test_d4_points_double_the_odds_every_twenty_and_stand_at_600_for_fifty_to_one() -> None:
    assert points(np.log([50, 100, 25])).tolist() == pytest.approx([600, 620, 580])
    assert pytest.approx(28.8539, abs=1e-4) == FACTOR and pytest.approx(487.1229, abs=1e-4) == OFFSET


@pytest.mark.parametrize("seed", range(5))
def test_bins_of_a_number_run_one_way_and_hold_a_twentieth_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = drawn(seed=seed)
    for values in (x, x**2, rng.normal(size=len(x)), np.round(x)):
        found = binned(values, y, category=False)
        if len(found.cuts):
            assert found.rows[:-1].min() >= LEAST_SHARE * len(y)
            steps = np.diff(found.woe[:-1])
            assert (steps >= 0).all() or (steps <= 0).all()
            assert found.rows.sum() == len(y) and found.left.sum() == y.sum()


def test_no_bin_of_a_number_without_leavers_weighs_infinitely() -> None:
    y = np.r_[np.zeros(900, dtype=int), np.ones(100, dtype=int)]
    assert np.isfinite(binned(np.arange(1000.0), y, category=False).woe).all()


def test_a_category_of_a_thousand_levels_is_put_into_few_bins() -> None:
    rng = np.random.default_rng(0)
    codes = np.where(rng.random(20_000) < 0.5, 0, rng.integers(1, 1_000, 20_000)).astype(float)
    y = (rng.random(20_000) < 0.1).astype(int)
    found = binned(codes, y, category=True)
    assert len(found.woe) == 3
    assert found.place(np.array([0.0, 5, 998, 5_000, np.nan])).tolist() == [0, 1, 1, 2, 2]


def test_rare_gaps_weigh_nothing_and_frequent_ones_what_they_are_worth() -> None:
    x, y = drawn()
    few, many = x.copy(), x.copy()
    few[:50] = np.nan
    many[y == 1] = np.where(np.arange(y.sum()) % 2, np.nan, many[y == 1])
    assert binned(few, y, category=False).woe[-1] == 0
    assert binned(many, y, category=False).woe[-1] < -2


def test_a_column_that_says_nothing_has_no_weight_and_evidence_of_staying_never_raises_the_risk() -> None:
    x, y = drawn()
    rng = np.random.default_rng(1)
    matrix = np.column_stack([x, rng.normal(size=len(x)), x + 0.05 * rng.normal(size=len(x))])
    ready = WoeBins().fit(matrix, y).transform(matrix)
    assert (ready[:, 1] == 0).all()
    model = ScorecardLogit().fit(ready, y)
    assert (model.coef_ <= 0).all() and model.coef_[0, 1] == 0
    # Twice the same evidence with opposite weights: one of the two has to go.
    double = np.column_stack([ready[:, 0], ready[:, 0] - 0.5 * ready[:, 2]])
    assert (ScorecardLogit(C=1e6).fit(double, y).coef_ <= 0).all()


def test_points_add_up_to_the_score(learnt_kind) -> None:
    from churn_dash.risk.explained.readable import readable

    model, plan, matrix, y = learnt_kind("scorecard")
    found = readable(model, plan, matrix, y)
    bins = model.pipeline[0]
    total = np.full(len(matrix), found["base"])
    for i, name in enumerate(plan.names):
        lines = [p["points"] for p in found["points"] if p["feature"] == name]
        if lines:
            place = bins.bins(i).place(matrix[:, i].astype(float))
            total += np.array([*lines, 0.0])[np.minimum(place, len(lines))]
    assert total.tolist() == pytest.approx(points(-model.output(matrix)).tolist(), abs=1e-6)
    assert KINDS["scorecard"].read_as == "points"
