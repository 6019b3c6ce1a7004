"""How long customers stay: survival curves with numbers at risk, by group and by cause. Source: METHODS A1 1.1(3), B0."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from churn_dash.contract.few import ONE_LIST, TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period, covered, dimension
from churn_dash.measures.leaving import must_leave
from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.question import Question
from churn_dash.measures.tenure.curves import Curve, LogRank, incidence, kaplan_meier, log_rank
from churn_dash.measures.tenure.hazard import Pace, paces
from churn_dash.measures.tenure.lifetimes import Lifetimes, added, lifetimes
from churn_dash.store import Dataset
from churn_dash.words import Text

FEWEST = 20
"""A curve begins at the first age at which this many are watched: before it one departure would decide everything that follows."""

_STILL_THERE = _("Who falls a tier is still a customer: choose a definition by which customers leave to see how long they stay.")


@dataclass(frozen=True)
class Survival:
    """The customers of one group: how many were watched (spells), how many of them left, and the share still there by day of age.

    ``start`` is the age in days from which the curve speaks: of those who had stayed so long. 0 where enough joined in the period.
    """

    level: str | None
    lives: Lifetimes
    curve: Curve
    start: int

    @property
    def n(self) -> int:
        return self.lives.n

    @property
    def n_left(self) -> int:
        return int(self.lives.departed.sum())

    @functools.cached_property
    def median(self) -> tuple[float | None, float | None, float | None]:
        """Months after which half are gone, and its 95 % range (Brookmeyer–Crowley); None where the curve or its limit stays above."""
        found = self.curve.first_at_most(0.5)
        middle, low, high = (None if day is None else day / MEAN_MONTH_DAYS for day in found)
        return middle, low, high

    @property
    def months(self) -> int:
        """Whole months of age that were watched."""
        return math.floor((len(self.lives.left) - 1) / MEAN_MONTH_DAYS)

    @functools.cached_property
    def last_told(self) -> int:
        """The last month of age at which enough are watched."""
        return max((m for m in range(self.months + 1) if self.at_risk(m) >= TOO_FEW and self.at(m)[0] is not None), default=0)

    def at(self, month: int) -> tuple[float | None, float | None, float | None]:
        """The share still there after so many months, with its range; None beyond what was watched and before the curve begins."""
        day = day_of(month)
        if day >= len(self.lives.left) or day < self.start:
            return None, None, None
        return self.curve.at(day)

    def at_risk(self, month: int) -> int:
        """How many were watched at that age."""
        day = day_of(month)
        return int(self.lives.at_risk[day]) if day < len(self.lives.left) else 0

    def as_json(self) -> dict[str, Any]:
        """The group by month of age, as the command line prints it."""
        median, low, high = self.median
        points = []
        for month in range(math.ceil(self.start / MEAN_MONTH_DAYS), self.months + 1):
            share, share_low, share_high = self.at(month)
            points.append({"month": month, "survival": share, "low": share_low, "high": share_high, "at_risk": self.at_risk(month)})
        return {
            "group": self.level,
            "n": self.n,
            "left": self.n_left,
            "from_month": self.start / MEAN_MONTH_DAYS,
            "median_months": median,
            "median_low": low,
            "median_high": high,
            "points": points,
        }


@dataclass(frozen=True)
class Stay:
    """The answer: everybody, the groups, whether they differ, the share gone by cause, the pace by age, and who could not be counted."""

    definition: str
    period: Period
    by: str | None
    whole: Survival
    groups: tuple[Survival, ...]
    difference: LogRank | None
    causes: Mapping[str, Curve]
    pace: tuple[Pace, ...]
    left_out: int

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        causes = {
            cause: [
                dict(zip(("month", "share", "low", "high"), (m, *curve.at(day_of(m))), strict=True)) for m in range(self.whole.months + 1)
            ]
            for cause, curve in self.causes.items()
        }
        found = self.difference
        return {
            "definition": self.definition,
            "from": f"{self.period.start:%Y-%m}",
            "to": f"{self.period.end:%Y-%m}",
            "left_out": self.left_out,
            "whole": self.whole.as_json(),
            "by": self.by,
            "groups": [g.as_json() for g in self.groups],
            "log_rank": found and {"chi2": found.chi2, "df": found.df, "p": found.p},
            "incidence": causes,
            "hazard": [p.as_json() for p in self.pace],
        }


def day_of(month: int) -> int:
    """The last day of age within so many months of 30.4375 days.

    >>> day_of(12)
    365
    """
    return math.floor(month * MEAN_MONTH_DAYS)


def survival(question: Question, by: str | None = None, progress: Callable[[Text, float], None] | None = None) -> Stay:
    """How long customers stay at the pace of the period; without one, of every month that can be measured.

    Raises ``NotPossible`` for data without months, where nobody matches, and where no customer's first day is known; ``NotFound`` for
    an unknown definition or dimension; ``NotPossible`` also by a definition by which nobody leaves.
    """
    ds = question.ds
    tell = progress or (lambda text, share: None)
    chosen = question.chosen
    must_leave(ds, chosen, _STILL_THERE)
    whole = watched_months(ds, question.period)
    name = dimension(ds, by).name if by else None
    tell(Text(_("Following each customer from the first day on")), 0.1)
    found, left_out = lifetimes(question.over(whole), name)
    if not found and left_out:
        raise NotPossible(
            _("Nobody's first day with the bank is known: load the table of customers or of accounts with the days they were opened.")
        )
    if not found:
        raise NotPossible(_("No customer matches these filters."))
    tell(Text(_("Drawing the curves and their ranges")), 0.7)
    everybody = added(list(found.values()))
    groups = tuple(survived(level, lives) for level, lives in found.items()) if name else ()
    # Who is in no known group is shown but not tested: "not known" is no group of people.
    known = [lives for level, lives in found.items() if level is not None]
    one = survived(None, everybody)
    spoken = everybody.since(one.start)
    return Stay(
        chosen,
        whole,
        name,
        one,
        groups,
        log_rank(known) if name else None,
        {cause: incidence(spoken, cause) for cause in everybody.events},
        paces(everybody),
        left_out,
    )


def survived(level: str | None, lives: Lifetimes, fewest: int = FEWEST) -> Survival:
    """The curve of one group, from the first age on at which ``fewest`` are watched; where they never are, from the first at all."""
    enough = (lives.at_risk >= min(fewest, int(lives.at_risk.max()))) & (lives.at_risk > 0)
    start = int(enough.argmax())
    return Survival(level, lives, kaplan_meier(lives.since(start)), start)


def watched_months(ds: Dataset, period: Period | None) -> Period:
    """The months to watch: those asked for, else all that can be measured. Raises ``NotPossible`` where the data hold none."""
    if ds.shape != "panel":
        raise NotPossible(ONE_LIST, what=_("How long customers stay needs at least two months: these data hold one row a customer"))
    if period is None and ds.measurable:
        return Period(ds.measurable[0], ds.measurable[-1])
    return covered(ds, period or Period(ds.all_months[0], ds.all_months[-1]))
