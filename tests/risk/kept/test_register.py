"""Trained is not in use: promoting, rolling back, comparing, and a model asked about other data."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from churn_dash import risk
from churn_dash.errors import BadInput, NotFound, NotPossible, WorkspaceProblem
from churn_dash.risk.kept.card import Card
from churn_dash.risk.trials.accuracy import by_risk
from churn_dash.words import say
from tests.asking import ALL


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a logistic regression in use and a tree that waits; the sheet they learnt from."""
    from tests.risk.conftest import customers_sheet

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("churn_dash.risk.training.SEEDS", (0,))
        sheet, folder = customers_sheet(), tmp_path_factory.mktemp("models")
        first = risk.train(sheet, folder, "logistic").model
        return folder, sheet, first, risk.train(sheet, folder, "tree").model


@pytest.fixture
def place(trained, tmp_path):
    """A copy to decide in."""
    import shutil

    folder = tmp_path / "models"
    shutil.copytree(trained[0], folder)
    return folder


def test_the_first_model_comes_into_use_by_itself_and_says_so(trained) -> None:
    folder, _sheet, first, _second = trained
    (only,) = risk.uses(folder, 1)
    assert (only.id, only.action, only.version) == (first.id, "first", 1)
    assert "first usable model" in only.why and only.who and only.made


def test_a_kill_between_the_record_of_the_first_model_and_of_its_use_leaves_it_in_use(tmp_path, monkeypatch) -> None:
    from churn_dash.risk.kept import register
    from tests.risk.conftest import customers_sheet

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("churn_dash.risk.training.SEEDS", (0,))
        patch.setattr(register, "_used", killed)
        with pytest.raises(KeyboardInterrupt):
            risk.train(customers_sheet(600), tmp_path / "models", "logistic")
    (only,) = risk.entries(tmp_path / "models")
    assert risk.latest(tmp_path / "models", 1).id == only.id
    (use,) = risk.uses(tmp_path / "models", 1)
    assert (use.action, use.who) == ("first", only.who)


def test_who_when_and_why_are_kept_of_every_decision(place, trained) -> None:
    _folder, _sheet, first, second = trained
    risk.promote(place, second.id, 1, "  reads   better ", "Ann")
    risk.roll_back(place, 1, "too coarse", "Ben")
    found = risk.uses(place, 1)
    assert [(u.id, u.action, u.why, u.who) for u in found[:2]] == [
        (first.id, "rollback", "too coarse", "Ben"),
        (second.id, "promote", "reads better", "Ann"),
    ]
    assert risk.latest(place, 1).id == first.id and len(found) == 3


def test_rolling_back_goes_one_further_each_time_and_stops_at_the_first(place, trained) -> None:
    _folder, _sheet, first, second = trained
    risk.promote(place, second.id, 1, "a")
    risk.promote(place, first.id, 1, "b")
    assert risk.roll_back(place, 1, "c").id == second.id
    assert risk.roll_back(place, 1, "d").id == first.id
    with pytest.raises(NotPossible, match="no model to go back to"):
        risk.roll_back(place, 1, "e")


def test_no_decision_without_a_reason_or_a_known_model(place, trained) -> None:
    _folder, _sheet, first, second = trained
    with pytest.raises(BadInput, match="Say why"):
        risk.promote(place, second.id, 1, "  ")
    with pytest.raises(NotFound, match="nearest"):
        risk.promote(place, second.id[:-2] + "zz", 1, "x")
    with pytest.raises(NotPossible, match="in use already"):
        risk.promote(place, first.id, 1, "x")
    assert len(risk.uses(place, 1)) == 1


def test_a_touched_model_does_not_come_into_use(place, trained) -> None:
    second = trained[3]
    path = place / second.id / "model.skops"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(WorkspaceProblem, match="not the one that was written"):
        risk.promote(place, second.id, 1, "x")
    assert len(risk.uses(place, 1)) == 1


def test_where_the_model_in_use_cannot_be_opened_the_next_takes_its_place(place, trained, monkeypatch) -> None:
    monkeypatch.setattr("churn_dash.risk.training.SEEDS", (0,))
    _folder, sheet, first, _second = trained
    (place / first.id / "model.skops").unlink()
    third = risk.train(sheet, place, "logistic").model
    assert risk.latest(place, 1).id == third.id


