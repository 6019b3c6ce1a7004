"""The index of a bank: of whom, by which weights, tested on the models' own rows; judgements as records."""

import json
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from churn_dash import risk
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.risk.index.ahp import hierarchy, together
from churn_dash.risk.index.judged import Expert, Panel, experts, judge, spoken
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.snapshot import snapshot
from churn_dash.risk.trials.ranking import mean_auc
from churn_dash.sample.tables.organisation import INDICATORS as MEANT
from churn_dash.ui.risk_index import tests as shown
from churn_dash.words import say

CODES = ("csat", "product_count", "txn_count")


@pytest.fixture(scope="module")
def found(risk_bank):
    return risk.risk_index(risk_bank.dataset())


@pytest.fixture
def place(bank_workspace, copy_of):
    """A bank of its own, to record judgements in."""
    return copy_of(bank_workspace).dataset()


def test_every_indicator_reads_a_feature_of_the_panel():
    for one in risk.INDICATORS.values():
        assert one.feature.name == one.reads and one.low < one.high and (not one.logged or one.low > 0)


def test_every_customer_who_can_still_leave_has_an_index_from_0_to_100(found, risk_bank):
    from churn_dash.risk.models.matrix import Design
    from churn_dash.risk.scores.current import portfolio

    frame = portfolio(risk_bank.dataset(), Design(tuple(i.feature for i in found.indicators), {}), None)
    assert found.customers["customer_id"].to_list() == frame["customer_id"].to_list()
    for way in risk.WAYS:
        assert found.customers[way].null_count() == 0 and found.customers[way].is_between(0, 100).all()
        assert sum(found.spread(way)) == found.customers.height
        assert sum(found.weights[way].of.values()) == pytest.approx(1)
    top = found.riskiest("pca", 5)
    assert top["pca"][0] == found.customers["pca"].max() and top["pca"].is_sorted(descending=True)


def test_the_experts_weights_are_close_to_what_the_invented_experts_had_in_mind(found):
    total = sum(MEANT.values())
    assert found.judged.found.consistent
    assert found.weights["expert"].of == pytest.approx({n: w / total for n, w in MEANT.items()}, abs=0.05)


def test_the_index_is_tested_on_the_very_rows_that_the_models_are_tested_on(found, risk_bank, tmp_path):
    ds = risk_bank.dataset()
    held = risk.train(ds, tmp_path / "models", "logistic").model.held()
    assert {r.n for r in found.aucs.values()} == {held.height}
    panel, _name = panel_tables.panel(ds, None)
    parts = []
    for (day,), rows in held.group_by("score_date", maintain_order=True):
        known = snapshot(panel, [i.feature for i in found.indicators], day)
        parts.append(rows.join(known.drop("score_date", "fate"), on="customer_id", how="left"))
    rows = pl.concat(parts)
    weights = found.weights["expert"].of
    above, below = pl.lit(0.0), pl.lit(0.0)
    for i in found.indicators:
        if i.name in weights:
            value = pl.col(i.reads).clip(i.low, i.high)
            share = ((value / i.low).log() / np.log(i.high / i.low)) if i.logged else (value - i.low) / (i.high - i.low)
            above += pl.when(value.is_not_null()).then((share if i.raises_risk else 1 - share) * weights[i.name]).otherwise(0)
            below += pl.when(value.is_not_null()).then(weights[i.name]).otherwise(0)
    by_hand = rows.select(above / below).to_series().to_numpy()
    assert found.aucs["expert"].value == pytest.approx(roc_auc_score(rows["y"].to_numpy(), by_hand), abs=1e-9)
    for r in found.aucs.values():
        assert r.low < r.value < r.high


def kept_with(found, score):
    """A kept model as ``against`` sees it: tested on the index's own rows, with these scores."""
    held = found.held.select("customer_id", "score_date", "fold", "y").with_columns(pl.Series("score", score))
    tried = SimpleNamespace(roc_auc=None, roc_auc_interval=(None, None))
    card = SimpleNamespace(version=found.version, tag=found.tag, chosen=tried)
    return SimpleNamespace(card=card, held=lambda: held, name="logistic")


