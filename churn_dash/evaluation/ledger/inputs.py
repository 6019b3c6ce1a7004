"""An amount opened into the inputs it rests on: each with who set it and when, or where else it comes from. Source: METHODS C11."""

from dataclasses import dataclass
from typing import Any, Literal

from churn_dash.evaluation.indicators.figures import Told
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.words import Text, say

SWING = 0.2
"""How far an assumption is moved, up and down; what is measured moves to the ends of its interval."""
Unit = Literal["ratio", "share", "money", "years", "count", "points"]
Kind = Literal["default", "set", "measured", "data", "chosen", "model"]
"""An assumption as declared, or as the bank set it; measured, with a range; of the data; chosen for this one amount; of the model."""
DATA = _("from the data")
MEASURED = _("measured, with its 95% range")
CHOSEN = _("chosen for this plan or list")
MODEL = _("from the model in use")


@dataclass(frozen=True)
class Input:
    """One input. ``low`` and ``high`` are how far it may be moved (None: not moved): the ends of the 95 % range of what is measured, a
    fifth (years: one) for an assumption. ``who`` and ``made`` are None unless somebody of the bank set the value."""

    name: str
    label: str
    unit: Unit
    value: float
    low: float | None = None
    high: float | None = None
    who: str | None = None
    made: str | None = None
    origin: str | Text = ""
    kind: Kind = "data"

    @property
    def moved(self) -> Literal["range", "year", "fifth"] | None:
        """What its two ends are; None where it is not moved."""
        if self.low is None or self.high is None:
            return None
        return "range" if self.kind == "measured" else "year" if self.unit == "years" else "fifth"

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        said = {"label": say(self.label, language), "origin": say(self.origin, language)}
        return {**vars(self), "moved": self.moved, **said}


@dataclass(frozen=True)
class Opened:
    """One amount in its ``unit`` (CNY, or a ratio) with its formula and inputs; None, with the reason, where it cannot be told."""

    key: str
    label: str | Text
    formula: str
    inputs: tuple[Input, ...] = ()
    amount: float | None = None
    why_not: Told | None = None
    unit: Literal["money", "ratio"] = "money"

    def of(self, name: str) -> Input:
        """One input by name."""
        return next(i for i in self.inputs if i.name == name)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "key": self.key,
            "label": say(self.label, language),
            "formula": say(self.formula, language),
            "unit": self.unit,
            "amount": self.amount,
            "inputs": [i.as_json(language) for i in self.inputs],
            "why_not": self.why_not and say(self.why_not, language),
        }


def held_input(h: Held) -> Input:
    """An assumption as an input, moved by a fifth inside what it may be; one that a campaign measured, to the ends of its range there."""
    a = h.assumption
    low, high = h.value * (1 - SWING), h.value * (1 + SWING)
    if h.measured is not None:
        low, high = float(h.measured["low"]), float(h.measured["high"])
    elif a.unit == "years":
        low, high = h.value - 1, h.value + 1
    by_hand = h.kind == "set"
    ends = max(a.low, low), min(a.high, high)
    return Input(a.name, a.label, a.unit, h.value, *ends, h.who if by_hand else None, h.made if by_hand else None, h.origin, h.kind)


def measured_input(name: str, label: str, unit: Unit, e: Estimate) -> Input | None:
    """An estimate as an input, moved to the ends of its range; None where it is undefined."""
    if e.value is None:
        return None
    return Input(name, label, unit, e.value, e.low, e.high, origin=MEASURED, kind="measured")
