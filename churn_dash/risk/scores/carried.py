"""A model asked about other data than it learnt from: what it lacks there, what it has never seen, what is meant differently."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures import definition_of
from churn_dash.measures.tag import in_full
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.scores.current import portfolio
from churn_dash.store import Dataset
from churn_dash.words import Count, Text, say


@dataclass(frozen=True)
class Unseen:
    """Levels of a category that the model never learnt: it takes them as unknown. ``n`` customers have one."""

    feature: str
    label: str
    levels: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class Carried:
    """How a model fits other data. ``then`` and ``now`` are the churn definition in words where it has changed."""

    model: str
    learnt_on: int
    version: int
    customers: int
    unseen: tuple[Unseen, ...]
    then: Text | None = None
    now: Text | None = None

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What must be known of scores given on these data, in sentences; none where the data are those it learnt from."""
        said = []
        if self.learnt_on != self.version:
            named = {"then": self.learnt_on, "now": self.version}
            said.append(Text(_("The model learnt from data version {then} and scores version {now}."), **named))
        for u in self.unseen:
            some = ", ".join(u.levels[:5]) + (" …" if len(u.levels) > 5 else "")
            values = {"label": u.label, "n": Count(u.n), "levels": some, "k": Count(len(u.levels))}
            said.append(Text(_("{label}: {k} new values ({levels}) of {n} customers, taken as unknown."), **values))
        if self.then is not None and self.now is not None:
            text = _("The definition of churn has changed since: the model learnt {then}, these data say {now}.")
            said.append(Text(text, then=self.then, now=self.now))
        return tuple(said)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "learnt_on": self.learnt_on,
            "new_categories": [{"feature": u.feature, "levels": list(u.levels), "n": u.n} for u in self.unseen],
            "definition_then": say(self.then, language) if self.then else None,
            "definition_now": say(self.now, language) if self.now else None,
            "remarks": [say(r, language) for r in self.remarks],
        }


def carried(ds: Dataset, model: Model) -> Carried:
    """Whether and how the model can score these data. Raises ``NotPossible`` in one sentence where columns, months, or its definition
    of churn are missing."""
    card = model.card
    if ds.shape != card.shape:
        raise NotPossible(
            _("The model {name} learnt from {then}, and these data are {now}; train one on these data."),
            name=model.id,
            then=_SHAPES.get(card.shape, card.shape),
            now=_SHAPES.get(ds.shape, ds.shape),
        )
    then = now = None
    if card.definition is not None:
        definition_of(ds, card.definition)
        here = in_full(ds.rules[card.definition])
        if str(here) != str(card.tag):
            then, now = card.tag, here
    frame = portfolio(ds, model.design, card.definition)
    return Carried(model.id, model.version, ds.state, frame.height, _unseen(model, frame), then, now)


_SHAPES = {"panel": _("months of customers"), "cross_section": _("one row a customer"), "empty": _("empty")}


def _unseen(model: Model, frame: pl.DataFrame) -> tuple[Unseen, ...]:
    found = []
    for f in model.design.features:
        if f.kind != "category":
            continue
        strange = frame[f.name].cast(pl.String).drop_nulls()
        strange = strange.filter(~strange.is_in(list(model.design.levels[f.name])))
        if len(strange):
            found.append(Unseen(f.name, f.label, tuple(sorted(strange.unique().to_list())), len(strange)))
    return tuple(found)
