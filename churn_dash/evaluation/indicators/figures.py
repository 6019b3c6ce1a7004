"""An indicator measured: its estimate, how it went, and where it is missing, why."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.declared import INDICATORS, Indicator
from churn_dash.marks import _
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.words import Count, Ratio, Text, say

Told = str | Text | ChurnDashError
_SHORT = {"answers": _("sample: {share} answered"), "known": _("known of {share}")}
_LONG = {
    "answers": _("A level of the {n} who answered, of {of} asked, and no effect of anything; who answers is not like who does not."),
    "known": _("A level of the {n} customers of whom enough is known, of {of}, and no effect of anything."),
}


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
    of: int | None = None
    """How many there were to be asked or known, where not all were; the estimate's ``n`` is of them."""
    naive: float | None = None
    """What an effect would be if everybody who stayed were counted as kept."""

    @property
    def indicator(self) -> Indicator:
        return INDICATORS[self.key]

    @property
    def tag(self) -> Text | None:
        """What the figure rests on, in a few words: the grade of an effect, else how much of it was measured; None without a figure."""
        if self.estimate.value is None:
            return None
        if self.grade is not None:
            return Text(_("evidence {grade}"), grade=self.grade)
        if self.of and self.of > self.estimate.n:
            return Text(_SHORT[self.indicator.basis], share=Ratio(self.estimate.n / self.of))
        return Text(_("counted in full"))

    @property
    def why(self) -> Told | None:
        """Why the evidence is what it is, in a sentence."""
        if self.estimate.value is None:
            return self.why_not
        if self.grade is not None:
            return Text(_("The groups were drawn at random and passed the checks; everybody counts as assigned."))
        if self.of and self.of > self.estimate.n:
            return Text(_LONG[self.indicator.basis], n=Count(self.estimate.n), of=Count(self.of))
        return Text(_("A level, counted in full, and no effect of anything: it has no grade and no naive figure."))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            **asdict(self.estimate),
            "trend": [asdict(s) for s in self.trend],
            "grade": self.grade,
            "evidence": {"basis": self.indicator.basis, "of": self.of, "words": self.tag and self.tag.in_(language)},
            "why": self.why and say(self.why, language),
            "naive": self.naive,
            "note": self.note and say(self.note, language),
            "why_not": self.why_not and say(self.why_not, language),
            "needs": say(self.indicator.needs, language) if self.estimate.value is None else None,
        }
