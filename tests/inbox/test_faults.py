"""Real processes: signals, kills, and files that bring a process down."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import zipfile

import pytest
import xlsxwriter

from churn_dash.inbox import loading
from churn_dash.store import Workspace

CLI = "import sys; from churn_dash.cli import main; sys.argv[0] = 'churn-dash'; main()"


def started(box, *asked):
    command = [sys.executable, "-c", CLI, "inbox", str(box.folder), "--workspace", str(box.workspace), "--json", *asked]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def told(process):
    return json.loads(process.stdout.readline())


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_signal_ends_it_after_the_file_in_hand(box, number):
    for month in range(1, 6):
        box.put(f"{month}.csv", (f"2024-0{month}",))
    process = started(box, "--every", "0.2")
    assert told(process)["event"] == "watching"
    assert told(process)["file"] == "1.csv"
    os.killpg(process.pid, number)  # as a terminal does: everybody in the group gets it
    out, err = process.communicate(timeout=60)
    events = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0 and not err, err
    assert events[-1]["event"] == "stopped" and events[-1]["done"] in (1, 2), "no new file is begun"
    moved = sorted(p.name for p in (box.folder / "done").glob("*.csv"))
    waiting = sorted(p.name for p in box.folder.glob("*.csv"))
    failed = [p.read_text() for p in (box.folder / "failed").glob("*.txt")]
    assert not failed, failed
    assert len(moved) == events[-1]["done"] == box.versions() and moved + waiting == [f"{n}.csv" for n in range(1, 6)]
    assert all((box.folder / "done" / f"{name}.report.json").exists() for name in moved)


KILLED = """
import os, pathlib, signal, sys
from churn_dash.inbox import Plan, watch, watching
def killed(*args): os.kill(os.getpid(), signal.SIGKILL)
watching.filed = killed
watch(Plan(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), once=True, every=0.05))
"""


def test_killed_between_publishing_and_moving_the_next_run_changes_nothing_and_moves_the_file(box):
    box.put("a.csv")
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(box.folder), str(box.workspace)])
    assert done.returncode == -signal.SIGKILL
    assert box.versions() == 1 and (box.folder / "a.csv").exists() and not list((box.folder / "done").iterdir())
    assert box.run().done == 1
    report = box.report("done/a.csv")
    assert not report["published"] and report["rows_repeated"] == 3 and box.versions() == 1


@pytest.mark.slow
def test_a_workbook_and_an_archive_that_unpack_to_too_much_fail_in_words_and_the_next_file_is_loaded(box):
    book = xlsxwriter.Workbook(str(box.folder / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "customer_id")
    sheet.write(1048575, 16383, "x")
    book.close()
    with zipfile.ZipFile(box.folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("b.csv", "w") as file:
        for _piece in range(64):
            file.write(bytes(1 << 20))
    box.put("c.csv")
    tally = box.run()
    assert (tally.done, tally.failed) == (1, 2)
    for name in ("a.xlsx", "b.zip"):
        assert len(box.report(f"failed/{name}")["sentence"]["en"]) > 20
    assert box.versions() == 1


@pytest.mark.parametrize(("end", "says"), [("kill -9 $$", "signal 9"), ("exit 3", "exit code 3"), ("sleep 60", "longer than 0 minutes")])
def test_a_process_that_dies_is_a_failed_load_in_words(box, monkeypatch, end, says):
    box.put("a.csv")
    monkeypatch.setattr(loading, "_COMMAND", ["sh", "-c", end])
    monkeypatch.setattr(loading, "_LONGEST", 0.3)
    assert box.run().failed == 1
    assert says in box.report("failed/a.csv")["sentence"]["en"]


@pytest.mark.slow
def test_a_single_run_for_a_scheduler_ends_with_1_and_one_sentence_where_something_failed(box):
    (box.folder / "a.csv").write_bytes(b"%PDF-1.4")
    box.put("b.csv")
    process = started(box, "--once", "--every", "0.1")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err.startswith("Not loaded: 1 moved to") and len(err.strip().splitlines()) == 1
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["watching", "failed", "done", "stopped"]


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_ends_with_every_file_moved_and_every_row_once(box):
    for month in range(1, 7):
        box.put(f"{month}.csv", (f"2024-0{month}",))
    for wait in (0.3, 0.9, 1.3, 1.7, 2.1, 2.6, 3.1):
        process = started(box, "--every", "0.1")
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
    assert box.run(every=0.5).left == 0
    assert sorted(p.name for p in (box.folder / "done").glob("?.csv")) == [f"{n}.csv" for n in range(1, 7)]
    rows = Workspace.open(box.workspace).dataset().table("customer_month")
    assert len(rows) == 18 == len(rows.unique(["customer_id", "month"]))
