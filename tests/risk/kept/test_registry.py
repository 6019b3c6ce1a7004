import json
import pickle
import shutil

import numpy as np
import polars as pl
import pytest
import skops.io
from polars.testing import assert_frame_equal

from churn_dash import risk
from churn_dash.errors import NotPossible, WorkspaceProblem
from churn_dash.risk.models.kinds import KINDS
from churn_dash.words import say
from tests.asking import ALL
from tests.risk.conftest import customers_sheet


@pytest.fixture(autouse=True)
def one_seed(monkeypatch):
    """One seed is enough to have a model to keep."""
    monkeypatch.setattr("churn_dash.risk.training.SEEDS", (0,))


@pytest.fixture(scope="module")
def trained(sheet, tmp_path_factory):
    """A folder with a model. Read only."""
    root = tmp_path_factory.mktemp("trained") / "models"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("churn_dash.risk.training.SEEDS", (0,))
        risk.train(sheet, root, "logistic")
    return root


@pytest.fixture
def models(trained, tmp_path):
    """A copy that may be changed."""
    return shutil.copytree(trained, tmp_path / "models")


def folder(models):
    return next(p for p in models.iterdir() if p.is_dir())


@pytest.mark.parametrize("kind", [k for k in KINDS if not KINDS[k].needs_months])
def test_every_kind_of_model_comes_back_from_its_file_the_same(tmp_path, kind) -> None:
    sheet = customers_sheet(600)
    made = risk.train(sheet, tmp_path, kind).model
    found = risk.latest(tmp_path, 1)
    assert found.id == made.id and found.name == kind
    assert_frame_equal(found.scores(), risk.score(sheet, found, scope=ALL), rel_tol=1e-9)
    frame = pl.DataFrame(
        {f.name: [None] for f in found.design.features},
        schema={f.name: pl.Float64 if f.kind != "category" else pl.String for f in found.design.features},
    )
    matrix = found.design.matrix(frame)
    assert np.array_equal(found.fitted.output(matrix), made.fitted.output(matrix))


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_of_every_kind_holds_only_the_types_that_it_declares(learnt_kind, tmp_path, kind) -> None:
    model, _plan, matrix, _y = learnt_kind(kind)
    skops.io.dump(model.pipeline, tmp_path / "model.skops")
    assert set(skops.io.get_untrusted_types(file=tmp_path / "model.skops")) <= set(KINDS[kind].trusted)
    again = type(model)(KINDS[kind], skops.io.load(tmp_path / "model.skops", trusted=list(KINDS[kind].trusted)))
    assert np.array_equal(again.output(matrix), model.output(matrix))


def test_the_card_says_what_the_model_is(models) -> None:
    card = json.loads((folder(models) / "card.json").read_text())
    for key in (
        "name",
        "version",
        "target",
        "design",
        "seed",
        "libraries",
        "training",
        "left_out",
        "sha256",
        "created",
        "means",
        "calibration",
        "peers",
    ):
        assert card[key] is not None, key
    assert card["training"]["chosen"] == card["name"] == "logistic"


def test_what_the_card_says_is_read_again_in_either_language(models) -> None:
    found = risk.latest(models, 1)
    why = {x.column: x.why for x in found.card.left_out}
    assert say(why["gender"]) == "left out for fair treatment; keep it on purpose if you must"
    assert say(why["gender"], "zh") == "为公平对待客户而不使用；确有需要时可明确保留"
    assert say(found.card.why, "zh") == "只训练了这一个模型" and "not seen" in say(found.card.tested)


def test_no_model_yet_says_how_to_train_one(tmp_path) -> None:
    assert risk.latest(tmp_path, 1) is None
    with pytest.raises(NotPossible, match="churn-dash train"):
        risk.trained(tmp_path, 1)


def test_a_model_belongs_to_its_data_version(models) -> None:
    assert risk.latest(models, 1) is not None
    assert risk.latest(models, 2) is None


