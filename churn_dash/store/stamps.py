"""Whether a file changed since it was read, told without reading it: what was read then is still true."""

import functools
import json
import os
import pathlib
from typing import Any

Stamp = tuple[int, int, int]


def sqlite_stamp(path: pathlib.Path) -> Stamp:
    """SQLite's own count of changes, and the file's age and number, since it may be put back from a copy. Zeros where there is none."""
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            return int.from_bytes(file.read(28)[24:], "big"), about.st_mtime_ns, about.st_ino
    except OSError:
        return 0, 0, 0


def file_stamps(folder: pathlib.Path) -> dict[str, Stamp]:
    """Of each file of a folder its size, age and number."""
    found = {p.name: p.stat() for p in sorted(folder.iterdir())} if folder.is_dir() else {}
    return {name: (s.st_size, s.st_mtime_ns, s.st_ino) for name, s in found.items()}


def read_json(path: pathlib.Path) -> Any:
    """A small file of JSON, read again once it is another. Not to be changed by who gets it."""
    about = path.stat()
    return _json(path, (about.st_size, about.st_mtime_ns, about.st_ino))


@functools.lru_cache(maxsize=64)
def _json(path: pathlib.Path, _stamp: Stamp) -> Any:
    return json.loads(path.read_text())
