"""An indicator measured: its estimate, how it went, and where it is missing, why."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.declared import INDICATORS, Indicator
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.words import Text, say

Told = str | Text | ChurnDashError


@dataclass(frozen=True)
class Step:
    """One point of a trend: a month (YYYY-MM) or a campaign, and the figure there; None where there was none."""

    at: str
    value: float | None


@dataclass(frozen=True)
class Figure:
    """One line's actual figure. ``why_not`` says why there is none; ``note`` what must be known beside it."""

    key: str
    estimate: Estimate = NOTHING
    trend: tuple[Step, ...] = ()
    grade: Literal["A", "B", "C", "D"] | None = None
    note: Told | None = None
    why_not: Told | None = None

    @property
    def indicator(self) -> Indicator:
        return INDICATORS[self.key]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            **asdict(self.estimate),
            "trend": [asdict(s) for s in self.trend],
            "grade": self.grade,
            "note": self.note and say(self.note, language),
            "why_not": self.why_not and say(self.why_not, language),
            "needs": say(self.indicator.needs, language) if self.estimate.value is None else None,
        }
