"""Targets and owners, editable, each change a version with who and when. Source: METHODS A1 9.1, 10.1."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.errors import BadInput, NotFound
from churn_dash.evaluation.indicators.declared import INDICATORS, Indicator
from churn_dash.marks import _
from churn_dash.store import Records
from churn_dash.words import nearest
from churn_dash.words.typed import number

KIND = "target"


@dataclass(frozen=True)
class Target:
    """What is aimed at (None: nothing) and who answers for it. ``version`` counts the changes; 0 while nobody has set anything."""

    key: str
    value: float | None = None
    owner: str = ""
    why: str = ""
    who: str | None = None
    made: str | None = None
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def known(key: str) -> Indicator:
    """The indicator by key; ``NotFound`` with the nearest."""
    if key not in INDICATORS:
        near = nearest(key, INDICATORS) or ", ".join(INDICATORS)
        raise NotFound(_("There is no indicator {name}; the nearest is {near}."), name=key, near=near)
    return INDICATORS[key]


def in_force(records: Records) -> dict[str, Target]:
    """The target of every indicator, by key, in the order of the page."""
    found = {key: Target(key) for key in INDICATORS}
    return found | {r.name: _of(r.name, r.body, r.who, r.made, r.version) for r in records.all(KIND) if r.name in INDICATORS}


def history(records: Records, key: str) -> list[Target]:
    """Every version, newest first."""
    known(key)
    return [_of(key, r.body, r.who, r.made, r.version) for r in records.history(KIND, key)]


def put(
    records: Records,
    key: str,
    value: float | None = None,
    owner: str | None = None,
    why: str = "",
    who: str | None = None,
    drop: bool = False,
) -> Target:
    """Set target or owner of one indicator; what is not given stays, ``drop`` takes the target away. What is as it was is not recorded.

    Raises ``NotFound`` for an unknown indicator, ``BadInput`` for a value that the indicator cannot have.
    """
    indicator, now = known(key), in_force(records)[key]
    wanted = None if drop else now.value if value is None else checked(indicator, value)
    named = now.owner if owner is None else " ".join(owner.split())
    if (wanted, named) == (now.value, now.owner):
        return now
    records.add(KIND, key, {"value": wanted, "owner": named, "why": why.strip()}, who)
    return in_force(records)[key]


def checked(indicator: Indicator, value: float) -> float:
    """The value itself, if the indicator may have it."""
    if not math.isfinite(value) or not indicator.low <= value <= indicator.high:
        low, high = (f"{_bare(indicator, x):g}{_sign(indicator)}" for x in (indicator.low, indicator.high))
        raise BadInput(_("A target for {what} lies between {low} and {high}."), what=indicator.label, low=low, high=high)
    return value


def parsed(key: str, text: str) -> float:
    """The target written as people write it: 12% or 0.12, ¥1,200, 45.

    >>> parsed("churn_rate", "12%"), parsed("cost_per_save", "¥1,200"), parsed("nps", "30")
    (0.12, 1200.0, 30.0)
    """
    indicator = known(key)
    return checked(indicator, number(text, indicator.unit, _("{text} is not a number for: {what}."), what=indicator.label))


def written(key: str, value: float | None) -> str:
    """A target as it stands in its field.

    >>> written("churn_rate", 0.12), written("nps", None)
    ('12%', '')
    """
    indicator = known(key)
    return "" if value is None else f"{_bare(indicator, value):.10g}{_sign(indicator)}"


def _is_share(indicator: Indicator) -> bool:
    return indicator.unit == "ratio"


def _bare(indicator: Indicator, value: float) -> float:
    return round(100 * value, 8) if _is_share(indicator) else value


def _sign(indicator: Indicator) -> str:
    return "%" if _is_share(indicator) else ""


def _of(key: str, body: Any, who: str, made: str, version: int) -> Target:
    return Target(key, body.get("value"), body.get("owner", ""), body.get("why", ""), who, made, version)
