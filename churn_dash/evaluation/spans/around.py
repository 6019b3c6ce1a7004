"""The eight indicators before and after a day, spans of equal length: a description, never an effect. Sources: METHODS 0, C1."""

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.access import Scope
from churn_dash.campaigns import FOOTNOTE
from churn_dash.campaigns.judged.money import Prices
from churn_dash.contract.calendar import first_day, ordinal, shifted
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import BadInput, NotPossible
from churn_dash.evaluation.indicators.declared import INDICATORS, Indicator
from churn_dash.evaluation.indicators.figures import Figure
from churn_dash.evaluation.scorecard import measured
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination
from churn_dash.measures.tag import tag
from churn_dash.store import Dataset
from churn_dash.words import Text, say

LONGEST = 12
"""Months on each side at most."""

NAIVE = _(
    "A description only: season, market and other measures moved on as well, and what is unusually bad mends by itself. "
    "None of the changes may be credited to what happened on that day; only a hold-out drawn at random can show an effect."
)


@dataclass(frozen=True)
class Moved:
    """One indicator before and after, and the change: after less before, its range as if both were independent."""

    before: Figure
    after: Figure

    @property
    def indicator(self) -> Indicator:
        return self.before.indicator

    @property
    def change(self) -> Estimate:
        """None where either side is undefined."""
        if self.before.estimate.value is None or self.after.estimate.value is None:
            return NOTHING
        return combination([(1, self.after.estimate), (-1, self.before.estimate)])

    @property
    def direction(self) -> str:
        """better, worse, or unclear where the range of the change reaches 0 or is not known."""
        e = self.change
        if e.low is None or e.high is None or e.low <= 0 <= e.high:
            return "unclear"
        return "better" if (e.low > 0) == (self.indicator.better == "up") else "worse"


@dataclass(frozen=True)
class Around:
    """The table of a day. ``left_out``: the day's own month, where it belongs to neither side."""

    day: datetime.date
    before: Period
    after: Period
    rows: tuple[Moved, ...]
    definition: str
    tag: Text
    grade: str = "D"

    @property
    def left_out(self) -> datetime.date | None:
        month = self.day.replace(day=1)
        return month if self.after.start > month else None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "date": self.day.isoformat(),
            "grade": self.grade,
            "why": say(NAIVE, language),
            "definition": self.definition,
            "definition_tag": self.tag.in_(language),
            "before": _span(self.before),
            "after": _span(self.after),
            "month_left_out": self.left_out and f"{self.left_out:%Y-%m}",
            "rows": [
                {
                    "indicator": r.indicator.number,
                    "key": r.indicator.key,
                    "unit": r.indicator.unit,
                    "before": r.before.as_json(language),
                    "after": r.after.as_json(language),
                    "change": asdict(r.change),
                    "direction": r.direction,
                }
                for r in self.rows
            ],
            "footnote": say(FOOTNOTE, language),
        }


def _span(period: Period) -> dict[str, Any]:
    return {"from": f"{period.start:%Y-%m}", "to": f"{period.end:%Y-%m}", "months": period.n_months}


def sides(months: tuple[datetime.date, ...], day: datetime.date, most: int = LONGEST) -> tuple[Period, Period]:
    """The months before and after a day, as many on each side as both have, at most ``most``; a month in which the day falls later than
    on its first belongs to neither.

    >>> m = tuple(datetime.date(2024, n, 1) for n in range(1, 13))
    >>> before, after = sides(m, datetime.date(2024, 5, 20))
    >>> before.start.month, before.end.month, after.start.month, after.end.month
    (1, 4, 6, 9)

    Raises ``NotPossible`` where a side has no month.
    """
    if not months:
        raise NotPossible(ONE_LIST, what=_("Before and after need months: these data hold one row a customer, or one month only"))
    own = day.replace(day=1)
    start = ordinal(own) + (day != own)
    last_before = ordinal(own) - 1
    n = min(last_before - ordinal(months[0]) + 1, ordinal(months[-1]) - start + 1, most)
    if n < 1:
        first, last = shifted(months[0], 1), months[-1]
        raise NotPossible(
            _("No whole month lies on both sides of {day} in these data: choose a day from {first} to {last}."),
            day=day,
            first=first,
            last=last,
        )
    spans = [(last_before + 1 - n, last_before), (start, start + n - 1)]
    before, after = (Period(first_day(first), first_day(last)) for first, last in spans)
    return before, after


def around(
    ds: Dataset,
    day: datetime.date,
    definition: str | None = None,
    prices: Prices = Prices(),  # noqa: B008
    *,
    scope: Scope,
    most: int = LONGEST,
) -> Around:
    """The indicators on both sides of a day. Raises ``NotPossible`` where a side has no month, and what ``definition_of`` raises."""
    if most < 1:
        raise BadInput(_("Compare at least one month on each side."))
    chosen = definition_of(ds, definition)
    before, after = sides(ds.measurable if ds.shape == "panel" else (), day, most)
    parts = [measured(Question(ds, scope, period=p, definition=chosen), prices, trend=False).figures for p in (before, after)]
    rows = tuple(Moved(parts[0][key], parts[1][key]) for key in INDICATORS)
    return Around(day, before, after, rows, chosen, tag(ds, chosen))


def day_of(text: str) -> datetime.date:
    """A day written YYYY-MM-DD; ``BadInput`` for anything else.

    >>> day_of("2026-03-01")
    datetime.date(2026, 3, 1)
    """
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(_("{text} is not a day; write it as 2026-03-01."), text=text) from None
