"""An official churn figure beside our own: which choice of definition, months, customers or formula explains the difference.

Source: METHODS B0–B1. Every choice is measured in the one way to a number; none is fitted to the official figure.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from churn_dash.contract import DEFINITIONS
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.comparisons.formulas import ASKED, FORMULAS, Formula, Sums, sums
from churn_dash.measures.filters import Filters, Period, last_12
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store import Dataset, shifted
from churn_dash.store.lacking import who_left
from churn_dash.words import Count, Month, Points, Ratio, Text, say
from churn_dash.words.typed import typed


@dataclass(frozen=True)
class Official:
    """The figure as it was typed: a rate 0–1 or a head count, and half a unit of its last digit."""

    value: float
    is_rate: bool
    rounding: float

    @classmethod
    def typed(cls, text: str) -> "Official":
        """The figure from its text; raises ``BadInput`` for what is neither a rate nor a number of customers.

        >>> Official.typed("5.2%") == Official.typed("0.052"), Official.typed("1,234").is_rate
        (True, False)
        """
        refusal = _("{text} is no figure; write a rate as 5.2% or 0.052, or a number of customers.")
        found = typed(text, ("ratio", "count"), refusal)
        if found.value < 0:
            raise BadInput(refusal, text=text)
        is_rate = found.percent or (found.value <= 1 and found.decimals > 0)
        if (is_rate and found.value > 1) or (not is_rate and found.decimals > 0):
            raise BadInput(_("{text} could be a rate or a number of customers; write 5.2% or 0.052 for a rate."), text=text)
        return cls(found.value, is_rate, 0.5 * 10.0**-found.decimals)

    def spoken(self, value: float | None) -> Ratio | Count:
        return Ratio(value) if self.is_rate else Count(value)


@dataclass(frozen=True)
class Choice:
    """One way to count, its figure, and what of the official one it leaves open (official less ours; None: undefined).

    ``changes``: in how many respects it differs from what was asked. ``explains``: the official figure is the same to the
    digits typed, or lies in the figure's 95 % interval; for a ``bound``, between our figure and it.
    """

    definition: str
    period: Period | None
    who: str
    formula: str
    figure: float | None
    low: float | None
    high: float | None
    left: float | None
    n: int
    changes: int
    explains: bool
    same: bool = False
    bound: bool = False


@dataclass(frozen=True)
class Reconciliation:
    """The official figure, ours by the same words, every other choice by how close it comes, and what to make of it."""

    official: Official
    ours: Choice
    choices: tuple[Choice, ...]
    sentence: Text

    @property
    def closest(self) -> Choice:
        """The choice to name: of those that explain it, the one with fewest changes, then the nearest; else the nearest."""
        return _closest(self.choices)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "official": self.official.value,
            "unit": "ratio" if self.official.is_rate else "count",
            "sentence": say(self.sentence),
            "ours": _row(self.ours),
            "choices": [_row(c) for c in self.choices],
        }


def _row(choice: Choice) -> dict[str, Any]:
    period = choice.period
    return {
        "definition": choice.definition,
        "from": period and f"{period.start:%Y-%m}",
        "to": period and f"{period.end:%Y-%m}",
        "who": choice.who,
        "formula": choice.formula,
        "figure": choice.figure,
        "low": choice.low,
        "high": choice.high,
        "left": choice.left,
        "n": choice.n,
        "changes": choice.changes,
        "explains": choice.explains,
    }


WHO = {"all": _("all customers"), "personal": _("personal customers"), "set_aside": _("rows set aside counted as customers lost, at most")}
"""Whose churn it is, by code."""

_WORDS = {
    "close": ("close", "closure", "销户", "銷戶", "清户"),
    "dormant": ("dorman", "inactive", "休眠", "不动户", "睡眠"),
    "asset_out": ("asset", "balance", "资产", "資產", "余额", "降幅"),
    "absent": ("absen", "missing", "不在", "名单"),
    "flag": ("flag", "标志", "標誌", "标记"),
}


def definition_named(words: str, known: Sequence[str]) -> str | None:
    """The definition that words speak of, of those the data can answer; None where they speak of none or of several.

    >>> definition_named("客户全部账户销户", ("close", "dormant")), definition_named("closed or dormant", ("close", "dormant"))
    ('close', None)
    """
    found = [d for d, told in _WORDS.items() if d in known and any(w in words.casefold() for w in told)]
    return found[0] if len(found) == 1 else None


def reconcile(question: Question, official: str, words: str = "") -> Reconciliation:
    """Compare an official churn figure with every choice that could explain the difference.

    ``official`` as typed (5.2%, 0.052, or a head count); ``words`` its definition in words, read only where the question names none.
    The question's filters do not count: which customers are meant is one of the choices. Choices differ from what was asked in one of
    definition, months and customers, and in the formula. Raises as ``measure`` does.
    """
    ds = question.ds
    typed = Official.typed(official)
    if not ds.flagged:
        raise who_left(ds)
    chosen = definition_of(ds, question.definition or definition_named(words, ds.definitions))
    panel = ds.shape == "panel"
    asked = question.months if panel else None
    choices: list[Choice] = []
    ours: Choice | None = None
    for name, months, who, changes in _ways(ds, chosen, asked):
        filters = Filters((("customer_type", ("personal",)),)) if who == "personal" else Filters()
        found = sums(Question(ds, question.scope, filters=filters, period=months, definition=name))
        for formula in FORMULAS.values() if panel else (FORMULAS[ASKED],):
            choice = _choice(typed, found, name, months, who, formula, changes + (formula.name != ASKED))
            if choice is None:
                continue
            if choice.changes == 0:
                ours = choice
            choices.append(choice)
        if changes == 0 and ours is not None:
            choices += _set_aside(ds, typed, found, ours)
    assert ours is not None
    ordered = tuple(sorted(choices, key=lambda c: (c.left is None, abs(c.left or 0.0), c.changes)))
    return Reconciliation(typed, ours, ordered, _sentence(typed, ours, ordered))


def _ways(ds: Dataset, definition: str, period: Period | None) -> Iterator[tuple[str, Period | None, str, int]]:
    """What was asked, then each single change of definition, months, and customers."""
    yield definition, period, "all", 0
    yield from ((name, period, "all", 1) for name in ds.definitions if name != definition)
    yield from ((definition, other, "all", 1) for other in neighbours(ds, period))
    types = next((d.values for d in ds.dimensions if d.name == "customer_type"), ())
    if "personal" in types and len(types) > 1:
        yield definition, period, "personal", 1


def neighbours(ds: Dataset, period: Period | None) -> list[Period]:
    """The periods that may have been meant instead: a month earlier or later, the calendar years, the last twelve months."""
    if period is None:
        return []
    around = [Period(shifted(period.start, k), shifted(period.end, k)) for k in (-1, 1)]
    around += [Period(datetime.date(y, 1, 1), datetime.date(y, 12, 1)) for y in range(period.start.year, period.end.year + 1)]
    around.append(last_12(ds))
    first, last = ds.measurable[0], ds.measurable[-1]
    return [p for p in dict.fromkeys(around) if p != period and p.start >= first and p.end <= last]


def _choice(official: Official, found: Sums, name: str, months: Period | None, who: str, formula: Formula, changes: int) -> Choice | None:
    """The figure of one choice; None where the formula gives no head count, or needs several months."""
    counted = formula.counts(found)
    if counted is None or (not official.is_rate and not formula.is_heads):
        return None
    lost, base = counted
    figure = (lost / base if base else None) if official.is_rate else lost
    interval = wilson(lost, base) if formula.is_share and base and 0 <= lost <= base else None
    scale = 1.0 if official.is_rate else base
    low, high = (interval.low * scale, interval.high * scale) if interval else (None, None)
    left = None if figure is None else round(official.value - figure, 12)
    same = left is not None and abs(left) <= official.rounding + 1e-9
    inside = low is not None and high is not None and low <= official.value <= high
    return Choice(name, months, who, formula.name, figure, low, high, left, int(base), changes, same or inside, same)


def _set_aside(ds: Dataset, official: Official, found: Sums, ours: Choice) -> list[Choice]:
    """The most that rows set aside at the last load could have added: as if each were one more customer who left."""
    n = int(ds.info.counts.get("rows_quarantined", 0))
    if not n or ours.figure is None:
        return []
    lost, base = found.lost + n, found.start + n
    most = lost / base if official.is_rate else float(lost)
    between = ours.figure < official.value <= most
    left = 0.0 if between else round(official.value - most, 12)
    return [
        replace(ours, who="set_aside", figure=most, low=None, high=None, left=left, n=int(base), changes=1, explains=between, bound=True)
    ]


def _closest(choices: Sequence[Choice]) -> Choice:
    explaining = [c for c in choices if c.explains and not c.bound]
    exact = [c for c in explaining if c.same]
    bounds = [c for c in choices if c.explains]
    pool = exact or explaining or bounds
    if pool:
        return min(pool, key=lambda c: (c.changes, abs(c.left or 0.0)))
    return next((c for c in choices if not c.bound), choices[0])


def how(choice: Choice) -> Text:
    """The choice in words."""
    named: dict[str, Any] = {"formula": FORMULAS[choice.formula].label, "definition": DEFINITIONS[choice.definition].label}
    named["who"] = WHO[choice.who]
    if choice.period is None:
        return Text(_("{formula}, by {definition}, {who}"), **named)
    months = {"start": Month(choice.period.start), "end": Month(choice.period.end)}
    return Text(_("{formula}, by {definition}, {start} to {end}, {who}"), **named, **months)


def _sentence(official: Official, ours: Choice, choices: Sequence[Choice]) -> Text:
    best = _closest(choices)
    named: dict[str, Any] = {"official": official.spoken(official.value), "ours": official.spoken(ours.figure)}
    if ours.same:
        return Text(_("Our figure by the same words is {ours}: the same as the official one, to the digits typed."), **named)
    difference = Points(best.left) if official.is_rate else Count(best.left)
    named |= {"figure": official.spoken(best.figure), "left": difference, "how": how(best)}
    if not best.explains:
        return Text(_("No choice explains the official {official}: the nearest ({how}) gives {figure} and leaves {left}."), **named)
    if best.bound:
        return Text(_("Only the rows set aside could explain the official {official}: with all of them ours would be {figure}."), **named)
    if best.same:
        return Text(_("The official {official} is what we get as: {how}. By the words asked, ours is {ours}."), **named)
    if best.changes == 0:
        return Text(_("Ours is {ours}; the official {official} lies within its 95% range, {left} away."), **named)
    return Text(_("The official {official} comes closest to: {how} ({figure}, {left} left). By the words asked, ours is {ours}."), **named)
