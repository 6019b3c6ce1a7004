"""How a reading process begins: forked from a template that has the imports behind it, or afresh where that cannot be.

Both take their limits upon themselves, end with this process, and are followed and ended in the same way.
"""

import atexit
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
from typing import IO, Protocol

import churn_dash

_THREADS = 8
_BEGIN = 60.0
_TRIES = 2


class Reader(Protocol):
    """A reading process: its streams, its exit code once it ended (negative for a signal), and what can be done to it."""

    @property
    def stdin(self) -> IO[str] | None: ...

    @property
    def stdout(self) -> IO[str] | None: ...

    @property
    def returncode(self) -> int | None: ...

    def kill(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


class Forked:
    """A reader that is a child of the template: it is ended, and its exit code comes, by way of its leash."""

    def __init__(self, leash: socket.socket, stdin: IO[str], stdout: IO[str]) -> None:
        self._leash, self.stdin, self.stdout = leash, stdin, stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        if self.returncode is None:
            with contextlib.suppress(OSError):
                self._leash.send(b"k")

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired. A template that is gone tells none: as if both had been killed."""
        if self.returncode is None:
            self._leash.settimeout(timeout)
            try:
                told = self._leash.recv(16)
            except TimeoutError as problem:
                raise subprocess.TimeoutExpired("reader", timeout or 0) from problem
            except OSError:
                told = b""
            self.returncode = int(told) if told else -signal.SIGKILL
            self._leash.close()
        return self.returncode


class _Template:
    """The template of this process, begun when it is first needed, and again when it has gone or this process is a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def forked(self, room: pathlib.Path, memory: int, seconds: int, faults: IO[bytes]) -> Forked | None:
        """A reader, or None where there is no template: another system than Linux, or one in which it ended twice."""
        if sys.platform != "linux":
            return None
        with self._lock:
            for _try in range(_TRIES):
                if (reader := self._asked(room, memory, seconds, faults)) is not None:
                    return reader
                self._control = None
        return None

    def _asked(self, room: pathlib.Path, memory: int, seconds: int, faults: IO[bytes]) -> Forked | None:
        if self._control is None or self._owner != os.getpid():
            self._begin()
        assert self._control is not None
        request = {"room": str(room), "work": str(room / "work"), "memory": memory, "seconds": seconds, "folder": _folder(room)}
        in_theirs, in_ours = os.pipe()
        out_ours, out_theirs = os.pipe()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stdin, stdout = os.fdopen(in_ours, "w", encoding="utf-8"), os.fdopen(out_ours, encoding="utf-8")
        try:
            ours.settimeout(_BEGIN)
            socket.send_fds(self._control, [json.dumps(request).encode()], [in_theirs, out_theirs, faults.fileno(), theirs.fileno()])
            theirs.close()
            began = ours.recv(16) == b"began"
        except OSError:
            began = False
        finally:
            theirs.close()
            os.close(in_theirs)
            os.close(out_theirs)
        if began:
            return Forked(ours, stdin, stdout)
        for held in (ours, stdin, stdout):
            held.close()
        return None

    def _begin(self) -> None:
        if self._process is not None:
            self._process.poll()
        else:
            atexit.register(self.end)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "churn_dash.intake.isolation_template", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        self._owner = os.getpid()

    def end(self) -> None:
        """Let the template go; it ends when nobody can ask it any more."""
        if self._control is not None and self._process is not None and self._owner == os.getpid():
            self._control.close()
            self._control = None
            self._process.wait()


_template = _Template()


def started(room: pathlib.Path, memory: int, seconds: int, faults: IO[bytes]) -> Reader:
    """A reading process for the request in ``room``, with bounds on bytes and seconds; what breaks in it is told in ``faults``."""
    return _template.forked(room, memory, seconds, faults) or _afresh(room, memory, seconds, faults)


def _afresh(room: pathlib.Path, memory: int, seconds: int, faults: IO[bytes]) -> subprocess.Popen[str]:
    worker = pathlib.Path(__file__).with_name("isolation_worker.py")
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", str(worker), str(room), str(memory), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=faults,
        env=_environment() | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(room / "work")),
        encoding="utf-8",
    )


def _environment() -> dict[str, str]:
    threads = str(min(_THREADS, os.cpu_count() or 1))
    packages = os.pathsep.join(filter(None, [str(pathlib.Path(churn_dash.__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    return os.environ | {
        "PYTHONPATH": packages,
        "PYTHONUTF8": "1",
        "POLARS_MAX_THREADS": threads,
        "RAYON_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "4",
    }


def _folder(room: pathlib.Path) -> str:
    """Where relative paths begin; the room itself where the folder of this process was deleted under it."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return str(room)
