"""A decision by money: the amount, the inputs it rests on, and which of them would turn it. Sources: METHODS B5, B9, C11."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy.optimize import brentq

from churn_dash.evaluation.indicators.figures import Told
from churn_dash.measures.money.assumptions import Held
from churn_dash.words import Text, say

SWING = 0.2
"""How far an assumption is moved, up and down; what is measured moves to the ends of its interval."""
Unit = Literal["ratio", "share", "money", "years", "count", "points"]
Amount = Callable[[Mapping[str, float]], float | None]


@dataclass(frozen=True)
class Input:
    """One input. ``low`` and ``high`` are how far it may be moved (None: a fact of the data, not moved). ``who`` and ``made`` are of what
    the bank set; ``origin`` says where anything else comes from."""

    name: str
    label: str
    unit: Unit
    value: float
    low: float | None = None
    high: float | None = None
    who: str | None = None
    made: str | None = None
    origin: str | Text = ""

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"label": say(self.label, language), "origin": say(self.origin, language) if self.who is None else None}


@dataclass(frozen=True)
class Swing:
    """The amount with one input at its two ends. ``turns_at``: the input's value at which the amount is nothing; ``flips``: whether that
    lies between the ends, so that this input alone decides."""

    name: str
    label: str
    unit: Unit
    low: float
    high: float
    at_low: float
    at_high: float
    turns_at: float | None
    flips: bool

    @property
    def reach(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Decision:
    """One amount in CNY that decides: above nothing it pays. ``break_even``: the save rate (0–1) from which on it does."""

    key: str
    label: str
    formula: str
    inputs: tuple[Input, ...] = ()
    amount: float | None = None
    break_even: float | None = None
    swings: tuple[Swing, ...] = ()
    why_not: Told | None = None

    @property
    def flipping(self) -> tuple[Swing, ...]:
        """The inputs that alone would turn the decision, the widest first."""
        return tuple(s for s in self.swings if s.flips)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "key": self.key,
            "label": say(self.label, language),
            "formula": say(self.formula, language),
            "amount": self.amount,
            "pays": None if self.amount is None else self.amount > 0,
            "break_even_save_rate": self.break_even,
            "inputs": [i.as_json(language) for i in self.inputs],
            "swings": [asdict(s) | {"label": say(s.label, language)} for s in self.swings],
            "turned_by": [s.name for s in self.flipping],
            "why_not": self.why_not and say(self.why_not, language),
        }


def held_input(h: Held) -> Input:
    """An assumption as an input, moved by a fifth inside what it may be."""
    a = h.assumption
    low, high = max(a.low, h.value * (1 - SWING)), min(a.high, h.value * (1 + SWING))
    if a.unit == "years":
        low, high = max(a.low, h.value - 1), min(a.high, h.value + 1)
    return Input(a.name, a.label, a.unit, h.value, low, high, h.who, h.made, a.source)


def decided(key: str, label: str, formula: str, inputs: tuple[Input, ...], amount: Amount, rate: str) -> Decision:
    """The decision with its swings. ``amount`` is linear in each input alone but years; ``rate`` names the input that is the save rate."""
    values = {i.name: i.value for i in inputs}
    now = amount(values)
    if now is None:
        return Decision(key, label, formula, inputs)
    swings = [s for i in inputs if (s := _swing(i, values, amount)) is not None]
    break_even = _turning(rate, values, amount)
    return Decision(key, label, formula, inputs, now, break_even, tuple(sorted(swings, key=lambda s: -s.reach)))


def _swing(i: Input, values: Mapping[str, float], amount: Amount) -> Swing | None:
    if i.low is None or i.high is None:
        return None
    low, high = amount({**values, i.name: i.low}), amount({**values, i.name: i.high})
    if low is None or high is None:
        return None
    turns = _turning(i.name, values, amount) if i.unit != "years" else _between(i.name, (i.low, i.high), values, amount)
    return Swing(i.name, i.label, i.unit, i.low, i.high, low, high, turns, (low > 0) != (high > 0))


def _between(name: str, ends: tuple[float, float], values: Mapping[str, float], amount: Amount) -> float | None:
    """The same for an input in which the amount is no straight line: between its ends, None where it does not turn there."""

    def at(x: float) -> float:
        return amount({**values, name: x}) or 0.0

    return float(brentq(at, *ends)) if at(ends[0]) * at(ends[1]) < 0 else None


def _turning(name: str, values: Mapping[str, float], amount: Amount) -> float | None:
    """The value of one input at which the amount is nothing; None where it hangs on the input not at all."""
    zero, one = amount({**values, name: 0.0}), amount({**values, name: 1.0})
    if zero is None or one is None or zero == one:
        return None
    return zero / (zero - one)
