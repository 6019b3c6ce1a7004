import numpy as np
import pytest

from churn_dash.measures.statistics.odds import sigmoid
from churn_dash.risk.features.feature import Feature, Source
from churn_dash.risk.models.kinds import KINDS, fitted
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.trials import trial as trying
from churn_dash.risk.trials.folds import shuffled, stratified
from churn_dash.risk.trials.trial import trial, winner
from churn_dash.risk.trials.tuning import tuned


def design_of(n: int) -> Design:
    return Design(tuple(Feature(f"f{i}", f"f{i}", "banking", f"f{i}", "number", Source("column", f"f{i}")) for i in range(n)), {})


def test_settings_are_tried_only_inside_the_rows_that_a_fold_learns_from(learnt_kind, monkeypatch: pytest.MonkeyPatch) -> None:
    _model, plan, matrix, y = learnt_kind("tree")
    folds = stratified(y, seeds=(0,))
    marked = matrix.copy()
    marked[:, 0] = np.arange(len(y))
    seen = []

    def watched(kind, design, rows, labels, customers, seed, when=None):
        seen.append(set(rows[:, 0].astype(int)))
        return kind.grid[1]

    monkeypatch.setattr(trying, "tuned", watched)
    found = trial(KINDS["tree"], plan, marked, y, folds, 0)
    assert [not s & set(f.test.tolist()) for s, f in zip(seen, folds, strict=True)] == [True] * 5
    assert found.settings == KINDS["tree"].grid[1]


def test_other_settings_are_taken_only_where_they_are_clearly_better(learnt_kind) -> None:
    _model, plan, matrix, _y = learnt_kind("boosting")
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(3_000, matrix.shape[1])).astype(np.float32)
    weak = (rng.random(3_000) < sigmoid(-1.5 + 1.2 * noise[:, 0])).astype(int)
    people = np.arange(3_000)
    assert tuned(KINDS["boosting"], plan, noise, weak, people, 0) in KINDS["boosting"].grid
    few = np.zeros(3_000, dtype=int)
    few[:60] = 1
    assert tuned(KINDS["boosting"], plan, noise, few, people, 0) == KINDS["boosting"].grid[0]


def test_clear_data_loosen_the_penalty_and_many_columns_that_say_the_same_do_not() -> None:
    rng = np.random.default_rng(1)
    one, people = rng.normal(size=(3_000, 1)), np.arange(3_000)
    x = (one + 0.7 * rng.normal(size=(3_000, 60))).astype(np.float32)
    rare = (rng.random(3_000) < sigmoid(-3 + one[:, 0])).astype(int)
    assert tuned(KINDS["logistic"], design_of(60), x, rare, people, 0)["C"] < 1
    clear = (rng.random(3_000) < sigmoid(-1 + x @ rng.normal(size=60))).astype(int)
    assert tuned(KINDS["logistic"], design_of(60), x, clear, people, 0)["C"] == 1


def test_every_customer_is_judged_once_by_a_quick_kind_and_never_by_a_fit_that_saw_him(monkeypatch: pytest.MonkeyPatch) -> None:
    from churn_dash.risk.trials import tuning

    rng = np.random.default_rng(2)
    x = np.column_stack([np.repeat(np.arange(700), 2), rng.normal(size=(1_400, 2))]).astype(np.float32)
    people = x[:, 0].astype(np.int64)
    y = (rng.random(1_400) < 0.3).astype(int)
    seen: list[tuple[set[int], list[int]]] = []

    class Watched:
        def __init__(self, rows) -> None:
            self.rows = set(rows[:, 0].astype(int))

        def prepared(self, rows):
            return rows

        def output_of(self, asked):
            seen.append((self.rows, asked[:, 0].astype(int).tolist()))
            return asked[:, 1].astype(np.float64)

    monkeypatch.setattr(tuning, "fitted", lambda kind, design, rows, *_rest: Watched(rows))
    tuned(KINDS["logistic"], design_of(3), x, y, people, 0)
    assert all(not fit & set(asked) for fit, asked in seen)
    assert sorted(p for _fit, asked in seen[:: len(KINDS["logistic"].grid)] for p in asked) == people.tolist()
    for kind in ("boosting", "hazard"):
        seen.clear()
        tuned(KINDS[kind], design_of(3), x, y, people, 0)
        assert len(seen) == len(KINDS[kind].grid)


def test_a_random_split_promises_too_much_where_customers_stand_in_many_rows(learnt_kind) -> None:
    _model, plan, _matrix, _y = learnt_kind("boosting")
    rng = np.random.default_rng(0)
    customers = np.repeat(np.arange(300), 10)
    own = rng.normal(size=(300, 4)).astype(np.float32)[customers]
    y = (rng.random(300) < 0.3).astype(int)[customers]
    from churn_dash.risk.trials.folds import by_customer

    folds = by_customer(y, customers, np.arange(3_000), 0)
    found = trial(KINDS["boosting"], plan, own, y, folds, 0, customers, None, shuffled(len(y), 2_250, 0))
    assert found.by_chance[0] > 0.95 and found.roc_auc < 0.65


def test_the_simplest_within_one_standard_error_wins(learnt_kind) -> None:
    _model, plan, matrix, y = learnt_kind("tree")
    folds = stratified(y, seeds=(0,))
    found = [trial(KINDS[k], plan, matrix, y, folds, 0) for k in ("boosting", "logistic", "tree")]
    best, _why = winner(found)
    means = {t.kind.name: np.mean(t.pr_aucs) for t in found}
    top = max(found, key=lambda t: means[t.kind.name])
    error = np.std(top.pr_aucs, ddof=1) / np.sqrt(5)
    allowed = [t.kind for t in found if means[t.kind.name] >= means[top.kind.name] - error]
    assert best.kind is min(allowed, key=lambda k: k.simplicity)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fit_with_the_preparation_of_another_is_the_fit_by_itself(kind: str, learnt_kind) -> None:
    model, plan, matrix, y = learnt_kind(kind)
    when = np.where(y == 1, 1, 0)
    settings = model.kind.grid[-1]
    like = fitted(model.kind, plan, matrix, y, 0, model.kind.grid[0], when)
    again = fitted(model.kind, plan, like.prepared(matrix), y, 0, settings, when, like)
    alone = fitted(model.kind, plan, matrix, y, 0, settings, when)
    assert again.pipeline.steps[:-1] == like.pipeline.steps[:-1]
    assert np.array_equal(again.output_of(like.prepared(matrix)), alone.output(matrix))
    assert not np.array_equal(again.output(matrix), like.output(matrix))
