"""Bytes to text: byte order mark, else strict UTF-8, else GB18030; or the encoding that the person names."""

import codecs
import pathlib
from dataclasses import dataclass

from churn_dash.errors import BadInput, NotFound
from churn_dash.words import _

_CHUNK = 1 << 22
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "936": "gb18030"}


@dataclass(frozen=True)
class Decoded:
    """A UTF-8 file without byte order mark problems, and the encoding that its original had."""

    path: pathlib.Path
    encoding: str


def decoded(name: str, path: pathlib.Path, folder: pathlib.Path, encoding: str | None = None) -> Decoded:
    """The text as a UTF-8 file: the same file where it is clean UTF-8 already, else a copy in ``folder``.

    Raises BadInput for bytes that are no text in the named or any tried encoding, NotFound for an unknown encoding's name.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((e for mark, e in _MARKS if head.startswith(mark)), None)
    if encoding is not None:
        chosen = _codec(encoding)
        if chosen in ("utf-8", "utf-16", "utf-32") and marked and marked.startswith(chosen):
            chosen = marked
        return _as(name, path, folder, chosen, named=encoding)
    if marked:
        return _as(name, path, folder, marked, named=None)
    if _is_utf8(name, path):
        return _as_it_is(name, path, folder, "utf-8")
    return _as(name, path, folder, "gb18030", named=None)


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
    return _as_it_is(name, target, folder, codec)


def _wrong(name: str, codec: str, named: str | None) -> BadInput:
    if named is not None:
        return BadInput(_("{name} is not written in {encoding}. Leave the encoding out, or name another."), name=name, encoding=named)
    if codec == "gb18030":
        return BadInput(
            _("{name} is text neither in UTF-8 nor in GB18030. Name its encoding, or save it as UTF-8."), name=name, encoding=codec
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
