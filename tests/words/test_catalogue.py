"""Every sentence that a person reads has a Chinese one, with the same values in it."""

import ast
import functools
import pathlib
import string
from collections import defaultdict

import pytest
from babel.messages.pofile import read_po

from docs import catalogues

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "churn_dash/words/zh_Hans").glob("*.po"))


@functools.cache
def marked() -> dict[str, set[str]]:
    """Sentence → files in which it is marked with ``_()``."""
    found = defaultdict(set)
    for path in [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("churn_dash/**/*.py")]:
        if not path.exists():
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno} marks something that is not a plain sentence"
                found[node.args[0].value].add(path.relative_to(ROOT).as_posix())
    return found


@functools.cache
def translations() -> dict[str, dict[str, str]]:
    """Sentence → catalogue → translation."""
    found = defaultdict(dict)
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, abort_invalid=True):
                if message.id:
                    found[message.id][path.name] = message.string
    return found


def fields(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name is not None}


def test_every_marked_sentence_has_a_chinese_one():
    known = translations()
    missing = {s: sorted(files) for s, files in marked().items() if not any(known.get(s, {}).values())}
    assert not missing, "\n".join(f"{files}: {s}" for s, files in sorted(missing.items(), key=lambda kv: kv[1]))


def test_no_sentence_sends_its_reader_to_a_document_that_is_not_here():
    shown = [*marked(), *(t for versions in translations().values() for t in versions.values())]
    assert not [s for s in shown if "METHODS" in s]


def test_a_translation_has_no_value_that_its_sentence_lacks():
    wrong = [s for s, versions in translations().items() for t in versions.values() if not fields(t) <= fields(s)]
    assert not wrong, wrong


def test_a_sentence_has_one_translation_only():
    assert not {s: v for s, v in translations().items() if len(set(v.values())) > 1}


def test_no_translation_is_left_of_a_sentence_that_is_gone():
    known = marked()
    gone = {s: list(v) for s, v in translations().items() if s not in known}
    assert not gone, gone


@pytest.mark.parametrize("room", ["store", "contract", "measures"])
def test_the_extraction_finds_sentences(room):
    assert any(f.startswith(f"churn_dash/{room}/") for files in marked().values() for f in files)


def test_a_sentence_stands_once_in_the_catalogue_of_the_room_that_marks_it():
    rooms = catalogues.rooms()
    wrong = {s: sorted(files) for s, files in translations().items() if [*files] != [f"{rooms[s]}.po"]}
    assert not wrong, f"{len(wrong)} sentences, run python -m docs.catalogues: {[*wrong.items()][:5]}"
