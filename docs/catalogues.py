"""Sort the Chinese catalogues: one file a room, each sentence once, in the room that marks it (of several, the first by name).

`python -m docs.catalogues` after sentences were added or moved; a new sentence may stand in any file until then.
"""

import ast
import pathlib
from collections import defaultdict

from babel.messages.pofile import read_po

ROOT = pathlib.Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "churn_dash/words/zh_Hans"
_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


def room(path: pathlib.Path) -> str:
    """The room of a module, relative to the root: its folder in the package (in ui its family), the module itself, or pages.

    >>> [room(pathlib.Path(p)) for p in ("churn_dash/ui/parts/cards.py", "churn_dash/ui/frame.py", "churn_dash/demo.py", "app.py")]
    ['ui_parts', 'ui', 'demo', 'pages']
    """
    if path.parts[0] != "churn_dash":
        return "pages"
    return "_".join(path.parts[1:3]) if path.parts[1] == "ui" and len(path.parts) > 3 else pathlib.Path(path.parts[1]).stem


def rooms() -> dict[str, str]:
    """Sentence → room, of every sentence marked with ``_()``."""
    found: dict[str, str] = {}
    files = [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("churn_dash/**/*.py")]
    for path in sorted(files, key=lambda p: (room(p.relative_to(ROOT)), p)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            marks = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args
            if marks and isinstance(node.args[0], ast.Constant):
                found.setdefault(str(node.args[0].value), room(path.relative_to(ROOT)))
    return found


def translations() -> dict[str, str]:
    """Sentence → Chinese, of every catalogue there is."""
    found: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            found |= {str(m.id): str(m.string) for m in read_po(file) if m.id}
    return found


def quoted(text: str) -> str:
    """A text as a catalogue holds it."""
    for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, written)
    return f'"{text}"'


def catalogues() -> dict[str, str]:
    """Room → the text of its catalogue, sentences by name."""
    where, sorted_out = rooms(), defaultdict(list)
    for sentence, chinese in sorted(translations().items()):
        sorted_out[where[sentence]].append(f"msgid {quoted(sentence)}\nmsgstr {quoted(chinese)}\n")
    return {name: "\n".join([_HEAD, *entries]) for name, entries in sorted_out.items()}


def main() -> None:
    """Write every catalogue anew, and take away those of no room."""
    found = catalogues()
    for path in CATALOGUES.glob("*.po"):
        if path.stem not in found:
            path.unlink()
    for name, text in found.items():
        (CATALOGUES / f"{name}.po").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
