"""What is remembered of a source, and what is different this time. Pure: where it is kept is the store's business."""

import dataclasses
import difflib
import pathlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from churn_dash.intake.mapping.fields import plain
from churn_dash.intake.mapping.seen import MOST_LEVELS, Seen
from churn_dash.intake.source import Options

_LASTING = ("table", "encoding", "separator", "sheet", "header_row", "day_order", "closed", "distinct_rows")
"""What a person said that holds next time as well; a month or a file inside a zip does not."""
_READING = ("encoding", "separator", "sheet", "header_row")
_ALIKE, _OTHER_NAME = 0.5, 0.9
"""Share of headers that must agree: under the same name, and under another."""
_SAME_VALUES, _SAME_NAME = 0.8, 0.75


def stem(name: str) -> str:
    """What a file is called without its folder, endings, numbers and dates: the same from month to month.

    >>> stem("客户清单_202403.xlsx"), stem("2024年4月 客户清单.xlsx"), stem("march/aum-2024-03-31.csv.gz"), stem("b.xlsx [2024年3月]")
    ('客户清单', '客户清单', 'aum', 'b')
    """
    sheet = re.search(r"\s\[([^\[\]]+)\]$", name)
    file = name[: sheet.start()] if sheet else name
    words = [pathlib.PurePath(file).name.split(".")[0], sheet[1] if sheet else ""]
    normal = unicodedata.normalize("NFKC", " ".join(words)).casefold()
    return " ".join(re.sub(r"\d+\s*[年月日号]?|[\W_]+", " ", normal).split())


@dataclass(frozen=True)
class Remembered:
    """One source as it was last loaded.

    ``fields`` is header → column of the contract ("" left out, None a column of its own); ``said`` are the lasting words of the person
    (fields of Options, without the mapping); ``levels`` are the words that a column has held in any load, at most 200.
    """

    source: str
    table: str
    header: tuple[str, ...]
    fields: Mapping[str, str | None]
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    encoding: str | None = None
    separator: str | None = None
    file: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a record; ``of_json`` reads it."""
        return dataclasses.asdict(self)

    @classmethod
    def of_json(cls, body: Mapping[str, Any]) -> "Remembered":
        """From a record; fields that a newer version wrote are left out."""
        known = {f.name for f in dataclasses.fields(cls)}
        kept = {k: v for k, v in body.items() if k in known}
        kept["header"] = tuple(kept.get("header", ()))
        kept["levels"] = {h: tuple(v) for h, v in kept.get("levels", {}).items()}
        return cls(**kept)


def remembering(seen: Seen, options: Options, before: Remembered | None = None) -> Remembered:
    """What to remember of a source that was loaded with these options."""
    said = {k: v for k, v in options.said().items() if k in _LASTING}
    if options.mask:
        said["mask"] = list(options.mask)
    missing = {h: list(v) for h, v in options.missing.items() if h in seen.header}
    levels = dict(seen.levels)
    for header, words in (before.levels if before else {}).items():
        if header in levels:
            levels[header] = tuple(dict.fromkeys((*levels[header], *words)))[:MOST_LEVELS]
    return Remembered(
        source=stem(seen.name),
        table=seen.table,
        header=seen.header,
        fields=dict(seen.fields),
        levels=levels,
        said=said | ({"missing": missing} if missing else {}),
        encoding=seen.encoding,
        separator=seen.separator,
        file=seen.name,
    )


def agreement(remembered: Remembered, header: tuple[str, ...]) -> float:
    """Share of headers that agree, 0–1, of all on either side."""
    before, now = {plain(h) for h in remembered.header}, {plain(h) for h in header}
    return len(before & now) / max(len(before | now), 1)


def matches_source(remembered: Remembered, name: str, header: tuple[str, ...]) -> bool:
    """Whether a file is this source again: the same name and half of its headers, or nearly all headers under another name."""
    return agreement(remembered, header) >= (_ALIKE if stem(name) == remembered.source else _OTHER_NAME)


def reading_options(remembered: Remembered, options: Options) -> Options:
    """The options with what was said last time about how the file is read, where nothing is said now."""
    before = {k: v for k, v in remembered.said.items() if k in _READING and k not in options.said()}
    return dataclasses.replace(options, **before)


def unread(remembered: Remembered) -> Remembered:
    """The same without what was said about how the file is read: it does not do any more."""
    return dataclasses.replace(remembered, said={k: v for k, v in remembered.said.items() if k not in _READING})


def agreed(sources: Sequence[Remembered], every: bool) -> frozenset[str]:
    """Which words said last time hold for files that are loaded together: those said the same of all; ``every`` file is known."""
    if len(sources) == 1 and every:
        return frozenset(sources[0].said)
    shared = [k for k in _LASTING if every and sources and all(s.said.get(k) == sources[0].said.get(k) for s in sources)]
    return frozenset(("missing", "mask", *shared))


def recalled(remembered: Remembered, options: Options, seen: Seen) -> Options:
    """The options with all that was said last time, where nothing is said now; only headers that are there."""
    now = options.said()
    before = {k: v for k, v in remembered.said.items() if k in _LASTING and k not in now}
    missing = {h: tuple(v) for h, v in remembered.said.get("missing", {}).items() if h in seen.header and h not in options.missing}
    mask = tuple(h for h in remembered.said.get("mask", ()) if h in seen.header and h not in options.mapping and h not in options.mask)
    named = {plain(h) for h in (*options.mapping, *([options.id_column] if options.id_column else []))}
    taken = {f for f in options.mapping.values() if f} | ({"customer_id"} if options.id_column else set())
    mapping = {
        h: f
        for h, f in remembered.fields.items()
        if h in seen.header and plain(h) not in named and f not in taken and seen.fields.get(h) != f
    }
    named_now, gone = {**mapping, **options.mapping}, {**missing, **options.missing}
    return dataclasses.replace(options, mapping=named_now, missing=gone, mask=(*options.mask, *mask), **before)


def renamed(remembered: Remembered, seen: Seen) -> tuple[tuple[str, str], ...]:
    """Columns that are gone with the new one each seems to be now: the same field, the same words in it, or nearly the same name."""
    gone = [h for h in remembered.header if plain(h) not in {plain(n) for n in seen.header}]
    new = [h for h in seen.header if plain(h) not in {plain(o) for o in remembered.header}]
    found: list[tuple[str, str]] = []
    for old in gone:
        scores = {n: s for n in new if (s := _likeness(remembered, seen, old, n)) > 0 and n not in {b for _a, b in found}}
        if scores:
            found.append((old, max(scores, key=lambda n: scores[n])))
    return tuple(found)


def _likeness(remembered: Remembered, seen: Seen, old: str, new: str) -> float:
    mapped = remembered.fields.get(old)
    if mapped and mapped == seen.fields.get(new):
        return 3.0
    before, now = set(remembered.levels.get(old, ())), set(seen.levels.get(new, ()))
    if len(before & now) >= max(2, _SAME_VALUES * min(len(before), len(now))):
        return 1 + len(before & now) / len(before | now)
    name = difflib.SequenceMatcher(None, plain(old), plain(new)).ratio()
    return name if name >= _SAME_NAME else 0.0