def by_fold(found, score):
    return [
        (part["s"].to_numpy(), part["y"].to_numpy(), part["customer_id"].to_numpy())
        for _fold, part in found.held.with_columns(pl.Series("s", score)).group_by("fold", maintain_order=True)
    ]


def test_overlapping_intervals_do_not_hide_a_clear_difference_on_the_same_rows(found):
    index = found.held[f"score:{found.best}"].to_numpy()
    y = found.held["y"].to_numpy()
    near = index + 3.0 * y  # the same ranking, leavers a little higher: it moves with the index from draw to draw
    kept = kept_with(found, near)
    mine, theirs = mean_auc(by_fold(found, near)), found.aucs[found.best]
    assert mine.low < theirs.high, "the two intervals overlap"
    kept.card.chosen = SimpleNamespace(roc_auc=mine.value, roc_auc_interval=(mine.low, mine.high))
    beside = risk.against(found, kept)
    gain = beside.gains[found.best]
    assert 0 < gain.low < gain.value < gain.high and gain.value == pytest.approx(mine.value - theirs.value, abs=1e-12)
    assert beside.model_better and not beside.index_better
    assert "The model finds leavers better than any index" in str(shown.tests_finding(found, kept, beside))
    worse = kept_with(found, index - 3.0 * y)
    worse.card.chosen = kept.card.chosen
    other = risk.against(found, worse)
    assert found.best in other.index_better and "The index finds leavers better" in str(shown.tests_finding(found, worse, other))


def test_a_difference_within_chance_is_told_as_one_that_cannot_be_told(found):
    score = found.held[f"score:{found.best}"].to_numpy()
    near = kept_with(found, score + np.random.default_rng(0).normal(0, 1.0, len(score)))
    near.card.chosen = SimpleNamespace(roc_auc=0.7, roc_auc_interval=(0.6, 0.8))
    beside = risk.against(found, near)
    assert not beside.model_better and found.best not in beside.index_better
    assert "cannot be told" in str(shown.tests_finding(found, near, beside))
    assert json.loads(json.dumps(beside.as_json()))["weightings"][0].keys() == {"name", "value", "low", "high", "n"}


def test_a_model_of_other_outcomes_is_not_held_against_the_index(found):
    kept = kept_with(found, found.held["score:pca"].to_numpy())
    kept.card.version += 1
    beside = risk.against(found, kept)
    assert beside.gains["pca"].value is None and "different data or outcomes" in str(beside.how) and not beside.model_better


def test_the_gain_is_the_difference_of_the_means_and_its_draws_are_paired(found):
    a, b = found.held["score:expert"].to_numpy(), found.held["score:pca"].to_numpy()
    gain = found.gains["expert", "pca"]
    assert gain.value == pytest.approx(found.aucs["pca"].value - found.aucs["expert"].value, abs=1e-12)
    folds, y, people = (found.held[c].to_numpy() for c in ("fold", "y", "customer_id"))
    ids = np.unique(people)
    places = {c: np.flatnonzero(people == c) for c in ids[:]}
    rng, drawn = np.random.default_rng(1), []
    for _time in range(60):
        rows = np.concatenate([places[c] for c in rng.choice(ids, len(ids))])
        per = [rows[folds[rows] == f] for f in np.unique(folds)]
        drawn.append(np.mean([roc_auc_score(y[r], b[r]) - roc_auc_score(y[r], a[r]) for r in per]))
    assert np.std(drawn) == pytest.approx((gain.high - gain.low) / 3.92, rel=0.3)


def test_the_json_can_be_written_and_says_everything(found):
    said = json.loads(json.dumps(found.as_json(most=3)))
    assert [w["name"] for w in said["weightings"]] == ["expert", "pca", "entropy"] and len(said["rank_correlation"]) == 3
    assert said["experts"]["n"] == 5 and len(said["riskiest"]) == 3 and said["n"] == found.customers.height
    assert said["indicators"][0]["weights"].keys() == {"expert", "pca", "entropy"}


def test_data_without_months_are_refused_in_a_sentence(sheet):
    with pytest.raises(NotPossible, match="needs months"):
        risk.risk_index(sheet)


