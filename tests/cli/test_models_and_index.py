"""The verbs models, score --model and index: the keys that docs/CLI.md promises, the figures of the functions, and plain refusals."""

import hashlib
import json
import shutil

import pytest

from churn_dash import risk, sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.asking import ALL
from tests.cli.test_staying_and_costs import promised


@pytest.fixture(scope="module")
def modelled(modelled_copy):
    """A small bank with a model in use and another that waits."""
    space = Workspace.open(modelled_copy())
    risk.train(space.dataset(), space.models, "tree")
    return space.root


@pytest.fixture
def place(modelled, tmp_path):
    shutil.copytree(modelled, tmp_path / "bank")
    return tmp_path / "bank"


def asked(run, place, *words):
    code, out, err = run(*words, "--workspace", place, "--json")
    assert code == 0, err
    return json.loads(out)


def test_models_are_listed_compared_promoted_and_rolled_back(run, place):
    found = asked(run, place, "models")
    assert {"version", "in_use", "models", "history", "problem"} == set(found) and found["problem"] is None
    second, first = sorted(found["models"], key=lambda m: m["in_use"])
    assert first["name"] == "logistic" and second["name"] == "tree" and found["in_use"] == first["id"]
    for key in ("card_sha256", "definition_tag", "windows", "features", "seed", "libraries", "who", "made", "roc_auc", "pr_auc", "brier"):
        assert first[key] not in (None, [], {}), key
    assert first["reason_map"] == {"version": 0, "who": None, "made": None, "decided": {}}
    assert first["reasons"] == "reasons by the usual map"
    sides = asked(run, place, "models", "compare", second["id"])
    assert set(sides) == {"first", "second", "same_rows", "how", "measures"} and sides["same_rows"] > 0
    assert sides["measures"][0]["second"] == pytest.approx(first["roc_auc"], abs=0.05)
    done = asked(run, place, "models", "promote", second["id"], "--why", "easier to read", "--who", "Ann")
    assert (done["id"], done["who"], done["why"]) == (second["id"], "Ann", "easier to read")
    assert asked(run, place, "score")["model_id"] == second["id"]
    assert asked(run, place, "score", "--model", first["id"])["model_id"] == first["id"]
    assert asked(run, place, "models", "rollback", "--why", "too coarse")["id"] == first["id"]
    assert [u["action"] for u in asked(run, place, "models")["history"]] == ["rollback", "promote", "first"]


def test_what_training_said_can_be_asked_for_later(run, place):
    made = asked(run, place, "train", "--model", "scorecard")
    found = asked(run, place, "models", "show", made["model_id"])
    assert set(found) == promised("models show") and not found["in_use"]
    for key in ("models", "rules", "readable", "left_out", "tested", "calibrated", "why_chosen", "base_rate", "rows_dropped"):
        assert found[key] == made[key], key
    chosen = found["models"][0]
    assert len(chosen["reliability"]) == 10 and chosen["gains"] and chosen["random_split"]["roc_auc"] > 0.5
    assert found["readable"]["scorecard"]["points"][0]["bin"] and "template" not in json.dumps(found["readable"])
    path = Workspace.open(place).models / made["model_id"]
    assert found["card_sha256"] == hashlib.sha256((path / "card.json").read_bytes()).hexdigest()
    assert found["sha256"]["model.skops"] == hashlib.sha256((path / "model.skops").read_bytes()).hexdigest()
    code, out, _err = run("models", "show", made["model_id"], "--workspace", place)
    first = found["readable"]["scorecard"]["points"][0]
    assert code == 0 and f"{first['points']:+.0f}  {first['bin']}" in out and found["card_sha256"] in out
    assert "a random split would have said" in out and out.count("risk 0.") == 10
    used = asked(run, place, "models", "show")
    weights = used["readable"]["logistic"]["weights"]
    assert used["in_use"] and all(w["low"] <= w["weight"] <= w["high"] for w in weights)
    assert sum(w["low"] < w["high"] for w in weights) > 0.9 * len(weights)
    for kind, line in (("logistic", "log"), ("tree", " left: ")):
        name = next(m["id"] for m in asked(run, place, "models")["models"] if m["name"] == kind)
        code, out, _err = run("models", "show", name, "--workspace", place)
        assert code == 0 and line in out


