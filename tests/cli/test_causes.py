"""Every part of ``churn-dash causes`` as JSON, with its documented keys; what it records; how it refuses."""

import json
import pathlib
import shutil

import pytest
from typer.testing import CliRunner

from churn_dash.cli import app
from churn_dash.errors import ChurnDashError
from tests import asking

KEYS = {
    "reasons": {"lost", "unknown", "unknown_share", "told", "stayed", "reasons", "classes", "sides", "decided", "deficits", "destinations"},
    "complaints": {"n", "rate", "median_days", "in_time", "reopened", "informed", "categories", "months", "after"},
    "satisfaction": {"waves", "whole", "outside", "cells_without_answer", "followed", "balances"},
    "drivers": {"outcome", "rows", "n", "explained"},
    "loyalty": {"classes", "index", "rules", "at", "sensitivity"},
    "referrals": {"joined", "referred", "rate", "classes", "left_referred", "left_others", "difference"},
    "profile": {"profile"},
    "expectations": {"expectations", "signs", "lacking", "adoption"},
    "improvements": {"improvements"},
}


def asked(root, *words):
    found = CliRunner().invoke(app, ["causes", *words, "--workspace", str(root), "--json"])
    if isinstance(found.exception, ChurnDashError):
        raise found.exception
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


@pytest.mark.parametrize("part", KEYS)
def test_a_part_has_its_documented_keys(part, bank_workspace):
    found = asked(bank_workspace.root, part)
    assert {"version", "definition"} | KEYS[part] <= set(found)
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs/CLI.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith(f"| `{part}"))
    assert all(key in row for key in KEYS[part])


def test_filters_dates_and_definition_mean_what_they_mean_to_measure(bank_workspace):
    from churn_dash.measures import Filters, measure, period

    ds = bank_workspace.dataset()
    branch = next(d for d in ds.dimensions if d.name == "branch_id").values[0]
    found = asked(bank_workspace.root, "reasons", "--where", f"branch_id={branch}", "--definition", "close", "--from", "2026-01")

    row = measure(
        asking.asked(ds, filters=Filters((("branch_id", (branch,)),)), period=period(ds, "2026-01", None), definition="close"),
        ["customers_lost"],
    )
    assert found["lost"] == row["customers_lost"][0]


def test_what_is_recorded_holds_from_then_on(bank_workspace, tmp_path):
    root = shutil.copytree(bank_workspace.root, tmp_path / "copy")
    assert asked(root, "reasons", "--reason", "competitor=price/opaque_price", "--complaint", "service=innovation")["reason_map"] == 2
    assert asked(root, "loyalty", "--weight", "tenure=0.4", "--cut", "loyal=80")["rules"]["cuts"]["loyal"] == 80
    since = bank_workspace.dataset().measurable[-6].isoformat()
    assert len(asked(root, "improvements", "--mark", "Queues", "--date", since)["improvements"]) == 1
    assert asked(root, "improvements")["improvements"][0]["about"]["name"] == "Queues"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["reason"], "There is no part reason; the nearest is reasons."),
        (["reasons", "--reason", "rate=rude"], "rude is no class of causes"),
        (["loyalty", "--weight", "tenure=much"], "--weight wants NAME=NUMBER."),
        (["improvements", "--mark", "Queues", "--date", "soon"], "soon is not a day"),
        (["reasons", "--from", "1999-01", "--to", "1999-02"], "The data measure"),
    ],
)
def test_a_refusal_is_one_sentence(words, sentence, bank_workspace):
    with pytest.raises(ChurnDashError, match=sentence.replace("(", "\\(")):
        asked(bank_workspace.root, *words)
