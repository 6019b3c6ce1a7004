"""The Worklist page and the card of the Risk page that sets the cuts."""

import datetime
import json
import re
import shutil

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from tests.asking import asked
from tests.cli.conftest import command, run  # noqa: F401
from tests.pages.reading import answer, opened, words


def test_the_worklist_page_says_how_many_are_called_and_how_many_are_let_go(bank_folder, looking_at):
    from churn_dash import retention, risk
    from churn_dash.contract.assumptions import ASSUMPTIONS
    from churn_dash.measures.money.assumptions import Held
    from churn_dash.retention.threshold import usual
    from churn_dash.store import Workspace
    from churn_dash.words import Count

    looking_at(bank_folder)
    space = Workspace.open(bank_folder)
    ds = space.dataset()
    kept = risk.trained(space.models, ds.state)
    found = retention.worklist(asked(ds), kept, usual(kept), {n: Held(a, a.default) for n, a in ASSUMPTIONS.items()})
    at = opened("worklist")
    assert not at.exception
    gone = sum(found.counts[v] for v in ("unprofitable", "hopper", "not_worth_a_call"))
    said = words(at)
    assert f"{Count(found.rows.height)} customers to call by" in said and f"{Count(gone)} are let go" in said
    assert said.index("Whom to call") < said.index("Card for the talk")


@pytest.mark.parametrize(
    ("language", "doubt"), [("en", "It is not shown that a call keeps anybody."), ("zh", "尚无证据表明联系能留住任何客户。")]
)
def test_the_expected_gain_stands_with_its_range_and_a_doubted_effect_is_said(bank_folder, looking_at, monkeypatch, language, doubt):
    from churn_dash.retention.effects.save_rate import SaveRate
    from churn_dash.ui.amounts import assumptions

    looking_at(bank_folder)
    monkeypatch.setattr(assumptions, "measured", lambda _q: [])
    assert doubt not in words(opened("worklist", language))
    one = SaveRate(0.279, -0.04, 0.5, "K1", "Spring calls", "calls", 900, 300, 90, datetime.date(2024, 1, 31))
    monkeypatch.setattr(assumptions, "measured", lambda _q: [one])
    at = opened("worklist", language)
    assert not at.exception and doubt in answer(at) and "Spring calls" in at.metric[1].help
    assert re.search(r"¥[\d.,KM万]+\s?(\(|（)−¥[\d.,KM万]+ (to|至) ¥[\d.,KM万]+(\)|）)", answer(at)), answer(at)
    low = answer(at).partition("(" if language == "en" else "（")[2].partition(" to " if language == "en" else " 至 ")[0]
    assert any(low in c.value.replace("\\", "") and "¥" in c.value for c in at.caption)


def test_a_list_taken_from_the_page_is_on_record_with_who_and_how_many(bank_folder, looking_at, tmp_path, monkeypatch):
    from churn_dash import risk
    from churn_dash.retention.worklists.exports import exports
    from churn_dash.store import Records, Workspace

    root = shutil.copytree(bank_folder, tmp_path / "bank")
    looking_at(root)
    taken = {}
    real = streamlit.download_button
    monkeypatch.setattr(
        "streamlit.download_button", lambda label, data, *a, **k: (taken.update({k["key"]: data}), real(label, data, *a, **k))[1]
    )
    at = opened("worklist")
    assert not at.exception and "No list was handed out yet" in words(at)
    next(t for t in at.text_input if t.key == "worklist-who").set_value("Ann").run()
    assert exports(Records(root)) == (), "drawing the page hands nothing out"
    assert taken["worklist-xlsx"]()[:2] == b"PK"
    (xlsx,) = exports(Records(root))
    space = Workspace.open(root)
    assert (xlsx.who, xlsx.kind) == ("Ann", "xlsx") and xlsx.n > 0
    assert xlsx.model == risk.trained(space.models, space.dataset().state).id
    at.run()
    assert not at.exception and "1 list handed out, the last by Ann" in words(at)


def test_a_worklist_needs_no_months(flat_folder, looking_at, tmp_path):
    from churn_dash import risk
    from churn_dash.store import Workspace

    root = tmp_path / "flat"
    shutil.copytree(flat_folder, root)
    looking_at(root)
    assert "Without a risk model there is no worklist" in words(opened("worklist"))
    space = Workspace.open(root)
    risk.train(space.dataset(), space.models, model="logistic")
    at = opened("worklist")
    assert not at.exception and "by risk alone" in words(at)
    at = opened("risk")
    assert not at.exception and "High risk begins at" in words(at)


def test_the_cut_set_on_the_risk_page_holds_on_every_page(bank_folder, looking_at, tmp_path):
    root = tmp_path / "bank"
    shutil.copytree(bank_folder, root)
    looking_at(root)
    at = opened("risk")
    assert not at.exception and "nobody has set it yet" in words(at)
    high = next(n for n in at.number_input if n.label == "High from, %")
    high.set_value(6.0)
    press(at)
    assert "Say why the cuts are changed" in words(at)
    next(n for n in at.number_input if n.label == "High from, %").set_value(6.0)
    at.text_input(key="cut-why").set_value("fewer managers in spring")
    at.text_input(key="cut-who").set_value("Li")
    press(at)
    assert not at.exception
    said = words(at)
    assert "High risk begins at 6.00%" in said and "set by Li" in said and "fewer managers in spring" in said
    assert "risk 6.00% or more" in said
    assert "6.00% or more" in words(opened("worklist"))
    assert "risk of 6.00% or more" in words(opened("overview"))


def press(at: AppTest) -> None:
    next(b for b in at.button if b.label == "Set").click().run()


@pytest.mark.parametrize("way", ["capacity", "recall", "money"])
def test_every_way_to_a_cut_is_said_in_a_sentence(bank_folder, looking_at, way):
    looking_at(bank_folder)
    at = opened("risk", cut=way)
    assert not at.exception
    said = words(at)
    assert "On the tests such a list reached" in said or "no call pays" in said


def test_fair_treatment_goes_by_the_cut_in_force_on_the_page_and_on_the_command_line(bank_folder, looking_at, tmp_path, run):  # noqa: F811
    from churn_dash import risk
    from churn_dash.retention.threshold import put
    from churn_dash.store import Records, Workspace

    root = shutil.copytree(bank_folder, tmp_path / "bank")
    looking_at(root)
    space = Workspace.open(root)
    ds = space.dataset()
    kept = risk.trained(space.models, ds.state)
    half = round(kept.card.threshold / 2, 4)
    put(Records(root), kept, half, half, why="wider")
    at = opened("risk", **{"risk-view": "fair"})
    assert not at.exception and f"at a risk of {100 * half:.2f}% or more" in words(at)
    code, out, err = run("fairness", "--by", "gender", "--workspace", root, "--json")
    assert code == 0, err
    (found,) = json.loads(out)["groups"]
    selected = [g["selection_rate"]["value"] for g in found["groups"] if not g["few"]]
    ours, usual = (risk.by_group(ds, kept, "gender", cut) for cut in (half, None))
    assert found["threshold"] == half and selected == pytest.approx([g.selection.value for g in ours.groups if not g.few])
    assert selected != pytest.approx([g.selection.value for g in usual.groups if not g.few])
