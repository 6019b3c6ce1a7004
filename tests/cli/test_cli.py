"""The command line: the forms that users have, the same numbers as the measures, exit codes and sentences."""

import pathlib
import re
import shlex
import shutil
import sys

import polars as pl
import pytest

from churn_dash import cli
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.store import Workspace, publish
from tests import asking

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "sample_data"
PANEL = [SAMPLES / "panel_utf8" / f"{t}.csv" for t in ("customers", "accounts", "customer_month", "surveys", "complaints", "churn_events")]
CAMPAIGN = [SAMPLES / "panel_utf8" / f"{t}.csv" for t in ("campaigns", "campaign_assignments")]


@pytest.fixture
def run(answer):
    return answer


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    """The panel, loaded once by the command line."""
    place = tmp_path_factory.mktemp("panel") / "w"
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["churn-dash", "load", *map(str, [*PANEL, *CAMPAIGN]), "--yes", "--json", "--workspace", str(place)])
        cli.main()
    assert not ended.value.code
    return place


@pytest.fixture
def loaded(panel, tmp_path):
    """The panel in a workspace of the test's own."""
    return shutil.copytree(panel, tmp_path / "w")


def test_the_panel_loads_whole_and_measures_as_the_pages_do(run, loaded):
    got = run("measure", "churn_rate", "aum_churn_rate", "--by", "month", "--by", "tier", workspace=loaded)
    want = measure(asking.asked(Workspace.open(loaded).dataset()), ["churn_rate", "aum_churn_rate"], by=["month", "tier"])
    assert got["version"] == 1 and got["definition"] == "first" and len(got["rows"]) == len(want)
    assert [r["churn_rate"] for r in got["rows"]] == want["churn_rate"].to_list()
    assert set(got["rows"][0]) == {"month", "tier"} | {
        f"{m}{s}" for m in ("churn_rate", "aum_churn_rate") for s in ("", "_low", "_high", "_n")
    }
    assert all(len(r["month"]) == 7 for r in got["rows"])


def of_the_same_customers(loaded, other, folder, tables):
    """The panel cut to the customers of another workspace: the small samples hold fewer."""
    ids = Workspace.open(other).dataset().table("customer_month")["customer_id"].unique().implode()
    data = Workspace.open(loaded).dataset()
    cut = {t: data.table(t).filter(pl.col("customer_id").is_in(ids)) for t in tables}
    publish(Workspace.create(folder), extract_of(cut, "cut"))
    return folder


@pytest.mark.parametrize("file", ["客户月表_gb18030.csv", "customer_month.parquet", "wide_monthly.csv"])
def test_every_form_of_the_same_months_gives_the_same_numbers(run, loaded, tmp_path, file):
    counts = run("load", SAMPLES / file, "--yes", workspace=tmp_path / "form")
    assert counts["rows_quarantined"] == 0 and counts["rows_in"] == counts["rows_good"] > 100
    plain = of_the_same_customers(loaded, tmp_path / "form", tmp_path / "plain", ["customer_month"])
    ask = ("measure", "customers", "customers_lost", "churn_rate", "--definition", "absent", "--by", "month")
    assert run(*ask, workspace=tmp_path / "form")["rows"] == run(*ask, workspace=plain)["rows"]


def test_a_workbook_with_a_sheet_a_table_loads_like_its_files(run, loaded, tmp_path):
    run("load", SAMPLES / "bank_extract.xlsx", "--yes", workspace=tmp_path / "x")
    plain = of_the_same_customers(loaded, tmp_path / "x", tmp_path / "plain", ["customers", "accounts", "customer_month", "churn_events"])
    ask = ("measure", "churn_rate", "hazard", "--by", "month", "--by", "tier")
    assert run(*ask, workspace=tmp_path / "x")["rows"] == run(*ask, workspace=plain)["rows"]


def test_a_cross_section_is_measured_by_its_own_headers(run, tmp_path):
    run("load", SAMPLES / "cross_section.csv", "--yes", workspace=tmp_path)
    rows = pl.read_csv(SAMPLES / "cross_section.csv")
    flag = next(c for c in rows.columns if c.lower().startswith(("churn", "exit")))
    share = rows.filter(pl.col(flag).cast(pl.String).is_in(["1", "Yes", "true"])).height / len(rows)
    assert run("measure", "churn_rate", workspace=tmp_path)["rows"][0]["churn_rate"] == pytest.approx(share)
    assert "months" in run("measure", "churn_rate", "--from", "2024-01", workspace=tmp_path, code=1)
    assert "months" in run("measure", "hazard", workspace=tmp_path, code=1)


def test_a_filter_may_name_several_values(run, loaded):
    one = run("measure", "customers", "--where", "tier=mass", workspace=loaded)["rows"][0]["customers"]
    two = run("measure", "customers", "--where", "tier=mass", "--where", "tier=gold", workspace=loaded)["rows"][0]["customers"]
    gold = run("measure", "customers", "--where", "tier=gold", workspace=loaded)["rows"][0]["customers"]
    assert two == one + gold


