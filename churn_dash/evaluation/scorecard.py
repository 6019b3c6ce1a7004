"""The scorecard: every indicator of the bank with target, owner and verdict. Source: METHODS 0, A1 10.1."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from churn_dash.campaigns import FOOTNOTE
from churn_dash.campaigns.judged.money import Prices
from churn_dash.contract.few import ONE_LIST
from churn_dash.evaluation.indicators.alarms import alarms
from churn_dash.evaluation.indicators.customers import followed_losses, loyalty_index, rates, win_back
from churn_dash.evaluation.indicators.declared import INDICATORS
from churn_dash.evaluation.indicators.figures import Figure
from churn_dash.evaluation.indicators.saves import Pool, pooled, saves_figures
from churn_dash.evaluation.indicators.voices import answers
from churn_dash.evaluation.targets.kept import Target
from churn_dash.evaluation.targets.verdicts import JUDGED, VERDICTS, Verdict, verdict
from churn_dash.marks import _
from churn_dash.measures.filters import Filters, Period, last_12
from churn_dash.measures.question import Question
from churn_dash.measures.tag import tag
from churn_dash.store import Dataset
from churn_dash.words import Text, say

_NO_MONTHS = Text(ONE_LIST, what=_("This needs months: these data hold one row a customer"))


@dataclass(frozen=True)
class Measured:
    """Every indicator of a period, by key, and the campaigns behind those that campaigns give."""

    figures: Mapping[str, Figure]
    pool: Pool
    period: Period | None
    definition: str


@dataclass(frozen=True)
class Line:
    """One line of the page."""

    figure: Figure
    target: Target
    verdict: Verdict
    tag: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        about = self.figure.indicator
        return {
            "indicator": about.number,
            "key": about.key,
            "label": say(about.label, language),
            "unit": about.unit,
            "better": about.better,
            "target": self.target.value,
            "owner": self.target.owner or None,
            "target_set_by": self.target.who,
            "target_set_at": self.target.made,
            "verdict": self.verdict,
            "verdict_words": say(VERDICTS[self.verdict], language),
            "definition_tag": self.tag.in_(language),
            **self.figure.as_json(language),
        }


@dataclass(frozen=True)
class Scorecard:
    """The lines in the order of the page."""

    lines: tuple[Line, ...]
    measured: Measured

    def of(self, key: str) -> Line:
        """One line by key."""
        return next(one for one in self.lines if one.figure.key == key)

    @property
    def judged(self) -> list[Line]:
        """The lines with a verdict."""
        return [one for one in self.lines if one.verdict in JUDGED]

    def counted(self, *verdicts: Verdict) -> list[Line]:
        """The lines with one of these verdicts."""
        return [one for one in self.lines if one.verdict in verdicts]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        period = self.measured.period
        return {
            "from": period and f"{period.start:%Y-%m}",
            "to": period and f"{period.end:%Y-%m}",
            "indicators": [one.as_json(language) for one in self.lines],
            "campaigns": self.measured.pool.as_json(language),
            "footnote": say(FOOTNOTE, language),
        }


def measured(
    question: Question,
    prices: Prices = Prices(),  # noqa: B008
    *,
    trend: bool = True,
    told: Callable[[Text, float], None] = lambda step, done: None,
) -> Measured:
    """The indicators of a period. Without one: of the last twelve complete months, win-back of the last departures that could be
    followed, and every campaign so far. They are of everybody whom the viewer may see: filters do not count.

    ``told(step, share done 0–1)`` hears what is measured. What cannot be told says why; raises only what ``definition_of`` raises.
    """
    question = question.of(Filters())
    ds, chosen = question.ds, question.chosen
    if ds.shape != "panel" or not ds.measurable:
        found = rates(question.over(None), trend=False)
        rest = [k for k in INDICATORS if k not in {f.key for f in found}]
        lines = [*found, *(Figure(k, why_not=_NO_MONTHS) for k in rest)]
        return Measured({f.key: f for f in lines}, Pool(value_per_save=prices.worth, why_not=_NO_MONTHS), None, chosen)
    whole = question.period or last_12(ds)
    losses = question.period or followed_losses(ds, whole) or whole
    steps: dict[str, Callable[[], Sequence[Figure]]] = {
        "churn_rate": lambda: rates(question.over(whole), trend),
        "csat": lambda: answers(question.over(whole), trend),
        "loyalty_index": lambda: [loyalty_index(question.over(whole), trend)],
        "win_back_rate": lambda: [win_back(question.over(losses), trend)],
        "warning_precision": lambda: alarms(question.over(whole), trend),
    }
    found = []
    for i, (key, measuring) in enumerate(steps.items()):
        told(Text(_("Measuring: {what}"), what=INDICATORS[key].label), i / (len(steps) + 1))
        found += measuring()
    told(Text(_("Measuring: {what}"), what=INDICATORS["save_rate"].label), len(steps) / (len(steps) + 1))
    pool = pooled(question, prices)
    by_key = {f.key: f for f in (*found, *saves_figures(pool))}
    return Measured({key: by_key[key] for key in INDICATORS}, pool, whole, chosen)


def scorecard(ds: Dataset, found: Measured, targets: Mapping[str, Target]) -> Scorecard:
    """The figures beside their targets."""
    months = found.period.n_months if found.period is not None else None
    by_definition = tag(ds, found.definition)
    lines = []
    for key, figure in found.figures.items():
        about, target = figure.indicator, targets[key]
        told = Text(about.rule)
        if about.by_definition:
            told = Text(_("{rule}; left by: {definition}"), rule=about.rule, definition=by_definition)
        lines.append(Line(figure, target, verdict(about, figure.estimate, target.value, months), told))
    return Scorecard(tuple(lines), found)