def test_the_trials_of_a_model_are_told_with_interval_range_and_n_and_by_whose_stakes(run, place):
    usual = asked(run, place, "models", "trials")
    assert set(usual) == {"version", "model_id", "chosen", "stakes", "calls", "rules", "models"} and usual["stakes"]["own"] is True
    assert usual["calls"] is None and usual["models"][0]["at_calls"] is None
    row = usual["models"][0]
    assert row["name"] == usual["chosen"] == "logistic" and row["n"] > 0 and row["tests"] >= 1
    for name in ("pr_auc", "ks", "profit"):
        m = row["measures"][name]
        assert m["least"] <= m["value"] <= m["most"] and m["low"] < m["high"], name
    code, _out, err = run("threshold", "--set", "--by", "capacity", "--capacity", "40", "--why", "two clerks", "--workspace", place)
    assert code == 0, err
    called = asked(run, place, "models", "trials")
    at = called["models"][0]["at_calls"]
    assert called["calls"]["n"] == 40 and 0 < called["calls"]["share"] < 0.1
    space = Workspace.open(place)
    held = risk.trained(space.models, space.dataset().state).held().sort("score", descending=True)
    room = called["calls"]["share"] * held.height
    sure = held.head(int(room))["y"].sum() + (room - int(room)) * held["y"][int(room)]
    assert row["tests"] == 1 and at["recall"]["value"] == pytest.approx(sure / held["y"].sum())
    assert at["recall"]["low"] < at["recall"]["value"] <= row["measures"]["recall"]["value"]
    assert at["lift"]["value"] == pytest.approx(at["recall"]["value"] / called["calls"]["share"])
    code, _out, err = run("assumptions", "--set", "contact_cost=40", "--who", "Ann", "--workspace", place)
    assert code == 0, err
    own = asked(run, place, "models", "trials")
    assert "nobody has set" in usual["stakes"]["words"] and usual["stakes"]["contact"] == 20
    assert own["stakes"]["own"] and own["stakes"]["contact"] == 40 and "Ann" in own["stakes"]["words"]
    assert own["models"][0]["measures"]["profit"] != row["measures"]["profit"]
    assert own["models"][0]["measures"]["pr_auc"] == row["measures"]["pr_auc"]


def test_importance_dependence_and_drivers_are_those_of_the_page(run, place):
    space = Workspace.open(place)
    ds = space.dataset()
    model = risk.trained(space.models, ds.state)
    first, by = model.ranking[0], "tier"
    found = asked(run, place, "importance", "--feature", first.feature.name, "--by", by)
    assert set(found) == promised("importance") and found["refits"] == len(model.refits)
    assert [i["feature"] for i in found["importance"]] == [i.feature.name for i in model.ranking]
    top = found["importance"][0]
    assert (top["share"], top["low"], top["high"]) == (first.share, first.low, first.high) and top["rank"] == 1
    assert sum(i["share"] for i in found["importance"]) == pytest.approx(1)
    steps = found["dependence"]["steps"]
    assert sum(s["n"] for s in steps) <= model.sample().height and all(s["points_low"] <= s["points"] <= s["points_high"] for s in steps)
    base = risk.explain(ds, model, model.scores()["customer_id"][0], scope=ALL).base_probability
    for group in found["drivers"]["groups"]:
        assert base + sum(g["points"] for g in group["groups"].values()) == pytest.approx(group["probability"], abs=1e-6)
        assert group["n"] >= 30
    level = found["drivers"]["groups"][0]["level"]
    only = asked(run, place, "importance", "--by", by, "--where", f"{by}={level}")
    assert [g["level"] for g in only["drivers"]["groups"]] == [level] and only["dependence"] is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("models", "burn"), "there are: list, show, trials, compare, promote, rollback"),
        (("models", "promote"), "1 to 1 models"),
        (("models", "rollback", "--why", "x"), "no model to go back to"),
        (("models", "compare", "nothing"), "the nearest is"),
        (("score", "--model", "nothing"), "the nearest is"),
        (("importance", "--feature", "aum"), "looks at nothing called aum; the nearest is"),
        (("importance", "--by", "teir"), "the nearest is tier"),
        (("index", "--weights", "votes"), "expert, pca, entropy"),
        (("index", "--expert", "Ann"), "--judge A/B=SCORE"),
        (("index", "--expert", "Ann", "--judge", "csat/nps=many"), "not csat/nps=many"),
        (("index", "--expert", "Ann", "--judge", "csat/npx=3"), "nearest is nps"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, place, words, sentence):
    code, _out, err = run(*words, "--workspace", place)
    assert code == 1 and sentence in err and "Traceback" not in err


