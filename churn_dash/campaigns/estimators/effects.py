"""The difference that a campaign made, group against hold-out. Source: METHODS C2, C8.

The comparison is of groups as assigned, whoever was reached (intention to treat).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scipy import special, stats

from churn_dash.campaigns.estimators.power import smallest_difference_of_means, smallest_difference_of_rates
from churn_dash.measures.statistics.estimates import holm
from churn_dash.measures.statistics.intervals import newcombe, welch, welch_error
from churn_dash.words import Text

Unit = Literal["ratio", "amount", "money"]
Better = Literal["up", "down"]

FEWEST = 5
"""Below this many cases in a group only an exact test is made and no verdict is given."""
_EXACT_BOSCHLOO = 200


@dataclass(frozen=True)
class Outcome:
    """What a campaign is judged by: its name, how it is called, its unit, and which way is better.

    ``sums``: a share of an amount (so much of so much), whose members weigh by their amounts; else a share counts members.
    """

    name: str
    label: str
    unit: Unit
    better: Better
    sums: bool = False

    @property
    def saves(self) -> bool:
        """Whether a unit of the outcome is a customer kept."""
        return self.name in ("churn", "retention")

    @property
    def counts(self) -> bool:
        """Whether it is yes or no for each member, so that its rate is a count of members."""
        return self.unit == "ratio" and not self.sums


@dataclass(frozen=True)
class Group:
    """One group as assigned. ``known`` of the ``n`` members have an outcome; ``mean`` is its rate (0–1) or mean over those."""

    arm: str
    label: str | Text
    n: int
    known: int
    mean: float | None
    sd: float | None
    """Spread with n − 1; None below two members."""
    counted: int | None = None
    """Members with the outcome, where ``mean`` is an adjusted rate that no longer tells it."""

    @property
    def missing(self) -> int:
        """Members without an outcome."""
        return self.n - self.known

    @property
    def cases(self) -> int:
        """Members with the outcome, where it is a rate."""
        return self.counted if self.counted is not None else round((self.mean or 0.0) * self.known)


@dataclass(frozen=True)
class Beside:
    """The same comparison reckoned another way, to stand beside the headline and never in its place."""

    key: str
    label: str
    value: float
    low: float | None
    high: float | None
    p_value: float | None = None
    note: Text | None = None
    unit: Unit | Literal["times"] | None = None
    """Its own unit, where it is not a difference of the outcome."""

    def as_json(self) -> dict[str, object]:
        """The figure as the CLI prints it; ``unit`` is null for a difference of the outcome."""
        return {"value": self.value, "low": self.low, "high": self.high, "p_value": self.p_value, "unit": self.unit}


@dataclass(frozen=True)
class Effect:
    """The difference of one group against the hold-out; numbers that are undefined are None."""

    arm: str
    control: str
    outcome: Outcome
    treated: Group
    base: Group
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    relative: float | None = None
    """The difference as a share of the hold-out's figure."""
    too_few: bool = False
    smallest: float | None = None
    """The smallest improvement that this many customers could have shown (METHODS C9)."""
    p_adjusted: float | None = None
    """``p_value`` after Holm's correction where several groups are compared at once; else None."""
    way: str = ""
    """How interval and p-value were reckoned: newcombe, welch, strata, clusters, or strata+clusters."""
    beside: tuple[Beside, ...] = ()
    few_clusters: bool = False
    """Drawn in clusters, and too few of them for an interval."""

    @property
    def gain(self) -> float | None:
        """The difference, positive where better."""
        return None if self.difference is None else self.difference * (1 if self.outcome.better == "up" else -1)

    @property
    def off_zero(self) -> bool:
        """Whether the interval leaves out "no effect"."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def clear(self) -> bool:
        """Whether there is an effect beyond chance, several comparisons allowed for."""
        return self.off_zero and (self.p_adjusted is None or self.p_adjusted < 0.05)

    def as_json(self) -> dict[str, object]:
        """The effect as the CLI prints it."""
        return {
            "arm": self.arm,
            "control": self.control,
            "outcome": self.outcome.name,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p_value": self.p_value,
            "relative": self.relative,
            "too_few": self.too_few,
            "p_adjusted": self.p_adjusted,
            "way": self.way,
            "beside": {b.key: b.as_json() for b in self.beside},
        }


def effect(outcome: Outcome, treated: Group, base: Group) -> Effect:
    """The effect on one group: Newcombe and the pooled z-test for a rate, Welch for an amount.

    With fewer than five cases (or non-cases) in a group the p-value is an exact one and ``too_few`` is set.
    """
    blank = Effect(treated.arm, base.arm, outcome, treated, base, too_few=True)
    if treated.mean is None or base.mean is None:
        return blank
    difference = treated.mean - base.mean
    blank = replace(blank, difference=difference, relative=difference / base.mean if base.mean else None)
    return _of_rates(blank) if outcome.counts else _of_amounts(blank)


def _of_rates(e: Effect) -> Effect:
    k1, n1, k0, n0 = e.treated.cases, e.treated.known, e.base.cases, e.base.known
    interval = newcombe(k1, n1, k0, n0)
    few = min(k1, n1 - k1, k0, n0 - k0) < FEWEST
    return replace(
        e,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p_value=exact_p(k1, n1, k0, n0) if few else pooled_z_p(k1, n1, k0, n0),
        too_few=few,
        way="newcombe",
        smallest=smallest_difference_of_rates(n1, n0, k0 / n0, better=e.outcome.better),
    )


def _of_amounts(e: Effect) -> Effect:
    t, c = e.treated, e.base
    if t.sd is None or c.sd is None:
        return e
    interval = welch(t.mean or 0.0, t.sd, t.known, c.mean or 0.0, c.sd, c.known)
    return replace(
        e,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        p_value=welch_p(t.mean or 0.0, t.sd, t.known, c.mean or 0.0, c.sd, c.known),
        too_few=interval is None or min(t.known, c.known) < FEWEST,
        way="welch",
        smallest=smallest_difference_of_means(t.sd, t.known, c.sd, c.known),
    )


def pooled_z_p(k1: int, n1: int, k2: int, n2: int) -> float | None:
    """Two-sided p of equal rates, by the pooled z-test; None where nothing varies.

    >>> round(pooled_z_p(450, 9000, 70, 1000), 5)
    0.00688
    """
    pooled = (k1 + k2) / (n1 + n2)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return None if error == 0 else float(2 * special.ndtr(-abs(k1 / n1 - k2 / n2) / error))


def exact_p(k1: int, n1: int, k2: int, n2: int) -> float:
    """Two-sided exact p of equal rates: Boschloo's test for small groups, Fisher's above 200 members."""
    table = [[k1, k2], [n1 - k1, n2 - k2]]
    if 0 in (k1 + k2, n1 + n2 - k1 - k2):
        return 1.0
    if n1 + n2 <= _EXACT_BOSCHLOO:
        return float(min(1.0, stats.boschloo_exact(table, n=16).pvalue))
    return float(stats.fisher_exact(table).pvalue)


def welch_p(mean1: float, sd1: float, n1: int, mean2: float, sd2: float, n2: int) -> float | None:
    """Two-sided p of equal means with unequal spreads (Welch); None where it is undefined."""
    error = welch_error(sd1, n1, sd2, n2)
    return None if error is None else float(2 * special.stdtr(error[1], -abs(mean1 - mean2) / error[0]))


def corrected(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects with Holm's p-values where there are several (METHODS C8)."""
    if len(effects) < 2:
        return tuple(effects)
    adjusted = holm([e.p_value for e in effects])
    return tuple(replace(e, p_adjusted=p) for e, p in zip(effects, adjusted, strict=True))
