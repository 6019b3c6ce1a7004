"""The file behind an upload: fetched, unpacked, and told by its first bytes what it is."""

import bz2
import dataclasses
import gzip
import pathlib
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Literal

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.files.members import Opened, copied, unzipped
from churn_dash.intake.files.parts import Reading
from churn_dash.intake.files.workbook import protected
from churn_dash.intake.source import Source
from churn_dash.words import _

_CHUNK = 1 << 22
_DEEPEST = 3
_PACKED = {"gz": b"\x1f\x8b", "bz2": b"BZh", "zip": b"PK"}
_FOREIGN = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
    b"SQLite format 3",
    b"GIF8",
    b"\x7fELF",
    b"ORC",
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def opened(source: Source, reading: Reading) -> list[Opened]:
    """The source as unpacked files: one, or several of a zip. A plain file on disk is used where it is.

    Raises NotFound when it does not exist, BadInput when it is empty, cut off, not what its ending says, or holds several files
    among which nobody has chosen.
    """
    return _opened(Opened(source.name, _on_disk(source, reading), "text"), source.name, reading, 0)


def _opened(file: Opened, called: str, reading: Reading, depth: int) -> list[Opened]:
    name, path = called, file.path
    head = _head(name, path)
    ending = _ending(name)
    packing = _packing(head, path)
    if ending in _PACKED and packing != ending:
        raise BadInput(_("{name} ends in .{ending}, but that is not what it is. Rename it, or save it again."), name=name, ending=ending)
    if packing == "zip" and ending == "xlsx":
        raise BadInput(_("{name} is a damaged workbook, or cut off. Open it in Excel and save it again."), name=name)
    if packing is None:
        return [dataclasses.replace(file, kind=_kind(name, ending, head, path))]
    if ending in ("csv", "tsv", "txt", "xlsx", "xls", "parquet"):
        raise BadInput(
            _("{name} ends in .{ending}, but it is a packed .{packing} file. Rename it."), name=name, ending=ending, packing=packing
        )
    if depth == _DEEPEST:
        raise BadInput(_("{name} is packed several times over. Unpack it first."), name=file.name)
    try:
        if packing == "zip":
            inside = unzipped(file, called, reading)
        else:
            opener: Callable[[pathlib.Path], IO[bytes]] = gzip.open if packing == "gz" else bz2.open  # type: ignore[assignment]
            inner = pathlib.PurePath(name).name
            inner = inner[: -len(packing) - 1] if inner.lower().endswith(packing) else inner
            with opener(path) as packed:
                unpacked = copied(name, packed, reading.place("unpacked"))
            inside = [(inner, dataclasses.replace(file, path=unpacked))]
    except (EOFError, zlib.error, zipfile.BadZipFile, OSError, ValueError) as problem:
        raise BadInput(_("{name} is damaged or cut off and cannot be unpacked. Copy or export it again."), name=name) from problem
    return [found for inner, each in inside for found in _opened(each, inner, reading, depth + 1)]


def _on_disk(source: Source, reading: Reading) -> pathlib.Path:
    if isinstance(source.data, bytes):
        path = reading.place("upload")
        path.write_bytes(source.data)
        return path
    if not source.data.exists():
        raise NotFound(_("There is no file {name}."), name=str(source.data))
    return source.data


def _head(name: str, path: pathlib.Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except OSError as problem:
        raise BadInput(_("{name} cannot be read: {why}."), name=name, why=problem.strerror or str(problem)) from problem
    if not head.strip():
        raise BadInput(_("{name} is empty."), name=name)
    return head


def _ending(name: str) -> str:
    return pathlib.PurePath(name).suffix.lower().lstrip(".")


def _packing(head: bytes, path: pathlib.Path) -> str | None:
    if head.startswith(_PACKED["gz"]):
        return "gz"
    if head.startswith(_PACKED["bz2"]) and head[4:10] in (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"):
        return "bz2"
    if head.startswith(b"PK\x03\x04") and not _is_workbook(path):
        return "zip"
    return None


def _is_workbook(path: pathlib.Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(n.startswith("xl/") for n in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _kind(name: str, ending: str, head: bytes, path: pathlib.Path) -> Literal["text", "xlsx", "xls", "parquet"]:
    if head.startswith(_OLD_OFFICE):
        if ending in ("xls", ""):
            return "xls"
        raise protected(name)
    is_workbook = head.startswith(b"PK\x03\x04") and _is_workbook(path)
    is_parquet = head.startswith(b"PAR1")
    if ending == "xlsx" and not is_workbook:
        raise BadInput(_("{name} ends in .xlsx, but it is not an Excel workbook."), name=name)
    if ending in ("parquet", "pq") and not is_parquet:
        raise BadInput(_("{name} ends in .parquet, but it is not a Parquet file."), name=name)
    if ending in ("csv", "tsv", "txt") and (is_workbook or is_parquet):
        was = "xlsx" if is_workbook else "parquet"
        raise BadInput(_("{name} ends in .{ending}, but it is a .{was} file. Rename it."), name=name, ending=ending, was=was)
    if ending == "xls" or head.startswith(_FOREIGN):
        raise BadInput(_("{name} is none of the files that can be read: CSV, xlsx, Parquet."), name=name)
    return "xlsx" if is_workbook else "parquet" if is_parquet else "text"
