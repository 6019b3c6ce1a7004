"""The verbs evaluate, targets, improvements, lessons: documented keys, figures of the room, words where something cannot be."""

import json

import pytest

from churn_dash.evaluation import INDICATORS, measured
from churn_dash.store import Workspace
from tests.asking import asked
from tests.cli.test_staying_and_costs import place, promised

__all__ = ["place"]


def test_a_verb_answers_with_the_keys_that_are_documented(place, run, tmp_path):
    day = Workspace.open(place).dataset().measurable[6].isoformat()
    every = ("--around", day, "--improvements", "--review", "--ledger", "--out", tmp_path / "report.html")
    for verb, more in (("evaluate", every), ("targets", ()), ("improvements", ()), ("lessons", ())):
        code, out, _err = run(verb, *more, "--workspace", place, "--json")
        assert code == 0 and set(json.loads(out)) == promised(verb), verb
        assert run(verb, "--workspace", place)[0] == 0


def test_the_figures_are_those_of_the_room_and_the_targets_those_set(place, run):
    assert run("targets", "--set", "churn_rate=99%", "--owner", "churn_rate=Retail", "--who", "li", "--workspace", place)[0] == 0
    found = json.loads(run("evaluate", "--workspace", place, "--json")[1])
    ds = Workspace.open(place).dataset()
    whole = measured(asked(ds))
    assert [one["key"] for one in found["indicators"]] == list(INDICATORS)
    for one in found["indicators"]:
        assert one["value"] == whole.figures[one["key"]].estimate.value
    churn = found["indicators"][0]
    assert (churn["target"], churn["owner"], churn["target_set_by"], churn["verdict"]) == (0.99, "Retail", "li", "met")
    history = json.loads(run("targets", "--history", "churn_rate", "--workspace", place, "--json")[1])["targets"]
    assert [t["version"] for t in history] == [1]


def test_everything_the_page_shows_can_be_asked_for(place, run):
    day = Workspace.open(place).dataset().measurable[6].isoformat()
    words = ("--around", day, "--improvements", "--review", "--by", "manager", "--ledger")
    found = json.loads(run("evaluate", *words, "--workspace", place, "--json")[1])
    assert found["around"]["grade"] == "D" and found["around"]["why"]
    name, start = Workspace.open(place).dataset().table("campaigns").select("campaign_id", "start_date").row(0)
    around = json.loads(run("evaluate", "--around", name, "--workspace", place, "--json")[1])["around"]
    assert around["date"] == start.isoformat()
    assert [a["example"] for a in found["improvements"]] == [True] * 4
    assert set(found["review"]) == {"policies", "training", "training_why_not", "lessons", "incentive"}
    assert {d["key"] for d in found["ledger"]["decisions"]} == {"campaigns", "call"}


def test_an_improvement_is_added_changed_and_put_away(place, run):
    day = Workspace.open(place).dataset().measurable[6].isoformat()
    run("lessons", "--put", "Call early", "--text", "It helps", "--who", "li", "--workspace", place)
    words = ("improvements", "--put", "Counters", "--owner", "Zhang", "--date", day, "--watch", "churn_rate", "--lesson", "Call early")
    code, out, _err = run(*words, "--workspace", place, "--json")
    own = next(a for a in json.loads(out)["improvements"] if a["name"] == "Counters")
    assert code == 0 and own["change"]["value"] is not None and own["lessons"] == ["Call early"]
    out = run("improvements", "--put", "Counters", "--owner", "Wang", "--workspace", place, "--json")[1]
    own = next(a for a in json.loads(out)["improvements"] if a["name"] == "Counters")
    assert (own["owner"], own["watch"], own["date"], own["version"]) == ("Wang", "churn_rate", day, 2)
    out = run("improvements", "--drop", "Counters", "--workspace", place, "--json")[1]
    assert "Counters" not in {a["name"] for a in json.loads(out)["improvements"]}


@pytest.mark.parametrize(
    "words",
    [
        ("targets", "--set", "churn_rat=10%"),
        ("targets", "--set", "churn_rate=1000%"),
        ("targets", "--drop", "churn"),
        ("evaluate", "--around", "2026-02-30"),
        ("evaluate", "--around", "1999-01-01"),
        ("evaluate", "--language", "fr"),
        ("evaluate", "--out", "report.pdf"),
        ("evaluate", "--review", "--by", "city"),
        ("improvements", "--put", "X", "--watch", "churn_rat"),
        ("improvements", "--put", "X", "--date", "soon"),
        ("improvements", "--drop", "nothing"),
        ("lessons", "--put", "X"),
    ],
    ids=lambda w: " ".join(w[1:3]),
)
def test_what_cannot_be_is_one_sentence(place, run, words):
    code, _out, err = run(*words, "--workspace", place)
    assert code == 1 and err.strip().count("\n") == 0 and "Traceback" not in err


def test_the_report_stands_on_its_own_in_both_languages(place, run, tmp_path):
    for language, title in (("en", "Evaluation of churn management"), ("zh", "客户流失管理评估")):
        out = tmp_path / f"{language}.html"
        assert run("evaluate", "--out", out, "--language", language, "--workspace", place)[0] == 0
        text = out.read_text(encoding="utf-8")
        assert title in text and "<script" not in text and "http" not in text and "src=" not in text
        assert "@page" in text and text.count("<tr") == len(INDICATORS) + 1
