"""The process that has imported what reading takes and forks a reader for each file: a start costs milliseconds instead of a second.

Run as a module with the number of a socket; each message on it is one request (``isolation_start``). It reads no file itself, so that
every reader starts from the same clean state and takes its limits upon itself; what a reader writes to its memory is its own. A fork
copies no threads, so it serves only while there are none in it but those of allocators that rest; else it ends, and readers are started
afresh. It ends with the process that asked, and its readers with it.
"""

import contextlib
import gc
import importlib
import json
import os
import pathlib
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from dataclasses import dataclass
from typing import NoReturn

from churn_dash.intake import isolation_worker
from churn_dash.intake.mapping import fields

IDLE = 900.0
_AT_REST = {"jemalloc_bg_thd", "polars-ooc-clea"}
_LATER = ("encodings.gb18030", "encodings.big5hkscs", "encodings.utf_8_sig", "encodings.cp437", "numpy.ma")


@dataclass
class _Reader:
    """One reading process. ``end`` is readable once it ended; ``leash``, once it is to end: by a word, or with its other side."""

    pid: int
    end: int
    leash: socket.socket
    room: pathlib.Path
    alone: bool = False

    def kill(self) -> None:
        """Nobody but the template waits for this process, so the number is still its own."""
        os.kill(self.pid, signal.SIGKILL)


class Template:
    """Forks readers as they are asked for on ``control``."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._readers: dict[int, _Reader] = {}
        self._events = selectors.DefaultSelector()
        self._events.register(control, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until nobody can ask any more, nobody did for a quarter of an hour, or a thread has begun here; and the readers have ended."""
        while (happened := self._events.select(IDLE)) or self._readers:
            for key, _what in happened:
                if key.fileobj is self._control:
                    self._asked()
                elif key.data.pid in self._readers:
                    if key.fileobj is key.data.leash:
                        self._pulled(key.data)
                    else:
                        self._ended(key.data)
            if self._control.fileno() < 0 and not self._readers:
                return

    def _asked(self) -> None:
        message, streams, _flags, _address = socket.recv_fds(self._control, 1 << 16, 4)
        if not message or threads():
            self._events.unregister(self._control)
            self._control.close()
            for stream in streams:
                os.close(stream)
            return
        request = json.loads(message)
        leash = socket.socket(fileno=streams.pop())
        if (pid := os.fork()) == 0:
            self._become_reader(request, streams, leash)
        for stream in streams:
            os.close(stream)
        reader = _Reader(pid, os.pidfd_open(pid), leash, pathlib.Path(request["room"]))
        self._readers[pid] = reader
        self._events.register(reader.leash, selectors.EVENT_READ, reader)
        self._events.register(reader.end, selectors.EVENT_READ, reader)
        _told(leash, b"began")

    def _become_reader(self, request: dict[str, object], streams: list[int], leash: socket.socket) -> NoReturn:
        try:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            self._events.close()
            for held in (self._control, leash, *(r.leash for r in self._readers.values())):
                held.close()
            for reader in self._readers.values():
                os.close(reader.end)
            for stream, place in zip(streams, (0, 1, 2), strict=True):
                os.dup2(stream, place)
                os.close(stream)
            os.chdir(str(request["folder"]))
            work = str(request["work"])
            os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), work))
            tempfile.tempdir = None
            isolation_worker.run(pathlib.Path(str(request["room"])), int(str(request["memory"])), int(str(request["seconds"])))
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(1)

    def _pulled(self, reader: _Reader) -> None:
        self._events.unregister(reader.leash)
        reader.kill()
        reader.alone = not _heard(reader.leash)

    def _ended(self, reader: _Reader) -> None:
        """Tell how a reader ended, and clear up where nobody is left to."""
        _pid, status = os.waitpid(reader.pid, 0)
        del self._readers[reader.pid]
        self._events.unregister(reader.end)
        os.close(reader.end)
        if reader.leash in self._events.get_map():
            self._events.unregister(reader.leash)
        _told(reader.leash, str(os.waitstatus_to_exitcode(status)).encode())
        reader.leash.close()
        if reader.alone:
            shutil.rmtree(reader.room, ignore_errors=True)


def threads() -> set[str]:
    """The names of the threads in this process that a fork would lose and that do not merely rest."""
    tasks = [task for task in pathlib.Path("/proc/self/task").iterdir() if task.name != str(os.getpid())]
    return {(task / "comm").read_text().strip() for task in tasks} - _AT_REST


def _heard(leash: socket.socket) -> bytes:
    try:
        return leash.recv(1)
    except OSError:
        return b""


def _told(leash: socket.socket, word: bytes) -> None:
    with contextlib.suppress(OSError):  # the process that asked is gone
        leash.send(word)


def main() -> None:
    """Import what readers need, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asked decides
    for name in (*isolation_worker.NEEDED, *_LATER):
        importlib.import_module(name)
    fields.knows("")  # the headers of all tables, kept from here on
    gc.collect()
    gc.freeze()
    Template(socket.socket(fileno=int(sys.argv[1]))).serve()


if __name__ == "__main__":
    main()