def test_too_few_leavers_leave_the_index_and_take_its_test(bank_data, monkeypatch):
    monkeypatch.setattr("churn_dash.risk.rows.examples.LEAST_LEAVERS", 10_000)
    found = risk.risk_index(bank_data)
    assert found.aucs["pca"].value is None and found.weights["pca"].of and found.tested is None
    assert "a model needs at least 10000" in say(found.untested) and found.as_json()["weightings"][0]["auc"]["value"] is None


def test_the_page_may_start_without_experts():
    judged = Panel(()).judged(("csat", "tenure"))
    assert judged.weights is None and "no expert" in say(judged.why_not)


def test_a_recorded_expert_takes_the_place_of_the_same_expert_of_the_table(place):
    before = experts(place)
    assert [e.name for e in before.experts] == ["P1", "P2", "P3", "P4", "P5"] and not before.unknown
    judge(place, " P1 ", {("csat", "tenure"): 3.0}, "Ann")
    judge(place, "Zhang", {("csat", "tenure"): 1 / 3}, "Ann")
    now = {e.name: e for e in experts(place).experts}
    assert now["P1"].pairs == {("csat", "tenure"): 3.0} and now["P1"].recorded[0] == "Ann" and len(now) == 6
    judge(place, "P1", {})
    assert "P1" not in {e.name for e in experts(place).experts}


def test_contradictory_judgements_are_refused_with_the_worst_named_and_nothing_is_recorded(place):
    names = ("aum_avg", "product_count", "txn_count", "csat")
    weights = dict(zip(names, (0.4, 0.3, 0.2, 0.1), strict=True))
    pairs = {(a, b): min(9.0, weights[a] / weights[b]) for i, a in enumerate(names) for b in names[i + 1 :]}
    judge(place, "Ann", pairs)
    with pytest.raises(
        NotPossible, match=r"consistency ratio 0\.\d+.*Average balances against Last satisfaction.*judged 1/9.*about 4\."
    ) as said:
        judge(place, "Ann", pairs | {("aum_avg", "csat"): 1 / 9})
    assert hierarchy(together(names, [pairs | {("aum_avg", "csat"): 1 / 9}])[0]).ratio >= 0.10
    assert "一致性比率" in say(said.value, "zh")
    assert next(e for e in experts(place).experts if e.name == "Ann").pairs == pytest.approx(pairs)


@pytest.mark.parametrize(
    ("name", "pairs", "error", "words"),
    [
        (" ", {("csat", "tenure"): 2.0}, BadInput, "needs a name"),
        ("Ann", {("csat", "tenur"): 2.0}, NotFound, "nearest is tenure"),
        ("Ann", {("csat", "csat"): 2.0}, BadInput, "two indicators"),
        ("Ann", {("csat", "tenure"): 10.0}, BadInput, "1/9 to 9"),
        ("Ann", {("csat", "tenure"): float("nan")}, BadInput, "1/9 to 9"),
        ("Ann", {("csat", "tenure"): 2.0, ("csat", "nps"): 2.0}, NotPossible, "every pair"),
    ],
)
def test_a_judgement_that_cannot_be_used_is_answered_in_a_sentence(place, name, pairs, error, words):
    with pytest.raises(error, match=words):
        judge(place, name, pairs)
    assert len(experts(place).experts) == 5


def test_an_indicator_compared_with_a_few_others_only_costs_no_other_its_weight():
    full = Expert("a", {("csat", "tenure"): 2.0, ("csat", "txn_count"): 4.0, ("tenure", "txn_count"): 2.0})
    some = Expert("b", {("csat", "nps"): 3.0})
    judged = Panel((full, some)).judged(("txn_count", "csat", "nps", "tenure"))
    assert judged.names == ("txn_count", "csat", "tenure")
    assert judged.weights == pytest.approx({"csat": 4 / 7, "tenure": 2 / 7, "txn_count": 1 / 7})


def test_an_experts_own_consistency_is_known_only_with_all_pairs():
    assert Expert("a", {("csat", "tenure"): 2.0}).ratio == 0
    assert Expert("a", {("csat", "tenure"): 2.0, ("csat", "nps"): 2.0}).ratio is None


def test_the_scale_is_written_as_experts_write_it():
    from churn_dash.risk.index.judged import SCALE

    assert [spoken(s) for s in SCALE] == ["1/9", "1/8", "1/7", "1/6", "1/5", "1/4", "1/3", "1/2", *"123456789"]
