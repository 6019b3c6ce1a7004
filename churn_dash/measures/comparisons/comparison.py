"""Branches and managers compared fairly: adjusted for their mix of customers, with what chance alone would do. Sources: METHODS B0, B10.

Indirect standardisation: each unit's customers are given the rate of the whole bank in their stratum; so many departures were to be
expected of its mix. Departures over expected ones is its ratio; times the bank's rate, its adjusted rate. Limits and intervals are exact
binomial at the expected rate of the unit, and so is the test behind the words. The shrunk rate pulls small units to what was expected
of them (beta-binomial, empirical Bayes): a ranking by it is not led by the smallest.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl
from scipy import special

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import dimension, last_12
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import Interval
from churn_dash.store import Dataset
from churn_dash.store.lacking import who_left

STRATA = ("tier", "tenure_band", "age_band", "aum_band")
"""The mix is told by the first two of these that the data have; the analyst may choose others."""
WARN, CLEAR = 0.95, 0.998
"""Coverage of the inner and the outer limits. Outside the outer ones a unit is named: chance puts one in 500 there."""
FEWEST_UNITS = 10
"""From so many units on their spread is estimated; below, the prior is fixed."""
PRIOR_N = 40.0
"""The fixed prior weighs as much as so many customers: Beta(2, 38) at 5 %. METHODS B10."""

Verdict = Literal["within", "watch", "above", "below"]


@dataclass(frozen=True)
class Unit:
    """One unit: customers, departures, departures expected of its mix; its own rate, the adjusted one with its exact 95 % range, the
    shrunk one with its 95 % range, the three-sigma limits of a p-chart at the bank's rate, and what it amounts to. Rates 0–1.

    ``within`` expected variation; ``watch``: outside the 95 % limits, as one in twenty is by chance; ``above``, ``below``: clearly.
    """

    name: str
    n: int
    left: int
    expected: float
    rate: float
    ratio: float | None
    adjusted: float | None
    low: float | None
    high: float | None
    shrunk: float
    shrunk_low: float
    shrunk_high: float
    p_chart_low: float
    p_chart_high: float
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """The answer: the units, largest first, the bank's rate, what the mix was told by, how strong the prior is, and who could not be
    placed. ``prior_n``: customers that the prior weighs as much as; None: the units differ no more than chance, each is shown as expected.
    """

    definition: str
    by: str
    strata: tuple[str, ...]
    rate: float
    units: tuple[Unit, ...]
    prior_n: float | None
    estimated: bool
    unplaced: int

    @property
    def clear(self) -> tuple[Unit, ...]:
        """The units clearly outside, most above first."""
        return tuple(sorted((u for u in self.units if u.verdict in ("above", "below")), key=lambda u: -(u.ratio or 0.0)))

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        told = {"definition": self.definition, "by": self.by, "adjusted_for": list(self.strata), "rate": self.rate}
        told |= {"prior_n": self.prior_n, "prior_estimated": self.estimated, "unplaced": self.unplaced}
        return told | {"units": [u.as_json() for u in self.units]}


def comparison(question: Question, by: str, strata: Sequence[str] | None = None) -> Comparison:
    """The units of a dimension beside one another; ``strata`` are the dimensions of the mix, none for the plain rates.

    A customer whose stratum is not known is in a stratum of such customers. Raises what ``measure`` raises, ``NotPossible`` where nothing
    tells who has left, and with fewer than two units that have customers.
    """
    ds, chosen = question.ds, question.chosen
    if not ds.flagged:
        raise who_left(ds)
    unit, mix = unit_and_mix(ds, by, strata)
    whole = question.period if question.period is not None or ds.shape != "panel" else last_12(ds)
    rows = measure(question.over(whole), ["customers", "customers_lost"], [unit, *mix])
    cells = rows.select(
        pl.col(unit).cast(pl.String).alias("unit"),
        pl.concat_str([pl.col(m).cast(pl.String).fill_null("\0") for m in mix], separator="\x1f").alias("stratum")
        if mix
        else pl.lit("").alias("stratum"),
        pl.col("customers").alias("n"),
        pl.col("customers_lost").alias("left"),
    )
    unplaced = int(cells.filter(pl.col("unit").is_null())["n"].sum() or 0)
    found = compared(cells)
    if len(found.units) < 2:
        raise NotPossible(_("To compare, customers of at least two of them are needed: {name}."), name=unit)
    return Comparison(chosen, unit, mix, found.rate, found.units, found.prior_n, found.estimated, unplaced)


def unit_and_mix(ds: Dataset, by: str, strata: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """The names of the dimension compared and of those of its mix: ``strata``, or the usual ones that the data have.

    Raises ``NotPossible`` where a dimension is not known, or the units would be adjusted for themselves.
    """
    unit = dimension(ds, by).name
    usual = [n for n in STRATA if n != unit and any(d.name == n for d in ds.dimensions)][:2]
    mix = tuple(dict.fromkeys(dimension(ds, s).name for s in (usual if strata is None else strata)))
    if unit in mix:
        raise NotPossible(_("Units of {name} cannot be adjusted for {name} itself."), name=unit)
    return unit, mix


def compared(cells: pl.DataFrame) -> Comparison:
    """The comparison of cells: unit (null: not known), stratum, n, left. The bank's rates are those of every cell."""
    rates = cells.group_by("stratum").agg((pl.col("left").sum() / pl.col("n").sum()).alias("rate"))
    known = cells.join(rates, on="stratum").filter(pl.col("unit").is_not_null() & (pl.col("n") > 0))
    units = (
        known.group_by("unit")
        .agg(pl.col("n").sum(), pl.col("left").sum(), (pl.col("n") * pl.col("rate")).sum().alias("expected"))
        .sort(["n", "unit"], descending=[True, False])
    )
    n_all = int(cells["n"].sum() or 0)
    rate = float(cells["left"].sum()) / n_all if n_all else 0.0
    triples = [(int(n), int(left), float(expected)) for n, left, expected in units.select("n", "left", "expected").iter_rows()]
    estimated = len(triples) >= FEWEST_UNITS
    prior_n = prior_strength(triples) if estimated else PRIOR_N
    made = tuple(_unit(name, *triple, rate, prior_n) for name, triple in zip(units["unit"], triples, strict=True))
    return Comparison("", "", (), rate, made, prior_n, estimated, 0)


