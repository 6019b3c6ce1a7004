import itertools

import numpy as np
import polars as pl
import pytest
import shap

from churn_dash.contract.few import TOO_FEW
from churn_dash.risk.explained.contributions import TOLERANCE, all_bars, bars, contributions
from churn_dash.risk.explained.parts import in_parts
from churn_dash.risk.explained.reasons import Reason, on_a_card, reason_of, reasons, themes
from churn_dash.risk.explained.refits import REFITS, Refit, importance, importances, refits, stability
from churn_dash.risk.explained.sampled import dependence, drivers, sample, sampled_rows
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.peers import Typical
from churn_dash.risk.models.calibration import Calibration
from churn_dash.risk.models.kinds import KINDS
from churn_dash.risk.models.matrix import design
from tests.risk.explained.test_explanation import learnt

CURVE = Calibration("platt", -0.4, 0.7)
BY_NAME = {f.name: f for f in PANEL_FEATURES}


@pytest.mark.parametrize("kind", KINDS)
def test_contributions_are_those_of_the_shap_package(kind: str) -> None:
    model, plan, matrix, means = learnt(kind, n=600)
    found = contributions(model, plan, matrix[:20], means)
    ready = model.prepared(matrix[:20])
    if model.kind.additive == "paths":
        explainer = shap.TreeExplainer(model.estimator, feature_perturbation="tree_path_dependent")
        raw = np.asarray(explainer.shap_values(ready))
        raw, base = (raw[..., 1] if raw.ndim == 3 else raw), float(np.ravel(explainer.expected_value)[-1])
    else:
        explainer = shap.LinearExplainer((model.estimator.coef_[0], float(model.estimator.intercept_[0])), means[None, :])
        raw, base = np.asarray(explainer.shap_values(ready)), float(np.ravel(explainer.expected_value)[0])
        if not np.allclose(base + raw.sum(axis=1), found.output, atol=TOLERANCE):
            # A model that bends its line: the line's contributions, stretched to the output.
            ends = model.kind.of_line(model.estimator, np.array([base]))
            raw = raw * ((found.output - ends[0]) / raw.sum(axis=1))[:, None]
            base = float(ends[0])
    summed = np.zeros_like(found.values)
    np.add.at(summed.T, model.parents(plan), raw.T)
    assert found.base == pytest.approx(base, abs=1e-4)
    assert np.abs(found.values - summed).max() < 1e-4


def test_refits_are_as_many_as_declared_and_the_same_for_the_same_seed() -> None:
    model, plan, matrix, _means = learnt("logistic", n=400)
    y = (np.arange(400) % 4 == 0).astype(np.int64)
    people = np.arange(400) // 2
    first, second = (refits(model.kind, plan, matrix, y, people, 3) for _ in range(2))
    assert len(first) == REFITS
    assert all(np.array_equal(a.model.output(matrix), b.model.output(matrix)) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0].model.output(matrix), first[1].model.output(matrix))


def test_a_refit_draws_customers_with_all_their_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plan, matrix, _means = learnt("logistic", n=90)
    drawn = []

    def spy(kind, design, rows, y, seed, settings, when):
        drawn.append(rows)
        return model

    monkeypatch.setattr("churn_dash.risk.explained.refits.fitted", spy)
    y = np.zeros(90, dtype=np.int64)
    y[::2] = 1
    refits(model.kind, plan, matrix, y, np.arange(90) % 30, 0, n=2)
    for rows in drawn:
        counts = {tuple(np.nan_to_num(r, nan=-1.0).tolist()): 0 for r in matrix}
        for r in rows:
            counts[tuple(np.nan_to_num(r, nan=-1.0).tolist())] += 1
        each = np.array([counts[tuple(np.nan_to_num(r, nan=-1.0).tolist())] for r in matrix])
        assert len(rows) == 90
        assert all(len(set(each[np.arange(90) % 30 == c])) == 1 for c in range(30))


