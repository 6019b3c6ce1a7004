"""`campaign evaluate` with the columns of a flat file, and another outcome of a campaign of the workspace."""

import json
import pathlib
from functools import partial

import polars as pl
import pytest
from typer.testing import CliRunner

from churn_dash import cli, sample
from churn_dash.access import Scope
from churn_dash.campaigns import Columns, balance, before_after, evaluate, evaluate_rows
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish


@pytest.fixture
def run(answer):
    return partial(answer, "campaign", "evaluate")


@pytest.fixture
def file(tmp_path):
    homes = [f"H{i // 4}" for i in range(400)]
    rows = {"who": [f"C{i:03d}" for i in range(400)], "home": homes, "tier": ["gold", "mass"] * 200, "before": [i % 7 for i in range(400)]}
    frame = pl.DataFrame(rows).with_columns(arm=pl.when(pl.int_range(400) // 4 % 2 == 0).then(pl.lit("t")).otherwise(pl.lit("c")))
    frame = frame.with_columns(
        left=(pl.int_range(400) % 5 == 0).cast(pl.Int64), called=(pl.col("arm") == "t") & (pl.int_range(400) % 3 > 0)
    )
    path = tmp_path / "experiment.csv"
    frame.write_csv(path)
    return path


def test_every_column_of_a_flat_file_is_an_option(run, file):
    asked = ("--file", file, "--arm", "arm", "--control", "c", "--outcome", "left", "--design", "randomised")
    options = ("--strata", "tier", "--cluster", "home", "--pre", "before", "--reached", "called", "--unit", "who")
    got = {k: v for k, v in run(*asked, *options).items() if k not in ("draw", "registration", "before_after", "balance", "version")}
    columns = Columns("tier", "home", ("before",), "called", "who")
    rows = pl.read_csv(file).with_columns(pl.col("called").cast(pl.Boolean))
    assert got == json.loads(json.dumps(evaluate_rows(rows, "arm", "c", "left", "randomised", columns=columns).as_json()))
    assert got["effects"][0]["way"] == "strata+clusters"
    assert {"plain", "adjusted", "reached"} <= set(got["effects"][0]["beside"])
    assert "nearest is tier" in run(*asked, "--strata", "tiers", code=1)


def test_another_outcome_of_a_campaign_is_marked(run, tmp_path: pathlib.Path):
    workspace = Workspace.create(tmp_path / "w", sample=True)
    publish(workspace, extract_of(sample.generate(5, 600, 14).tables, "sample"))
    got = run("C02", "--outcome", "take_up", "--workspace", tmp_path / "w")
    assert (got["outcome"], got["outcome_declared"]) == ("take_up", False)
    assert got["verdict"] == evaluate(workspace.dataset(), "C02", outcome="take_up", scope=Scope.everything()).as_json()["verdict"]
    assert got["money"] == {} and got["status"] not in ("worked", "worse", "unconfirmed")


def test_a_campaign_comes_with_its_table_its_balance_and_the_naive_figure_in_the_definition_and_language_asked_for(run, tmp_path, file):
    workspace = Workspace.create(tmp_path / "w", sample=True)
    publish(workspace, extract_of(sample.generate(5, 600, 14).tables, "sample"))
    ds = workspace.dataset()
    usual = evaluate(ds, "C03a", scope=Scope.everything()).effects[0].difference
    other = next(d for d in ds.definitions if evaluate(ds, "C03a", definition=d, scope=Scope.everything()).effects[0].difference != usual)
    got = run("C03a", "--definition", other, "--version", ds.version, "--language", "zh", "--workspace", tmp_path / "w")
    assert (got["definition"], got["version"]) == (other, ds.version)
    judged = evaluate(ds, "C03a", definition=other, scope=Scope.everything())
    assert (got["grade"], got["why"], got["naive"]["why"]) == (judged.grade, judged.evidence.why.in_("zh"), judged.naive.why.in_("zh"))
    assert got["before_after"] == json.loads(json.dumps(before_after(ds, "C03a", definition=other, scope=Scope.everything()).as_json("zh")))
    assert {r["key"] for r in got["before_after"]["rows"]} >= {"churn_rate", "loyalty_index", "roi"}
    smds = {r.covariate: r.smd for r in balance(ds, "C03a", scope=Scope.everything())}
    assert {r["covariate"]: r["smd"] for r in got["balance"]} == pytest.approx(smds) and len(smds) >= 3
    assert got["effects"][0]["difference"] == judged.effects[0].difference
    flat = ("--file", file, "--arm", "arm", "--control", "c", "--outcome", "left")
    assert "a flat file has neither" in run(*flat, "--definition", other, code=1)
    assert {"grade", "why", "naive"} <= set(run(*flat))
    assert {"grade", "why", "naive"} <= set(got)
    assert "flat file" in run("C02", "--pre", "x", "--workspace", tmp_path / "w", code=1)
    assert "nearest is take_up" in run("C02", "--outcome", "takeup", "--workspace", tmp_path / "w", code=1)


def test_a_language_that_is_not_spoken_is_refused(run):
    assert "--language has no fr; there are: en, zh." in run("K1", "--language", "fr", code=1)


def test_the_words_say_all_that_a_reader_must_know(tmp_path: pathlib.Path):
    n = 400
    arms = ["t"] * n + ["Control"] * (n - 1) + ["control "]
    left = [1] * 20 + [0] * (n - 20) + [1] * 40 + [0] * (n - 47) + [None] * 7
    path = tmp_path / "experiment.csv"
    pl.DataFrame({"arm": arms, "left": left}).write_csv(path)
    asked = ["campaign", "evaluate", "--file", str(path), "--arm", "arm", "--control", "Control", "--outcome", "left"]
    told = CliRunner().invoke(cli.app, [*asked, "--design", "randomised", "--ratio", "t=1", "--ratio", "Control=1"])
    assert told.exit_code == 0, told.output
    for words in (
        "It worked",
        "Evidence A: The groups are declared to have been drawn at random.",
        "keep a random hold-out",
        "they fit the planned shares",
        "or more could be expected to show",
        "The group control was read as Control.",
        "7 of 400 members of Control have no outcome",
        "nothing from before the campaign",
    ):
        assert words in told.output, words
    assert "证据 D：没有人声明各组是如何形成的" in CliRunner().invoke(cli.app, [*asked, "--language", "zh"]).output
