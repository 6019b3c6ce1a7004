"""Text in another encoding to UTF-8: large files in several processes at once, each a run of whole lines.

Run as a script by those processes, with the file, the first byte and the one after the last, the codec, and the file to write. It
imports nothing of this product, so that it starts at once.
"""

import codecs
import os
import pathlib
import shutil
import subprocess
import sys

_CHUNK = 1 << 22
_LARGE = 64 << 20
_MOST = 4
_WHOLE_LINES = ("gb18030", "big5hkscs")
_NOT_TEXT, _NUL = 3, 4


class Nul(ValueError):
    """The text holds a zero character, as no CSV does."""


def transcoded(path: pathlib.Path, codec: str, target: pathlib.Path) -> None:
    """Write the text of ``path`` as UTF-8. Raises UnicodeError where it is not written in the codec, Nul where it is no text."""
    size = path.stat().st_size
    n = min(_MOST, os.cpu_count() or 1) if size >= _LARGE and codec in _WHOLE_LINES else 1
    cuts = [0, *(_line_end(path, size * i // n) for i in range(1, n)), size]
    parts = [target, *(target.with_suffix(f".part-{i}") for i in range(1, n))]
    helpers = [_helper(path, first, last, codec, part) for first, last, part in zip(cuts[1:], cuts[2:], parts[1:], strict=False)]
    try:
        write(path, cuts[0], cuts[1], codec, target)
        for helper in helpers:
            if (code := helper.wait()) == _NUL:
                raise Nul(codec)
            if code:
                raise UnicodeError(codec)
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
    with target.open("ab") as out:
        for part in parts[1:]:
            with part.open("rb") as more:
                shutil.copyfileobj(more, out, _CHUNK)
            part.unlink()


def _line_end(path: pathlib.Path, place: int) -> int:
    """The first byte of the first line that begins after a place. A line feed is no part of a longer character in these encodings."""
    with path.open("rb") as file:
        file.seek(place)
        file.readline()
        return file.tell()


def _helper(path: pathlib.Path, first: int, last: int, codec: str, target: pathlib.Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", __file__, str(path), str(first), str(last), codec, str(target)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def write(path: pathlib.Path, first: int, last: int, codec: str, target: pathlib.Path) -> None:
    """Write some bytes of a file, which begin and end with whole characters, as UTF-8."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    with path.open("rb") as file, target.open("wb") as out:
        file.seek(first)
        left = last - first
        while left > 0 and (piece := file.read(min(_CHUNK, left))):
            left -= len(piece)
            out.write(_plain(decoder.decode(piece)))
        out.write(_plain(decoder.decode(b"", final=True)))


def _plain(text: str) -> bytes:
    if "\0" in text:
        raise Nul(text[:20])
    return text.encode()


if __name__ == "__main__":
    try:
        write(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], pathlib.Path(sys.argv[5]))
    except Nul:
        sys.exit(_NUL)
    except UnicodeError:
        sys.exit(_NOT_TEXT)
