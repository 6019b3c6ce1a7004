"""The verbs bridge and cohorts: the same numbers as the measures, in the documented keys, and one sentence for what cannot be."""

import json
import pathlib
import re

import pytest
from typer.testing import CliRunner

from churn_dash.cli import app
from churn_dash.contract.tiers import LABELS as TIERS
from churn_dash.errors import ChurnDashError
from churn_dash.measures.tenure.cohorts import cohorts
from tests import asking

CLI = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "CLI.md").read_text()


def run(workspace, *words):
    result = CliRunner().invoke(app, [*words, "--workspace", str(workspace.root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def asked(workspace, *words):
    return json.loads(run(workspace, *words, "--json"))


def documented(verb):
    """The keys that docs/CLI.md names for a verb."""
    row = next(line for line in CLI.splitlines() if line.startswith(f"| `{verb}"))
    return set(re.findall(r"[a-z_]+", row.split("` | `")[-1]))


def months(ds, first, last):
    found = ds.measurable
    return [f"{found[first]:%Y-%m}", f"{found[last]:%Y-%m}"]


def test_the_bridge_is_the_measured_one(bank_workspace, bank_data):
    now, before = months(bank_data, -3, -1), months(bank_data, 0, 2)
    dates = ["--from", now[0], "--to", now[1], "--against-from", before[0], "--against-to", before[1]]
    got = asked(bank_workspace, "bridge", "--by", "tier", *dates, "--count", "aum", "--against-definition", "close")
    assert got["change"] == pytest.approx(got["data_change"] + got["definition_change"] + got["mix"] + got["rate"], abs=1e-15)
    assert sum(level["change"] for level in got["levels"]) == pytest.approx(got["mix"] + got["rate"], abs=1e-14)
    assert got["before"]["definition"] == "close" and got["after"]["definition"] == got["definition"] == "first"
    assert [got["after"]["from"], got["after"]["to"]] == now
    assert {*got, *got["before"], *got["levels"][0], *got["campaigns"][0]} == documented("bridge")
    said = run(bank_workspace, "bridge", "--by", "tier", *dates)
    codes = [code for code, label in TIERS.items() if code != str(label)]
    assert "counts most" in said and not [code for code in codes if f"; {code} counts most" in said or f"  {code}  mix" in said]
    assert said.startswith("Churn went from ") and "mix of customers" in said


def test_a_filter_narrows_the_bridge(bank_workspace, bank_data):
    now = months(bank_data, -3, -1)
    words = ["bridge", "--by", "tier", "--from", now[0], "--to", now[1]]
    narrow, whole = asked(bank_workspace, *words, "--where", "gender=F"), asked(bank_workspace, *words)
    assert 0 < narrow["after"]["n"] < whole["after"]["n"]


def test_the_triangle_is_the_measured_one(bank_workspace, bank_data):
    got = asked(bank_workspace, "cohorts", "--mode", "on-or-after", "--relative", "previous", "--definition", "close")
    found = cohorts(asking.asked(bank_data, definition="close"), mode="on_or_after", relative="previous")
    cells = {(c["cohort"], x["age"]): x["top"] for c in got["cohorts"] for x in c["cells"]}
    assert cells == {(f"{c.cohort:%Y-%m}", c.age): c.top for c in found.cells}
    assert [p["value"] for p in got["pooled"]] == [p.value for p in found.pooled]
    assert got["may_rise"] and got["n_before"] == found.n_before
    listed = asked(bank_workspace, "cohorts", "--cell", got["cohorts"][0]["cohort"], "--age", "3", "--who", "gone")["cell"]
    assert listed["n"] == len(listed["customers"]) == len(set(listed["customers"]))
    keys = {*got, *got["cohorts"][0], *got["cohorts"][0]["cells"][0], *got["pooled"][0], "cell", *listed}
    assert keys == documented("cohorts")
    assert "chained" in run(bank_workspace, "cohorts", "--of", "first_card")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bridge", "--by", "teir"], "nearest is tier"),
        (["bridge", "--by", "tier", "--count", "money"], "--count has no money"),
        (["bridge", "--by", "tier", "--definition", "flag"], "cannot answer"),
        (["cohorts", "--of", "first_lona"], "nearest is first_loan"),
        (["cohorts", "--mode", "off"], "--mode has no off"),
        (["cohorts", "--cell", "2020-01"], "There is no cohort 2020-01"),
        (["cohorts", "--cell", "last"], "not a month"),
    ],
)
def test_what_cannot_be_is_one_sentence(bank_workspace, words, said):
    with pytest.raises(ChurnDashError, match=re.escape(said)):
        run(bank_workspace, *words)


def test_whoever_falls_a_tier_is_still_a_customer_on_the_watch_list_and_in_the_recovery(bank_workspace, bank_data):
    usual = asked(bank_workspace, "tiers", "--watch")
    downgraded = asked(bank_workspace, "tiers", "--watch", "--definition", "tier_down")
    assert downgraded["definition"] == usual["definition"] == bank_data.default_definition
    assert downgraded == usual and usual["watch"]["n"] > 5 and usual["recovery"]["below"] > 5