def test_a_model_of_the_time_before_the_register_is_trained_anew(tmp_path) -> None:
    (tmp_path / "latest.json").write_text(json.dumps({"1": {"id": "old", "card_sha256": "0"}}))
    with pytest.raises(WorkspaceProblem, match="The model old was made by another version of Churn Dash"):
        risk.latest(tmp_path, 1)
    assert risk.latest(tmp_path, 2) is None


def test_the_card_says_the_same_typed_and_as_written(trained) -> None:
    first = trained[2]
    card, data = first.card, first.card.data
    mine = next(m for m in data["training"]["models"] if m["name"] == "logistic")
    assert card == Card.of_json(data) and card.who and card.chosen.roc_auc == mine["roc_auc"]
    tenth = next(g for g in mine["gains"] if abs(g["share"] - 0.1) < 1e-9)
    assert card.threshold == tenth["threshold"] and card.tenth.recall == tenth["recall"]
    assert [vars(b) for b in card.reliability] == mine["reliability"]
    assert set(card.features) == {f["name"] for f in data["design"]["features"]}
    with pytest.raises(AttributeError):
        card.version = 2


def test_two_models_are_compared_on_the_same_held_out_rows(trained, sheet) -> None:
    first, second = trained[2:]
    found = risk.compared(first, second)
    assert found.n == sheet.frame.height and "same" in say(found.how)
    truth = dict(sheet.frame.select("customer_id", "churned").iter_rows())
    for model, side in ((first, "first"), (second, "second")):
        rows = model.held()
        y = np.array([truth[c] for c in rows["customer_id"]]).astype(int)
        assert (y == rows["y"].to_numpy()).all()
        line = found.lines[0]
        assert getattr(line, side) == pytest.approx(roc_auc_score(y, by_risk(rows["p"].to_numpy(), rows["score"].to_numpy())))
    for line in found.lines:
        assert line.difference.low <= line.difference.value <= line.difference.high
    assert found.lines[0].clear is False, "on these data a tree is worse than the logistic regression that made them"
    assert all(x.clear is None for x in risk.compared(first, first).lines)


def test_on_which_scale_the_model_of_a_fold_scores_changes_no_comparison(trained, monkeypatch) -> None:
    first, second = trained[2:]
    plain = risk.compared(first, second).as_json()["measures"]
    rows = {m.id: m.held() for m in (first, second)}
    assert rows[first.id]["fold"].n_unique() > 1
    rows[first.id] = rows[first.id].with_columns(score=pl.col("score") + 10.0 * pl.col("fold"))
    monkeypatch.setattr(type(first), "held", lambda model: rows[model.id])
    assert risk.compared(first, second).as_json()["measures"] == plain


def test_models_of_different_outcomes_are_not_compared_row_by_row(trained) -> None:
    from dataclasses import replace

    first, second = trained[2:]
    found = risk.compared(first, replace(second, card=replace(second.card, target="another")))
    assert found.n == 0 and found.lines[0].first == first.card.chosen.roc_auc and found.lines[0].difference.value is None


def test_new_categories_are_counted_and_said(trained) -> None:
    _folder, sheet, first, _second = trained
    other = type(sheet)(
        sheet.frame.with_columns(pl.when(pl.col("x_products") == 1).then(pl.lit("West")).otherwise("x_city").alias("x_city")),
        sheet.attributes,
        2,
        2,
    )
    found = risk.carried(other, first)
    n = int((sheet.frame["x_products"] == 1).sum())
    assert [(u.levels, u.n) for u in found.unseen] == [(("West",), n)]
    said = [say(r) for r in found.remarks]
    assert said[0] == "The model learnt from data version 1 and scores version 2." and f"1 new value (West) of {n} customers" in said[1]
    assert risk.score(other, first, scope=ALL).height == sheet.frame.height
    assert not risk.carried(sheet, first).remarks


def test_missing_columns_are_said_in_one_sentence_and_nothing_is_scored(trained) -> None:
    _folder, sheet, first, _second = trained
    other = type(sheet)(
        sheet.frame.drop("x_products", "x_age"), tuple(a for a in sheet.attributes if a.label not in ("Products", "Age")), 2, 2
    )
    with pytest.raises(NotPossible, match="Age, Products"):
        risk.carried(other, first)
    with pytest.raises(NotPossible, match="Age, Products"):
        risk.score(other, first, scope=ALL)
