"""A decision by money: the amount, the inputs it rests on, and which of them would turn it. Sources: METHODS B5, B9, C11."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from scipy.optimize import brentq

from churn_dash.evaluation.ledger.inputs import Input, Opened, Unit
from churn_dash.words import say

Amount = Callable[[Mapping[str, float]], float | None]


@dataclass(frozen=True)
class Swing:
    """The amount with one input at its two ends. ``turns_at``: the input's value at which the amount is nothing; ``flips``: whether that
    lies between the ends, so that this input alone decides. ``moved``: whether the ends are those of a measured 95 % range, or an
    assumption a fifth or a year away."""

    name: str
    label: str
    unit: Unit
    low: float
    high: float
    at_low: float
    at_high: float
    turns_at: float | None
    flips: bool
    moved: Literal["range", "year", "fifth"] = "fifth"

    @property
    def reach(self) -> float:
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Decision(Opened):
    """One amount in CNY that decides: above nothing it pays. ``break_even``: the save rate (0–1) from which on it does."""

    break_even: float | None = None
    swings: tuple[Swing, ...] = ()

    @property
    def flipping(self) -> tuple[Swing, ...]:
        """The inputs that alone would turn the decision, the widest first."""
        return tuple(s for s in self.swings if s.flips)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return super().as_json(language) | {
            "pays": None if self.amount is None else self.amount > 0,
            "break_even_save_rate": self.break_even,
            "swings": [asdict(s) | {"label": say(s.label, language)} for s in self.swings],
            "turned_by": [s.name for s in self.flipping],
        }


def decided(key: str, label: str, formula: str, inputs: tuple[Input, ...], amount: Amount, rate: str) -> Decision:
    """The decision with its swings. ``amount`` is linear in each input alone but years; ``rate`` names the input that is the save rate."""
    values = {i.name: i.value for i in inputs}
    now = amount(values)
    if now is None:
        return Decision(key, label, formula, inputs)
    swings = [s for i in inputs if (s := _swing(i, values, amount)) is not None]
    break_even = _turning(rate, values, amount)
    widest = tuple(sorted(swings, key=lambda s: -s.reach))
    return Decision(key, label, formula, inputs, now, break_even=break_even, swings=widest)


def _swing(i: Input, values: Mapping[str, float], amount: Amount) -> Swing | None:
    if i.low is None or i.high is None or i.moved is None:
        return None
    low, high = amount({**values, i.name: i.low}), amount({**values, i.name: i.high})
    if low is None or high is None:
        return None
    turns = _turning(i.name, values, amount) if i.unit != "years" else _between(i.name, (i.low, i.high), values, amount)
    return Swing(i.name, i.label, i.unit, i.low, i.high, low, high, turns, (low > 0) != (high > 0), i.moved)


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
