"""One period by one definition in one data version, as the bridge needs it, and the ranges of what follows from two of them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import polars as pl

from churn_dash.contract import ChurnDefinition
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.movement.growth import without_start
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.decomposition import Decomposition, Sums, total
from churn_dash.measures.statistics.intervals import Interval, ends
from churn_dash.store import Dataset, Dimension
from churn_dash.words import Month

Counted = Literal["heads", "aum"]
RATES: dict[Counted, tuple[str, str, str]] = {
    "heads": ("churn_rate", "customers_lost", "customers"),
    "aum": ("aum_churn_rate", "aum_lost", "aum_start"),
}
"""What is counted → the metrics of the rate, its numerator and its denominator."""


@dataclass(frozen=True)
class Rates:
    """One period by one definition in one data version: sums, customers, lost and rate with its ends, by level and of the whole."""

    sums: dict[str | None, Sums]
    n: dict[str | None, int]
    lost: dict[str | None, int]
    ends: dict[str | None, tuple[float | None, float | None]]
    low: float | None
    high: float | None

    @classmethod
    def of(cls, question: Question, found: Dimension, count: Counted) -> "Rates":
        ds, period = question.ds, question.months
        rate, top, bottom = RATES[count]
        # By its column: a bank's own dimension may be called like a measure or like a period.
        by = found.column.removeprefix("d_") if found in ds.dimensions else found.name
        names = list(dict.fromkeys([rate, top, bottom, "customers", "customers_lost"]))
        rows = measure(question, names, [by])
        whole = measure(question, [rate]).row(0, named=True)
        _refuse_nobody(ds, rows, bottom, period)
        sums = {r[by]: (Fraction(r[top] or 0), Fraction(r[bottom] or 0)) for r in rows.iter_rows(named=True)}
        if not total(sums)[1]:
            raise _held_nothing(period)
        return cls(
            sums,
            dict(zip(rows[by], rows["customers"], strict=True)),
            dict(zip(rows[by], rows["customers_lost"], strict=True)),
            {r[by]: (r[f"{rate}_low"], r[f"{rate}_high"]) for r in rows.iter_rows(named=True)},
            whole[f"{rate}_low"],
            whole[f"{rate}_high"],
        )

    @classmethod
    def under(cls, question: Question, rule: ChurnDefinition, count: Counted) -> "Rates":
        """The whole, as one level, by a definition with other settings than the data were derived with: as the definition lab finds it."""
        period = question.months
        found = compare_definitions(question, {rule.name: rule}).of(rule.name)
        if not found.heads.of:
            raise _nobody(period)
        if count == "heads":
            sums, spread = (Fraction(found.heads.n), Fraction(found.heads.of)), found.heads.interval
        elif found.aum_lost is None:
            raise _no_balances(question.ds, period)
        elif found.aum_share is None:
            raise _held_nothing(period)
        else:
            sums, spread = (Fraction(found.aum_share), Fraction(1)), found.aum_interval
        return cls({None: sums}, {None: found.heads.of}, {None: found.heads.n}, {}, *ends(spread))

    @property
    def whole(self) -> Fraction:
        top, bottom = total(self.sums)
        return top / bottom


def _refuse_nobody(ds: Dataset, rows: pl.DataFrame, bottom: str, period: Period) -> None:
    if not int(rows["customers"].sum() or 0):
        raise _nobody(period)
    if rows[bottom].is_null().all():
        raise _no_balances(ds, period)


def _nobody(period: Period) -> NotPossible:
    return NotPossible(_("Nobody matches at the start of {month}, so that there is no rate to compare."), month=Month(period.start))


def _no_balances(ds: Dataset, period: Period) -> NotPossible:
    why = without_start(ds, period.start)
    if why is not None:
        return NotPossible(_("{why} Choose a period that begins in another month."), why=why)
    return NotPossible(_("These data hold no balances in {month}: load a column of balances (aum_end)."), month=Month(period.start))


def _held_nothing(period: Period) -> NotPossible:
    return NotPossible(_("The customers chosen held no balances at the start of {month}."), month=Month(period.start))


def rate_range(split: Decomposition[str | None], early: Rates, late: Rates) -> Interval | None:
    """95 % range of the rate part, shares taken as they are, from the ranges of the levels' rates (Zou & Donner 2008, MOVER).

    None where a level with customers on both sides lacks a range.
    """
    below: list[float] = []
    above: list[float] = []
    for p in split.parts:
        if p.rate_before is None or p.rate_after is None:
            continue
        (low0, high0), (low1, high1) = early.ends[p.level], late.ends[p.level]
        if low0 is None or high0 is None or low1 is None or high1 is None:
            return None
        weight, r0, r1 = float(p.mean_share), float(p.rate_before), float(p.rate_after)
        below += [weight * (r1 - low1), weight * (high0 - r0)]
        above += [weight * (high1 - r1), weight * (r0 - low0)]
    middle = float(split.rate)
    return Interval(middle - _length(below), middle + _length(above)) if below else None


def moved_range(early: Rates, late: Rates) -> Interval | None:
    """95 % range of the difference of the two total rates (Newcombe's, for proportions; the same with other ranges)."""
    if early.low is None or early.high is None or late.low is None or late.high is None:
        return None
    r0, r1 = float(early.whole), float(late.whole)
    return Interval(r1 - r0 - _length([r1 - late.low, early.high - r0]), r1 - r0 + _length([late.high - r1, r0 - early.low]))


def _length(sides: Sequence[float]) -> float:
    return math.sqrt(math.fsum(s * s for s in sides))
