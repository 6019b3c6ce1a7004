"""Translate sentences when they are shown."""

import difflib
import functools
import pathlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from babel.messages.pofile import read_po

from churn_dash.errors import ChurnDashError
from churn_dash.words.plurals import numbered

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDERS = {"zh": "zh_Hans"}


@runtime_checkable
class Spoken(Protocol):
    """A value that knows how it is written in a language."""

    def in_(self, language: str) -> str: ...


@dataclass(frozen=True)
class Text:
    """A sentence of the catalogue with its values, to be translated when shown.

    Values may be plain, a number format of ``words.numbers``, another ``Text``, or a marked word.

    >>> Text("{n} rows", n=3).in_("en")
    '3 rows'
    """

    template: str
    params: dict[str, Any] = field(default_factory=dict)

    def __init__(self, template: str, **params: Any) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "params", params)

    def __hash__(self) -> int:
        return hash((self.template, str(self.params)))

    def in_(self, language: str) -> str:
        return say(self, language)

    def __str__(self) -> str:
        return say(self)


@functools.cache
def sentences(language: str) -> dict[str, str]:
    """Source sentence → translation, from every ``.po`` file of the language. English: empty."""
    if language not in _FOLDERS:
        return {}
    found: dict[str, str] = {}
    for path in sorted((pathlib.Path(__file__).parent / _FOLDERS[language]).glob("*.po")):
        with path.open("rb") as file:
            found |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return found


def say(what: str | Text | ChurnDashError, language: str = "en") -> str:
    """The sentence in the reader's language; English where the catalogue lacks it.

    >>> say(Text("No file {name}.", name="a.csv"))
    'No file a.csv.'
    >>> say(Text("{low} to {high}", low="4 个月", high="5 个月"), "zh")
    '4 个月至 5 个月'
    """
    if isinstance(what, str):
        return sentences(language).get(what, what)
    template = sentences(language).get(what.template, what.template)
    if not what.params:
        return template
    values = {key: spoken(value, language) for key, value in what.params.items()}
    # What has no translation is English in every language.
    return (numbered(template, values) if template == what.template else _tight(template, values)).format(**values)


def _tight(template: str, values: dict[str, object]) -> str:
    """A Chinese template without the blank that sets off a number, where a value ends or begins in Chinese itself."""
    for name, value in values.items():
        if isinstance(value, str) and value and max(value[0], value[-1]) >= "一":
            after = rf"(\{{{name}\}}) (?=[一-鿿])" if "一" <= value[-1] <= "鿿" else None
            before = rf"(?<=[一-鿿]) (\{{{name}\}})" if "一" <= value[0] <= "鿿" else None
            for pattern in filter(None, (after, before)):
                template = re.sub(pattern, r"\1", template)
    return template


def spoken(value: object, language: str) -> object:
    """A parameter as it is written inside a sentence: formats and texts in the language, marked words translated."""
    if isinstance(value, str):
        return sentences(language).get(value, value)
    # Asked for by name: isinstance of a protocol looks at every member each time, and pages speak thousands of values.
    written = getattr(value, "in_", None)
    return value if written is None else written(language)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like ``name``; empty when none is near.

    >>> nearest("chrun_rate", ["churn_rate", "hazard"])
    'churn_rate'
    """
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")
