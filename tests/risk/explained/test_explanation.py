import numpy as np
import polars as pl
import pytest

from churn_dash.measures.statistics.odds import sigmoid
from churn_dash.risk.explained import contributions as explanation
from churn_dash.risk.explained.contributions import bars, contributions, linear_contributions
from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.models.calibration import Calibration
from churn_dash.risk.models.kinds import KINDS, Fitted, fitted
from churn_dash.risk.models.matrix import Design, design

AS_IS = Calibration("platt", 0.0, 1.0)


def learnt(kind: str, n: int = 3_000, seed: int = 0) -> tuple[Fitted, Design, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    city = np.array(["North", "South", "East", "none"])[rng.integers(0, 4, n)]
    b = np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(8, 1, n))
    frame = pl.DataFrame({"a": a, "city": city, "b": b, "flag": rng.random(n) < 0.3})
    frame = frame.with_columns(pl.col("b").fill_nan(None), pl.when(pl.col("city") != "none").then("city").alias("city"))
    y = (rng.random(n) < sigmoid(-1 + a * (city == "South") + 0.8 * (b < 2000) - frame["flag"].to_numpy())).astype(int)
    features = [
        Feature("a", "a", "banking", "a", "number", Source("column", "a")),
        Feature("city", "city", "customer", "city", "category", Source("column", "city")),
        Feature("b", "b", "banking", "b", "money", Source("column", "b"), logged=True),
        Feature("flag", "flag", "banking", "flag", "flag", Source("column", "flag")),
    ]
    plan = design(frame, features)
    matrix = plan.matrix(frame)
    model = fitted(KINDS[kind], plan, matrix, y, 0, when=y * rng.integers(1, 4, n))
    return model, plan, matrix, model.prepared(matrix).mean(axis=0)


def test_d5_the_linear_table() -> None:
    base, phi = linear_contributions(np.array([0.8, -0.5, 1.2]), -1.0, np.array([1, 3, 0.5]), np.array([[2.0, 1, 0]]))
    assert phi[0].tolist() == pytest.approx([0.8, 1.0, -0.6])
    assert base == pytest.approx(-1.1)
    output = base + phi.sum()
    assert output == pytest.approx(0.1)
    assert sigmoid(np.array([base, output])).round(4).tolist() == [0.2497, 0.5250]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 2_500])
def test_contributions_add_up_to_the_output_of_every_model_for_one_and_for_many(kind: str, rows: int) -> None:
    model, plan, matrix, means = learnt(kind)
    found = contributions(model, plan, matrix[:rows], means)
    assert found.values.shape == (rows, 4)
    assert np.abs(found.base + found.values.sum(axis=1) - model.output(matrix[:rows])).max() < 1e-4


@pytest.mark.parametrize("kind", ["tree", "forest", "boosting"])
def test_one_customer_and_the_portfolio_are_explained_alike(kind: str) -> None:
    model, plan, matrix, means = learnt(kind)
    many = contributions(model, plan, matrix, means)
    few = contributions(model, plan, matrix[:50], means)
    assert np.abs(many.values[:50] - few.values).max() < 1e-4


def test_the_portfolio_is_really_explained_by_the_faster_way() -> None:
    model, _plan, matrix, _means = learnt("forest")
    ready, output = model.prepared(matrix), model.output(matrix)
    base = explanation._tree_contributions(model, ready[:5], output[:5])[0]
    assert np.abs(base + explanation._portfolio(model, ready).sum(axis=1) - output).max() < 1e-4


def test_where_the_faster_way_does_not_add_up_the_slower_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plan, matrix, means = learnt("boosting", n=2_200)
    right = contributions(model, plan, matrix, means).values
    monkeypatch.setattr(explanation, "_portfolio", lambda model, ready: np.full((len(ready), 4), 0.25))
    assert np.abs(contributions(model, plan, matrix, means).values - right).max() < 1e-4


def test_only_rows_that_do_not_add_up_are_explained_the_slower_way(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plan, matrix, means = learnt("forest", n=2_200)
    right = contributions(model, plan, matrix, means).values
    fast, slow, asked = explanation._portfolio, explanation._few, []

    def wrong_once(model, ready):
        found = fast(model, ready)
        found[7] = 0.25
        return found

    def noted(explainer, ready):
        asked.append(len(ready))
        return slow(explainer, ready)

    monkeypatch.setattr(explanation, "_portfolio", wrong_once)
    monkeypatch.setattr(explanation, "_few", noted)
    assert np.abs(contributions(model, plan, matrix, means).values - right).max() < 1e-4
    assert asked == [1]


def test_contributions_that_do_not_add_up_are_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plan, matrix, means = learnt("boosting", n=500)
    monkeypatch.setattr(explanation, "_tree_contributions", lambda model, ready, output: (0.0, np.zeros((len(ready), 4))))
    with pytest.raises(ArithmeticError, match="miss the output"):
        contributions(model, plan, matrix[:3], means)


def test_the_dummies_of_a_column_are_summed_to_it() -> None:
    model, plan, matrix, means = learnt("logistic")
    assert plan.names[int(model.parents(plan)[-1])] == "city"
    assert len(model.parents(plan)) == 3 + 4
    raw = model.estimator.coef_[0] * (model.prepared(matrix[:1]) - means)
    found = contributions(model, plan, matrix[:1], means)
    assert found.values[0, 1] == pytest.approx(raw[0, 3:].sum())


@pytest.mark.parametrize("kind", KINDS)
def test_bars_add_up_to_the_calibrated_probability_exactly(kind: str) -> None:
    model, plan, matrix, means = learnt(kind)
    found = contributions(model, plan, matrix[:20], means)
    curve = Calibration("platt", -0.4, 0.7)
    for phi, output in zip(found.values, found.output, strict=True):
        start, end, points = bars(model.kind, curve, found.base, phi, float(output))
        assert start + points.sum() == pytest.approx(end, abs=1e-6)
        assert np.sign(points).tolist() == np.sign(phi).tolist()


def test_bars_of_the_worked_table_are_the_mean_slope_times_the_contributions() -> None:
    start, end, points = bars(KINDS["logistic"], AS_IS, -1.1, np.array([0.8, 1.0, -0.6]), 0.1)
    k = (0.5250 - 0.2497) / 1.2
    assert points.tolist() == pytest.approx([0.8 * k, 1.0 * k, -0.6 * k], abs=1e-4)
    assert (start, end) == (pytest.approx(0.2497, abs=1e-4), pytest.approx(0.5250, abs=1e-4))


def test_where_contributions_cancel_the_slope_at_the_base_is_taken() -> None:
    start, end, points = bars(KINDS["boosting"], AS_IS, 0.0, np.array([1.0, -1.0]), 0.0)
    assert start == end == pytest.approx(0.5)
    assert points.tolist() == pytest.approx([0.25, -0.25], abs=1e-6)
