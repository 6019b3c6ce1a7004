"""The file behind an upload: fetched, unpacked, and told by its first bytes what it is."""

import bz2
import gzip
import pathlib
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Literal

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.source import Source
from churn_dash.words import _

_CHUNK = 1 << 22
_MOST_UNPACKED = 8 << 30
_PACKED = {"gz": b"\x1f\x8b", "bz2": b"BZh", "zip": b"PK"}
_BINARY = {"xlsx": b"PK", "parquet": b"PAR1"}
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


@dataclass(frozen=True)
class Opened:
    """An unpacked file on disk and what its first bytes say it is."""

    name: str
    path: pathlib.Path
    kind: Literal["text", "xlsx", "parquet"]


def opened(source: Source, folder: pathlib.Path) -> Opened:
    """The source as an unpacked file; copies and unpacked files go to ``folder``. A plain file on disk is used where it is.

    Raises NotFound when it does not exist, BadInput when it is empty, cut off, or not what its ending says.
    """
    name, path = source.name, _on_disk(source, folder)
    for _depth in range(3):
        head = _head(name, path)
        ending = _ending(name)
        packing = _packing(head, path)
        if ending in _PACKED and packing != ending:
            raise BadInput(
                _("{name} ends in .{ending}, but that is not what it is. Rename it, or save it again."), name=name, ending=ending
            )
        if packing == "zip" and ending == "xlsx":
            raise BadInput(_("{name} is a damaged workbook, or cut off. Open it in Excel and save it again."), name=name)
        if packing is None:
            return Opened(source.name, path, _kind(name, ending, head, path))
        if ending in ("csv", "tsv", "txt", "xlsx", "parquet"):
            raise BadInput(
                _("{name} ends in .{ending}, but it is a packed .{packing} file. Rename it."), name=name, ending=ending, packing=packing
            )
        path = _unpacked(name, path, packing, folder)
        name = path.name
    raise BadInput(_("{name} is packed several times over. Unpack it first."), name=source.name)


def _on_disk(source: Source, folder: pathlib.Path) -> pathlib.Path:
    if isinstance(source.data, bytes):
        path = folder / f"upload-{len(list(folder.iterdir()))}"
        path.write_bytes(source.data)
        return path
    if source.data.is_dir():
        raise BadInput(_("{name} is a folder. Name the files inside it."), name=source.name)
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


def _kind(name: str, ending: str, head: bytes, path: pathlib.Path) -> Literal["text", "xlsx", "parquet"]:
    if head.startswith(_OLD_OFFICE):
        raise BadInput(_("{name} is an old or password-protected Excel file. Save it as .xlsx without a password."), name=name)
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


def _unpacked(name: str, path: pathlib.Path, packing: str, folder: pathlib.Path) -> pathlib.Path:
    try:
        if packing == "zip":
            return _from_zip(name, path, folder)
        opener: Callable[[pathlib.Path], IO[bytes]] = gzip.open if packing == "gz" else bz2.open  # type: ignore[assignment]
        inner = pathlib.PurePath(name).name
        inner = inner[: -len(packing) - 1] if inner.lower().endswith(packing) else inner
        with opener(path) as packed:
            return _copied(name, packed, folder / f"unpacked-{len(list(folder.iterdir()))}-{inner}")
    except (EOFError, zlib.error, zipfile.BadZipFile, OSError, ValueError) as problem:
        raise BadInput(_("{name} is damaged or cut off and cannot be unpacked. Copy or export it again."), name=name) from problem


def _from_zip(name: str, path: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    with zipfile.ZipFile(path) as archive:
        inside = [i for i in archive.infolist() if not i.is_dir() and not pathlib.PurePosixPath(i.filename).name.startswith((".", "__"))]
        inside = [i for i in inside if "__MACOSX" not in i.filename]
        if len(inside) != 1:
            raise BadInput(_("{name} holds {n} files. Unpack it and choose among them."), name=name, n=len(inside))
        if inside[0].flag_bits & 1:
            raise BadInput(_("{name} is protected by a password. Unpack it first."), name=name)
        inner = pathlib.PurePosixPath(inside[0].filename).name
        with archive.open(inside[0]) as packed:
            return _copied(name, packed, folder / f"unpacked-{len(list(folder.iterdir()))}-{inner}")


def _copied(name: str, packed: IO[bytes], target: pathlib.Path) -> pathlib.Path:
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
