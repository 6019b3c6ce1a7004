"""What may be said of a figure and its target: met only where the whole interval meets it. Source: METHODS A1 10.1."""

from typing import Literal

from churn_dash.evaluation.indicators.declared import Indicator
from churn_dash.marks import _
from churn_dash.measures.statistics.estimates import Estimate

Verdict = Literal["met", "met_within_chance", "missed_within_chance", "missed", "no_target", "undefined", "other_span"]

VERDICTS: dict[Verdict, str] = {
    "met": _("Target met"),
    "met_within_chance": _("Met, but within chance"),
    "missed_within_chance": _("Not met, but within chance"),
    "missed": _("Not met"),
    "no_target": _("No target set"),
    "undefined": _("Cannot be told"),
    "other_span": _("No verdict: not twelve months"),
}
MARKS: dict[Verdict, str] = {
    "met": "●",
    "met_within_chance": "◐",
    "missed_within_chance": "◔",
    "missed": "○",
    "no_target": "–",
    "undefined": "—",
    "other_span": "–",
}
"""A shape for each verdict, so that colour is never the only cue."""
JUDGED: tuple[Verdict, ...] = ("met", "met_within_chance", "missed_within_chance", "missed")
YEAR = 12


def verdict(indicator: Indicator, found: Estimate, target: float | None, months: int | None = YEAR) -> Verdict:
    """The verdict on an actual figure of so many months (None: one row a customer).

    >>> from churn_dash.evaluation.indicators.declared import INDICATORS
    >>> churn = INDICATORS["churn_rate"]
    >>> [verdict(churn, Estimate(0.12, 0.115, 0.126), t) for t in (0.13, 0.125, 0.118, 0.11, None)]
    ['met', 'met_within_chance', 'missed_within_chance', 'missed', 'no_target']
    """
    if found.value is None:
        return "undefined"
    if target is None:
        return "no_target"
    if indicator.yearly and months is not None and months != YEAR:
        return "other_span"
    up = indicator.better == "up"
    worst, best = (found.low, found.high) if up else (found.high, found.low)

    def reaches(value: float) -> bool:
        return value >= target if up else value <= target

    if reaches(found.value):
        return "met" if worst is not None and reaches(worst) else "met_within_chance"
    return "missed" if best is not None and not reaches(best) else "missed_within_chance"
