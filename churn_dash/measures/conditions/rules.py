"""A rule that says which customers belong to a group: conditions on what is known of them, as data that a record can hold."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from churn_dash.errors import BadInput
from churn_dash.marks import _

WRITTEN = "rule:"
"""Before the JSON of a rule that stands where the name of a dimension may: it is asked for without being saved."""
_DEEPEST = 4
_MOST_VALUES = 2_000
_LARGEST = 1e300


@dataclass(frozen=True)
class Clause:
    """One condition: a column that is one of ``values``, or lies between ``low`` and ``high``, both ends included.

    ``column`` is a dimension, a number of the month table, or ``segment:NAME`` with the values ``in`` and ``out``. ``excluded``:
    whoever does *not* meet it, those of whom nothing is known included.
    """

    column: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    excluded: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a record holds it: ``column`` with ``in`` or ``not_in``, or with ``from`` and ``to``.

        >>> Clause("tier", ("gold",)).as_json(), Clause("aum_end", low=1e5).as_json()
        ({'column': 'tier', 'in': ['gold']}, {'column': 'aum_end', 'from': 100000.0})
        """
        if self.values:
            return {"column": self.column, "not_in" if self.excluded else "in": list(self.values)}
        ends = {"from": self.low, "to": self.high}
        found: dict[str, Any] = {"column": self.column, **{k: v for k, v in ends.items() if v is not None}}
        return found | ({"not": True} if self.excluded else {})


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold, or of which any one must (``any_of``); a condition may itself be such a rule."""

    parts: "tuple[Clause | Rule, ...]"
    any_of: bool = False

    def as_json(self) -> dict[str, Any]:
        """As a record holds it.

        >>> Rule((Clause("tier", ("gold",)),)).as_json()
        {'all': [{'column': 'tier', 'in': ['gold']}]}
        """
        return {"any" if self.any_of else "all": [p.as_json() for p in self.parts]}

    @property
    def dimension(self) -> str:
        """The rule as the name of a dimension with the values ``in`` and ``out``, to filter or to break down by.

        >>> Rule((Clause("tier", ("gold",)),)).dimension
        'rule:{"all": [{"column": "tier", "in": ["gold"]}]}'
        """
        return WRITTEN + json.dumps(self.as_json(), ensure_ascii=False)

    def clauses(self) -> Iterator[Clause]:
        """Every condition, those of inner rules included."""
        for part in self.parts:
            if isinstance(part, Rule):
                yield from part.clauses()
            else:
                yield part


def rule_of(written: object) -> Rule:
    """The rule that JSON describes; a single condition is a rule of one. Raises ``BadInput`` with what is wrong.

    >>> rule_of({"column": "tier", "in": ["gold"]}) == rule_of({"all": [{"column": "tier", "in": ["gold"]}]})
    True
    """
    found = _part(written, 1)
    return found if isinstance(found, Rule) else Rule((found,))


def rule_in(text: str) -> Rule:
    """The rule written as JSON, with or without ``rule:`` before it. Raises ``BadInput``."""
    try:
        return rule_of(json.loads(text.removeprefix(WRITTEN)))
    except (ValueError, RecursionError) as problem:
        raise BadInput(_("The rule is not JSON: {what}"), what=str(problem)) from problem


def rule_of_where(where: Sequence[tuple[str, Sequence[str]]]) -> Rule:
    """The rule that says the same as filters: every dimension one of its values.

    >>> rule_of_where([("tier", ("gold", "mass"))]).as_json()
    {'all': [{'column': 'tier', 'in': ['gold', 'mass']}]}
    """
    if not where:
        raise BadInput(_("A rule needs at least one condition."))
    return Rule(tuple(Clause(name, tuple(values)) for name, values in where))


def _part(written: object, depth: int) -> Clause | Rule:
    if not isinstance(written, Mapping):
        raise BadInput(_("A rule is written as an object with all, any or column, not as {what}."), what=repr(written)[:60])
    if depth > _DEEPEST:
        raise BadInput(_("The rule is nested too deeply; {most} levels are the most."), most=_DEEPEST)
    groups = [k for k in ("all", "any") if k in written]
    unknown = set(written) - ({groups[0]} if groups else {"column", "in", "not_in", "from", "to", "not"})
    if unknown:
        raise BadInput(_("A rule does not know {what}."), what=", ".join(sorted(map(str, unknown))))
    if groups:
        parts = written[groups[0]]
        if not isinstance(parts, list) or not parts:
            raise BadInput(_("A rule needs at least one condition."))
        return Rule(tuple(_part(p, depth + 1) for p in parts), groups[0] == "any")
    return _clause(written)


def _clause(written: Mapping[str, Any]) -> Clause:
    column = written.get("column")
    if not isinstance(column, str) or not column.strip():
        raise BadInput(_("A condition names its column: {example}"), example='{"column": "tier", "in": ["gold"]}')
    kinds = [k for k in ("in", "not_in") if k in written]
    low, high = _number(written.get("from")), _number(written.get("to"))
    if len(kinds) + (low is not None or high is not None) != 1:
        raise BadInput(_("The condition on {column} needs either in, not_in, or from and to."), column=column)
    if kinds:
        values = written[kinds[0]]
        good = isinstance(values, list) and 0 < len(values) <= _MOST_VALUES and all(isinstance(v, str) for v in values)
        if not good or "not" in written:
            raise BadInput(_("The condition on {column} needs a list of values in quotes."), column=column)
        return Clause(column.strip(), tuple(dict.fromkeys(values)), excluded=kinds[0] == "not_in")
    if low is not None and high is not None and low > high:
        raise BadInput(
            _("The condition on {column} reaches from {low} to {high}: nothing lies between."), column=column, low=low, high=high
        )
    return Clause(column.strip(), (), low, high, written.get("not") is True)


def _number(written: object) -> float | None:
    if written is None:
        return None
    if isinstance(written, bool) or not isinstance(written, int | float) or not -_LARGEST < written < _LARGEST:
        raise BadInput(_("{what} is not a number."), what=repr(written)[:60])
    return float(written)
