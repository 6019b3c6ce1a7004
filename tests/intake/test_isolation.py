"""Hostile files end the process that reads them, in one sentence; the process that asked goes on, and leaves nothing behind."""

import concurrent.futures
import gzip
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

import polars as pl
import pytest

from churn_dash import intake
from churn_dash.errors import BadInput, ChurnDashError, NotFound
from churn_dash.intake import Options, Source, extraction, isolation, isolation_start, previewing
from churn_dash.words import say

PANEL = b"customer_id,month,aum_end,note\n001,2024-01,10,x\n001,2024-02,,y\n002,2024-01,five,z\n"


@pytest.fixture(autouse=True)
def rooms(tmp_path, monkeypatch):
    """Where temporary files go; nothing may be left there."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(params=["forked", "afresh"])
def way(request, monkeypatch):
    """The two ways in which a reader begins."""
    if request.param == "afresh":
        monkeypatch.setattr(isolation_start, "_template", NoTemplate())
    elif sys.platform != "linux":
        pytest.skip("readers are forked on Linux only")
    return request.param


class NoTemplate:
    def forked(self, *_asked):
        return None


def test_the_answer_is_that_of_the_same_work_in_this_process(way):
    stages = []
    there = intake.extract([Source("a.csv", PANEL)], None, lambda text, share: stages.append((say(text), share)))
    here = extraction.extract([Source("a.csv", PANEL)])
    for table, frame in here.tables.items():
        assert there.tables[table].equals(frame)
    assert there.quarantine.equals(here.quarantine)
    assert there.quarantine_rows.equals(here.quarantine_rows)
    assert (there.warnings, there.attributes, there.content_hash) == (here.warnings, here.attributes, here.content_hash)
    assert (there.rows_in, there.rows_good, there.rows_quarantined) == (3, 2, 1)
    assert stages[0] == ("Opening a.csv", 0.0)
    assert stages[-1][1] == 1.0


def test_a_preview_and_its_problem_come_back():
    data = b"month,aum_end,txn_count\n2024-01,1,2\n"
    there, here = intake.preview(Source("a.csv", data)), previewing.preview(Source("a.csv", data))
    assert there.rows.equals(here.rows)
    assert (there.mapping, str(there.problem), type(there.problem)) == (here.mapping, str(here.problem), type(here.problem))


def test_rows_of_an_experiment_and_options_cross(tmp_path):
    path = tmp_path / "客户 [2024].csv"
    path.write_bytes("名,值\n甲,1\n".encode("gbk"))
    assert intake.read_rows(Source.on_disk(path), Options(encoding="gbk")).rows() == [("甲", 1)]


def test_a_refusal_is_the_same_refusal_as_in_this_process(tmp_path):
    with pytest.raises(NotFound, match="no file") as refusal:
        intake.extract([Source.on_disk(tmp_path / "none.csv")])
    assert refusal.value.params["name"] == str(tmp_path / "none.csv")


def refused(*sources: Source) -> str:
    began = time.monotonic()
    with pytest.raises(ChurnDashError) as refusal:
        intake.extract(sources)
    assert isinstance(refusal.value, BadInput)
    assert time.monotonic() - began < 60
    assert len(str(refusal.value)) < 400
    assert intake.extract([Source("a.csv", PANEL)]).rows_good == 2
    return str(refusal.value)


def test_a_workbook_of_five_kilobytes_that_wants_all_memory_is_refused(vast_workbook, way):
    assert len(vast_workbook) < 10_000
    assert "vast.xlsx needs too much memory" in refused(Source("vast.xlsx", vast_workbook))


def test_a_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(isolation, "MEMORY", 1_200 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"customer_id,churn\n" + b"1,0" * 40_000_000, compresslevel=1)
    assert "bomb.zip" in refused(Source("bomb.zip", out.getvalue()))


def test_a_parquet_file_that_lies_about_itself_is_refused():
    out = io.BytesIO()
    pl.DataFrame({"customer_id": [str(i) for i in range(5000)], "churned": [0, 1] * 2500}).write_parquet(out)
    data = bytearray(out.getvalue())
    for at in range(200, 400):
        data[at] ^= 0xFF
    assert "damaged" in refused(Source("a.parquet", bytes(data)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_file_that_never_ends_is_given_up(tmp_path, monkeypatch, way):
    os.mkfifo(tmp_path / "endless.csv")
    monkeypatch.setattr(isolation, "SECONDS", 2.0)
    began = time.monotonic()
    with pytest.raises(BadInput, match=r"endless\.csv takes longer than 2 seconds"):
        intake.extract([Source.on_disk(tmp_path / "endless.csv")])
    assert time.monotonic() - began < 60


def test_the_one_who_asks_may_turn_away_and_nothing_is_left():
    class TurnedAwayError(Exception):
        pass

    def away(_text, _share):
        raise TurnedAwayError

    with pytest.raises(TurnedAwayError):
        intake.extract([Source("a.csv", gzip.compress(PANEL))], None, away)


@pytest.mark.skipif(os.name == "nt" or not pathlib.Path("/proc/self").exists(), reason="needs /proc")
def test_a_reader_ends_with_the_process_that_asked(tmp_path, rooms):
    os.mkfifo(tmp_path / "endless.csv")
    code = (
        "import pathlib, tempfile; from churn_dash import intake; tempfile.tempdir = {rooms!r}; "
        "intake.extract([intake.Source.on_disk(pathlib.Path({file!r}))], None, lambda t, s: print('reading', flush=True))"
    ).format(rooms=str(rooms), file=str(tmp_path / "endless.csv"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout.readline() == "reading\n"
        asking.send_signal(signal.SIGKILL)
    until = time.monotonic() + 60
    while (list(rooms.iterdir()) or still_in(rooms)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not still_in(rooms)


def still_in(folder: pathlib.Path) -> set[str]:
    """The processes that hold a file of the folder open, or name it in their command."""
    found = set()
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            held = [os.readlink(link) for link in (process / "fd").iterdir()]
            held.append((process / "cmdline").read_text(errors="replace"))
        except OSError:
            continue
        if any(str(folder) in name for name in held):
            found.add(process.name)
    return found


forks = pytest.mark.skipif(sys.platform != "linux", reason="readers are forked on Linux only")


@forks
def test_readers_are_forked_from_one_template_and_from_another_when_it_is_killed():
    assert intake.extract([Source("a.csv", PANEL)]).rows_good == 2
    first = isolation_start._template._process
    assert intake.extract([Source("a.csv", PANEL)]).rows_good == 2
    assert isolation_start._template._process is first and first.poll() is None
    first.kill()
    first.wait()
    assert intake.extract([Source("a.csv", PANEL)]).rows_good == 2
    assert isolation_start._template._process is not first


@forks
def test_a_reader_is_a_process_of_its_own_with_its_own_limits(tmp_path):
    (tmp_path / "room" / "work").mkdir(parents=True)
    os.mkfifo(tmp_path / "endless.csv")
    asked = {"task": "preview", "sources": [isolation.wire.written(Source.on_disk(tmp_path / "endless.csv"), tmp_path)]}
    asked["options"] = isolation.wire.written(Options(), tmp_path)
    (tmp_path / "room" / "request.json").write_text(json.dumps(asked))
    with (tmp_path / "errors").open("wb") as faults:
        reader = isolation_start.started(tmp_path / "room", 1_500 << 20, 77, faults)
    assert isinstance(reader, isolation_start.Forked)
    template = isolation_start._template._process.pid
    until = time.monotonic() + 60
    while not (bounds := limits_below(template)) and time.monotonic() < until:
        time.sleep(0.05)
    assert bounds == [(1_500 << 20, 77 * max(2, os.cpu_count() or 1))]
    with pytest.raises(subprocess.TimeoutExpired):
        reader.wait(0.2)
    reader.kill()
    assert reader.wait(20) == reader.wait() == -signal.SIGKILL
    assert not limits_below(template)
    assert list((tmp_path / "room").iterdir()), "the room belongs to the one who asked, who is there"
    reader.stdin.close()
    reader.stdout.close()


def limits_below(pid: int) -> list[tuple[int, int]]:
    """Bytes of address space and seconds of the processor that each child of a process may take, of those with bounds."""
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        rows = {line[:26].strip(): line[26:].split() for line in pathlib.Path(f"/proc/{child}/limits").read_text().splitlines()}
        if "unlimited" not in (rows["Max address space"][0], rows["Max cpu time"][0]):
            found.append((int(rows["Max address space"][0]), int(rows["Max cpu time"][0])))
    return found


@forks
def test_many_files_are_read_at_once_and_each_answer_is_its_own():
    def read(n: int) -> int:
        rows = "\n".join(f"{i:04},2024-01,{i}" for i in range(n))
        return intake.extract([Source("a.csv", f"customer_id,month,aum_end\n{rows}\n".encode())]).rows_good

    sizes = [3, 5, 8, 13, 21, 34, 55, 89]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, sizes)) == sizes


@forks
def test_a_template_in_which_threads_work_forks_no_more():
    code = (
        "import polars as pl; from churn_dash.intake.isolation_template import threads; at_rest = threads(); "
        "pl.DataFrame({'a': range(99999)}).lazy().group_by('a').len().collect(); print(at_rest, len(threads()) > 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=isolation_start._environment())
    assert done.stdout.split() == ["set()", "True"], done.stderr


@forks
def test_a_relative_path_begins_where_the_one_who_asks_is(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(PANEL)
    monkeypatch.chdir(tmp_path)
    assert intake.extract([Source.on_disk(pathlib.Path("a.csv"))]).rows_good == 2


def test_a_fault_of_this_product_keeps_its_traceback():
    assert "Traceback" in str(isolation._ended(1, "Traceback …\nKeyError: 'x'", "a.csv"))
    assert not isinstance(isolation._ended(1, "Traceback", "a.csv"), ChurnDashError)
    assert "disk for temporary files is full" in str(isolation._ended(1, "OSError: [Errno 28] No space left on device", "a.csv"))
    if os.name != "nt":
        assert "damaged" in str(isolation._ended(-signal.SIGSEGV, "", "a.csv"))
        assert "memory" in str(isolation._ended(-signal.SIGKILL, "", "a.csv"))
