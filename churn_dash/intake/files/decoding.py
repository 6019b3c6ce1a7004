"""Bytes to text: byte order mark, else strict UTF-8, else GB18030 or Big5 by how common the characters are; or what the person names."""

import codecs
import pathlib
from dataclasses import dataclass

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.files.frequency import score
from churn_dash.words import _

_CHUNK = 1 << 22
_LOOK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "936": "gb18030", "big5": "big5hkscs"}
_CALLED = {"big5hkscs": "big5"}
_CHINESE = ("gb18030", "big5hkscs")
_UNLIKELY = 0.5
_ASCII_SHARE = 0.2


@dataclass(frozen=True)
class Decoded:
    """A UTF-8 file without byte order mark problems, and the encoding that its original had.

    ``candidates`` are the encodings that its first bytes could be in, likeliest first. ``unsure``: none of them makes usual text.
    """

    path: pathlib.Path
    encoding: str
    candidates: tuple[str, ...] = ()
    unsure: bool = False


def decoded(name: str, path: pathlib.Path, folder: pathlib.Path, encoding: str | None = None) -> Decoded:
    """The text as a UTF-8 file: the same file where it is clean UTF-8 already, else a copy in ``folder``.

    Raises BadInput for bytes that are no text in the named or any tried encoding, NotFound for an unknown encoding's name.
    """
    with path.open("rb") as file:
        head = file.read(_LOOK)
    marked = next((e for mark, e in _MARKS if head.startswith(mark)), None)
    if encoding is not None:
        chosen = _codec(encoding)
        if chosen in ("utf-8", "utf-16", "utf-32") and marked and marked.startswith(chosen):
            chosen = marked
        return _as(name, path, folder, chosen, named=encoding)
    if marked:
        return _as(name, path, folder, marked, named=None)
    wide = _without_mark(head)
    if wide:
        return _as(name, path, folder, wide, named=None)
    if _is_utf8(name, path):
        return _with(_as_it_is(name, path, folder, "utf-8"), ("utf-8",) if head.isascii() else ("utf-8", *_likeliest(path)), unsure=False)
    likely = _likeliest(path)
    for codec in likely[:-1]:
        try:
            return _with(_as(name, path, folder, codec, named=None), likely, unsure=_unlikely(path, codec))
        except BadInput:
            continue
    return _with(_as(name, path, folder, likely[-1] if likely else "gb18030", named=None), likely, unsure=_unlikely(path, likely[-1]))


def _with(found: Decoded, candidates: tuple[str, ...], unsure: bool) -> Decoded:
    return Decoded(found.path, found.encoding, tuple(_CALLED.get(c, c) for c in candidates), unsure)


def _beyond_ascii(path: pathlib.Path) -> bytes:
    """The first lines with something beyond ASCII, up to some size: what the encoding can be told from."""
    lines, size = [], 0
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                lines.append(line)
                size += len(line)
            if size > _LOOK >> 3 or file.tell() > 64 * _CHUNK:
                break
    return b"".join(lines)


def _likeliest(path: pathlib.Path) -> tuple[str, ...]:
    """The Chinese encodings that can read the first such lines, likeliest first; GB18030 where it is a draw or none can."""
    sample = _beyond_ascii(path)
    scores = {codec: score(sample, codec) for codec in _CHINESE}
    return tuple(sorted((c for c in _CHINESE if scores[c] > -1), key=lambda c: -scores[c])) or _CHINESE[:1]


def _unlikely(path: pathlib.Path, codec: str) -> bool:
    return score(_beyond_ascii(path), codec) < _UNLIKELY


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a byte order mark: every other byte of its ASCII characters is zero."""
    if b"\0" not in head:
        return None
    even = head[: len(head) - len(head) % 2]
    for codec, plain in (("utf-16-le", slice(1, None, 2)), ("utf-16-be", slice(0, None, 2))):
        if 2 * even[plain].count(0) < _ASCII_SHARE * len(even):
            continue
        text = codecs.getincrementaldecoder(codec)("ignore").decode(even)
        if "\0" not in text and ("\n" in text or "\r" in text):
            return codec
    return None


def _codec(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding)
    except (LookupError, ValueError) as problem:
        raise NotFound(
            _("There is no encoding {name}. Use utf-8, gb18030, utf-16, big5 or another known name."), name=encoding
        ) from problem
    if not getattr(found, "_is_text_encoding", True):
        raise NotFound(_("There is no encoding {name}. Use utf-8, gb18030, utf-16, big5 or another known name."), name=encoding)
    return _WIDER.get(found.name, found.name)


def _as(name: str, path: pathlib.Path, folder: pathlib.Path, codec: str, named: str | None) -> Decoded:
    if codec in ("utf-8", "utf-8-sig"):
        if not _is_utf8(name, path):
            raise _wrong(name, codec, named)
        return _as_it_is(name, path, folder, codec)
    target = folder / f"text-{len(list(folder.iterdir()))}.csv"
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as file, target.open("w", encoding="utf-8", newline="") as out:
            while piece := file.read(_CHUNK):
                out.write(_text(name, decoder.decode(piece)))
            out.write(_text(name, decoder.decode(b"", final=True)))
    except UnicodeError as problem:
        raise _wrong(name, codec, named) from problem
    return _as_it_is(name, target, folder, _CALLED.get(codec, codec))


def _wrong(name: str, codec: str, named: str | None) -> BadInput:
    if named is not None:
        return BadInput(_("{name} is not written in {encoding}. Leave the encoding out, or name another."), name=name, encoding=named)
    if codec in _CHINESE:
        return BadInput(
            _("{name} is text neither in UTF-8 nor in GB18030 nor in Big5. Name its encoding, or save it as UTF-8."),
            name=name,
            encoding=codec,
        )
    return BadInput(_("{name} says that it is {encoding}, but it is damaged or cut off. Export it again."), name=name, encoding=codec)


def _text(name: str, text: str) -> str:
    if "\0" in text:
        raise _binary(name)
    return text


def _binary(name: str) -> BadInput:
    return BadInput(_("{name} is not text: it holds bytes that no CSV has. If it is UTF-16, name that encoding."), name=name)


def _is_utf8(name: str, path: pathlib.Path) -> bool:
    """Whether the whole file is strict UTF-8. Raises BadInput where it is, but for a last character cut in two."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    beyond_ascii = 0
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            if b"\0" in piece:
                raise _binary(name)
            pending = decoder.getstate()[0]
            if not pending and piece.isascii():
                continue
            try:
                text = decoder.decode(piece)
            except UnicodeDecodeError:
                return False
            beyond_ascii += len(piece) - len(text)
    if not decoder.getstate()[0]:
        return True
    if beyond_ascii > 20:
        raise BadInput(_("{name} is cut off in the middle of a character. Copy or export it again."), name=name)
    return False


def _as_it_is(name: str, path: pathlib.Path, folder: pathlib.Path, encoding: str) -> Decoded:
    """The file itself, or a copy with line feeds where lines end in carriage returns alone."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        if not head.lstrip(codecs.BOM_UTF8).strip():
            raise BadInput(_("{name} is empty."), name=name)
        if b"\n" in head or b"\r" not in head:
            return Decoded(path, encoding)
        target = folder / f"lines-{len(list(folder.iterdir()))}.csv"
        with target.open("wb") as out:
            while head:
                out.write(head.replace(b"\r", b"\n"))
                head = file.read(_CHUNK)
    return Decoded(target, encoding)
