"""The command line: a look before loading, and one click next month."""

import json

import pytest

HEADER = "kdnr,Stichtag,aum_end,txn_count,city,status"


@pytest.fixture
def run(run):
    def read(*words):
        code, out, err = run(*words)
        return code, json.loads(out) if "--json" in words and out else out, err

    return read


@pytest.fixture
def monthly(tmp_path):
    def monthly(m, header=HEADER, cities=("Rome", "Oslo"), encoding="utf-8"):
        rows = [f"{i:06},0{m}.0{m}.2024,{i}.5,{i % 3},{cities[i % len(cities)]},{('x', 'y', 'é')[i % 3]}" for i in range(60)]
        path = tmp_path / f"list_20240{m}.csv"
        path.write_text("\n".join([header, *rows]), encoding=encoding)
        return path

    return monthly


SAID = ("--id", "kdnr", "--map", "Stichtag=month", "--map", "status=tier", "--closed", "drop-out", "--json", "--yes")


def test_a_preview_tells_columns_reasons_and_questions_and_loads_nothing(run, monthly, tmp_path):
    code, found, _err = run("preview", monthly(1), "--workspace", tmp_path / "w", "--id", "kdnr", "--map", "Stichtag=month", "--json")
    part = found["parts"][0]
    assert (code, part["table"], part["encoding"], part["separator"], part["differences"]) == (0, "customer_month", "utf-8", ",", None)
    assert part["columns"][0]["field"] == "customer_id" and part["columns"][0]["samples"][:2] == ["000000", "000001"]
    assert {"header", "field", "confidence", "reason", "factor", "samples", "looks"} <= set(part["columns"][0])
    assert [q["option"] for q in part["questions"]] == ["closed"]
    assert not (tmp_path / "w").exists()
    code, text, _err = run("preview", monthly(1), "--workspace", tmp_path / "w")
    assert code == 0 and "kdnr" in text


def test_next_month_one_click_loads_what_was_mapped_by_hand(run, monthly, tmp_path):
    w = tmp_path / "w"
    code, first, err = run("load", monthly(1), "--workspace", w, *SAID)
    assert code == 0, err
    code, second, err = run("load", monthly(2), "--workspace", w, "--yes", "--json")
    assert code == 0, err
    assert (first["rows_good"], second["rows_good"], second["version"]) == (60, 60, 2)
    assert second["differences"][0]["sentences"] == [] and second["questions"] == []
    part = run("preview", monthly(3), "--workspace", w, "--json")[1]["parts"][0]
    assert {c["header"]: c["field"] for c in part["columns"]}["status"] == "tier"
    assert part["differences"]["sentences"] == []
    assert next(c["reason"] for c in part["columns"] if c["header"] == "status") == "As last time"


def test_the_same_file_again_with_nothing_said_changes_nothing(run, monthly, tmp_path):
    run("load", monthly(1), "--workspace", tmp_path / "w", *SAID)
    code, again, _err = run("load", monthly(1), "--workspace", tmp_path / "w", "--yes", "--json")
    assert (code, again["version"], again["published"]) == (0, 1, False)


def test_differences_are_told_beside_the_load(run, monthly, tmp_path):
    run("load", monthly(1), "--workspace", tmp_path / "w", *SAID)
    changed = monthly(2, HEADER + ",note", cities=("Rome", "Oslo", "Bonn"))
    changed.write_text("\n".join(f"{line},n{i}" if i else line for i, line in enumerate(changed.read_text().split("\n"))))
    _code, found, _err = run("load", changed, "--workspace", tmp_path / "w", "--yes", "--json")
    told = found["differences"][0]
    assert (told["new"], told["categories"], told["last_file"]) == (["note"], {"city": ["Bonn"]}, "list_202401.csv")
    text = run("load", changed, "--workspace", tmp_path / "w", "--yes")[1]
    assert "no column" not in text


def test_a_mapped_column_that_is_gone_stops_the_load_until_told(run, monthly, tmp_path):
    w = tmp_path / "w"
    run("load", monthly(1), "--workspace", w, *SAID)
    renamed = monthly(2, HEADER.replace("status", "rank"))
    code, _out, err = run("load", renamed, "--workspace", w, "--yes")
    assert code == 1
    assert err == (
        "list_202402.csv has no column status any more, which was tier; rank may be it. "
        "Say --map rank=tier, or load without it with --changed.\n"
    )
    assert run("load", renamed, "--workspace", w, "--yes", "--changed")[0] == 0
    assert run("load", monthly(3, HEADER.replace("status", "rang")), "--workspace", w, "--yes")[0] == 0
    code, _out, err = run("load", monthly(4, HEADER.replace("city", "foo")), "--workspace", w, "--yes")
    assert code == 1 and "was city" in err


def test_an_encoding_named_once_is_remembered_and_forgotten_when_it_no_longer_fits(run, monthly, tmp_path):
    w = tmp_path / "w"
    run("load", monthly(1, encoding="cp1252"), "--workspace", w, "--encoding", "cp1252", *SAID)
    code, found, err = run("load", monthly(2, encoding="cp1252"), "--workspace", w, "--yes", "--json")
    assert code == 0, err
    assert found["differences"][0]["categories"] == {}
    code, found, err = run("load", monthly(3, encoding="utf-16"), "--workspace", w, "--yes", "--json")
    assert code == 0, err
    assert found["differences"][0]["encoding"] == ["cp1252", "utf-16"]