def test_the_index_answers_with_the_keys_that_are_documented(run, place, tmp_path):
    found = asked(run, place, "index", "--out", tmp_path / "index.csv")
    assert set(found) == promised("index")
    assert (tmp_path / "index.csv").read_text("utf-8-sig").count("\n") == found["n"] + 1
    assert found["model"]["name"] == "logistic" and found["rank_correlation"][0]["n"] == found["n"]
    one = asked(run, place, "index", "--weights", "pca")
    assert [w["name"] for w in one["weightings"]] == ["pca"] and one["weightings"][0]["auc"] == found["weightings"][1]["auc"]


def test_judgements_are_recorded_withdrawn_and_fractions_read(run, place):
    words = ("index", "--expert", "Ann", "--judge", "csat/nps=2", "--judge", "csat/tenure=1/2", "--judge", "nps/tenure=1/4")
    done = asked(run, place, *words)
    assert done["ratio"] == pytest.approx(0, abs=1e-9) and done["weights"] == pytest.approx({"csat": 2 / 7, "nps": 1 / 7, "tenure": 4 / 7})
    assert asked(run, place, "index")["experts"]["n"] == 6
    asked(run, place, "index", "--expert", "Ann", "--withdraw")
    assert asked(run, place, "index")["experts"]["n"] == 5


def test_a_model_says_which_features_another_extract_lacks(modelled, tmp_path):
    from churn_dash.errors import NotPossible

    model = risk.latest(Workspace.open(modelled).models, 1)
    tables = dict(sample.generate(4, 300, 20).tables)
    whole = Workspace.create(tmp_path / "whole", sample=True)
    publish(whole, extract_of(tables, "bank"))
    found = risk.carried(whole.dataset(), model)
    assert found.then is None and found.customers > 200
    less = Workspace.create(tmp_path / "less", sample=True)
    publish(less, extract_of({n: t for n, t in tables.items() if n not in ("complaints", "surveys")}, "bank"))
    with pytest.raises(NotPossible, match=r"complaints.*surveys.*which these data lack"):
        risk.carried(less.dataset(), model)


def test_a_model_of_another_version_is_not_passed_over_as_none(run, tmp_path):
    space = Workspace.create(tmp_path / "bank", sample=True)
    publish(space, extract_of(sample.generate(3, 200, 6).tables, "bank"))
    space.models.mkdir(parents=True, exist_ok=True)
    code, out, _err = run("models", "--workspace", space.root)
    assert code == 0 and "no model yet" in out
    (space.models / "latest.json").write_text(json.dumps({str(space.dataset().state): {"id": "old", "card_sha256": "0"}}))
    code, out, _err = run("models", "--workspace", space.root)
    assert code == 0 and "The model old was made by another version" in out
    found = asked(run, space.root, "models")
    assert found["models"] == [] and "made by another version" in found["problem"]
    code, _out, err = run("score", "--workspace", space.root)
    assert code == 1 and found["problem"] in err
