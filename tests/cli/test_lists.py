"""The care lists on the command line: the same rows as the package, as JSON."""

import json
import sys

import pytest

from churn_dash import cli
from churn_dash.care import care_list, totals


@pytest.fixture
def run(monkeypatch, capsys, bank_workspace):
    def run(*args, code=0):
        monkeypatch.setattr(sys, "argv", ["churn-dash", "lists", *args, "--workspace", str(bank_workspace.root), "--json"])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
            raise SystemExit(0)
        out, err = capsys.readouterr()
        assert (ended.value.code or 0) == code, err
        return json.loads(out) if code == 0 else err

    return run


def test_without_a_trigger_every_list_comes_with_its_count(run, bank_data):
    got = run()
    assert [(r["list"], r["n"], r["customers"], r["capped"], r["withheld"]) for r in got["lists"]] == [
        (t.trigger.name, t.found.n, t.found.customers, t.found.capped, t.found.withheld) for t in totals(bank_data)
    ]
    assert got["as_of"] == str(bank_data.data_end) and got["cap"] == {"contacts": 2, "days": 30}


def test_one_list_holds_every_row_of_the_owner_and_the_branch(run, bank_data):
    whole = care_list(bank_data, "core_uncontacted")
    row = whole.rows.drop_nulls(["owner", "branch_id"]).row(0, named=True)
    got = run("core_uncontacted", "--owner", row["owner"], "--branch", row["branch_id"])
    want = whole.of(row["owner"], row["branch_id"])
    assert got["n"] == want.n and [r["customer_id"] for r in got["rows"]] == want.rows["customer_id"].to_list()
    assert list(got["rows"][0]) == whole.rows.columns


def test_what_cannot_be_is_one_sentence(run):
    assert "is not a day" in run("birthday", "--as-of", "tomorrow", code=1)
    assert "the nearest is birthday" in run("birthdays", code=1)
    assert "Nobody on this list has Owner R999" in run("birthday", "--owner", "R999", code=1)