def test_a_campaign_of_the_tables_is_judged(run, loaded):
    got = run("campaign", "evaluate", "C02", workspace=loaded)
    assert {"grade", "srm_p", "arms", "effects", "verdict", "naive"} <= set(got)
    assert "C02" in run("campaign", "evaluate", "C2", workspace=loaded, code=1)


def test_a_flat_experiment_needs_no_workspace(run):
    header = (SAMPLES / "campaign_experiment.csv").read_text().splitlines()[0].split(",")
    rows = pl.read_csv(SAMPLES / "campaign_experiment.csv")
    outcome = next(c for c in header if c not in ("arm", "customer_id") and rows[c].n_unique() == 2)
    asked = (
        "campaign",
        "evaluate",
        "--file",
        SAMPLES / "campaign_experiment.csv",
        "--arm",
        "arm",
        "--control",
        "control",
        "--outcome",
        outcome,
    )
    assert run(*asked)["grade"] == "D"
    assert run(*asked, "--design", "randomised")["grade"] == "A"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("measure", "chrun_rate"), "churn_rate"),
        (("measure", "churn_rate", "--by", "teir"), "tier"),
        (("measure", "churn_rate", "--definition", "closed"), "close"),
        (("measure", "churn_rate", "--where", "tier"), "NAME=VALUE"),
        (("measure", "churn_rate", "--from", "01/2024"), "2024-03"),
        (("explain", "nobody"), "train"),
        (("score",), "train"),
        (("load", "absent.csv", "--yes"), "absent.csv"),
        (("campaign", "evaluate"), "--file"),
        (("campaign", "evaluate", "--file", "absent.csv"), "--arm"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_exit_1(run, loaded, args, says):
    err = run(*args, workspace=None if "--file" in args else loaded, code=1)
    assert says in err and "Traceback" not in err and len(err.strip().splitlines()) == 1


def test_wrong_usage_is_exit_2(run):
    run("measure", "--nothing", code=2)


def test_versions_are_listed_newest_first(run, loaded):
    run("load", *CAMPAIGN, "--yes", workspace=loaded)
    listed = run("versions", workspace=loaded)["versions"]
    assert [v["version"] for v in listed] == [1], "the same campaigns again are no new version"


def test_train_score_and_explain_speak_the_same_number(run, tmp_path):
    run("load", SAMPLES / "cross_section.csv", "--yes", workspace=tmp_path / "c")
    trained = run("train", "--model", "logistic", workspace=tmp_path / "c")
    assert {"target", "base_rate", "left_out", "models", "chosen"} <= set(trained) and trained["chosen"] == "logistic"
    scored = run("score", "--out", tmp_path / "scores.csv", workspace=tmp_path / "c")
    rows = pl.read_csv(tmp_path / "scores.csv", infer_schema=False)
    assert scored["n"] == len(rows)
    first = rows.row(0, named=True)
    got = run("explain", first["customer_id"].lstrip("'"), workspace=tmp_path / "c")
    assert got["base"] + sum(c["contribution"] for c in got["contributions"]) == pytest.approx(got["output"], abs=1e-4)
    assert got["probability"] == pytest.approx(float(first["probability"]), abs=1e-9)


def test_the_sample_bank_does_not_enter_a_workspace_of_ones_own(run, loaded):
    assert "folder of its own" in run("demo", "--size", "tiny", workspace=loaded, code=1)


def test_the_sample_workspace_is_built_once(run, tmp_path):
    first = run("demo", "--size", "tiny", workspace=tmp_path / "d")
    again = run("demo", "--size", "tiny", workspace=tmp_path / "d")
    assert first["built"] and not again["built"] and first["version"] == again["version"] == 1
    assert first["model"] is None, "500 customers in a year are too few leavers for a model"


def test_an_official_figure_is_reconciled(run, loaded):
    ours = run("measure", "churn_rate", workspace=loaded)["rows"][0]["churn_rate"]
    told = run("reconcile", "--official", f"{100 * ours:.2f}%", workspace=loaded)
    assert told["ours"]["figure"] == ours and told["sentence"].startswith("Our figure by the same words")
    closed = run("reconcile", "--official", "9999", "--words", "销户", workspace=loaded)
    assert closed["ours"]["definition"] == "close" and closed["unit"] == "count" and closed["sentence"].startswith("No choice explains")
    assert "is no figure" in run("reconcile", "--official", "much", workspace=loaded, code=1)


def test_the_files_of_experiments_are_judged_by_the_commands_that_stand_beside_them(run):
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    found = {}
    for command in re.findall(r"`churn-dash (campaign evaluate [^`]+)`", text):
        words = shlex.split(command)
        place = words.index("--file") + 1
        name, words[place] = words[place], SAMPLES / words[place]
        found[name] = run(*words)
    assert found["campaign_experiment.csv"]["grade"] == "A"
    branches = found["branch_experiment.csv"]
    (effect,), over = branches["effects"], branches["differences"]
    assert branches["grade"] == "B" and effect["low"] < 0.03 < effect["high"] and effect["low"] > 0
    assert len({s["k"] for s in over["path"]}) > 15 and over["pretrend_p"] > 0.05 and over["break_even"] > 1
    assert over["placebo"]["low"] < 0 < over["placebo"]["high"]
