"""The cheapest change of at most three levers that lowers a customer's grade, found on a declared grid. Source: METHODS D5, D8."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from churn_dash.marks import _
from churn_dash.risk.scores.grades import Grades
from churn_dash.risk.whatif.levers import NOTE, Lever, levers
from churn_dash.risk.whatif.situation import Situation
from churn_dash.words import Ratio, Text, say

AT_ONCE = 3
"""Levers moved together at most."""
STEPS = 4
"""Places of the grid between where the customer stands and the bound; whole numbers only where a lever is whole."""
_ROUND = 9


@dataclass(frozen=True)
class Smallest:
    """The cheapest change, or none: ``changes`` is then empty. ``cost`` in CNY by the assumed cost of a unit; ``tried`` changes.

    ``lowest`` is the lowest risk that any of them reaches.
    """

    probability_before: float
    grade_before: str
    changes: dict[str, float]
    probability_after: float | None
    grade_after: str | None
    cost: float | None
    lowest: float
    tried: int
    words: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The answer by name."""
        told = {k: getattr(self, k) for k in self.__dataclass_fields__ if k != "words"}
        return told | {"text": self.words.in_(language), "note": say(NOTE, language)}


def places(lever: Lever) -> list[float]:
    """Where the search puts a lever: towards each bound that a bank would move it to, evenly, the far end included.

    >>> places(Lever("f", "F", 0, 8, 1, 4, way=1)), places(Lever("n", "N", 2, 4, 1, 2, integer=True, way=1))
    ([5.0, 6.0, 7.0, 8.0], [3.0, 4.0])
    """
    found: list[float] = []
    for end, direction in ((lever.high, 1), (lever.low, -1)):
        if lever.way == -direction or end == lever.value:
            continue
        spread = [lever.value + (end - lever.value) * k / STEPS for k in range(1, STEPS + 1)]
        found += [float(round(x)) for x in spread] if lever.integer else [round(x, _ROUND) for x in spread[:-1]] + [float(end)]
    return [x for x in dict.fromkeys(found) if x != lever.value and lever.low <= x <= lever.high]


def smallest(here: Situation, cuts: Grades, importance: Mapping[str, float]) -> Smallest:
    """The cheapest change of one customer (a situation of one row) after which the grade is lower.

    All changes of up to three levers on the grid are tried at once. Ties: fewer levers, then less risk, then the order of levers.
    """
    before = float(here.before[0])
    grade = cuts.of(before)
    cut = cuts.cut(grade)
    if cut is None:
        words = Text(_("The risk of {risk} is in the lowest grade already."), risk=Ratio(before))
        return Smallest(before, grade, {}, None, None, None, before, 0, words)
    chosen = levers(here, importance, None)
    tries = _tries(chosen)
    if not tries:
        words = Text(_("None within limits: nothing that a bank can change of this customer has room to move."))
        return Smallest(before, grade, {}, None, None, None, before, 0, words)
    targets = {x.feature: np.array([t.get(i, x.value) for t in tries]) for i, x in enumerate(chosen)}
    risks = here.times(len(tries)).after(targets)
    lowest = min(before, float(risks.min()))
    enough = [i for i, risk in enumerate(risks) if risk < cut]
    if not enough:
        words = Text(
            _(
                "None within limits: of {n} changes of at most {most} levers, none lowers the grade; the lowest risk reached is {lowest}, "
                "and it would have to be below {cut}."
            ),
            n=f"{len(tries):,}",
            most=AT_ONCE,
            lowest=Ratio(lowest),
            cut=Ratio(cut),
        )
        return Smallest(before, grade, {}, None, None, None, lowest, len(tries), words)
    costs = {i: _cost(chosen, tries[i]) for i in enough}
    best = min(enough, key=lambda i: (round(costs[i], 6), len(tries[i]), float(risks[i]), i))
    changes = {chosen[i].feature: value for i, value in tries[best].items()}
    after = float(risks[best])
    words = Text(_("The cheapest of {n} changes that lowers the grade."), n=f"{len(tries):,}")
    return Smallest(before, grade, changes, after, cuts.of(after), costs[best], lowest, len(tries), words)


def _tries(chosen: Sequence[Lever]) -> list[dict[int, float]]:
    """Every change on the grid: place of the lever → its value. Of balances and their parts only one is moved."""
    grid = {i: places(x) for i, x in enumerate(chosen)}
    found: list[dict[int, float]] = []
    for n in range(1, AT_ONCE + 1):
        for which in itertools.combinations([i for i in grid if grid[i]], n):
            if sum(chosen[i].bound_up for i in which) <= 1:
                found += [dict(zip(which, values, strict=True)) for values in itertools.product(*(grid[i] for i in which))]
    return found


def _cost(chosen: Sequence[Lever], change: Mapping[int, float]) -> float:
    return sum(abs(value - chosen[i].value) * chosen[i].cost for i, value in change.items())
