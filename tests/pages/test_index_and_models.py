"""The page Risk index and the models kept on the page Risk: the figures of the functions behind them, and what a reader can decide."""

import shutil

import pytest

from churn_dash import risk
from churn_dash.measures.money.assumptions import put
from churn_dash.risk.index.judged import experts
from churn_dash.store import Records, Workspace
from tests.pages.reading import answer, opened, words

MODELS = {"risk-view": "models"}


@pytest.fixture
def place(bank_folder, tmp_path, looking_at):
    return looking_at(shutil.copytree(bank_folder, tmp_path / "bank"))


@pytest.fixture(scope="module")
def two_models(bank_folder, tmp_path_factory):
    """A copy of the bank in which a tree waits beside the model in use. Read only."""
    space = Workspace.open(shutil.copytree(bank_folder, tmp_path_factory.mktemp("two") / "bank"))
    return space.root, risk.train(space.dataset(), space.models, "tree").model.id


@pytest.fixture
def second(two_models, tmp_path, looking_at):
    """A place of one's own with both models, and the id of the one that waits."""
    root, waits = two_models
    return Workspace.open(looking_at(shutil.copytree(root, tmp_path / "two"))), waits


def button(at, key):
    return next(b for b in at.button if b.key == key)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_states_what_the_index_gives(language, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("index", language)
    assert not at.exception and not at.error
    found = risk.risk_index(Workspace.open(bank_folder).dataset())
    three = [f"{found.aucs[w].value:.3f}" for w in risk.WAYS]
    kept = risk.latest(Workspace.open(bank_folder).models, 1)
    assert [m.value for m in at.metric] == [*three, f"{kept.card.chosen.roc_auc:.3f}", f"{found.judged.found.ratio:.3f}"]
    assert max(three) in answer(at) and ("主成分" in words(at) + answer(at) if language == "zh" else True)
    beside, low = risk.against(found, kept), f"{kept.card.chosen.roc_auc_interval[0]:.3f}"
    gain = f"{beside.gains[found.best].value:+.3f}".replace("-", "−")
    assert gain in words(at) and low in words(at)
    weights = at.dataframe[0].value
    assert weights["pca"].sum() == pytest.approx(100) and len(weights) == len(found.indicators)
    assert any(b.startswith("−0.5") for b in weights["bounds"]) and not any("-" in b for b in weights["bounds"])


def test_an_expert_withdraws_and_the_group_is_weighed_anew(place):
    at = opened("index")
    next(s for s in at.selectbox if s.key == "expert-name").select("P1").run()
    assert not at.exception
    button(at, "expert-withdraw").click().run()
    assert not at.exception and [e.name for e in experts(Workspace.open(place).dataset()).experts] == ["P2", "P3", "P4", "P5"]
    assert "4 experts" in words(at)


def test_an_expert_saves_what_the_grid_shows(place):
    at = opened("index")
    assert button(at, "expert-save").disabled
    next(s for s in at.selectbox if s.key == "expert-name").select("P2").run()
    button(at, "expert-save").click().run()
    assert not at.exception
    mine = next(e for e in experts(Workspace.open(place).dataset()).experts if e.name == "P2")
    assert mine.recorded is not None and len(mine.pairs) == 15


def test_another_model_is_compared_taken_into_use_and_given_back(second):
    space, waits = second
    first = risk.latest(space.models, 1)
    at = opened("risk", **MODELS)
    assert not at.exception and "2 models kept" in words(at) and button(at, "kept-use").disabled
    next(s for s in at.selectbox if s.key == "kept-other").select(waits).run()
    assert "On the same" in words(at)
    next(t for t in at.text_input if t.key == "kept-why").set_value("easier to read").run()
    button(at, "kept-use").click().run()
    assert not at.exception and risk.in_use(space.models, 1) == waits
    assert risk.uses(space.models, 1)[0].why == "easier to read"
    next(t for t in at.text_input if t.key == "kept-why").set_value("too coarse").run()
    button(at, "kept-back").click().run()
    assert not at.exception and risk.in_use(space.models, 1) == first.id


def test_a_touched_model_is_named_and_cannot_be_taken_into_use(second):
    space, waits = second
    path = space.models / waits / "model.skops"
    path.write_bytes(path.read_bytes() + b" ")
    at = opened("risk", **MODELS)
    next(s for s in at.selectbox if s.key == "kept-other").select(waits).run()
    assert not at.exception and "not the one that was written" in words(at)
    next(t for t in at.text_input if t.key == "kept-why").set_value("x").run()
    button(at, "kept-use").click().run()
    assert not at.exception and risk.in_use(space.models, 1) != waits


def test_age_and_gender_can_be_left_out_on_the_page_where_the_data_have_months(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("risk", **MODELS)
    out = at.multiselect(key="risk-drop")
    assert {"Age", "Gender"} <= set(out.options)
    assert not at.multiselect(key="risk-drop").set_value(["age"]).run().exception


def test_the_models_stand_with_range_and_n_and_by_the_stakes_that_somebody_set(place):
    space = Workspace.open(place)
    risk.train(space.dataset(), space.models, "logistic", stayers=0.5, promote=True)
    at = opened("risk", **MODELS)
    assert not at.exception and "nobody has set this bank's own" in words(at)
    assert "learnt from 50.00% of those who stayed" in words(at)
    assert "reasons by the usual map" in words(at)
    assert any(s.key == "risk-stayers" for s in at.selectbox)
    assert "Over γ from Beta(6, 14), 30.00% in the mean" in words(opened("risk"))
    kept = risk.latest(space.models, 1)
    measured = kept.card.chosen.figures["measures"]["pr_auc"]
    table = next(d.value for d in at.dataframe if "pr_auc" in d.value.columns)
    assert "{value:.3f} ({low:.3f}–{high:.3f}) [{least:.3f}–{most:.3f}]".format(**measured) == table["pr_auc"].iloc[-1]
    assert table["n"].iloc[-1] == f"{kept.card.chosen.figures['n']:,}" and table["tests"].iloc[-1] == str(len(kept.card.chosen.folds))
    put(Records(place), {"contact_cost": 3.0}, "Ann")
    assert "contacts at ¥3 (set by Ann), 30.00% of leavers kept" in words(opened("risk", **MODELS))


def test_a_model_in_use_that_cannot_be_opened_is_not_called_in_use(second):
    space, _waits = second
    path = space.models / risk.in_use(space.models, 1) / "model.skops"
    path.write_bytes(path.read_bytes() + b" ")
    at = opened("risk", **MODELS)
    assert not at.exception and "was taken into use and cannot be opened here" in words(at)
    assert "is in use" not in words(at) and "in use since" not in words(at)
    states = next(d.value for d in at.dataframe if "state" in d.value.columns)["state"].tolist()
    assert sum("not the one that was written" in s for s in states) == 1 and not any(s.startswith("in use since") for s in states)
    for page in ("customer", "whatif", "worklist"):
        at = opened(page)
        assert not at.exception and "train it again on the page Risk" in words(at), page
    at = opened("overview")
    assert "Train the risk model again" in words(at) and "no model yet" not in words(at)
