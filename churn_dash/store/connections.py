"""Open derived files, shared by all who read in this process. PLATFORM 2.2, 2.3: a cursor a query; what a full disk kills is reopened."""

import pathlib
import threading
from collections.abc import Callable

import duckdb

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_open: dict[pathlib.Path, duckdb.DuckDBPyConnection] = {}
_locks: dict[pathlib.Path, threading.Lock] = {}
_guard = threading.Lock()


def cursor(path: pathlib.Path, build: Callable[[], None]) -> duckdb.DuckDBPyConnection:
    """A fresh read-only cursor on the file; ``build`` makes it where it is missing or damaged.

    Who waits for one file to be built holds up nobody who reads another. Raises ``duckdb.Error`` where even the built file
    cannot be opened, and what ``build`` raises.
    """
    with _guard:
        lock = _locks.setdefault(path, threading.Lock())
    with lock:
        found = _open.get(path)
        if found is not None:
            try:
                found.cursor().execute("select 1").fetchall()
                return found.cursor()
            except duckdb.Error:
                _closed(path)
        if not path.exists():
            build()
        try:
            con = opened(path)
        except PermissionError:
            raise
        except (duckdb.Error, OSError):
            build()
            con = opened(path)
        close_gone()
        _open[path] = con
        return con.cursor()


def opened(path: pathlib.Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a file that says what it holds; raises ``duckdb.Error`` where it is damaged."""
    with path.open("rb"):
        con = duckdb.connect(str(path), read_only=True, config=CONFIG)
    try:
        con.execute("select body from about").fetchall()
    except duckdb.Error:
        con.close()
        raise
    return con


def close(path: pathlib.Path) -> None:
    """Close the file, before it is moved or deleted; cursors that are out finish their query."""
    with _guard:
        lock = _locks.setdefault(path, threading.Lock())
    with lock:
        _closed(path)


def close_gone() -> None:
    """Close files that were deleted, by this process or another."""
    for path in list(_open):
        if not path.exists():
            _closed(path)


def _closed(path: pathlib.Path) -> None:
    con = _open.pop(path, None)
    if con is not None:
        con.close()
