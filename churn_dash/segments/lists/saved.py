"""Segments that people save under a name: a rule, or a fixed list of customers. Each change is a new version; nothing is lost."""

import hashlib
import io
import os
import pathlib
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from churn_dash.errors import BadInput, NotFound, NotPossible, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import rule_condition
from churn_dash.measures.conditions.rules import Clause, Rule
from churn_dash.measures.conditions.saved_segments import FOLDER, KIND, PREFIX, Segment, codes, listed_ids, of_record, ready, segment
from churn_dash.measures.conditions.saved_segments import saved as saved
from churn_dash.measures.filters import dimension
from churn_dash.store import Dataset, Records
from churn_dash.words import nearest

LONGEST_NAME = 60


def save_rule(ds: Dataset, name: str, rule: Rule, who: str | None = None, *, tag: bool = False, note: str = "") -> Segment:
    """Save a rule under a name; where the name is taken, as its next version.

    Raises ``BadInput`` for a name that cannot be used, ``NotFound`` for a column or value that these data lack, ``NotPossible``
    for a rule that would be defined by itself.
    """
    called = _free(ds, _name(name))
    for clause in rule.clauses():
        _check_values(ds, clause)
    rule_condition(ds, rule)
    if called in _asked_for(ds, rule, ()):
        raise NotPossible(_("The segment {name} is defined by itself: {ring}."), name=called, ring=f"{called} → {called}")
    return _added(ds, called, {"rule": rule.as_json(), "tag": tag, "note": note}, who)


def save_list(ds: Dataset, name: str, customer_ids: Iterable[str], who: str | None = None, *, note: str = "") -> Segment:
    """Save a fixed list of customers under a name; where the name is taken, as its next version. Each customer counts once.

    The numbers stand in a file beside the record, which holds its hash. Raises ``BadInput`` for a name that cannot be used,
    ``NotPossible`` for a list without customers, ``WorkspaceProblem`` where nothing can be written.
    """
    called = _free(ds, _name(name))
    ids = pl.Series("customer_id", list(customer_ids), dtype=pl.String).drop_nulls().unique().sort()
    if ids.is_empty():
        raise NotPossible(_("There is nobody in this list; a segment needs at least one customer."))
    return _added(ds, called, {"file": _written(ds.root, ids), "n": len(ids), "note": note}, who)


def rename(ds: Dataset, name: str, to: str, who: str | None = None) -> Segment:
    """Give a segment another name: a new version under that name, the old one is retired. Raises what ``retire`` raises."""
    one = _own(segment(ds, name))
    called = _free(ds, _name(to), one.name)
    if called in saved(ds):
        raise BadInput(_("There is a segment {name} already."), name=called)
    _unused(ds, one)
    body = Records(ds.root).latest(KIND, one.name)
    assert body is not None
    made = _added(ds, called, dict(body.body), who)
    _added(ds, one.name, dict(body.body) | {"retired": True, "renamed_to": called}, who)
    return made


def retire(ds: Dataset, name: str, who: str | None = None) -> Segment:
    """Take a segment out of use; its versions stay in the history, and saving it again brings it back.

    Raises ``NotFound`` for a segment that is not in use, ``NotPossible`` while the rule of another one asks for it.
    """
    one = _own(segment(ds, name))
    _unused(ds, one)
    record = Records(ds.root).latest(KIND, one.name)
    assert record is not None
    return _added(ds, one.name, dict(record.body) | {"retired": True}, who)


def versions(ds: Dataset, name: str) -> list[Segment]:
    """Every version of a segment, newest first, those retired included. Raises ``NotFound`` for a name never used."""
    found = [of_record(r) for r in Records(ds.root).history(KIND, name.removeprefix(PREFIX))]
    return found or [segment(ds, name)]


def gone(ds: Dataset, one: Segment) -> int:
    """How many customers of a list these data do not hold; 0 for a rule."""
    return 0 if one.rule is not None else len(listed_ids(ds, one)) - len(codes(ds, one))


