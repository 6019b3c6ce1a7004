"""The saved segments of a workspace as every question finds them: by name, newest version. Edited in ``segments.saved``."""

import functools
import hashlib
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.errors import NotFound, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.measures.conditions.groupings import grouping
from churn_dash.measures.conditions.rules import Clause, Rule, rule_of
from churn_dash.store import Dataset, Dimension, Record, Records
from churn_dash.words import nearest

KIND = "segment"
PREFIX = "segment:"
FOLDER = "segments"
IN, OUT = "in", "out"


@dataclass(frozen=True)
class Segment:
    """One version of a saved segment: a rule over what is known of a customer, or a fixed list of customers.

    ``n_listed`` counts the customers of a list when it was saved. ``tag``: a rule that marks customers. ``made`` is ISO 8601 in UTC.
    ``ready``: it comes with Churn Dash, version 0, saved by nobody; its name is a word of the catalogue.
    """

    name: str
    version: int
    who: str
    made: str
    rule: Rule | None
    file: str | None
    n_listed: int | None
    tag: bool
    retired: bool
    renamed_to: str | None
    note: str
    ready: bool = False

    @property
    def kind(self) -> str:
        """``rule`` or ``list``."""
        return "list" if self.rule is None else "rule"

    @property
    def dimension(self) -> Dimension:
        """As a way to break customers down: those in it and those out of it."""
        return membership(PREFIX + self.name, self.name, own_words=not self.ready)


def membership(name: str, label: str, own_words: bool = True) -> Dimension:
    """A group as a way to break customers down: those ``in`` it and those ``out`` of it. Its column is none of the month table."""
    return Dimension(name, "g_" + hashlib.sha256(name.encode()).hexdigest()[:16], label, (IN, OUT), own_words=own_words)


_declared: dict[str, Segment] = {}


def declare_ready(name: str, column: str, values: tuple[str, ...], note: str) -> None:
    """Make one level, or several, of a grouping a segment that is there without being saved."""
    rule = Rule((Clause(column, values),))
    _declared[name] = Segment(name, 0, "", "", rule, None, None, tag=False, retired=False, renamed_to=None, note=note, ready=True)


def ready(ds: Dataset) -> dict[str, Segment]:
    """The ready segments that these data allow, by name."""
    return {n: s for n, s in _declared.items() if s.rule and all(grouping(ds, c.column) for c in s.rule.clauses())}


def of_record(record: Record) -> Segment:
    """The segment that a record holds. Raises ``WorkspaceProblem`` for one that cannot be read."""
    body: Mapping[str, Any] = record.body
    return Segment(
        record.name,
        record.version,
        record.who,
        record.made,
        rule_of(body["rule"]) if body.get("rule") else None,
        body.get("file"),
        body.get("n"),
        bool(body.get("tag")),
        bool(body.get("retired")),
        body.get("renamed_to"),
        str(body.get("note") or ""),
    )


def saved(ds: Dataset) -> dict[str, Segment]:
    """The segments in use by name: those saved in the order of their names, then the ready ones; those retired are not among them."""
    own = {s.name: s for s in _newest(ds.root, Records(ds.root).stamp) if not s.retired}
    return own | {name: one for name, one in ready(ds).items() if name not in own}


def segment(ds: Dataset, name: str) -> Segment:
    """The segment by name. Raises ``NotFound`` where there is none, or where it was retired, with the nearest known."""
    wanted = name.removeprefix(PREFIX)
    found = {s.name: s for s in _newest(ds.root, Records(ds.root).stamp)}
    one = found.get(wanted)
    if one is not None and not one.retired:
        return one
    if wanted in ready(ds):
        return ready(ds)[wanted]
    if one is not None and one.renamed_to:
        raise NotFound(_("The segment {name} is now called {now}."), name=wanted, now=one.renamed_to)
    if one is not None:
        raise NotFound(_("The segment {name} was retired on {day}."), name=wanted, day=one.made[:10])
    known = [*ready(ds), *(s.name for s in found.values() if not s.retired)]
    near = nearest(wanted, known)
    if near:
        raise NotFound(_("There is no segment {name}; the nearest is {near}."), name=wanted, near=near)
    raise NotFound(_("There is no segment {name}; there are: {known}."), name=wanted, known=", ".join(known) or "—")


def stamp(ds: Dataset) -> tuple[int, int, int]:
    """Changes whenever any segment does: part of the key of every answer that is remembered and asks for one."""
    return Records(ds.root).stamp


def listed_ids(ds: Dataset, one: Segment) -> pl.Series:
    """The customer numbers of a list, as saved. Raises ``WorkspaceProblem`` where its file is gone or was touched."""
    path = ds.root / FOLDER / str(one.file)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise _unreadable(one, path) from problem
    if hashlib.sha256(content).hexdigest() != path.stem:
        raise _unreadable(one, path)
    return pl.read_parquet(content)["customer_id"]


def codes(ds: Dataset, one: Segment) -> tuple[int, ...]:
    """The customers of a list as numbers of the derived file; those whom these data do not hold are not among them.

    Raises ``WorkspaceProblem`` where the list cannot be read.
    """
    path = ds.root / FOLDER / str(one.file)
    if not path.exists():
        raise _unreadable(one, path)
    return _codes(ds, one)


@functools.lru_cache(maxsize=64)
def _codes(ds: Dataset, one: Segment) -> tuple[int, ...]:
    ids = listed_ids(ds, one).to_list()
    rows = ds.cursor().execute("select p.c from people p where p.customer_id in (select unnest(?)) order by p.c", [ids]).fetchall()
    return tuple(int(r[0]) for r in rows)


def _unreadable(one: Segment, path: pathlib.Path) -> WorkspaceProblem:
    return WorkspaceProblem(
        _("The list of the segment {name} cannot be read: {path} is missing or was changed. Put it back, or retire the segment."),
        name=one.name,
        path=path,
    )


@functools.lru_cache(maxsize=64)
def _newest(root: pathlib.Path, _stamp: tuple[int, int, int]) -> tuple[Segment, ...]:
    return tuple(of_record(r) for r in Records(root).all(KIND))
