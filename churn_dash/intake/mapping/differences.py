"""What is different from last time, in a list that a person can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from churn_dash.intake.mapping.fields import plain
from churn_dash.intake.mapping.remembered import Remembered, renamed
from churn_dash.intake.mapping.seen import Seen
from churn_dash.words import Text, _, say

_SHOWN = 8


@dataclass(frozen=True)
class Differences:
    """What changed since the source was last loaded.

    ``gone`` and ``new`` are headers, ``renamed`` pairs of the old and the new one, ``categories`` header → words never seen before,
    ``encoding`` and ``separator`` before and now. ``lost`` are columns of the contract that had a header then and have none now.
    """

    file: str
    before: str
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: tuple[str, str] | None = None
    separator: tuple[str, str] | None = None
    lost: tuple[tuple[str, str], ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.gone or self.new or self.renamed or self.categories or self.encoding or self.separator)

    def sentences(self) -> tuple[Text, ...]:
        """One sentence for each kind of change; empty where nothing changed."""
        out = []
        fields = dict(self.lost)
        for header in self.gone:
            if header in fields:
                told = _("Column {column} is gone; it was {field}.")
                out.append(Text(told, column=header, field=fields[header]))
            else:
                out.append(Text(_("Column {column} is gone."), column=header))
        out += [Text(_("Column {column} is new."), column=h) for h in self.new]
        out += [Text(_("Column {before} seems to be called {now} now."), before=a, now=b) for a, b in self.renamed]
        for header, words in self.categories.items():
            told = _("Column {column} holds {n} values never seen before: {values}")
            out.append(Text(told, column=header, n=len(words), values=", ".join(words[:_SHOWN]) + (" …" if len(words) > _SHOWN else "")))
        if self.encoding:
            out.append(Text(_("The encoding was {before} and is {now} now."), before=self.encoding[0], now=self.encoding[1]))
        if self.separator:
            told = _("The cells were separated by {before} and are by {now} now.")
            out.append(Text(told, before=_written(self.separator[0]), now=_written(self.separator[1])))
        return tuple(out)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "file": self.file,
            "last_file": self.before,
            "gone": list(self.gone),
            "new": list(self.new),
            "renamed": [list(pair) for pair in self.renamed],
            "categories": {h: list(words) for h, words in self.categories.items()},
            "encoding": list(self.encoding) if self.encoding else None,
            "separator": list(self.separator) if self.separator else None,
            "lost": dict(self.lost),
            "sentences": [say(s, language) for s in self.sentences()],
        }


def _written(separator: str) -> str:
    return "tab" if separator == "\t" else separator


def compare(remembered: Remembered, seen: Seen) -> Differences:
    """What changed between a source as it was last loaded and as it is now.

    >>> before = Remembered("a", "customers", ("id", "city"), {"id": "customer_id", "city": "city"}, {"city": ("Rome",)})
    >>> now = Seen("a.csv", "customers", ("id", "town", "city"), {"id": "customer_id"}, {"city": ("Oslo", "Rome")})
    >>> [str(s.in_("en")) for s in compare(before, now).sentences()]
    ['Column town is new.', 'Column city holds 1 value never seen before: Oslo']
    """
    pairs = renamed(remembered, seen)
    there, then = {plain(h) for h in seen.header}, {plain(h) for h in remembered.header}
    old, fresh = {a for a, _b in pairs}, {b for _a, b in pairs}
    called = {**{h: h for h in seen.header}, **dict(pairs)}
    categories = {}
    for header, words in remembered.levels.items():
        now = seen.levels.get(called.get(header, header), ())
        unseen = tuple(w for w in now if w not in set(words))
        if unseen:
            categories[called.get(header, header)] = unseen
    held = {f for f in seen.fields.values() if f}
    gone = [h for h in remembered.header if plain(h) not in there]
    return Differences(
        file=seen.name,
        before=remembered.file,
        gone=tuple(h for h in gone if h not in old),
        new=tuple(h for h in seen.header if plain(h) not in then and h not in fresh),
        renamed=pairs,
        categories=categories,
        encoding=_changed(remembered.encoding, seen.encoding),
        separator=_changed(remembered.separator, seen.separator),
        lost=tuple((h, str(f)) for h in gone if (f := remembered.fields.get(h)) and f not in held),
    )


def _changed(before: str | None, now: str | None) -> tuple[str, str] | None:
    return (before, now) if before and now and before != now else None