def test_a_second_model_is_kept_and_waits_until_somebody_promotes_it(sheet, models) -> None:
    first = risk.latest(models, 1)
    second = risk.train(sheet, models, "tree").model
    assert risk.latest(models, 1).id == first.id != second.id
    assert [e.id for e in risk.entries(models)] == [second.id, first.id] or {e.made for e in risk.entries(models)} == {second.card.created}
    risk.promote(models, second.id, 1, "reads better", "Ann")
    assert risk.latest(models, 1).id == second.id and first.folder.exists()


def test_a_model_trained_to_be_used_is_used_at_once(sheet, models) -> None:
    second = risk.train(sheet, models, "tree", promote=True).model
    assert risk.latest(models, 1).id == second.id


@pytest.mark.parametrize("name", ["model.skops", "card.json", "scores.parquet", "held.parquet", "features.parquet"])
def test_a_touched_file_is_refused(models, name) -> None:
    path = folder(models) / name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(WorkspaceProblem, match="not the one that was written"):
        found = risk.latest(models, 1)
        found.scores()
        found.held()
        found.features_of("00007")


def test_touched_scores_are_refused(sheet, models) -> None:
    found = risk.latest(models, 1)
    rows = pl.read_parquet(found.folder / "scores.parquet")
    rows.with_columns(probability=pl.lit(0.0)).write_parquet(found.folder / "scores.parquet")
    with pytest.raises(WorkspaceProblem, match="not the one that was written"):
        risk.score(sheet, found, scope=ALL)


def test_a_file_touched_while_its_model_is_open_is_refused_too(sheet, models) -> None:
    found = risk.latest(models, 1)
    assert found.features_of("00007") is not None
    path = found.folder / "features.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(WorkspaceProblem, match="not the one that was written"):
        risk.explain(sheet, found, "00007", scope=ALL)


def test_a_missing_file_is_said_to_be_missing(models) -> None:
    (folder(models) / "model.skops").unlink()
    with pytest.raises(WorkspaceProblem, match="missing"):
        risk.latest(models, 1)


def rewrite(models, **changes) -> None:
    """As if the card had been written so: with a register that matches."""
    from churn_dash.risk.kept import registry
    from churn_dash.store.records import Records

    path = folder(models) / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    body = Records(models).latest("model", path.parent.name).body
    Records(models).add("model", path.parent.name, {**body, "card_sha256": registry._hash(path)})


def test_a_model_of_another_library_version_is_refused(models) -> None:
    rewrite(models, libraries={"scikit-learn": "1.2.0"})
    with pytest.raises(WorkspaceProblem, match=r"made with scikit-learn 1\.2\.0"):
        risk.latest(models, 1)


def test_a_model_of_another_version_of_the_product_is_refused(models) -> None:
    rewrite(models, recipe=0)
    with pytest.raises(WorkspaceProblem, match="another version of Churn Dash"):
        risk.latest(models, 1)


class Hostile:
    def __reduce__(self):
        return (print, ("should never run",))


def test_a_file_with_anything_else_in_it_is_refused_before_it_is_made(models, capsys) -> None:
    from churn_dash.risk.kept import registry

    path = folder(models) / "model.skops"
    skops.io.dump({"x": Hostile()}, path)
    card = json.loads((folder(models) / "card.json").read_text())
    rewrite(models, sha256=card["sha256"] | {"model.skops": registry._hash(path)})
    with pytest.raises(WorkspaceProblem, match="not opened"):
        risk.latest(models, 1)
    assert "should never run" not in capsys.readouterr().out


def test_nothing_in_the_folder_is_a_pickle(models) -> None:
    for path in folder(models).iterdir():
        with pytest.raises(Exception):  # noqa: B017
            pickle.loads(path.read_bytes())


def test_a_model_that_cannot_be_kept_leaves_the_old_one(sheet, models, monkeypatch) -> None:
    before = risk.latest(models, 1).id

    def full(*args: object, **kwargs: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("churn_dash.risk.kept.registry.skops.io.dump", full)
    with pytest.raises(WorkspaceProblem, match="cannot be written to"):
        risk.train(sheet, models, "tree")
    assert risk.latest(models, 1).id == before
    assert not [p for p in models.iterdir() if p.name.endswith(".part")]
