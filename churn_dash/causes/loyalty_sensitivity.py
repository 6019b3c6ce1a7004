"""How far the classes of loyalty hang on their cut-offs and weights: who would change class if one of them moved.

Source: METHODS B8 (index), A1 4.3.1 (classified management); the move by a tenth is a design choice of this project.
"""

import dataclasses
import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.loyalty import CLASSES, Rules, indexed, parts, rules
from churn_dash.causes.reading import cohort, resolved
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate, rate
from churn_dash.store import shifted

BY = 0.10
"""By how much of itself a cut-off or a weight is moved."""


@dataclass(frozen=True)
class Moved:
    """One setting moved, all others as they are: ``kind`` (cut, weight), its name, its value now and moved, and how many customers change
    class: ``changed`` (share of those with a class now, with interval), of them ``up`` to a more loyal class, ``down`` to a less loyal one
    and ``lost`` of whom too little is then known."""

    kind: str
    name: str
    now: float
    moved: float
    changed: Estimate
    up: int
    down: int
    lost: int


@dataclass(frozen=True)
class Sensitivity:
    """The moves, those that change most first; ``n`` customers with a class at the end of month ``at``, by the rules in force."""

    moves: tuple[Moved, ...]
    n: int
    at: datetime.date
    by: float
    rules: Rules


def sensitivity(question: Question, by: Rules | None = None, move: float = BY) -> Sensitivity:
    """Each cut-off and each weight moved down and up by ``move`` of itself, one at a time, of the customers of ``standing``.

    A cut-off moved beyond its neighbour or beyond 100 stops there. Raises ``NotPossible`` where nobody has a class, and what ``standing``
    raises.
    """
    ds = question.ds
    asked, force = resolved(question), by or rules(ds)
    month = shifted(asked.whole.start, -1)
    told = parts(ds, cohort(asked).select("customer_id"), month)
    now = _classes(told, force)
    n = int((now != "not_known").sum())
    if not n:
        raise NotPossible(_("Of no customer enough is known for a class of loyalty."))
    found = [_moved(told, now, force, kind, name, sign * move) for kind, name in _settings(force, told) for sign in (-1, 1)]
    return Sensitivity(tuple(sorted(found, key=lambda m: -(m.changed.value or 0.0))), n, month, move, force)


def _settings(force: Rules, told: pl.DataFrame) -> list[tuple[str, str]]:
    weights = [("weight", name) for name, w in force.weights.items() if w > 0 and name in told.columns]
    return [("cut", name) for name in force.cuts] + weights


def _classes(told: pl.DataFrame, by: Rules) -> pl.Series:
    return indexed(told, by).select(by.groups())["group"]


def _moved(told: pl.DataFrame, now: pl.Series, force: Rules, kind: str, name: str, move: float) -> Moved:
    if kind == "cut":
        value = min(max(force.cuts[name] * (1 + move), *_below(force, name)), *_above(force, name))
        other, before = dataclasses.replace(force, cuts={**force.cuts, name: value}), force.cuts[name]
    else:
        value, before = force.weights[name] * (1 + move), force.weights[name]
        other = dataclasses.replace(force, weights={**force.weights, name: value})
    order = {c: i for i, c in enumerate(CLASSES)}
    pairs = pl.DataFrame({"now": now, "then": _classes(told, other)}).group_by("now", "then").len().filter(pl.col("now") != "not_known")
    up = down = lost = 0
    for was, then, n in pairs.iter_rows():
        lost += n if then == "not_known" else 0
        up += n if order[then] < order[was] else 0
        down += n if order[then] > order[was] and then != "not_known" else 0
    return Moved(kind, name, before, value, rate(up + down + lost, int(pairs["len"].sum())), up, down, lost)


def _below(force: Rules, name: str) -> tuple[float, ...]:
    names = list(force.cuts)
    return tuple(force.cuts[n] for n in names[names.index(name) + 1 :][:1]) or (0.0,)


def _above(force: Rules, name: str) -> tuple[float, ...]:
    names = list(force.cuts)
    return tuple(force.cuts[n] for n in names[: names.index(name)][-1:]) or (100.0,)
