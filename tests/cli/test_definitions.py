"""The verb definitions: the lab and the official definition."""

import json

import pytest
from typer.testing import CliRunner

from churn_dash import sample
from churn_dash.cli import app
from churn_dash.contract.tiers import FLOORS
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


def test_a_banks_own_thresholds_are_frozen_measured_by_and_taken_back(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(sample.generate(5, 200, 12).tables, "bank"))
    usual = asked(workspace.root, "tiers", "--definition", "close")
    assert usual["thresholds"] == dict(FLOORS) and usual["averages_over"] == "days"
    own = ("--floor", "affluent=", "--floor", "gold=60,000", "--floor", "platinum=250000", "--floor", "private=", "--divisor", "30")
    tried = asked(workspace.root, "definitions", *own)
    assert asked(workspace.root, "tiers", "--definition", "close") == usual, "what is only tried moves nothing else"
    frozen = asked(workspace.root, "definitions", *own, "--freeze", "close", "--title", "Q3")
    kept = frozen["official"]["settings"]["tier_down"]
    assert (kept["floors"], kept["divisor"]) == ({"gold": 60_000.0, "platinum": 250_000.0}, "30")
    assert frozen["settings"] == asked(workspace.root, "definitions")["settings"] == tried["settings"]
    heads = [next(d["heads"] for d in one["definitions"] if d["name"] == "tier_down") for one in (tried, frozen)]
    assert heads[0] == heads[1] and heads[0]["n"] > 0
    row = asked(workspace.root, "measure", "customers", "--by", "tier")
    assert {r["tier"] for r in row["rows"]} <= {"mass", "gold", "platinum", None}
    assert "tiers Gold ¥60,000, Platinum ¥250,000, tier averages over 30 days" in row["definition_tag"]
    found = asked(workspace.root, "tiers", "--definition", "close")
    assert found["thresholds"] == {"mass": 0.0, "gold": 60_000.0, "platinum": 250_000.0} and found["averages_over"] == "30"
    assert sum(r["n"] for r in found["matrix"]) + found["unknown"] == sum(r["n"] for r in usual["matrix"]) + usual["unknown"]
    back = [x for tier, amount in FLOORS.items() if amount for x in ("--floor", f"{tier}={amount}")]
    asked(workspace.root, "definitions", *back, "--divisor", "days", "--freeze", "close", "--title", "Q4")
    assert asked(workspace.root, "tiers", "--definition", "close")["matrix"] == usual["matrix"]


@pytest.mark.parametrize(
    "args",
    [
        ("--floor", "gold=much"),
        ("--floor", "gold=20000"),
        ("--floor", "gold=-5"),
        ("--floor", "silver=5"),
        ("--floor", "affluent=", "--floor", "gold=", "--floor", "platinum=", "--floor", "private="),
        ("--divisor", "31"),
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


def test_forms_put_together_are_frozen_and_measured_by(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(sample.generate(5, 200, 12).tables, "bank"))
    tried = asked(workspace.root, "definitions", "--together", "asset_out+close")
    heads = next(d["heads"]["value"] for d in tried["definitions"] if d["name"] == "own")
    assert tried["settings"]["together"] == {"forms": ["close", "asset_out"]}
    asked(workspace.root, "definitions", "--together", "asset_out+close", "--freeze", "own", "--title", "Ours")
    row = asked(workspace.root, "measure", "churn_rate")
    assert row["definition"] == "own" and row["rows"][0]["churn_rate"] == heads
    assert row["definition_tag"].startswith("whichever comes first: account closure; or asset decline")
    again = asked(workspace.root, "definitions", "--together", "none", "--freeze", "close", "--title", "Back")
    assert "together" not in again["settings"] and all(d["name"] != "own" for d in again["definitions"])
