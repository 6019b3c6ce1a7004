"""How satisfaction went on after a day, wave by wave: of improvements whose figure customers tell. Source: METHODS A1 4.2.2."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.satisfaction import SATISFIED, sent_rows
from churn_dash.contract.causes import EXPECTATIONS, SCALE
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, mean, promoter_score, rate
from churn_dash.store import shifted

BEFORE_MONTHS = 12
"""How far back the waves go with which later ones are compared."""
SCORES = {
    "csat": _("Satisfied, share"),
    "nps": _("NPS"),
    **EXPECTATIONS,
}
"""What may be followed."""


@dataclass(frozen=True)
class Improvement:
    """What was improved, and since when. ``score`` is one of ``SCORES``."""

    name: str
    date: datetime.date
    what: str
    score: str


@dataclass(frozen=True)
class Wave:
    """One wave after the improvement: its figure, and that figure less the one before."""

    wave: datetime.date
    figure: Estimate
    change: Estimate


@dataclass(frozen=True)
class Following:
    """The waves of the year before, together (``before``), and every wave after. A before and after: what else changed then counts too.

    ``verdict``: rose, fell (the range of all later waves together less before excludes 0), cannot_tell.
    """

    about: Improvement
    before: Estimate
    before_waves: int
    after: Estimate
    change: Estimate
    waves: tuple[Wave, ...]
    verdict: str


def following(question: Question, about: Improvement) -> Following:
    """Every later wave of the data beside the waves of the year before the improvement. Raises ``NotPossible`` without any wave before
    or after."""
    ds = question.ds
    if not ds.measurable or not ds.measurable[0] <= about.date <= (ds.data_end or about.date):
        raise NotPossible(_("{name} lies outside the months of these data, so no wave can be compared."), name=about.name)
    first = max(ds.measurable[0], shifted(about.date.replace(day=1), -BEFORE_MONTHS))
    sent, _base, _outside = sent_rows(question.over(Period(first, ds.measurable[-1])))
    answers = sent.filter("answered")
    before, later = answers.filter(pl.col("sent_at") < about.date), answers.filter(pl.col("sent_at") >= about.date)
    figure = _figure(about.score)
    base, after = figure(before), figure(later)
    if not base.n or not after.n:
        raise NotPossible(
            _("{name}: there must be answers from before {date} and from after it."), name=about.name, date=about.date.isoformat()
        )
    waves = tuple(Wave(w, own, combination([(1, own), (-1, base)]) if own.n else NOTHING) for w, own in _by_wave(later, figure))
    change = combination([(1, after), (-1, base)])
    known = change.low is not None and change.high is not None
    verdict = "cannot_tell" if not known else "rose" if (change.low or 0) > 0 else "fell" if (change.high or 0) < 0 else "cannot_tell"
    return Following(about, base, before["month"].n_unique(), after, change, waves, verdict)


def told(question: Question, score: str) -> tuple[Estimate, list[tuple[datetime.date, Estimate]]]:
    """One of ``SCORES`` of the question's customers over whole months and by wave (month sent). Raises what ``satisfaction`` raises."""
    sent, _base, _outside = sent_rows(question)
    answers, figure = sent.filter("answered"), _figure(score)
    return figure(answers), _by_wave(answers, figure)


def _by_wave(answers: pl.DataFrame, figure: Callable[[pl.DataFrame], Estimate]) -> list[tuple[datetime.date, Estimate]]:
    groups = answers.sort("month").group_by("month", maintain_order=True)
    return [(datetime.date(wave.year, wave.month, 1), figure(rows)) for (wave,), rows in groups]


def _figure(score: str) -> Callable[[pl.DataFrame], Estimate]:
    if score == "csat":

        def satisfied(rows: pl.DataFrame) -> Estimate:
            known = rows["csat"].drop_nulls()
            return rate(int((known >= SATISFIED).sum()), len(known))

        return satisfied
    return (lambda rows: promoter_score(rows["nps"])) if score == "nps" else (lambda rows: mean(rows[score], SCALE))
