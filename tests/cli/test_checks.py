"""``check`` and ``quarantine`` from the command line."""

import pathlib

import pytest

from churn_dash.store import Workspace

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "sample_data"
MONTHS = "customer_id,month,aum_end\n" + "".join(f"c{i},2024-01,{1000 + i}\n" for i in range(40))
KEYS = {"code", "severity", "table", "column", "count", "share", "examples", "sentence", "advice"}


@pytest.fixture
def run(answer):
    return answer


@pytest.fixture
def bad(tmp_path):
    file = tmp_path / "customer_month.csv"
    file.write_text(MONTHS + "d1,2024-01,-1\nd2,2024-01,x\nc0,2024-01,1000\n")
    return file


def test_check_counts_every_row_and_publishes_nothing(run, bad, tmp_path):
    got = run("check", bad)
    assert (got["rows_in"], got["rows_good"], got["rows_quarantined"], got["rows_repeated"]) == (43, 40, 2, 1)
    assert {r["code"]: r["n"] for r in got["quarantine"]} == {"below_least": 1, "not_a_number": 1}
    assert all(set(f) == KEYS for f in got["findings"])
    assert {"below_least", "not_a_number", "repeated"} <= {f["code"] for f in got["findings"]}
    assert list(tmp_path.iterdir()) == [bad]


def test_check_with_a_workspace_holds_the_file_against_it(run, bad, tmp_path):
    run("load", bad, "--yes", "--workspace", tmp_path / "w")
    later = tmp_path / "customer_month_2.csv"
    later.write_text(MONTHS.replace("2024-01", "2024-02").replace(",10", ",1000"))
    assert "scale" not in {f["code"] for f in run("check", later)["findings"]}
    assert "scale" in {f["code"] for f in run("check", later, "--workspace", tmp_path / "w")["findings"]}
    assert len(Workspace.open(tmp_path / "w").versions()) == 1


def test_check_in_words_says_what_is_wrong_and_what_to_do(run, bad):
    text = run("check", bad, as_json=False)
    assert text.startswith("43 rows in = 40 good + 2 set aside + 1 repeated") and "The value is below 0." in text


def test_load_prints_its_findings_too(run, bad, tmp_path):
    got = run("load", bad, "--yes", "--workspace", tmp_path / "w")
    assert {"below_least", "repeated"} <= {f["code"] for f in got["findings"]} and "warnings" in got


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_set_aside_are_written_corrected_and_loaded(run, bad, tmp_path, form):
    run("load", bad, "--yes", "--workspace", tmp_path / "w")
    out = tmp_path / f"aside.{form}"
    got = run("quarantine", "--workspace", tmp_path / "w", "--out", out)
    assert (got["version"], got["rows"]) == (1, 2) and {r["reason"] for r in got["reasons"]} == {
        "The value is below 0.",
        "The value is not a number.",
    }
    same = run("load", out, "--yes", "--workspace", tmp_path / "w")
    assert (same["published"], same["rows_in"], same["rows_quarantined"]) == (False, 2, 2)
    assert run("load", out, "--yes", "--workspace", tmp_path / "w", "--mode", "replace-all")["published"] is False
    assert "No row" in run("load", out, "--yes", "--workspace", tmp_path / "new", code=1)
    if form == "csv":
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        out.write_bytes(out.read_bytes().replace(b"'-1", b"1").replace(b",x", b",2"))
        again = run("load", out, "--yes", "--workspace", tmp_path / "w")
        assert (again["version"], again["rows_in"], again["rows_good"]) == (2, 2, 2)
        assert run("quarantine", "--workspace", tmp_path / "w")["rows"] == 0
    assert [r["customer_id"] for r in run("quarantine", "--workspace", tmp_path / "w", "--version", 1)["set_aside"]] == ["d1", "d2"]


def test_the_reasons_come_in_chinese_too(run, bad, tmp_path):
    run("load", bad, "--yes", "--workspace", tmp_path / "w")
    assert "该值小于 0。" in run("quarantine", "--workspace", tmp_path / "w", "--language", "zh", as_json=False)


def test_a_mistaken_file_name_or_version_is_a_sentence(run, bad, tmp_path):
    run("load", bad, "--yes", "--workspace", tmp_path / "w")
    assert ".xlsx" in run("quarantine", "--workspace", tmp_path / "w", "--out", tmp_path / "a.pdf", code=1)
    assert "no data version 9" in run("quarantine", "--workspace", tmp_path / "w", "--version", 9, code=1)


def test_a_file_without_number_may_drop_its_copies_and_mask_a_column(run, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("age,gender,churn,phone\n" + "30,F,1,13812345678\n" * 3 + "31,M,0,13912345678\n")
    assert run("check", file)["rows_repeated"] == 0
    assert run("check", file, "--no-distinct-rows")["rows_repeated"] == 2
    assert "personal_data" in {f["code"] for f in run("check", file)["findings"]}
    assert "personal_data" not in {f["code"] for f in run("check", file, "--mask", "phone")["findings"]}


def test_the_sample_files_have_no_error(run):
    files = sorted((SAMPLES / "panel_utf8").glob("*.csv"))
    assert "error" not in {f["severity"] for f in run("check", *files)["findings"]}
