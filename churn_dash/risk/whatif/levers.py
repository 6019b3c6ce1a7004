"""What the model would say if something changed: a few levers, within what peers show. Source: METHODS D5.

The answer is the model's response, not the effect of doing it; only a campaign with a hold-out measures that.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import Typical
from churn_dash.words import nearest

MOST_LEVERS = 3
MOST_MORE = 2
_NOTHING = 1e-6
PREFERRED = ("complaints_open", "product_count", "login_mean_3m", "card_mean_3m", "autopay_mean_3m")
"""Levers of a panel, in the order to offer."""

NOTE = _(
    "The model's response to the change, not the effect of making it; what an offer really does, only a campaign with a hold-out shows."
)


@dataclass(frozen=True)
class Lever:
    """Something the bank can try to change: from ``low`` to ``high`` by ``step``, now at ``value``."""

    feature: str
    label: str
    low: float
    high: float
    step: float
    value: float
    integer: bool = False
    flag: bool = False

    def as_json(self) -> dict[str, Any]:
        """The lever by name."""
        return asdict(self)


@dataclass(frozen=True)
class WhatIf:
    """Calibrated probability before and after; ``difference`` is after less before."""

    probability_before: float
    probability_after: float
    difference: float
    changes: dict[str, float]
    note: str = NOTE

    def as_json(self) -> dict[str, Any]:
        """The answer by name."""
        return asdict(self)


def levers(
    features: Sequence[Feature],
    row: Mapping[str, Any],
    typical: Mapping[str, Typical],
    importance: Mapping[str, float],
    probability: Callable[[dict[str, Any]], float],
    most: int = MOST_LEVERS,
) -> tuple[Lever, ...]:
    """At most three levers for the customer: the preferred ones of a panel, else the most influential that can be changed.

    Those to which the model answers with less risk come first; those that cannot move, or whose value is unknown, are left out.
    """
    ranks = {name: i for i, name in enumerate(PREFERRED)}
    usable = [f for f in features if f.actionable and row.get(f.name) is not None]
    usable.sort(key=lambda f: (ranks.get(f.name, len(ranks)), -importance.get(f.name, 0.0)))
    made = [x for x in (lever(f, float(row[f.name]), typical[f.name]) for f in usable) if x is not None and x.high > x.low]
    before = probability(dict(row))

    def helps(one: Lever) -> bool:
        ends = (probability(changed_row(features, row, typical, {one.feature: end})) for end in (one.low, one.high))
        return min(ends) < before - _NOTHING

    found: list[Lever] = []
    rest: list[Lever] = []
    for one in made:
        (found if helps(one) else rest).append(one)
        if len(found) == most:
            break
    return tuple((found + rest)[:most])


def lever(feature: Feature, value: float, typical: Typical) -> Lever | None:
    """The lever of one feature, bounded by the 1 % and 99 % quantiles of peers; the customer's own value is always inside.

    Open complaints only go down, products only up, by two at most. None where peers show no bounds.
    """
    if feature.kind == "flag":
        return Lever(feature.name, feature.label, 0.0, 1.0, 1.0, value, integer=True, flag=True)
    if typical.low is None or typical.high is None:
        return None
    low, high = min(typical.low, value), max(typical.high, value)
    if feature.source.measure == "open":
        low, high = 0.0, value
    elif feature.source.measure == "level" and feature.integer:
        low, high = value, min(max(high, value + 1), value + MOST_MORE)
    if feature.integer:
        return Lever(feature.name, feature.label, float(math.floor(low)), float(math.ceil(high)), 1.0, value, integer=True)
    step = 10.0 ** math.floor(math.log10((high - low) / 20)) if high > low else 1.0
    return Lever(feature.name, feature.label, low, high, step, value)


def changed_row(
    features: Sequence[Feature], row: Mapping[str, Any], typical: Mapping[str, Typical], changes: Mapping[str, float]
) -> dict[str, Any]:
    """The customer's features after the changes, those that follow from them worked out again.

    Raises ``NotFound`` for a feature that is no lever, ``BadInput`` for a value out of bounds or not whole.
    """
    by_name = {f.name: f for f in features}
    after = dict(row)
    for name, value in changes.items():
        feature = by_name.get(name)
        if feature is None or not feature.actionable or row.get(name) is None:
            known = [f.name for f in features if f.actionable and row.get(f.name) is not None]
            near = nearest(name, known) or ", ".join(known) or "—"
            raise NotFound(_("{name} is nothing that can be changed here; the nearest is {near}."), name=name, near=near)
        bounds = lever(feature, float(row[name]), typical[name])
        if bounds is None or not bounds.low - 1e-9 <= value <= bounds.high + 1e-9:
            low, high = (bounds.low, bounds.high) if bounds else (float(row[name]), float(row[name]))
            raise BadInput(
                _("{label} must lie between {low} and {high}: further out there are no customers to learn from."),
                label=feature.label,
                low=f"{low:g}",
                high=f"{high:g}",
            )
        if bounds.integer and value != int(value):
            raise BadInput(_("{label} is a whole number; {value} is not."), label=feature.label, value=f"{value:g}")
        after[name] = float(value)
        _follow(features, feature, row, after)
    return after


def _follow(features: Sequence[Feature], changed: Feature, row: Mapping[str, Any], after: dict[str, Any]) -> None:
    """Bring the other measures of the same column in line, so that the customer stays possible."""
    old, new = float(row[changed.name]), float(after[changed.name])
    for f in features:
        if f.source.column != changed.source.column or f.name == changed.name or after.get(f.name) is None:
            continue
        if f.source.measure == "difference":
            after[f.name] = float(after[f.name]) + new - old
        elif f.source.measure in ("change", "mean_change") and old > 0:
            after[f.name] = (1 + float(after[f.name])) * new / old - 1
        elif f.source.measure == "since" and new > 0:
            after[f.name] = 0.0


def what_if(
    features: Sequence[Feature],
    row: Mapping[str, Any],
    typical: Mapping[str, Typical],
    changes: Mapping[str, float],
    probability: Callable[[dict[str, Any]], float],
) -> WhatIf:
    """The probability before and after the changes. ``probability`` gives the calibrated risk of a row of features."""
    before = probability(dict(row))
    after = probability(changed_row(features, row, typical, changes))
    return WhatIf(before, after, after - before, dict(changes))