def _asked_for(ds: Dataset, rule: Rule, seen: tuple[str, ...]) -> set[str]:
    """The names of the segments that a rule asks for, those of their rules included."""
    found: set[str] = set()
    for clause in rule.clauses():
        name = clause.column.removeprefix(PREFIX)
        if clause.column.startswith(PREFIX) and name not in seen:
            inner = segment(ds, name).rule
            found |= {name} | (_asked_for(ds, inner, (*seen, name)) if inner is not None else set())
    return found


def _unused(ds: Dataset, one: Segment) -> None:
    users = [s.name for s in saved(ds).values() if s.rule is not None and any(c.column == PREFIX + one.name for c in s.rule.clauses())]
    if users:
        raise NotPossible(_("The segment {name} is part of the rule of {users}; change that first."), name=one.name, users=", ".join(users))


def _check_values(ds: Dataset, clause: Clause) -> None:
    """A rule may be saved only with levels that exist; later data may lack one, which then is nobody's."""
    if not clause.values or clause.column.startswith(PREFIX):
        return
    try:
        known = dimension(ds, clause.column)
    except NotFound:
        return
    for value in clause.values:
        if value not in known.values:
            near = nearest(value, known.values) or ", ".join(known.values[:12])
            raise NotFound(_("{dimension} has no value {value}; the nearest is {near}."), dimension=known.name, value=value, near=near)


def _name(name: str) -> str:
    """A name that people can read and type: one line, without the prefix. Raises ``BadInput``."""
    called = " ".join(name.split()).removeprefix(PREFIX).strip()
    if not called:
        raise BadInput(_("A segment needs a name."))
    if len(called) > LONGEST_NAME:
        raise BadInput(_("The name of a segment has at most {most} characters; this one has {n}."), most=LONGEST_NAME, n=len(called))
    if not all(ch.isprintable() for ch in called):
        raise BadInput(_("The name of a segment holds a character that cannot be shown."))
    return called


def _own(one: Segment) -> Segment:
    """The segment itself, if people saved it; raises ``NotPossible`` for a ready one."""
    if one.ready:
        raise NotPossible(
            _("The segment {name} comes ready and stays as it is; copy its rule under another name to change it."), name=one.name
        )
    return one


def _free(ds: Dataset, called: str, but: str = "") -> str:
    """The name itself, unless a ready segment has it or another in use differs from it only in blanks, capitals or width of letters.

    Raises ``BadInput``.
    """
    if called in ready(ds) and called not in {s.name for s in saved(ds).values() if not s.ready}:
        raise BadInput(_("The segment {name} comes ready; choose another name."), name=called)
    for other in saved(ds):
        if other not in (called, but) and _bare(other) == _bare(called):
            raise BadInput(
                _("There is a segment {name} already; names that differ only in blanks or capitals would be mistaken for one another."),
                name=other,
            )
    return called


def _bare(name: str) -> str:
    """What two names have in common that people take for one.

    >>> _bare("V I P ") == _bare("vip") == _bare("ＶＩＰ")
    True
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _added(ds: Dataset, name: str, body: Mapping[str, Any], who: str | None) -> Segment:
    kept = {k: v for k, v in body.items() if v not in (None, "", False)}
    return of_record(Records(ds.root).add(KIND, name, kept, who))


def _written(root: pathlib.Path, ids: pl.Series) -> str:
    """The list as a file that is named by its own hash: whole or not there, and never written twice."""
    buffer = io.BytesIO()
    ids.to_frame().write_parquet(buffer)
    content = buffer.getvalue()
    folder = root / FOLDER
    path = folder / f"{hashlib.sha256(content).hexdigest()}.parquet"
    staged = folder / f"{uuid.uuid4().hex[:8]}.part"
    try:
        folder.mkdir(exist_ok=True)
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(staged, path)
    except OSError as problem:
        staged.unlink(missing_ok=True)
        raise WorkspaceProblem(
            _("The list of the segment cannot be written: {path}. Is the folder read-only, or the disk full?"), path=folder
        ) from problem
    return path.name
