"""Improvements marked by a date, and how satisfaction went on after them, wave by wave. Source: METHODS A1 4.2.2."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.causes.satisfaction import SATISFIED, sent_rows
from churn_dash.contract.causes import EXPECTATIONS, SCALE
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Filters, Period
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, mean, promoter_score, rate
from churn_dash.store import Dataset, Record, Records, shifted
from churn_dash.words import nearest

KIND = "improvement"
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


def mark(ds: Dataset, name: str, date: datetime.date, what: str = "", score: str = "csat", who: str | None = None) -> Record:
    """Record an improvement. Raises ``BadInput`` without a name, for an unknown score, for a day outside the data."""
    if not name.strip():
        raise BadInput(_("Give the improvement a name."))
    if score not in SCORES:
        raise BadInput(_("{name} cannot be followed; the nearest is {near}."), name=score, near=nearest(score, SCORES) or ", ".join(SCORES))
    months = ds.measurable
    if months and not months[0] <= date <= (ds.data_end or date):
        raise BadInput(_("{date} lies outside the months of these data, so no wave could be compared."), date=date.isoformat())
    return Records(ds.root).add(KIND, name.strip(), {"name": name.strip(), "date": date.isoformat(), "what": what, "score": score}, who)


def marked(ds: Dataset) -> tuple[Improvement, ...]:
    """The improvements recorded, by date."""
    found = [r.body for r in Records(ds.root).all(KIND)]
    listed = [Improvement(str(b["name"]), datetime.date.fromisoformat(str(b["date"])), str(b["what"]), str(b["score"])) for b in found]
    return tuple(sorted(listed, key=lambda i: (i.date, i.name)))


def improvement(ds: Dataset, name: str) -> Improvement:
    """The improvement by name. Raises ``NotFound``."""
    known = {i.name: i for i in marked(ds)}
    if name not in known:
        raise NotFound(_("There is no improvement {name}; there are: {known}."), name=name, known=", ".join(known) or "—")
    return known[name]


def following(
    ds: Dataset,
    about: Improvement,
    filters: Filters = Filters(),  # noqa: B008
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> Following:
    """Every later wave of the data beside the waves of the year before the improvement. Raises ``NotPossible`` without any wave before
    or after."""
    if not ds.measurable or not ds.measurable[0] <= about.date <= (ds.data_end or about.date):
        raise NotPossible(_("{name} lies outside the months of these data, so no wave can be compared."), name=about.name)
    first = max(ds.measurable[0], shifted(about.date.replace(day=1), -BEFORE_MONTHS))
    sent, _base, _outside = sent_rows(ds, filters, Period(first, ds.measurable[-1]), definition, scope)
    answers = sent.filter("answered")
    before, later = answers.filter(pl.col("sent_at") < about.date), answers.filter(pl.col("sent_at") >= about.date)
    figure = _figure(about.score)
    base, after = figure(before), figure(later)
    if not base.n or not after.n:
        raise NotPossible(
            _("{name}: there must be answers from before {date} and from after it."), name=about.name, date=about.date.isoformat()
        )
    waves = []
    for (wave,), rows in later.sort("month").group_by("month", maintain_order=True):
        own = figure(rows)
        waves.append(Wave(wave, own, combination([(1, own), (-1, base)]) if own.n else NOTHING))
    change = combination([(1, after), (-1, base)])
    known = change.low is not None and change.high is not None
    verdict = "cannot_tell" if not known else "rose" if (change.low or 0) > 0 else "fell" if (change.high or 0) < 0 else "cannot_tell"
    return Following(about, base, before["month"].n_unique(), after, change, tuple(waves), verdict)


def _figure(score: str) -> Callable[[pl.DataFrame], Estimate]:
    if score == "csat":

        def satisfied(rows: pl.DataFrame) -> Estimate:
            known = rows["csat"].drop_nulls()
            return rate(int((known >= SATISFIED).sum()), len(known))

        return satisfied
    return (lambda rows: promoter_score(rows["nps"])) if score == "nps" else (lambda rows: mean(rows[score], SCALE))
