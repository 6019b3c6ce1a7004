"""What lies in the inbox: each file one load, each subfolder one load; what is still being written, and what is never taken."""

import os
import pathlib
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass

from churn_dash.marks import _
from churn_dash.words import Text

DONE, FAILED = "done", "failed"
_UNFINISHED = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download")
_JUNK = ("thumbs.db", "desktop.ini", "__macosx")
_EMPTY_SECONDS = 60.0
"""A file without a byte is one whose writer has not begun; after this long, it is an empty file."""

Look = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Arrival:
    """One load: ``path`` is a file or a subfolder, ``files`` what is to be read, in the order of their names.

    ``look`` changes whenever a file does: path, size, time and number of each. ``finished`` is False while somebody surely still
    writes. ``refusal`` says why it is not read at all.
    """

    path: pathlib.Path
    files: tuple[pathlib.Path, ...]
    look: Look
    finished: bool = True
    refusal: Text | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return shown(self.path.name)


def shown(name: str) -> str:
    """A file's name as it can be printed in one line: old archives leave names in GBK, and a name may hold a line end.

    >>> shown(os.fsdecode("客户.csv".encode("gbk"))), shown("two\\nlines.csv")
    ('客户.csv', 'two?lines.csv')
    """
    raw = os.fsencode(name)
    for codec in ("utf-8", "gb18030"):
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        return "".join(c if c.isprintable() else "?" for c in text)
    return raw.decode("utf-8", "replace")


def arrivals(folder: pathlib.Path) -> list[Arrival]:
    """All loads that lie in the inbox now, in the order of their names. Raises OSError where the inbox cannot be listed."""
    found = (arrival(path) for path in sorted(folder.iterdir()) if not _ignored(path.name) and path.name.lower() not in (DONE, FAILED))
    return [a for a in found if a is not None]


def arrival(path: pathlib.Path) -> Arrival | None:
    """One load; None where nothing is there (any more) that could be one."""
    if path.name.lower().endswith(_UNFINISHED):
        return None
    try:
        status = path.lstat()
        mine = ((path.name, status.st_size, status.st_mtime_ns, status.st_ino),)
        if stat.S_ISREG(status.st_mode):
            return Arrival(path, (path,), mine, _begun(status))
        if not stat.S_ISDIR(status.st_mode):
            return Arrival(path, (), mine, refusal=_refusal(path, status))
        return None if (path / "workspace.json").exists() else _together(path)
    except FileNotFoundError:
        return None
    except OSError as problem:
        return Arrival(path, (), (), refusal=Text(_("{name} cannot be read: {why}."), name=shown(path.name), why=problem.strerror or ""))


def _together(folder: pathlib.Path) -> Arrival:
    """A subfolder with all that is in it, at any depth."""
    files, look, finished, refusal = [], [], True, None
    for path in _inside(folder):
        status = path.lstat()
        look.append((path.relative_to(folder).as_posix(), status.st_size, status.st_mtime_ns, status.st_ino))
        if path.name.lower().endswith(_UNFINISHED):
            finished = False
        elif not stat.S_ISREG(status.st_mode):
            refusal = _refusal(path, status)
        else:
            files.append(path)
            finished = finished and _begun(status)
    return Arrival(folder, tuple(files), tuple(look), finished and bool(files or refusal), refusal)


def _inside(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """Everything in a folder that is no folder, by name; links are named, never followed. Raises OSError."""
    for path in sorted(folder.iterdir()):
        if _ignored(path.name):
            continue
        if stat.S_ISDIR(path.lstat().st_mode):
            yield from _inside(path)
        else:
            yield path


def _ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _JUNK


def _begun(status: os.stat_result) -> bool:
    return status.st_size > 0 or time.time() - status.st_mtime > _EMPTY_SECONDS


def _refusal(path: pathlib.Path, status: os.stat_result) -> Text:
    if stat.S_ISLNK(status.st_mode):
        return Text(_("{name} is a link, and links are not followed. Put the file itself here."), name=shown(path.name))
    return Text(_("{name} is no ordinary file."), name=shown(path.name))
