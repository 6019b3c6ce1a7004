"""Files are read by a process of their own, with limits: a hostile file ends that process, never the one that serves. PLATFORM 3.4.

``extract``, ``preview``, ``read_rows`` and ``read_sheets`` give what the functions of the same names in ``extraction``, ``previewing``,
``experiment`` and ``sheets`` give. Where the system has no resource limits (Windows) only the time limit holds.
"""

import json
import os
import pathlib
import queue
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, cast

import polars as pl

from churn_dash.errors import BadInput, ChurnDashError, WorkspaceProblem
from churn_dash.intake import wire
from churn_dash.intake.extraction import Extract, Progress
from churn_dash.intake.isolation_start import Reader, started
from churn_dash.intake.previewing import Preview
from churn_dash.intake.source import Options, Source
from churn_dash.words import Text, _

MEMORY = 2_500 << 20
SECONDS = 240.0
_MEMORY_A_BYTE = {"plain": 8, "packed": 40}
_SECONDS_A_BYTE = {"plain": 1 / (2 << 20), "packed": 1 / (1 << 18)}
_PACKED = (b"\x1f\x8b", b"BZh", b"PK", b"PAR1")


@dataclass(frozen=True)
class Limits:
    """Bytes of address space, and seconds on the clock."""

    memory: int
    seconds: float


class ReaderFailed(RuntimeError):
    """The reading process ended on a fault of this product; the message is its traceback."""


def extract(sources: Sequence[Source], options: Options | None = None, progress: Progress | None = None) -> Extract:
    """Read and check files that belong together, in a process of its own.

    Raises BadInput or NotFound, in one sentence, where a file cannot be read, is no customer extract, has no good row at all, or
    needs more memory or time than a file may; then nothing is loaded. ``progress`` is called in the caller's thread.
    """
    return cast(Extract, _apart("extract", sources, options, progress))


def preview(source: Source, options: Options | None = None) -> Preview:
    """Look at a file, in a process of its own. Raises BadInput or NotFound where it cannot be read at all."""
    return cast(Preview, _apart("preview", [source], options, None))


def read_rows(source: Source, options: Options | None = None) -> pl.DataFrame:
    """Every row of a file under its own headers, read in a process of its own. Raises BadInput where the file cannot be read."""
    return cast(pl.DataFrame, _apart("read_rows", [source], options, None))


def read_sheets(source: Source, options: Options | None = None) -> list[tuple[str, pl.DataFrame]]:
    """Every sheet of a form that comes back, as text with row numbers, read in a process of its own. Raises BadInput."""
    return cast(list[tuple[str, pl.DataFrame]], _apart("read_sheets", [source], options, None))


def limits(sources: Sequence[Source]) -> Limits:
    """What reading these files may take: a floor, and a share for each byte, more for packed ones; never over 80 % of the memory.

    >>> limits([Source("a.csv", b"a,b")]).memory == MEMORY + 24
    True
    """
    memory, seconds = MEMORY, SECONDS
    for source in sources:
        for size, kind in _sizes(source):
            memory += size * _MEMORY_A_BYTE[kind]
            seconds += size * _SECONDS_A_BYTE[kind]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = min(memory, int(0.8 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    return Limits(memory, seconds)


def _sizes(source: Source) -> list[tuple[int, str]]:
    if isinstance(source.data, bytes):
        return [(len(source.data), "packed" if source.data.startswith(_PACKED) else "plain")]
    paths = [p for p in source.data.rglob("*") if p.is_file()] if source.data.is_dir() else [source.data]
    found = []
    for path in paths:
        if path.is_file() and os.access(path, os.R_OK):
            with path.open("rb") as file:
                found.append((path.stat().st_size, "packed" if file.read(4).startswith(_PACKED) else "plain"))
    return found


def _apart(task: str, sources: Sequence[Source], options: Options | None, progress: Progress | None) -> object:
    allowed = limits(sources)
    with tempfile.TemporaryDirectory(prefix="churn-dash-", ignore_cleanup_errors=True) as folder:
        room = pathlib.Path(folder)
        (answers := room / "answer").mkdir()
        (room / "work").mkdir()
        asked = {
            "task": task,
            "sources": [wire.written(_on_disk(s, room, at), answers) for at, s in enumerate(sources)],
            "options": wire.written(options or Options(), answers),
        }
        (room / "request.json").write_text(json.dumps(asked))
        names = ", ".join(s.name for s in sources)
        with (room / "errors.txt").open("wb") as faults:
            process = started(room, allowed.memory, max(1, round(allowed.seconds)), faults)
        try:
            names = _followed(process, allowed, progress, names)
        finally:
            process.kill()
            code = process.wait()
            cast(IO[str], process.stdin).close()
        if not (room / "answer.json").exists():
            raise _ended(code, (room / "errors.txt").read_text(errors="replace"), names)
        answer = wire.read(json.loads((room / "answer.json").read_text()), answers)
    if isinstance(answer, ChurnDashError):
        raise answer
    return answer


def _on_disk(source: Source, room: pathlib.Path, at: int) -> Source:
    if not isinstance(source.data, bytes):
        return source
    path = room / f"upload-{at}"
    path.write_bytes(source.data)
    return Source(source.name, path)


def _followed(process: Reader, allowed: Limits, progress: Progress | None, names: str) -> str:
    """Pass the progress on until the process ends; the name of the file it was at. Raises BadInput when its time is up."""
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def listen() -> None:
        with cast(IO[str], process.stdout) as lines:
            for line in lines:
                told.put(line)
        told.put(None)

    threading.Thread(target=listen, daemon=True).start()
    until = time.monotonic() + allowed.seconds
    while True:
        try:
            line = told.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty as problem:
            raise _too_long(names, allowed.seconds) from problem
        if line is None:
            process.wait(timeout=10)
            if process.returncode == -getattr(signal, "SIGXCPU", 0):
                raise _too_long(names, allowed.seconds)
            return names
        sentence, share = json.loads(line)
        text = cast(Text, wire.read(sentence, pathlib.Path()))
        names = str(text.params.get("name", names))
        if progress is not None:
            progress(text, share)


def _too_long(name: str, seconds: float) -> BadInput:
    return BadInput(
        _("{name} takes longer than {seconds} seconds to open. Save the data as CSV instead."), name=name, seconds=round(seconds)
    )


def _ended(code: int, faults: str, name: str) -> Exception:
    """Why a reading process ended without an answer: no memory, no disk, a library that broke, or a fault of ours."""
    if "No space left on device" in faults:
        return WorkspaceProblem(_("The disk for temporary files is full: {name} cannot be read. Make room on it."), name=name)
    if "MemoryError" in faults or "memory allocation" in faults or code in (-signal.SIGABRT, -getattr(signal, "SIGKILL", 9)):
        return BadInput(_("{name} needs too much memory to open. Save the data as CSV instead."), name=name)
    if code < 0 or "PanicException" in faults:
        return BadInput(_("{name} is damaged in a way that stops its reader. Export it again, or save the data as CSV."), name=name)
    return ReaderFailed(faults)
