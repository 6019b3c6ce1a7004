"""The verb definitions: the lab and the official definition."""

import json

import pytest
from typer.testing import CliRunner

from churn_dash import sample
from churn_dash.cli import app
from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("lab") / "w")
    publish(workspace, extract_of(sample.generate(5, 300, 14).tables, "bank"))
    return workspace.root


def asked(place, *args):
    out = CliRunner().invoke(app, [*map(str, args), "--workspace", str(place), "--json"], catch_exceptions=False)
    assert out.exit_code == 0, out.output
    return json.loads(out.stdout)


def test_the_figures_are_those_of_measure(place):
    lab = asked(place, "definitions")
    for row in lab["definitions"]:
        measured = asked(place, "measure", "churn_rate", "--definition", row["name"])
        assert row["heads"]["value"] == measured["rows"][0]["churn_rate"]
        assert measured["definition_tag"].startswith(row["tag"])
    assert lab["official"] is None and lab["definition"] == "first"


def test_options_change_the_definition_that_they_are_about(place):
    usual, moved = asked(place, "definitions"), asked(place, "definitions", "--days", "30", "--balance", "1e6")
    rates = [{r["name"]: r["heads"]["n"] for r in found["definitions"]} for found in (usual, moved)]
    assert rates[1]["dormant"] > rates[0]["dormant"] and rates[1]["close"] == rates[0]["close"]
    assert moved["settings"]["dormancy"]["days"] == 30


def test_what_is_frozen_is_what_is_measured_from_then_on(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(sample.generate(5, 200, 12).tables, "bank"))
    frozen = asked(workspace.root, "definitions", "--days", "60", "--growing", "1.2", "--freeze", "dormant", "--title", "2026-Q3")
    row = asked(workspace.root, "measure", "churn_rate")
    assert row["definition"] == "dormant" and "official as 2026-Q3" in row["definition_tag"]
    assert row["rows"][0]["churn_rate"] == next(d["heads"]["value"] for d in frozen["definitions"] if d["name"] == "dormant")
    assert asked(workspace.root, "definitions")["settings"]["stages"]["growing"] == 1.2


@pytest.mark.parametrize(
    "args",
    [
        ("--days", "0"),
        ("--share", "2"),
        ("--declining", "1.2"),
        ("--rule", "icbc"),
        ("--freeze", "flag", "--title", "x"),
        ("--freeze", "close"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(place, args):
    with pytest.raises((BadInput, NotPossible)) as refused:
        CliRunner().invoke(app, ["definitions", *args, "--workspace", str(place)], catch_exceptions=False)
    assert str(refused.value).endswith(".")
    assert Workspace.open(place).dataset().official is None
