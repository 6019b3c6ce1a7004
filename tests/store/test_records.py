"""Append-only records: versions, crashes, folders that cannot be written, two writers."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.store import Records, records


def test_every_change_is_a_new_version_and_nothing_is_lost(tmp_path):
    records = Records(tmp_path)
    assert records.latest("source", "a") is None
    records.add("source", "a", {"n": 1}, "ann")
    records.add("source", "b", {"n": 7}, "ann")
    made = records.add("source", "a", {"n": 2, "城市": ["上海"]}, "bob")
    assert records.latest("source", "a") == made
    assert [(r.version, r.body["n"], r.who) for r in records.history("source", "a")] == [(2, 2, "bob"), (1, 1, "ann")]
    assert [(r.name, r.version) for r in records.all("source")] == [("a", 2), ("b", 1)]
    assert records.all("view") == []


def test_looking_makes_no_file(tmp_path):
    assert Records(tmp_path).all("source") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceProblem, match="cannot be written"):
        Records(tmp_path).add("source", "a", {})
    tmp_path.chmod(0o700)


def test_a_folder_that_is_none_and_a_damaged_file_are_one_sentence(tmp_path):
    with pytest.raises(WorkspaceProblem, match="cannot be written"):
        Records(tmp_path / "absent").add("source", "a", {})
    (tmp_path / "records.sqlite").write_bytes(b"no database " * 200)
    with pytest.raises(WorkspaceProblem, match="damaged"):
        Records(tmp_path).all("source")


def test_two_writers_at_once_both_land(tmp_path):
    def adds(who):
        for n in range(15):
            Records(tmp_path).add("source", "a", {"n": n}, who)

    with ThreadPoolExecutor(2) as writers:
        list(writers.map(adds, ("ann", "bob")))
    assert [r.version for r in Records(tmp_path).history("source", "a")] == list(range(30, 0, -1))


def test_a_killed_writer_leaves_whole_records_only(tmp_path):
    # The module alone: its package takes seconds to import.
    code = (
        "import importlib.util as u, pathlib, sys\nspec = u.spec_from_file_location('records', sys.argv[2])\n"
        "m = u.module_from_spec(spec)\nsys.modules['records'] = m\nspec.loader.exec_module(m)\nr = m.Records(pathlib.Path(sys.argv[1]))\n"
        "n = 0\nwhile True:\n    n += 1\n    r.add('source', 'a', {'n': n, 'x': 'y' * 5000}, 'ann')\n    print(n, flush=True)\n"
    )
    acknowledged = 0
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), records.__file__], stdout=subprocess.PIPE, text=True)
        writer.stdout.readline()
        time.sleep(0.05)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += 1 + len(writer.stdout.read().split())
        writer.wait()
    found = Records(tmp_path).history("source", "a")
    assert acknowledged <= len(found) <= acknowledged + 6
    assert [r.version for r in found] == list(range(len(found), 0, -1))
    assert all(len(r.body["x"]) == 5000 for r in found)
    with sqlite3.connect(tmp_path / "records.sqlite") as con:
        assert con.execute("pragma integrity_check").fetchone() == ("ok",)