def test_a_reason_of_every_refit_is_steady_and_one_of_few_is_not() -> None:
    one, two, three, four = (BY_NAME[n] for n in ("aum_change_3m", "product_count", "login_mean_3m", "csat_last"))
    row = {f.name: 1.0 for f in (one, two, three, four)}
    typical = {n: Typical(0.0, -1.0, 1.0) for n in row}
    known = {one.theme: 1.0, two.theme: 0.9, three.theme: 0.8, four.theme: 0.0}
    found = reasons((one, two, three, four), [0.1, 0.2, 0.5, 0.4], row, typical, 4, known)
    assert [(r.feature.name, r.mark) for r in found] == [
        ("product_count", "●●●"),
        ("aum_change_3m", "●●●"),
        ("login_mean_3m", "●"),
        ("csat_last", "●"),
    ]
    assert [r.feature.name for r in on_a_card(found)] == ["product_count", "aum_change_3m"]
    assert tuple(reason_of(r.as_json(), (one, two, three, four)) for r in found) == found


def test_a_reason_that_was_not_looked_at_is_not_told_to_a_manager() -> None:
    assert on_a_card([Reason(BY_NAME["aum_change_3m"], -0.5, 0.0, 1.0, 1.0)]) == ()


def test_stability_is_the_share_of_refits_with_the_theme_among_the_first_three() -> None:
    names = ["aum_avg", "product_count", "login_mean_3m", "points", "age"]
    features = tuple(BY_NAME[n] for n in names)
    plan = design(pl.DataFrame({n: [1.0, 2.0] for n in names}), features)

    class Fixed(Refit):
        def contributions(self, design, matrix):
            return type("C", (), {"values": np.array([self.means])})

    again = [Fixed(None, np.array(m)) for m in ([5.0, 4, 3, 2, 9], [5, 4, 1, 2, 9], [5, 4, 3, 2, -9], [5, -4, 3, 2, 9])]
    found = dict(zip(themes(features), stability(again, plan, np.zeros((1, 5), np.float32))[0].tolist(), strict=True))
    assert found == {"balances": 1.0, "products": 0.75, "digital": 0.75, "points": 0.5, "age": 0.0}


def test_importance_has_the_range_of_shares_and_ranks_over_refits() -> None:
    features = tuple(BY_NAME[n] for n in ("aum_avg", "product_count"))
    found = importance(features, np.array([3.0, 1.0]), np.array([[3.0, 1.0], [1.0, 3.0], [1.0, 1.0]]))
    assert [(i.feature.name, i.share, i.low, i.high, i.rank, i.best_rank, i.worst_rank) for i in found] == [
        ("aum_avg", 0.75, 0.375, 1.0, 1, 1, 2),
        ("product_count", 0.25, 0.125, 0.375, 2, 1, 2),
    ]


def test_a_refit_from_fewer_rows_is_penalised_as_the_model_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    model, plan, matrix, _means = learnt("logistic", n=90)
    seen = []

    def spy(kind, design, rows, y, seed, settings, when):
        seen.append((len(rows), settings["C"]))
        return model

    monkeypatch.setattr("churn_dash.risk.explained.refits.fitted", spy)
    monkeypatch.setattr("churn_dash.risk.explained.refits.MOST_ROWS", 30)
    refits(model.kind, plan, matrix, (np.arange(90) % 2).astype(np.int64), np.arange(90), 0, {"C": 0.5}, n=2)
    assert seen == [(30, 1.5), (30, 1.5)]
    seen.clear()
    monkeypatch.setattr("churn_dash.risk.explained.refits.MOST_ROWS", 300)
    refits(model.kind, plan, matrix, (np.arange(90) % 2).astype(np.int64), np.arange(90), 0, {"C": 0.5}, n=1)
    assert seen == [(90, 0.5)]


def test_the_importance_of_refits_is_the_mean_size_of_their_contributions() -> None:
    model, plan, matrix, means = learnt("logistic", n=200)
    found = importances([Refit(model, means)], plan, matrix)
    assert found[0] == pytest.approx(np.abs(contributions(model, plan, matrix, means).values).mean(axis=0))


