"""What experts judged: the table ``expert_scores``, and judgements entered on the page, which are records. METHODS A1 3.3(2), D4."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.risk.index.ahp import MOST_INCONSISTENT, Hierarchy, Pairs, hierarchy, together
from churn_dash.risk.index.indicators import INDICATORS
from churn_dash.store import Dataset
from churn_dash.store.records import Records
from churn_dash.words import Text, nearest

KIND = "index_judgements"
SCALE = (1 / 9, 1 / 8, 1 / 7, 1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)
"""Saaty's scale: 1 is equally important, 9 nine times as important."""


@dataclass(frozen=True)
class Expert:
    """One expert's judgements; ``recorded`` is who entered them and when, empty where they come with the data.

    ``ratio`` is the expert's own consistency ratio; None where not every pair of the indicators judged was judged.
    """

    name: str
    pairs: Pairs
    recorded: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The indicators that the expert judged, in the order of the library."""
        return tuple(n for n in INDICATORS if any(n in pair for pair in self.pairs))

    @property
    def ratio(self) -> float | None:
        matrix, missing = together(self.names, [self.pairs])
        return None if missing or not self.names else hierarchy(matrix).ratio


@dataclass(frozen=True)
class Panel:
    """All experts, and the codes in their table that name no indicator of the library."""

    experts: tuple[Expert, ...]
    unknown: tuple[str, ...] = ()

    def judged(self, present: tuple[str, ...]) -> "Judged":
        """The group's judgement of those of the present indicators that were compared with all the others. Source: METHODS D4."""
        names = [n for n in present if any(n in e.names for e in self.experts)]
        matrix, missing = together(names, [e.pairs for e in self.experts])
        while missing:
            # An indicator that somebody compared with a few others only must not cost all of them their weights.
            lacking = Counter(n for pair in missing for n in pair)
            names.remove(max(names, key=lambda n: lacking[n]))
            matrix, missing = together(names, [e.pairs for e in self.experts])
        if len(names) < 2:
            why = Text(_("no expert has compared two of these indicators yet; load the table of experts' judgements, or enter one below"))
            return Judged(tuple(names), None, why)
        found = hierarchy(matrix)
        if found.consistent or found.worst is None:
            return Judged(tuple(names), found, None)
        return Judged(tuple(names), found, refusal(tuple(names), float(matrix[found.worst]), found))


@dataclass(frozen=True)
class Judged:
    """The weights of the indicators compared, or why there are none. Refused judgements keep their ``found``, for its ratio."""

    names: tuple[str, ...]
    found: Hierarchy | None
    why_not: Text | None

    @property
    def weights(self) -> dict[str, float] | None:
        """Weight by indicator; None where the judgements are missing or refused."""
        return None if self.found is None or self.why_not is not None else dict(zip(self.names, self.found.weights, strict=True))


def refusal(names: tuple[str, ...], said: float, found: Hierarchy) -> Text:
    """Why judgements are refused, with the one that contradicts the others most."""
    assert found.worst is not None and found.implied is not None
    a, b = (INDICATORS[names[i]].label for i in found.worst)
    return Text(
        _(
            "The judgements contradict one another: consistency ratio {ratio}, below {limit} is needed. Look again at {a} against {b}: "
            "judged {said}, while the others say about {implied}."
        ),
        ratio=f"{found.ratio:.3f}",
        limit=f"{MOST_INCONSISTENT:.2f}",
        a=a,
        b=b,
        said=spoken(said),
        implied=spoken(found.implied),
    )


def spoken(score: float) -> str:
    """A judgement as experts write it.

    >>> spoken(3.0), spoken(1 / 3), spoken(2.4), spoken(0.4)
    ('3', '1/3', '2.4', '1/2.5')
    """
    if score >= 1 - 1e-9:
        return f"{score:.1f}".removesuffix(".0")
    return f"1/{1 / score:.1f}".removesuffix(".0")


def experts(ds: Dataset) -> Panel:
    """Every expert: those of the table, then those recorded; a record takes the place of the same expert's row of the table.

    An expert whose newest record is empty is left out.
    """
    found: dict[str, Expert] = {}
    unknown: dict[str, None] = {}
    rows = ds.table("expert_scores")
    if rows is not None:
        given: dict[str, dict[tuple[str, str], float]] = {}
        for expert, a, b, score in rows.select("expert_id", "indicator_a", "indicator_b", "score").drop_nulls().iter_rows():
            strange = [n for n in (a, b) if n not in INDICATORS]
            unknown |= dict.fromkeys(strange)
            if not strange and a != b:
                given.setdefault(expert, {})[a, b] = float(score)
        found = {name: Expert(name, pairs) for name, pairs in sorted(given.items())}
    for record in Records(ds.root).all(KIND):
        pairs = {(p["a"], p["b"]): float(p["score"]) for p in record.body["pairs"] if p["a"] in INDICATORS and p["b"] in INDICATORS}
        found.pop(record.name, None)
        if pairs:
            found[record.name] = Expert(record.name, pairs, (record.who, record.made))
    return Panel(tuple(found.values()), tuple(unknown))


def judge(ds: Dataset, name: str, pairs: Mapping[tuple[str, str], float], who: str | None = None) -> Expert:
    """Record an expert's judgements, which take the place of the earlier ones; no pairs at all withdraw them.

    Raises ``BadInput`` for an unnamed expert or a score off the scale, ``NotFound`` for an unknown indicator, ``NotPossible`` where
    a pair is missing or the judgements contradict one another too much: nothing is recorded then.
    """
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("Say whose judgements these are: the expert needs a name."))
    for a, b in pairs:
        known_indicator(a)
        known_indicator(b)
        if a == b or not (math.isfinite(pairs[a, b]) and 1 / 9 - 1e-9 <= pairs[a, b] <= 9 + 1e-9):
            raise BadInput(_("A judgement compares two indicators with a number from 1/9 to 9; {a} against {b} has {score}."), a=a, b=b,
                           score=f"{pairs[a, b]:g}")  # fmt: skip
    one = Expert(name, dict(pairs))
    if pairs:
        _matrix, missing = together(one.names, [one.pairs])
        if missing:
            a, b = (INDICATORS[n].label for n in missing[0])
            raise NotPossible(_("{a} was not compared with {b}: every pair of the indicators is needed."), a=a, b=b)
        why = Panel((one,)).judged(one.names).why_not
        if why is not None:
            raise NotPossible(why.template, **why.params)
    body = {"pairs": [{"a": a, "b": b, "score": score} for (a, b), score in pairs.items()]}
    record = Records(ds.root).add(KIND, name, body, who)
    return Expert(name, dict(pairs), (record.who, record.made))


def known_indicator(name: str) -> str:
    """The name itself, if the library has it; ``NotFound`` with the nearest one."""
    if name not in INDICATORS:
        near = nearest(name, list(INDICATORS)) or ", ".join(INDICATORS)
        raise NotFound(_("There is no indicator {name}; the nearest is {near}."), name=name, near=near)
    return name
