"""The files inside a zip, and which of them is meant."""

import dataclasses
import pathlib
import shutil
import zipfile
from dataclasses import dataclass
from typing import IO, Literal

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.files.parts import Reading
from churn_dash.intake.questions import Question
from churn_dash.words import Text, _, nearest

_CHUNK = 1 << 22
_MOST_UNPACKED = 8 << 30
_MOST_MEMBERS = 500
DATA = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".parquet", ".pq", ".gz", ".bz2", ".zip")


@dataclass(frozen=True)
class Opened:
    """An unpacked file on disk and what its first bytes say it is. ``inner``: its names inside its packing, innermost first."""

    name: str
    path: pathlib.Path
    kind: Literal["text", "xlsx", "xls", "parquet"]
    inner: tuple[str, ...] = ()
    warnings: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()


def is_junk(path: str) -> bool:
    """Whether a file is what a system leaves behind: hidden, of macOS, of an open Excel.

    >>> is_junk("__MACOSX/._a.csv"), is_junk("in/.DS_Store"), is_junk("~$a.xlsx"), is_junk("in/a.csv")
    (True, True, True, False)
    """
    parts = pathlib.PurePosixPath(path).parts
    return any((p.startswith((".", "__", "~$")) and p != "..") or p in ("Thumbs.db", "desktop.ini") for p in parts)


def is_data(path: str) -> bool:
    """Whether a file's ending is one of those that can hold data."""
    return pathlib.PurePosixPath(path).suffix.lower() in DATA


def unzipped(file: Opened, called: str, reading: Reading) -> list[tuple[str, Opened]]:
    """The members of a zip that are meant, unpacked, each with its own name.

    One data file: that one. Several: the one that the person names, all of them for "*"; else BadInput, or, where files are only looked
    at, the first with a question.
    """
    with zipfile.ZipFile(file.path) as archive:
        inside = {_named(i): i for i in archive.infolist() if not i.is_dir() and not is_junk(_named(i))}
        if len(inside) < sum(not i.is_dir() and not is_junk(_named(i)) for i in archive.infolist()):
            raise BadInput(_("{name} holds two files of the same name. Unpack it and load the right one."), name=called)
        data = {n: i for n, i in inside.items() if is_data(n)} or inside
        asked, questions = reading.options.member, file.questions
        if not data or len(data) > _MOST_MEMBERS:
            raise BadInput(_("{name} holds {n} files. Unpack it and choose among them."), name=called, n=len(data))
        wanted = sorted(data)
        if asked not in (None, "*"):
            wanted = [_asked(called, str(asked), inside)]
        elif asked is None and len(data) > 1:
            question = _question(called, wanted)
            if not reading.looking:
                raise BadInput(
                    _("{name} holds {n} files: {members}. Name one of them with --member, or all together with --member '*'."),
                    name=called,
                    n=len(wanted),
                    members=", ".join(wanted[:12]),
                )
            wanted, questions = wanted[:1], (*questions, question)
        warnings = file.warnings
        if len(left := sorted(inside.keys() - data.keys())):
            warnings = (*warnings, left_out(called, left))
        found = []
        for name in wanted:
            if inside[name].flag_bits & 1:
                raise BadInput(_("{name} is protected by a password. Unpack it first."), name=called)
            with archive.open(inside[name]) as packed:
                path = copied(called, packed, reading.place("unpacked"))
            each = f"{file.name}/{name}" if len(data) > 1 else file.name
            member = dataclasses.replace(file, name=each, path=path, inner=(name, *file.inner), warnings=warnings, questions=questions)
            found.append((pathlib.PurePosixPath(name).name, member))
            warnings = ()
        return found


def left_out(name: str, files: list[str]) -> Text:
    """The sentence for files that are no data files."""
    return Text(_("{name}: {n} files are left out, they are no data files: {files}."), name=name, n=len(files), files=", ".join(files[:12]))


def _named(info: zipfile.ZipInfo) -> str:
    """A member's name; names written without the UTF-8 mark by Chinese systems are in GB18030."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        pass
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _asked(called: str, asked: str, inside: dict[str, zipfile.ZipInfo]) -> str:
    by_name = {pathlib.PurePosixPath(n).name: n for n in inside} | {n: n for n in inside}
    if asked not in by_name:
        raise NotFound(
            _("{name} holds no file {member}. Did you mean {near}? It holds {known}."),
            name=called,
            member=asked,
            near=nearest(asked, inside) or next(iter(inside)),
            known=", ".join(sorted(inside)[:12]),
        )
    return by_name[asked]


def _question(called: str, members: list[str]) -> Question:
    reason = Text(_("{name} holds {n} files."), name=called, n=len(members))
    choices = (*((m, Text(m)) for m in members), ("*", Text(_("all of them together"))))
    return Question("member", "", Text(_("Which file of {name} shall be read?"), name=called), choices, None, reason)


def copied(name: str, packed: IO[bytes], target: pathlib.Path) -> pathlib.Path:
    """Unpack in pieces, and stop where the rest would fill the disk."""
    most = min(_MOST_UNPACKED, int(shutil.disk_usage(target.parent).free * 0.8))
    size = 0
    with target.open("wb") as out:
        while piece := packed.read(_CHUNK):
            size += len(piece)
            if size > most:
                raise BadInput(_("{name} unpacks to more than {gigabytes} GB. Split it."), name=name, gigabytes=max(1, most >> 30))
            out.write(piece)
    return target