def test_bars_of_many_are_those_of_each() -> None:
    model, plan, matrix, means = learnt("boosting", n=300)
    c = contributions(model, plan, matrix[:30], means)
    start, ends, points = all_bars(model.kind, CURVE, c.base, c.values, c.output)
    for i in range(30):
        one = bars(model.kind, CURVE, c.base, c.values[i], float(c.output[i]))
        assert (one[0], one[1]) == (start, pytest.approx(ends[i]))
        assert one[2] == pytest.approx(points[i])
    assert start + points.sum(axis=1) == pytest.approx(ends)


@pytest.mark.slow
def test_parts_by_two_processes_are_those_of_one() -> None:
    model, plan, matrix, means = learnt("logistic", n=90)
    parts = [matrix[i : i + 30] for i in range(0, 90, 30)]
    one, two = (list(in_parts(model, plan, iter(parts), means, workers)) for workers in (1, 2))
    assert np.array_equal(np.vstack([c.values for c in one]), np.vstack([c.values for c in two]))
    assert np.array_equal(np.vstack([c.values for c in one]), contributions(model, plan, matrix, means).values)


@pytest.fixture(scope="module")
def sampled():
    model, plan, matrix, means = learnt("logistic", n=900)
    frame = pl.DataFrame({f.name: matrix[:, i] for i, f in enumerate(plan.features)}).fill_nan(None)
    frame = frame.with_columns(pl.col("city").cast(pl.String), customer_id=pl.Series([f"{i:04d}" for i in range(900)]))
    c = contributions(model, plan, matrix, means)
    return plan, frame, sample(frame, plan, c, model.kind, CURVE), all_bars(model.kind, CURVE, c.base, c.values, c.output)


def test_dependence_counts_every_customer_once_and_means_what_numpy_means(sampled) -> None:
    plan, frame, rows, (_start, _ends, points) = sampled
    b = next(f for f in plan.features if f.name == "b")
    found = dependence(rows, b)
    assert sum(s.n for s in found) == 900 and found[-1].low is None and found[-1].n == frame["b"].null_count()
    known = [s for s in found if s.low is not None]
    assert len(known) == 8 and all(a.high < z.low for a, z in itertools.pairwise(known))
    for s in known:
        inside = ((frame["b"] >= s.low) & (frame["b"] <= s.high)).fill_null(value=False).to_numpy()
        assert s.points == pytest.approx(points[inside, 2].mean()) and s.points_low <= s.points <= s.points_high


def test_levels_with_fewer_than_thirty_customers_are_no_step(sampled) -> None:
    plan, _frame, rows, _bars = sampled
    few = rows.with_columns(pl.when(pl.int_range(pl.len()) < TOO_FEW - 1).then(pl.lit("rare")).otherwise("value:city").alias("value:city"))
    city = next(f for f in plan.features if f.name == "city")
    assert "rare" not in {s.level for s in dependence(few, city)}


def test_the_drivers_of_a_group_add_up_to_its_risk(sampled) -> None:
    plan, _frame, rows, (start, ends, _points) = sampled
    levels = {f"{i:04d}": "gold" if i % 3 else "mass" for i in range(900)} | {"not in the sample": "gold"}
    found = drivers(rows, plan.features, levels)
    assert {d.level: d.n for d in found} == {"gold": 600, "mass": 300}
    for d in found:
        own = [i for i in range(900) if levels[f"{i:04d}"] == d.level]
        assert d.probability == pytest.approx(ends[own].mean())
        assert start + sum(mean for mean, _low, _high in d.groups.values()) == pytest.approx(d.probability)
        assert start + sum(v for _f, v in d.features) == pytest.approx(d.probability)


def test_a_group_of_fewer_than_thirty_has_no_drivers(sampled) -> None:
    plan, _frame, rows, _bars = sampled
    assert drivers(rows, plan.features, {f"{i:04d}": "x" for i in range(TOO_FEW - 1)}) == ()


def test_the_sample_is_drawn_at_random_and_the_same_for_the_same_seed() -> None:
    assert np.array_equal(sampled_rows(9_000, 1), sampled_rows(9_000, 1)) and len(set(sampled_rows(9_000, 1).tolist())) == 5_000
    assert sampled_rows(100, 0).tolist() == list(range(100))
