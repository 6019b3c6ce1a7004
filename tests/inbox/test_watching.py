"""Files arrive, are loaded, and end up in done/ or failed/ with a report beside each."""

import pathlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from churn_dash.errors import BadInput, NotPossible
from churn_dash.inbox import Plan, loading, watch, watching
from churn_dash.intake.questions import Question
from churn_dash.measures import measure
from churn_dash.store import Workspace
from churn_dash.words import Text
from tests.asking import asked


def test_a_file_is_loaded_moved_and_reported_in_counts_that_add_up(near):
    near.put("一月.csv", bad=2)
    tally = near.run()
    report = near.report("done/一月.csv")
    assert (tally.done, tally.failed, tally.left) == (1, 0, 0) and near.versions() == 1
    assert report["rows_in"] == 5 == report["rows_good"] + report["rows_quarantined"] + report["rows_repeated"]
    assert report["rows_quarantined"] == 2 and report["version"] == 1 and report["aside"] == "一月.csv.aside.csv"
    aside = (near.folder / "done" / "一月.csv.aside.csv").read_bytes()
    assert aside.startswith(b"\xef\xbb\xbf") and len(aside.decode("utf-8-sig").splitlines()) == 3 and b"lots" in aside
    text = (near.folder / "done" / "一月.csv.report.txt").read_text(encoding="utf-8-sig")
    assert "5 rows in the files: 3 good, 2 set aside" in text and "版本 1" in text
    assert sorted(p.name for p in near.folder.iterdir() if not p.name.startswith(".")) == ["done", "failed"]
    (event,) = near.said("done")
    assert event["file"] == "一月.csv" and event["rows_in"] == 5


def test_what_cannot_be_loaded_goes_to_failed_in_words_and_the_others_are_loaded(near):
    near.put("b.csv")
    (near.folder / "a.csv").write_bytes(b"%PDF-1.4 no table at all")
    (near.folder / "c.csv").symlink_to("/etc/hostname")
    tally = near.run()
    assert (tally.done, tally.failed) == (1, 2)
    report = near.report("failed/a.csv")
    assert report["outcome"] == "failed" and "a.csv" in report["sentence"]["en"] and "a.csv" in report["sentence"]["zh"]
    assert report["sentence"]["zh"] != report["sentence"]["en"]
    assert (near.folder / "failed" / "c.csv").is_symlink() and (near.folder / "done" / "b.csv").exists()
    assert near.report("failed/c.csv")["files"] == []


def test_a_file_of_which_no_row_is_published_has_failed_with_its_rows(near):
    near.put("a.csv")
    near.run()
    path = near.put("b.csv")
    path.write_text(path.read_text().replace(",10", ",77"))
    assert near.run().failed == 1
    report = near.report("failed/b.csv")
    assert report["rows_in"] == report["rows_quarantined"] == 3 and (near.folder / "failed" / "b.csv.aside.csv").exists()


def test_a_name_in_done_is_never_overwritten(near):
    for month in ("2024-01", "2024-02", "2024-03"):
        near.put("list.csv", (month,))
        assert near.run().done == 1
    lists = [p for p in (near.folder / "done").iterdir() if p.suffix == ".csv"]
    assert len(lists) == 3 and len({p.read_text() for p in lists}) == 3
    assert len(list((near.folder / "done").glob("list*.report.json"))) == 3 and near.versions() == 3


def test_a_name_too_long_for_a_report_beside_it_is_shortened(near):
    name = "客" * 80 + ".csv"
    near.put(name)
    assert near.run().done == 1
    (moved,) = (near.folder / "done").glob("*.csv")
    assert name.startswith(moved.stem) and near.report(f"done/{moved.name}")["name"] == name


def test_whoever_reads_meanwhile_sees_one_version_or_the_next_whole(near):
    near.put("0.csv", ("2024-01", "2024-02"))
    near.run()
    for month in range(3, 6):
        near.put(f"{month}.csv", (f"2024-0{month}",))
    over, seen = threading.Event(), set()

    def read():
        while not over.is_set():
            ds = Workspace.open(near.workspace).dataset()
            seen.add((ds.version, len(ds.table("customer_month")), measure(asked(ds), ["customers"]).height))

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read)
        try:
            near.run()
        finally:
            over.set()
        reading.result()
    assert seen <= {(v, 3 * (v + 1), 1) for v in range(1, 5)} and len(seen) > 1 and near.versions() == 4


def test_a_subfolder_is_one_version(near):
    near.put("march/a.csv", ("2024-01",))
    near.put("march/b.csv", ("2024-02",))
    assert near.run().done == 1 and near.versions() == 1
    assert near.report("done/march")["rows_in"] == 6 and (near.folder / "done" / "march" / "a.csv").exists()


def test_the_same_file_again_changes_nothing_and_says_so(near):
    for _time in range(2):
        near.put("a.csv")
        near.run()
    assert [e["published"] for e in near.said("done")] == [True, False] and near.versions() == 1
    assert near.said("done")[1]["rows_repeated"] == 3


