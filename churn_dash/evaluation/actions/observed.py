"""What happened to the figure that an improvement watches: before, after, and against its own earlier course. Never an effect: grade D."""

from dataclasses import asdict, dataclass
from typing import Any

from churn_dash.access import Scope
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.actions.interrupted import LEAST, Interrupted, interrupted
from churn_dash.evaluation.actions.kept import Action
from churn_dash.evaluation.actions.watched import Watch, monthly, over, watch
from churn_dash.evaluation.indicators.figures import Told
from churn_dash.evaluation.spans.around import LONGEST, sides
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question, definition_of
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination
from churn_dash.store import Dataset
from churn_dash.words import Text, say

DESCRIPTION = _(
    "A description, evidence D: what else changed at the same time counts as well, so that none of it is shown to be the measure's work."
)
_TREND = _("Its own trend explains the change: the course of the months before leads to where it stands now.")
_AGAINST = _("Read against its own earlier course, not against the months before as such.")
_SHORT = _("Its own trend is not allowed for: that needs {n} months with a figure on each side.")


@dataclass(frozen=True)
class Observed:
    """One improvement and its figure. ``why_not`` says why nothing can be observed; ``series`` is None where months are too few."""

    action: Action
    before: Estimate = NOTHING
    after: Estimate = NOTHING
    spans: tuple[Period, Period] | None = None
    series: Interrupted | None = None
    why_not: Told | None = None

    @property
    def watch(self) -> Watch:
        return watch(self.action.watch)

    @property
    def change(self) -> Estimate:
        """After less before, with its range as if both were independent."""
        if self.before.value is None or self.after.value is None:
            return NOTHING
        return combination([(1, self.after), (-1, self.before)])

    @property
    def direction(self) -> str:
        """better, worse, unclear (the range reaches 0), or none where nothing is observed.

        Where the figure has a series, it is how far it lay from its own earlier course that decides: a trend alone is no improvement.
        """
        if self.change.value is None:
            return "none"
        e, better = self.change if self.series is None else self.series.apart, self.watch.better
        if not _clear(e) or not better:
            return "unclear"
        return "better" if ((e.value or 0) > 0) == (better == "up") else "worse"

    @property
    def trend_alone(self) -> bool:
        """Whether the change is beyond chance, and no more than the figure's own trend led to."""
        return self.series is not None and self.direction == "unclear" and _clear(self.change)

    @property
    def course(self) -> str:
        """The direction, and trend where the figure's own trend explains the change."""
        return "trend" if self.trend_alone else self.direction

    @property
    def reading(self) -> Text | None:
        """What the direction is told from; None where nothing is observed."""
        if self.direction == "none":
            return None
        if self.series is None:
            return Text(_SHORT, n=LEAST)
        return Text(_TREND if self.trend_alone else _AGAINST)

    @property
    def of_expected(self) -> Estimate:
        """What was observed as a share of what was expected: 1 where all of it came; against its own earlier course where it has one."""
        wanted, e = self.action.expected_change, self.change if self.series is None else self.series.apart
        if wanted is None or self.change.value is None or e.value is None:
            return NOTHING
        ends = sorted(x / wanted for x in (e.low, e.high) if x is not None)
        low, high = ends if len(ends) == 2 else (None, None)
        return Estimate(e.value / wanted, low, high, e.n)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            **self.action.as_json(),
            "watch_label": say(self.watch.label, language),
            "unit": self.watch.unit,
            "before": asdict(self.before),
            "after": asdict(self.after),
            "change": asdict(self.change),
            "of_expected": asdict(self.of_expected),
            "direction": self.direction,
            "trend_alone": self.trend_alone,
            "reading": self.reading and self.reading.in_(language),
            "before_from": self.spans and f"{self.spans[0].start:%Y-%m}",
            "after_to": self.spans and f"{self.spans[1].end:%Y-%m}",
            "months_each_side": self.spans and self.spans[0].n_months,
            "interrupted_series": self.series and self.series.as_json(),
            "grade": "D",
            "why": say(DESCRIPTION, language),
            "why_not": self.why_not and say(self.why_not, language),
        }


def observed(
    ds: Dataset,
    action: Action,
    definition: str | None = None,
    *,
    scope: Scope,
    most: int = LONGEST,
) -> Observed:
    """The figure before and after the action's day; why not, where the day or the data are missing."""
    if action.date is None:
        return Observed(action, why_not=Text(_("It has no first day yet.")))
    if ds.data_end is not None and action.date > ds.data_end:
        return Observed(action, why_not=Text(_("It begins on {day}; the data end on {end}."), day=action.date, end=ds.data_end))
    try:
        chosen = definition_of(ds, definition)
        before, after = sides(ds.measurable if ds.shape == "panel" else (), action.date, most)
        was, now = (over(Question(ds, scope, period=p, definition=chosen), action.watch) for p in (before, after))
        every = monthly(Question(ds, scope, period=Period(ds.measurable[0], ds.measurable[-1]), definition=chosen), action.watch)
    except ChurnDashError as problem:
        return Observed(action, why_not=problem)
    series = interrupted(every, before.end, after.start)
    missing = None if was.value is not None and now.value is not None else Text(_("One side has no figure."))
    return Observed(action, was, now, (before, after), series, missing)


def _clear(e: Estimate) -> bool:
    return e.low is not None and e.high is not None and not e.low <= 0 <= e.high
