"""Plays and products in force: what the bank last recorded, else the defaults. Nothing recorded is ever changed or lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from churn_dash.contract.lifecycle import STAGES
from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.retention.plays import catalogue
from churn_dash.retention.plays import own_products as table
from churn_dash.retention.plays.catalogue import PLAY_KINDS, Play
from churn_dash.retention.plays.own_products import APPETITES, OwnProduct
from churn_dash.risk.features.feature import GROUPS
from churn_dash.segments.groups.orientation import SIGNS
from churn_dash.store import Records
from churn_dash.words import nearest

PLAY, PRODUCT = "play", "own_product"
LONGEST_TEXT = 400
MOST_MONTHS = 600


def known(name: str, found: Mapping[str, Any]) -> None:
    """Raise ``NotFound`` with the nearest name where there is nothing of that name."""
    if name not in found:
        near = nearest(name, list(found)) or ", ".join(found)
        raise NotFound(_("There is no play or product {name}; the nearest is {near}."), name=name, near=near)


def plays(records: Records) -> dict[str, Play]:
    """Every play by name, in the declared order; the bank's own after them."""
    mine = {}
    for record in records.all(PLAY):
        body = {**record.body, "themes": tuple(record.body["themes"]), "groups": tuple(record.body["groups"])}
        mine[record.name] = Play(record.name, **body, who=record.who, made=record.made, version=record.version)
    taken = {t for p in mine.values() for t in (*p.themes, *p.groups)}
    # What the bank gave to a play of its own stays there, also where a later default would answer it.
    rest = {n: replace(p, themes=_but(p.themes, taken), groups=_but(p.groups, taken)) for n, p in catalogue.DEFAULTS.items()}
    return rest | mine


def _but(names: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    return tuple(n for n in names if n not in taken)


def products(records: Records) -> dict[str, OwnProduct]:
    """Every product by name, those not offered any more too; the bank's own after the defaults."""
    found = dict(table.DEFAULTS)
    for record in records.all(PRODUCT):
        body = {**record.body, "orientations": tuple(record.body["orientations"]), "stages": tuple(record.body["stages"])}
        found[record.name] = OwnProduct(record.name, **body, who=record.who, made=record.made, version=record.version)
    return found


def put_play(records: Records, name: str, changes: Mapping[str, Any], who: str | None = None) -> Play:
    """A play with some of kind, title, do, avoid, themes and groups changed; a new one where the name is new.

    What is as it was is not recorded again. Raises ``NotFound`` for an unknown field, kind or group, ``BadInput`` for an empty or long
    text, or a theme that another play answers.
    """
    now = plays(records)
    before = now.get(_named(name)) or Play(name, "care", "", "", "")
    _fields(changes, ("kind", "title", "do", "avoid", "themes", "groups"))
    wanted: dict[str, Any] = {k: _listed(v) if k in ("themes", "groups") else str(v).strip() for k, v in changes.items()}
    after = replace(before, **wanted)
    _one_of(after.kind, tuple(PLAY_KINDS))
    for group in after.groups:
        _one_of(group, tuple(GROUPS))
    _texts(after.title, after.do)
    _texts(*(t for t in (after.avoid,) if t))
    for other in now.values():
        for field in ("themes", "groups"):
            shared = set(getattr(after, field)) & set(getattr(other, field))
            if shared and other.name != name:
                raise BadInput(
                    _("{theme} is answered by the play {other} already; take it off there first."),
                    theme=", ".join(sorted(shared)),
                    other=other.name,
                )
    if after == before:
        return before
    body = {k: getattr(after, k) for k in ("kind", "title", "do", "avoid")}
    record = records.add(PLAY, name, body | {"themes": list(after.themes), "groups": list(after.groups)}, who)
    return replace(after, who=record.who, made=record.made, version=record.version)


def put_product(records: Records, name: str, changes: Mapping[str, Any], who: str | None = None) -> OwnProduct:
    """A product with some of title, risk, term_months, orientations, stages and offered changed; a new one where the name is new.

    Raises as ``put_play`` does, and ``BadInput`` for a term that cannot be.
    """
    before = products(records).get(_named(name)) or OwnProduct(name, "", "low")
    _fields(changes, ("title", "risk", "term_months", "orientations", "stages", "offered"))
    after = replace(before, **{k: _product_value(k, v) for k, v in changes.items()})
    _one_of(after.risk, APPETITES)
    for orientation in after.orientations:
        _one_of(orientation, tuple(SIGNS))
    for stage in after.stages:
        _one_of(stage, STAGES)
    _texts(after.title)
    if after == before:
        return before
    body = {k: getattr(after, k) for k in ("title", "risk", "term_months", "offered")}
    record = records.add(PRODUCT, name, body | {"orientations": list(after.orientations), "stages": list(after.stages)}, who)
    return replace(after, who=record.who, made=record.made, version=record.version)


def _product_value(field: str, value: Any) -> Any:
    if field in ("orientations", "stages"):
        return _listed(value)
    if field == "offered":
        if str(value).strip().casefold() in ("true", "yes", "1", "是"):
            return True
        if str(value).strip().casefold() in ("false", "no", "0", "否"):
            return False
        raise BadInput(_("{value} is neither yes nor no."), value=str(value))
    if field == "term_months":
        text = str(value).strip()
        if not text.isdigit() or int(text) > MOST_MONTHS:
            raise BadInput(_("A term is a whole number of months from 0 to {most}; {value} is not."), most=MOST_MONTHS, value=text)
        return int(text)
    return str(value).strip()


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    """A list, or names with commas between them."""
    parts = value.replace("，", ",").split(",") if isinstance(value, str) else [str(v) for v in value]
    return tuple(dict.fromkeys(p.strip() for p in parts if p.strip()))


def _named(name: str) -> str:
    if not name.strip() or len(name) > 60 or not name.replace("_", "").replace("-", "").isalnum():
        raise BadInput(_("A name has letters, digits, - and _, at most 60 of them; {name} does not."), name=name[:80])
    return name


def _fields(changes: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for field in changes:
        _one_of(field, known)


def _one_of(value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise NotFound(_("There is no {value} here; there are: {known}."), value=value, known=", ".join(known))


def _texts(*texts: str) -> None:
    for text in texts:
        if not text or len(text) > LONGEST_TEXT:
            raise BadInput(_("A text must have 1 to {most} characters."), most=LONGEST_TEXT)
