"""Hostile files end the process that reads them, in one sentence; the process that asked goes on, and leaves nothing behind."""

import gzip
import io
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
from churn_dash.intake import Options, Source, extraction, isolation, previewing
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


def test_the_answer_is_that_of_the_same_work_in_this_process():
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


def test_a_workbook_of_five_kilobytes_that_wants_all_memory_is_refused(vast_workbook):
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
def test_a_file_that_never_ends_is_given_up(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "endless.csv")
    monkeypatch.setattr(isolation, "SECONDS", 2.0)
    began = time.monotonic()
    with pytest.raises(BadInput, match=r"endless\.csv takes longer than 2 seconds"):
        intake.extract([Source.on_disk(tmp_path / "endless.csv")])
    assert time.monotonic() - began < 15


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
    until = time.monotonic() + 20
    while list(rooms.iterdir()) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(str(rooms).encode() in p.read_bytes() for p in pathlib.Path("/proc").glob("[0-9]*/cmdline") if p.exists())


def test_a_fault_of_this_product_keeps_its_traceback():
    assert "Traceback" in str(isolation._ended(1, "Traceback …\nKeyError: 'x'", "a.csv"))
    assert not isinstance(isolation._ended(1, "Traceback", "a.csv"), ChurnDashError)
    assert "disk for temporary files is full" in str(isolation._ended(1, "OSError: [Errno 28] No space left on device", "a.csv"))
    if os.name != "nt":
        assert "damaged" in str(isolation._ended(-signal.SIGSEGV, "", "a.csv"))
        assert "memory" in str(isolation._ended(-signal.SIGKILL, "", "a.csv"))
