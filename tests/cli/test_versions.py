"""The verbs of versions: what they print, and when they exit with 1."""

import json

import pytest


@pytest.fixture
def run(command, tmp_path):
    def read(*words, code=0, text=False):
        found, out, err = command(*words, "--workspace", tmp_path / "w", *([] if text else ["--json"]))
        assert found == code, err
        return out if text else json.loads(out) if out else err

    return read


@pytest.fixture
def files(tmp_path):
    def made(name, *months, aum=100):
        rows = [f"C{i},2024-{m:02d},{aum + i},{m % 3}" for m in months for i in range(30) if i >= m]
        path = tmp_path / name
        path.write_text("\n".join(["customer_id,month,aum_end,txn_count", *rows]))
        return path

    return made


def test_a_look_publishes_nothing_and_tells_what_publishing_gives(run, files):
    run("load", files("a.csv", 1, 2), "--yes")
    seen = run("load", files("b.csv", 3), "--preview")
    assert seen["changes"] and seen["version"] == 2 and seen["rows"][0]["month"] == "2024-03"
    assert [v["version"] for v in run("versions")["versions"]] == [1]
    text = run("load", files("b.csv", 3), "--preview", text=True)
    assert "would become version 2" in text and "27 new" in text and "churn_rate: 3.4" in text
    run("load", files("b.csv", 3), "--yes")
    now = run("measure", "churn_rate")["rows"][0]["churn_rate"]
    assert seen["headlines"]["churn_rate"]["after"] == now
    assert not run("load", files("b.csv", 3), "--preview")["changes"]


def test_undo_redo_and_open_from_the_command_line(run, files):
    for name, month in (("a.csv", 1), ("b.csv", 2), ("c.csv", 3)):
        run("load", files(name, month), "--yes")
    two = run("measure", "customers", "--version", "2")["rows"]
    assert run("undo") == {"version": 4, "state": 2, "undone": 3, "kind": "undo"}
    assert run("measure", "customers")["rows"] == two
    assert "serves what version 3 held" in run("redo", text=True)
    assert "nothing to redo" in run("redo", code=1)
    listed = run("versions")["versions"]
    assert [(v["version"], v["kind"], v["state"]) for v in listed[:2]] == [(5, "redo", 3), (4, "undo", 2)]
    assert listed[2]["files"] == ["c.csv"] and len(listed[2]["sha256"][0]) == 64 and listed[2]["who"]
    assert "serves version 2 again" in run("versions", text=True)
    opened = run("open", 2)
    assert opened["months"] == ["2024-01", "2024-02"] and opened["headlines"]["customers"] == two[0]["customers"]
    assert "--version 2" in run("open", 2, text=True) and "no data version 9" in run("open", 9, code=1)


def test_old_versions_go_only_when_it_is_said_twice(run, files):
    for name, month in (("a.csv", 1), ("b.csv", 2), ("c.csv", 3)):
        run("load", files(name, month), "--yes")
    would = run("versions", "--keep", 1)
    assert would["removed"] == [2, 1] and not would["done"] and run("open", 1)["version"] == 1
    assert "--yes" in run("versions", "--keep", 1, text=True) and "--keep N" in run("versions", "--yes", code=1)
    assert run("versions", "--keep", 1, "--yes")["done"]
    assert "removed on" in run("open", 1, code=1) and "At least one" in run("versions", "--keep", 0, code=1)
    assert [bool(v["removed"]) for v in run("versions")["versions"]] == [False, True, True]


def test_doctor_says_sound_and_exits_with_1_where_rows_are_broken(run, files, tmp_path):
    run("load", files("a.csv", 1, 2), "--yes")
    assert run("doctor")["sound"]
    next((tmp_path / "w" / "tables").rglob("*.parquet")).unlink()
    out = run("doctor", code=1, text=True)
    assert "broken  rows of version 1" in out and "undo" in out and "disk in MB" in out
    assert not run("doctor", "--repair", code=1)["sound"]


@pytest.mark.slow
def test_a_model_of_a_load_answers_also_where_an_undo_serves_it_again(run, tmp_path):
    rows = [f"{i},{20 + i % 50},{i * 7 % 100},{int(i % 50 > 38 or i % 17 == 0)}" for i in range(900)]
    flat = tmp_path / "flat.csv"
    flat.write_text("\n".join(["CustomerId,Age,Balance,Exited", *rows]))
    run("load", flat, "--yes")
    run("train", "--model", "logistic")
    want = run("explain", "5")
    flat.write_text("\n".join(["CustomerId,Age,Balance,Exited", *rows[:500]]))
    run("load", flat, "--yes", "--mode", "replace-all")
    assert "train" in run("explain", "5", code=1) and run("explain", "5", "--version", 1) == want
    run("undo")
    assert run("explain", "5") == want and run("score", "--version", 1)["n"] > 0