def _unit(name: str, n: int, left: int, expected: float, rate: float, prior_n: float | None) -> Unit:
    p = min(1.0, expected / n)
    ends = clopper_pearson(left, n)
    scale = rate / p if p > 0 else None
    likely, likely_low, likely_high = (value * (scale or 1.0) for value in shrink(left, n, p, prior_n))
    chart = p_chart(rate, n)
    return Unit(
        name,
        n,
        left,
        expected,
        left / n,
        left / expected if expected > 0 else None,
        None if scale is None else left / n * scale,
        None if scale is None else ends.low * scale,
        None if scale is None else ends.high * scale,
        likely,
        likely_low,
        likely_high,
        chart.low,
        chart.high,
        verdict(left, n, p),
    )


def verdict(left: int, n: int, p: float) -> Verdict:
    """What so many departures amount to where each customer leaves with probability ``p``: exact binomial, both sides.

    >>> verdict(5, 100, 0.05), verdict(11, 100, 0.05), verdict(16, 100, 0.05)
    ('within', 'watch', 'above')
    """
    if p <= 0 or p >= 1:
        return "within"
    more, fewer = float(special.bdtrc(left - 1, n, p)) if left else 1.0, float(special.bdtr(left, n, p))
    if min(more, fewer) < (1 - CLEAR) / 2:
        return "above" if more < fewer else "below"
    return "watch" if min(more, fewer) < (1 - WARN) / 2 else "within"


def clopper_pearson(left: int, n: int, level: float = 0.95) -> Interval:
    """The exact interval of a proportion, the counterpart of the exact test. ``n`` is at least 1.

    >>> clopper_pearson(0, 10)  # doctest: +ELLIPSIS
    Interval(low=0.0, high=0.308...)
    """
    tail = (1 - level) / 2
    low = 0.0 if left == 0 else float(special.betaincinv(left, n - left + 1, tail))
    return Interval(low, 1.0 if left == n else float(special.betaincinv(left + 1, n - left, 1 - tail)))


@functools.lru_cache(maxsize=4096)
def limits(n: float, p: float, level: float) -> Interval:
    """Between which rates chance keeps a unit of ``n`` customers (any positive number) who leave with probability ``p``.

    The continuous counterpart of the exact test: a count outside is one that the test rejects.
    """
    tail = (1 - level) / 2
    low = _solved(lambda k: float(special.betaincc(k + 1, max(n - k, 1e-9), p)), n, tail, rising=True)
    high = _solved(lambda k: float(special.betainc(max(k, 1e-9), n - k + 1, p)), n, tail, rising=False)
    return Interval(max(0.0, low / n), min(1.0, high / n))


def _solved(share: Callable[[float], float], n: float, tail: float, rising: bool) -> float:
    """The count at which a tail probability passes ``tail``, by halving: it is monotone in the count."""
    low, high = (-1.0, n) if rising else (0.0, n + 1)
    for _step in range(60):
        middle = (low + high) / 2
        value = share(max(middle, -1 + 1e-12))
        if (value < tail) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def p_chart(p: float, n: int, sigmas: float = 3.0) -> Interval:
    """The limits of a p-chart, kept inside 0–1. METHODS B10.

    >>> p_chart(0.05, 100)  # doctest: +ELLIPSIS
    Interval(low=0.0, high=0.115...)
    """
    half = sigmas * (p * (1 - p) / n) ** 0.5
    return Interval(max(0.0, p - half), min(1.0, p + half))


def prior_strength(units: Sequence[tuple[int, int, float]]) -> float | None:
    """How many customers the prior weighs as much as, by the method of moments; None where the units spread no more than chance.

    ``units``: customers, departures, departures expected. The beta-binomial puts Σ (O − E)² / (n p (1 − p)) at Σ (1 + (n − 1) ρ); the prior
    weighs 1/ρ − 1.
    """
    told = [(n, left, e) for n, left, e in units if 0 < e < n]
    pearson = sum((left - e) ** 2 / (e * (1 - e / n)) for n, left, e in told)
    room = sum(n - 1 for n, _left, _e in told)
    # The expected departures add up to those of all units: one of the squares is not free.
    rho = (pearson - (len(told) - 1)) / room if room else 0.0
    return 1 / rho - 1 if 0 < rho < 1 else None


def shrink(left: int, n: int, p: float, prior_n: float | None) -> tuple[float, float, float]:
    """The rate pulled to ``p``, and its 95 % range, under the prior Beta(prior_n · p, prior_n · (1 − p)). METHODS B10.

    Without spread among the units it is ``p`` itself.

    >>> round(shrink(3, 15, 0.05, 40.0)[0], 4)
    0.0909
    """
    if prior_n is None or p <= 0 or p >= 1:
        return p, p, p
    a, b = prior_n * p + left, prior_n * (1 - p) + n - left
    return a / (a + b), float(special.betaincinv(a, b, 0.025)), float(special.betaincinv(a, b, 0.975))
