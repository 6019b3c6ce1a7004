"""Churn, retention, win-back and loyalty of the whole bank. Sources: METHODS B1, B6, B8."""

import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.campaigns.winback.losses import RETURN_DAYS
from churn_dash.campaigns.winback.rates import win_back as won_back
from churn_dash.causes.loyalty_over_time import loyalty_at_ends
from churn_dash.contract.calendar import month_end, shifted
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.indicators.figures import Figure, Step
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.store import Dataset
from churn_dash.words import Month, Ratio, Text

RATES = ("churn_rate", "retention_rate")


def rates(question: Question, trend: bool) -> list[Figure]:
    """Churn and retention of the period, by month where a trend is asked for."""
    try:
        row = measure(question, RATES).row(0, named=True)
        months = measure(question, RATES, ["month"]) if trend and question.period is not None else None
    except ChurnDashError as problem:
        return [Figure(key, why_not=problem) for key in RATES]
    return [
        Figure(
            key,
            Estimate(row[key], row[f"{key}_low"], row[f"{key}_high"], int(row[f"{key}_n"])),
            () if months is None else tuple(Step(f"{m:%Y-%m}", v) for m, v in months.select("month", key).iter_rows()),
        )
        for key in RATES
    ]


def loyalty_index(question: Question, trend: bool) -> Figure:
    """Mean loyalty index of the customers there at the end of the period; the trend is of the ends of its months."""
    try:
        period = question.months
        months = [shifted(period.start, i) for i in range(period.n_months)] if trend else [period.end]
        found = loyalty_at_ends(question.ds, question.chosen, months, question.scope)
    except ChurnDashError as problem:
        return Figure("loyalty_index", why_not=problem)
    last, known = found[-1].index, found[-1].customers
    if last.value is None:
        return Figure("loyalty_index", why_not=Text(_("Of no customer enough is known to work out the index.")))
    note = Text(_("Known of {n} of {all} customers."), n=last.n, all=known) if last.n < known else None
    steps = tuple(Step(f"{m:%Y-%m}", at.index.value) for m, at in zip(months, found, strict=True)) if trend else ()
    return Figure("loyalty_index", last, steps, note=note, of=known)


def followed_losses(ds: Dataset, period: Period) -> Period | None:
    """The months of the period whose departures have 180 days of data after them; where none has, the last such months of that length.

    None where the data hold no such month.
    """
    last = ds.data_end
    months = [m for m in ds.measurable if last is not None and month_end(m) + datetime.timedelta(days=RETURN_DAYS) <= last]
    if not months:
        return None
    end = min(period.end, months[-1])
    start = max(months[0], shifted(end, 1 - period.n_months))
    return Period(start, end)


def win_back(question: Question, trend: bool) -> Figure:
    """Losses of the period whose customers were back within 180 days. Only losses followed for so long are counted."""
    try:
        period = question.months
        found = won_back(question.ds, question.scope, question.chosen, period.start, period.last_day)
    except ChurnDashError as problem:
        return Figure("win_back_rate", why_not=problem)
    if found.rate.value is None:
        end = found.end.isoformat()
        why_not = Text(_("No departure of these months has {n} days of data after it; the data end on {end}."), n=RETURN_DAYS, end=end)
        return Figure("win_back_rate", why_not=why_not)
    note = Text(
        _("Departures of {start} to {end}; back for good, still here after 90 days more: {sustained}."),
        start=Month(period.start),
        end=Month(period.end),
        sustained=Ratio(found.sustained.value),
    )
    return Figure("win_back_rate", found.rate, _by_month(found.counted, period) if trend else (), note=note)


def _by_month(counted: pl.DataFrame, period: Period) -> tuple[Step, ...]:
    months: Sequence[datetime.date] = [shifted(period.start, i) for i in range(period.n_months)]
    known = dict(counted.group_by(pl.col("lost_on").dt.truncate("1mo")).agg(pl.col("returned").mean()).iter_rows())
    return tuple(Step(f"{m:%Y-%m}", known.get(m)) for m in months)
