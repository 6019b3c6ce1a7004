"""What the model would say of one customer if something changed: the levers, within what peers show. Source: METHODS D5.

The answer is the model's response, not the effect of doing it; where a campaign with a random hold-out measured that, it stands instead.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.whatif.declared import sort, way
from churn_dash.risk.whatif.measured import MeasuredEffect, kind_of, shifted, taken
from churn_dash.risk.whatif.possible import PARTS, WHOLE
from churn_dash.risk.whatif.rows import moved
from churn_dash.risk.whatif.situation import Change, Situation, checked
from churn_dash.risk.whatif.uncertain import Range, around, range_of
from churn_dash.words import Text, say

MOST_LEVERS = 3
_NOTHING = 1e-6

NOTE = _(
    "The model's response to the change, not the effect of making it, as if things had been so all along; what an offer really does, only "
    "a campaign with a hold-out shows."
)


@dataclass(frozen=True)
class Lever:
    """Something the bank can try to change: from ``low`` to ``high`` by ``step``, now at ``value``; ``cost`` of a unit in CNY, assumed.

    ``way``: 1 where a bank would move it up, −1 down, 0 either way.
    """

    feature: str
    label: str
    low: float
    high: float
    step: float
    value: float
    integer: bool = False
    flag: bool = False
    sort: str = "marked"
    way: int = 0
    cost: float = 0.0
    bound_up: bool = False
    """One of balances and their parts, which move one another."""

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The lever by name, its label in the language."""
        return asdict(self) | {"label": say(self.label, language)}


@dataclass(frozen=True)
class WhatIf:
    """Calibrated probability before and after; ``difference`` is after less before.

    ``measured`` are the effects that stand in place of the model's answer. ``low`` and ``high`` are the range of ``difference``: of what
    was measured at 95 %, of the model's response that over its refits.
    ``aside``: a sentence for each effect that was measured over another span than the model's, and so is not taken.
    """

    probability_before: float
    probability_after: float
    difference: float
    changes: dict[str, float]
    note: str = NOTE
    low: float | None = None
    high: float | None = None
    measured: tuple[MeasuredEffect, ...] = ()
    aside: tuple[Text, ...] = ()

    @property
    def range_of(self) -> Range | None:
        """What the range covers; None where there is none."""
        return range_of(self.kind, self.low)

    @property
    def kind(self) -> str:
        """What the answer is: ``model response``, ``measured effect``, or ``both``."""
        return kind_of(len(self.measured), len(self.changes))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The answer by name; one sentence for each measured effect."""
        told = {k: getattr(self, k) for k in ("probability_before", "probability_after", "difference", "low", "high", "changes", "kind")}
        measured = [m.as_json() | {"text": m.words.in_(language)} for m in self.measured]
        return told | {
            "range": self.range_of,
            "measured": measured,
            "not_taken": [t.in_(language) for t in self.aside],
            "note": say(self.note, language),
        }


def levers(here: Situation, importance: Mapping[str, float], most: int | None = MOST_LEVERS) -> tuple[Lever, ...]:
    """The levers of one customer (a situation of one row), at most so many; None: all.

    Those to which the model answers with less risk come first; those that cannot move, or whose value is unknown, are left out.
    """
    made = [x for f in _by_importance(here, importance) if (x := lever(here, f)) is not None and x.high > x.low]
    if most is None or not made:
        return tuple(made)
    trials = [(i, end) for i, x in enumerate(made) for end in (x.low, x.high)]
    targets: dict[str, Values] = {x.feature: np.full(len(trials), x.value) for x in made}
    for at, (i, end) in enumerate(trials):
        targets[made[i].feature][at] = end
    risks = here.times(len(trials)).after(targets)
    before = float(here.before[0])
    helps = [min(risks[2 * i], risks[2 * i + 1]) < before - _NOTHING for i in range(len(made))]
    return tuple([x for x, h in zip(made, helps, strict=True) if h] + [x for x, h in zip(made, helps, strict=True) if not h])[:most]


def _by_importance(here: Situation, importance: Mapping[str, float]) -> list[Feature]:
    """Recognised levers in their declared order, the more telling first; those marked by people behind."""
    order = [sort(f) for f in here.levers]
    return sorted(here.levers, key=lambda f: (order.index(sort(f)), -importance.get(f.name, 0.0)))


def lever(here: Situation, feature: Feature) -> Lever | None:
    """The lever of one feature of one customer; None where it has no bounds or no value."""
    (low,), (high,) = here.ends(feature)
    if math.isnan(low) or math.isnan(high):
        return None
    value, cost = float(here.rows[feature.name][0]), here.settings.cost(feature)
    about: dict[str, Any] = {"sort": sort(feature), "way": way(feature), "cost": cost, "bound_up": feature.source.column in (WHOLE, *PARTS)}
    if feature.integer or feature.kind == "flag":
        flag = feature.kind == "flag"
        return Lever(feature.name, feature.label, float(low), float(high), 1.0, value, integer=True, flag=flag, **about)
    step = 10.0 ** math.floor(math.log10((high - low) / 20)) if high > low else 1.0
    return Lever(feature.name, feature.label, float(low), float(high), step, value, **about)


def what_if(here: Situation, changes: Mapping[str, Change], measured: Iterable[MeasuredEffect] = ()) -> WhatIf:
    """The risk of one customer before and after. Raises ``NotFound`` for what is no lever, ``BadInput`` for a value out of bounds."""
    targets = {}
    for name, change in changes.items():
        feature = here.lever(name)
        targets[name] = checked(feature, change, here.rows[name], *here.ends(feature))
    effects, other = taken(measured, here.months)
    used = tuple(effects[n] for n, t in targets.items() if n in effects and bank_way(here, n, t)[0])
    aside = tuple(other[n].apart(here.months or 0) for n, t in targets.items() if n in other and bank_way(here, n, t)[0])
    left = {n: t for n, t in targets.items() if n not in {e.feature for e in used}}
    before, rest = float(here.before[0]), here.after(left)
    after = float(shifted(rest, np.array([sum(e.difference for e in used)]))[0]) if used else float(rest[0])
    by = [abs(end - sum(e.difference for e in used)) for end in combined(used)] if used else None
    found = around(float(rest[0]), after, here.factors({n: t for n, t in left.items() if moved(here.rows[n], t).any()}), by)
    low, high = (None if x is None else min(1.0, max(0.0, x)) - before for x in found)
    return WhatIf(before, after, after - before, {n: float(t[0]) for n, t in targets.items()}, NOTE, low, high, used, aside)


def combined(effects: Iterable[MeasuredEffect]) -> tuple[float, float]:
    """The range of several effects together, as of independent campaigns.

    >>> combined([MeasuredEffect("f", "C", "c", -0.03, -0.05, -0.01, 100, 100, 90)])
    (-0.05, -0.01)
    """
    known = list(effects)
    if len(known) == 1:
        return known[0].low, known[0].high
    middle = sum(e.difference for e in known)
    return middle - math.hypot(*(e.difference - e.low for e in known)), middle + math.hypot(*(e.high - e.difference for e in known))


def bank_way(here: Situation, name: str, target: Values) -> Values:
    """Who is moved the way a bank would move the lever, which is what a campaign measures."""
    direction = way(here.lever(name)) or 1
    now = here.rows[name]
    return np.asarray(moved(now, target) & ((target - now) * direction > 0))