def test_a_file_that_still_grows_is_left(near):
    path, over = near.put("a.csv"), threading.Event()

    def grow():
        while not over.wait(0.005):
            with path.open("a") as file:
                file.write("0009,2024-01,5\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        tally = near.run()
    finally:
        over.set()
        writer.join()
    assert tally.left == 1 and path.exists() and not near.workspace.exists()
    assert "still being written" in near.said("left")[0]["sentence"]["en"]
    assert near.run().done == 1


def test_a_file_that_changed_while_it_was_read_is_not_moved(near, monkeypatch):
    path, real = near.put("a.csv"), watching.apart

    def slow_writer(order, room):
        found = real(order, room)
        with path.open("a") as file:
            file.write("0009,2024-01,5\n")
        return found

    monkeypatch.setattr(watching, "apart", slow_writer)
    assert near.run().left == 1 and path.exists()
    monkeypatch.setattr(watching, "apart", real)
    near.run()
    assert near.report("done/a.csv")["rows_good"] == 1 and near.report("done/a.csv")["rows_repeated"] == 3


def test_a_file_that_vanishes_leaves_a_report(near, monkeypatch):
    path, real = near.put("a.csv"), watching.apart
    near.put("b.csv")

    def thief(order, room):
        path.unlink(missing_ok=True)
        return real(order, room)

    monkeypatch.setattr(watching, "apart", thief)
    tally = near.run()
    assert (tally.done, tally.failed) == (1, 1) and not (near.folder / "failed" / "a.csv").exists()
    assert "a.csv" in near.report("failed/a.csv")["sentence"]["en"]


def test_while_somebody_else_loads_it_waits_and_says_so_once(near):
    near.put("a.csv")
    space = Workspace.create(near.workspace)
    held, free = threading.Event(), threading.Event()

    def other():
        with space.writing():
            held.set()
            free.wait(20)

    loader = threading.Thread(target=other)
    loader.start()
    assert held.wait(20)
    threading.Timer(0.6, free.set).start()
    tally = near.run()
    loader.join()
    assert tally.done == 1 and near.versions() == 1
    (waited,) = near.said("waiting")
    assert "Somebody else is loading" in waited["sentence"]["en"] and waited["file"] == "a.csv"


def test_a_workspace_that_stays_locked_leaves_everything_for_the_next_run(near, monkeypatch):
    monkeypatch.setattr(watching, "_PATIENCE", 0.1)
    near.put("a.csv")
    near.put("b.csv")
    with Workspace.create(near.workspace).writing():
        tally = near.run()
    assert (tally.done, tally.failed, tally.left) == (0, 0, 2)
    assert len(near.said("waiting")) == 1, "only the first one waits"


def test_what_cannot_be_moved_is_not_read_again_and_moved_once_it_can(near, monkeypatch):
    near.put("a.csv", bad=1)
    reads, looks, real = [], [], watching.apart
    monkeypatch.setattr(watching, "apart", lambda order, room: reads.append(order) or spoil(real(order, room)))
    done = near.folder / "done"

    def spoil(found):
        done.rmdir()
        done.write_text("in the way")
        return found

    def stopped():
        looks.append(1)
        if len(looks) == 12:
            done.unlink()
        return len(looks) > 24

    plan = Plan(near.folder, near.workspace, every=0.01)
    tally = watch(plan, near.events.append, stopped)
    assert len(reads) == 1 and len(near.said("unmoved")) == 1
    assert (tally.done, tally.left) == (1, 0) and (done / "a.csv").exists() and (done / "a.csv.aside.csv").exists()


def asks(proposal):
    return Question("day_order", "open_date", Text("Day or month first?"), (), proposal, Text("ambiguous"))


@pytest.mark.parametrize(("proposal", "ends"), [(None, "failed"), ("x", "done")])
def test_a_question_that_nobody_answered_fails_the_file_in_words(near, monkeypatch, proposal, ends):
    real = loading.intake.preview

    def preview(source, options):
        found = real(source, options)
        return type(found)(**found.__dict__ | {"questions": (asks(proposal),)})

    monkeypatch.setattr(loading.intake, "preview", preview)
    near.put("a.csv")
    near.run()
    report = near.report(f"{ends}/a.csv")
    assert ends == "done" or "Day or month first?" in report["sentence"]["en"]


def test_two_inboxes_do_not_watch_one_folder(near):
    refused = []

    def second(event):
        with pytest.raises(NotPossible, match="already watches") as problem:
            near.run()
        refused.append(problem)

    watch(Plan(near.folder, near.workspace, once=True, every=0.01), second)
    assert refused


def test_a_folder_that_holds_more_than_files_to_load_is_no_inbox(near, tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="one inside the other"):
        watch(Plan(tmp_path, tmp_path / "w"))
    with pytest.raises(BadInput, match="one inside the other"):
        watch(Plan(near.folder, near.folder))
    (near.folder / ".git").mkdir()
    with pytest.raises(BadInput, match="would be moved"):
        near.run()
    monkeypatch.setattr(pathlib.Path, "home", lambda: tmp_path)
    with pytest.raises(BadInput, match="would be moved"):
        watch(Plan(tmp_path, tmp_path.parent / "w"))
    with pytest.raises(BadInput, match="no folder"):
        watch(Plan(tmp_path / "absent", tmp_path / "w"))


def test_a_folder_that_cannot_be_written_says_so_at_once(near):
    (near.folder / "done").write_text("in the way")
    with pytest.raises(NotPossible, match="could not be moved to done/"):
        near.run()
