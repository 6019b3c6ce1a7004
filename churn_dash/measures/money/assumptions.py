"""The assumptions in force: what the bank last set, with who and when, else the declared default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_dash.contract.assumptions import ASSUMPTIONS, Assumption
from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.store import Records
from churn_dash.words import Count, Money, Ratio, Text, nearest
from churn_dash.words.typed import number

KIND = "assumption"
"""Under which they are kept in the records of the workspace."""


@dataclass(frozen=True)
class Held:
    """An assumption in force. ``who`` and ``made`` (ISO 8601, UTC) are None for a default; ``version`` counts what was set, from 1.

    ``measured``: a campaign measured the value; its number, name, range and size, and then it is no assumption any more.
    """

    assumption: Assumption
    value: float
    who: str | None = None
    made: str | None = None
    version: int = 0
    measured: Mapping[str, Any] | None = None

    @property
    def kind(self) -> Literal["default", "set", "measured"]:
        """Where the value comes from: a campaign measured it, somebody set it, or it is the declared default."""
        if self.measured is not None:
            return "measured"
        return "default" if self.who is None or self.made is None else "set"

    @property
    def origin(self) -> Text:
        """Who set it and when, where the default comes from, or what measured it and what that does not show."""
        if self.measured is not None:
            return _measured(self.measured)
        if self.kind == "default":
            return Text(self.assumption.source)
        return Text(_("set by {who} on {day}"), who=self.who, day=(self.made or "")[:10])

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        told = asdict(self.assumption)
        return {k: told[k] for k in ("name", "unit", "default")} | {
            "value": self.value,
            "who": self.who,
            "made": self.made,
            "version": self.version,
            "source": self.assumption.source if self.who is None and self.measured is None else None,
            "measured": self.measured,
        }


def _measured(m: Mapping[str, Any]) -> Text:
    words = _("measured by {name} ({low} to {high}), {n} called and {held} held out")
    low, high = Ratio(m["low"]), Ratio(m["high"])
    told = Text(words, name=m["name"], low=low, high=high, n=Count(m["n_treated"]), held=Count(m["n_control"]))
    doubt = _doubt(m)
    return told if doubt is None else Text("{told}{doubt}", told=told, doubt=doubt)


def _doubt(m: Mapping[str, Any]) -> Text | None:
    """What a measured rate does not show."""
    if m["value"] < 0:
        return Text(_("; measured was {value}: more left than in the hold-out, so it counts as none"), value=Ratio(m["value"]))
    return Text(_("; the range includes 0: it is not shown that a contact keeps anybody")) if m["includes_none"] else None


def known(name: str) -> Assumption:
    """The assumption by name; ``NotFound`` with the nearest."""
    if name not in ASSUMPTIONS:
        near = nearest(name, ASSUMPTIONS) or ", ".join(ASSUMPTIONS)
        raise NotFound(_("There is no assumption {name}; the nearest is {near}."), name=name, near=near)
    return ASSUMPTIONS[name]


def in_force(records: Records) -> dict[str, Held]:
    """Every assumption with its value, by name, in the declared order."""
    found = {name: Held(a, a.default) for name, a in ASSUMPTIONS.items()}
    for record in records.all(KIND):
        if record.name in ASSUMPTIONS:
            value = float(record.body["value"])
            found[record.name] = Held(ASSUMPTIONS[record.name], value, record.who, record.made, record.version)
    return found


def put(records: Records, values: Mapping[str, float], who: str | None = None) -> None:
    """Set assumptions; what is as it was is not recorded again. Nothing is set unless all can be.

    Raises ``NotFound`` for an unknown name, ``BadInput`` for a value that cannot be.
    """
    for name, value in values.items():
        checked(name, value)
    now = in_force(records)
    for name, value in values.items():
        if value != now[name].value:
            records.add(KIND, name, {"value": value}, who)


def checked(name: str, value: float) -> float:
    """The value itself, if the assumption may have it."""
    a = known(name)
    if not a.low <= value <= a.high:
        low, high = spoken(a, a.low), spoken(a, a.high)
        raise BadInput(_("{what} must lie between {low} and {high}."), what=a.label, low=low, high=high)
    if a.unit == "years" and value != round(value):
        raise BadInput(_("{what} must be a whole number."), what=a.label)
    return value


def parsed(name: str, text: str) -> float:
    """The value written as people write it: 1.5% or 0.015, 500, ¥500.

    >>> parsed("spread", "1.5%"), parsed("acquisition_cost", "¥1,200")
    (0.015, 1200.0)
    """
    a = known(name)
    return checked(name, number(text, a.unit, _("{text} is not a number for: {what}."), what=a.label))


def spoken(a: Assumption, value: float) -> Any:
    """A value in the format of its unit, for a sentence."""
    if a.unit in ("ratio", "share"):
        return Ratio(value)
    return Money(value) if a.unit == "money" else Text(_("{n} years"), n=f"{value:g}")
