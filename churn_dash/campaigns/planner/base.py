"""The rate that a plan starts from: of customers as these on an earlier day, how many left within the horizon. Source: METHODS C9."""

import datetime
from dataclasses import dataclass
from typing import Any

from churn_dash.campaigns.groups import extract
from churn_dash.campaigns.groups.members import standing as became
from churn_dash.care.contacts import touches
from churn_dash.care.standing import standing
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import ends, wilson
from churn_dash.store import Dataset, month_end
from churn_dash.words import Count, Text, _

LONGEST = 730
"""Days after the start at which a campaign may be judged at most."""


@dataclass(frozen=True)
class Base:
    """A rate of churn within ``horizon_days`` (0–1) with its 95 % range, and where it comes from.

    ``eligible``: customers of today to whom it applies and who may be contacted. ``day``: the day on which those counted stood as
    the customers of today do; None where a model or somebody said the rate.
    """

    rate: float | None
    low: float | None
    high: float | None
    n: int
    left: int
    eligible: int
    horizon_days: int
    day: datetime.date | None
    why: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "left": self.left,
            "eligible": self.eligible,
            "horizon_days": self.horizon_days,
            "day": self.day and self.day.isoformat(),
            "why": self.why.in_(language),
        }


def base_rate(question: Question, horizon_days: int) -> Base:
    """The share of customers within filters and scope who left within the horizon, from the latest month-end after which it is settled.

    Filters are asked of customers as they stood on that day. Raises ``NotPossible`` without months or without a horizon's time in
    the data, ``BadInput`` for a horizon that cannot be.
    """
    ds = question.ds
    if not 1 <= horizon_days <= LONGEST:
        raise BadInput(_("A campaign is judged after 1 to {most} days; {n} is none of them."), most=LONGEST, n=horizon_days)
    if ds.shape != "panel" or ds.data_end is None:
        raise NotPossible(_("Planning from these data needs months; give the rate of churn instead."))
    chosen = question.chosen
    day = eve(ds, horizon_days, ds.rules[chosen].unsettled_months)
    if day is None:
        raise NotPossible(_("The data are too short to show who left within {n} days; give the rate of churn instead."), n=horizon_days)
    then = standing(question, day).people
    spells = extract.spells(ds, chosen, question.scope).join(then, on="customer_id", how="semi")
    after = became(spells, day + datetime.timedelta(days=1), day + datetime.timedelta(days=horizon_days))
    n, left = after.height, int(after["left"].sum())
    low, high = ends(wilson(left, n))
    return Base(
        left / n if n else None,
        low,
        high,
        n,
        left,
        eligible(question),
        horizon_days,
        day,
        Text(
            _("{left} of {n} such customers of {day} left within {days} days."),
            left=Count(left),
            n=Count(n),
            day=day.isoformat(),
            days=horizon_days,
        ),
    )


def eligible(question: Question) -> int:
    """Customers of the last day within filters and scope who have not refused marketing contact."""
    refuses = touches(standing(question, None))["no_marketing"]
    return int((~refuses.fill_null(False)).sum())


def declared(rate: float, customers: int, horizon_days: int, why: Text | None = None, n: int = 0) -> Base:
    """A base that somebody, or a model of ``n`` customers, says: without a range, for it was not counted. Raises ``BadInput``."""
    if not 0 < rate < 1 or customers < 0:
        raise BadInput(_("A rate of churn lies between 0 and 1 and is asked of 0 customers or more."))
    said = Text(_("The rate was given, not counted in the data."))
    return Base(rate, None, None, n, 0, customers, horizon_days, None, why or said)


def eve(ds: Dataset, horizon_days: int, unsettled: int) -> datetime.date | None:
    """The latest month-end so that every departure within the horizon is settled."""
    settled = ds.months[: len(ds.months) - unsettled]
    if not settled:
        return None
    last = month_end(settled[-1]) - datetime.timedelta(days=horizon_days)
    return max((month_end(m) for m in settled if month_end(m) <= last), default=None)
