"""Which models there are, who trained them, and which is in use: append-only records beside the files. Training is not promoting.

``models/records.sqlite`` holds a record a model (with the hash of its card) and, for every data version, who took which model into use,
when and why. Nothing in it is changed: rolling back is a record of its own. A version that only adds lists goes on with the model before,
and says so itself.
"""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from churn_dash.errors import BadInput, NotFound, NotPossible, WorkspaceProblem
from churn_dash.marks import _
from churn_dash.risk.kept import registry
from churn_dash.risk.kept.registry import Model
from churn_dash.store.catalogue import CATALOGUE, Catalogue
from churn_dash.store.records import Record, Records
from churn_dash.words import nearest

_KEPT, _IN_USE = "model", "model_in_use"
Action = Literal["first", "promote", "rollback"]
FIRST = _("the first usable model of these data")
GOES_ON = "model"
"""Under which a data version says with which model it goes on."""
_SAME = _("the data are the same but for the lists")


@dataclass(frozen=True)
class Entry:
    """One model that is kept: its id, kind, the data version it learnt from, who trained it and when (UTC)."""

    id: str
    name: str
    version: int
    who: str
    made: str
    digest: str


@dataclass(frozen=True)
class Use:
    """Who took which model into use for a data version, when, and why. ``action``: first (by itself), promote or rollback."""

    id: str
    version: int
    action: Action
    why: str
    who: str
    made: str

    def as_json(self) -> dict[str, Any]:
        """By name, as the command line prints it."""
        return dict(vars(self))


def added(models_dir: pathlib.Path, model: Model, digest: str, promote: bool, why: str = "") -> Model:
    """The model entered as kept; in use at once where asked for, or where its data version has no model that can be opened."""
    card = model.card
    body = {"name": card.name, "version": card.version, "card_sha256": digest}
    try:
        usable = latest(models_dir, card.version) is not None
    except WorkspaceProblem:
        usable = False
    Records(models_dir).add(_KEPT, model.id, body, card.who)
    if promote or not usable:
        _used(models_dir, model.id, card.version, "promote" if usable else "first", why or FIRST, card.who)
    return model


def entries(models_dir: pathlib.Path, version: int | None = None) -> list[Entry]:
    """Every model that is kept, newest first; ``version``: of that data version only."""
    found = [_entry(r) for r in Records(models_dir).all(_KEPT)]
    return sorted((e for e in found if version in (None, e.version)), key=lambda e: (e.made, e.id), reverse=True)


def _entry(record: Record) -> Entry:
    body: Mapping[str, Any] = record.body
    return Entry(record.name, body["name"], int(body["version"]), record.who, record.made, body["card_sha256"])


def entry(models_dir: pathlib.Path, name: str) -> Entry:
    """The model of that id; the beginning of an id will do where it is the only one. ``NotFound`` with the nearest otherwise."""
    known = {e.id: e for e in entries(models_dir)}
    begun = [e for i, e in known.items() if i.startswith(name)] if name else []
    if name in known or len(begun) == 1:
        return known.get(name) or begun[0]
    if not known:
        raise NotFound(_("No risk model is kept here yet; run churn-dash train."))
    raise NotFound(_("There is no model {name}; the nearest is {near}."), name=name, near=nearest(name, list(known)) or next(iter(known)))


def model_of(models_dir: pathlib.Path, name: str) -> Model:
    """The model of that id, opened after its files were checked."""
    found = entry(models_dir, name)
    return registry.opened(models_dir, found.id, found.digest)


def uses(models_dir: pathlib.Path, version: int) -> list[Use]:
    """Which models were in use for a data version, newest first."""
    found = Records(models_dir).history(_IN_USE, str(version))
    made = [Use(r.body["id"], version, r.body["action"], r.body["why"], r.who, r.made) for r in found]
    return [*made, *_of_itself(models_dir, version, bool(made))]


def _of_itself(models_dir: pathlib.Path, version: int, decided: bool) -> list[Use]:
    """The use that no record tells: that which the data version was written with, or that of its first model, where a kill came between
    the record of the model and that of its use."""
    listed = Catalogue(models_dir.parent / CATALOGUE).version(version)
    if listed is not None and GOES_ON in listed.notes:
        return [Use(listed.notes[GOES_ON], version, "promote", _SAME, listed.who, listed.created)]
    first = [] if decided else entries(models_dir, version)[-1:]
    return [Use(e.id, version, "first", FIRST, e.who, e.made) for e in first]


def _stack(models_dir: pathlib.Path, version: int) -> list[str]:
    """The models to roll back through, the one in use last."""
    found: list[str] = []
    for use in reversed(uses(models_dir, version)):
        if use.action == "rollback":
            found.pop()
        else:
            found.append(use.id)
    return found


def in_use(models_dir: pathlib.Path, version: int) -> str | None:
    """The id of the model in use for a data version; None where there is none."""
    stack = _stack(models_dir, version)
    return stack[-1] if stack else None


def promote(models_dir: pathlib.Path, name: str, version: int, why: str, who: str | None = None) -> Use:
    """Take a kept model into use for a data version. It is opened first, so that nothing touched or foreign comes into use.

    Raises ``NotFound`` for an unknown model, ``BadInput`` without a reason, ``NotPossible`` where it is in use already.
    """
    model = model_of(models_dir, name)
    if in_use(models_dir, version) == model.id:
        raise NotPossible(_("The model {name} is in use already."), name=model.id)
    return _used(models_dir, model.id, version, "promote", _reason(why), who)


def roll_back(models_dir: pathlib.Path, version: int, why: str, who: str | None = None) -> Use:
    """Go back to the model that was in use before. Raises ``NotPossible`` where there was none, ``BadInput`` without a reason."""
    stack = _stack(models_dir, version)
    if len(stack) < 2:
        raise NotPossible(_("There is no model to go back to: data version {version} has had {n} in use."), version=version, n=len(stack))
    return _used(models_dir, model_of(models_dir, stack[-2]).id, version, "rollback", _reason(why), who)


def _reason(why: str) -> str:
    if not why.strip():
        raise BadInput(_("Say why: the reason is kept with the record of which model is in use."))
    return " ".join(why.split())


def _used(models_dir: pathlib.Path, name: str, version: int, action: Action, why: str, who: str | None) -> Use:
    record = Records(models_dir).add(_IN_USE, str(version), {"id": name, "action": action, "why": why}, who)
    return Use(name, version, action, why, record.who, record.made)


def latest(models_dir: pathlib.Path, version: int) -> Model | None:
    """The model in use for a data version; None where there is none. Raises ``WorkspaceProblem`` for one that cannot be opened."""
    name = in_use(models_dir, version)
    if name is not None:
        return model_of(models_dir, name)
    registry.none_older(models_dir, version)
    return None


def trained(models_dir: pathlib.Path, version: int) -> Model:
    """``latest``, or ``NotPossible`` saying how to train one."""
    found = latest(models_dir, version)
    if found is None:
        raise NotPossible(_("No risk model has been trained on data version {version} yet; run churn-dash train."), version=version)
    return found
