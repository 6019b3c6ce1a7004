"""Churn month by month, beside the year before, with the campaigns marked."""

import polars as pl

from churn_dash.charts import Chart, Series, clickable_trend
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import Period
from churn_dash.store import Dataset, shifted
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import limits
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.question import PageQuestion, month_words
from churn_dash.words import Ratio, Text, _

CHART = "time"
LENGTHS = {"month": 1, "quarter": 3, "year": 12}


def monthly(question: PageQuestion) -> pl.DataFrame:
    """Monthly churn beside the same month a year before: month, churn_rate (low, high, n), last_year."""
    assert question.period is not None
    shown = question.period
    if shown.n_months < 12:
        shown = Period(max(question.ds.measurable[0], shifted(shown.end, -11)), shown.end)
    rows = question.over(shown).rows(["churn_rate"], ["month"])
    earlier = Period(max(question.ds.measurable[0], shifted(shown.start, -12)), shifted(shown.end, -12))
    if earlier.end < question.ds.measurable[0]:
        return rows.with_columns(last_year=pl.lit(None, pl.Float64))
    past = (
        question.over(earlier)
        .rows(["churn_rate"], ["month"])
        .select(pl.col("month").dt.offset_by("12mo"), pl.col("churn_rate").alias("last_year"))
    )
    return rows.join(past, on="month", how="left", maintain_order="left")


def trend_chart(question: PageQuestion, rows: pl.DataFrame) -> Chart:
    """Churn a month, last year dotted, campaigns numbered."""
    series = [Series("churn_rate", session.say(_("this year"))), Series("last_year", session.say(_("last year")), comparison=True)]
    named = {"unit": "ratio", "look": session.look(), "provisional": question.provisional, "events": events(question)}
    return cache.chart(clickable_trend, rows, series, chosen=chosen(question.ds, rows), **named)


def levels(rows: pl.DataFrame, time: str = "month") -> dict[str, dict[str, str]]:
    """What a click on each time means, by its first day: that month, quarter or year alone."""
    return {str(m): {limits.WHEN: limits.moment_code(m, shifted(m, LENGTHS[time] - 1))} for m in rows[time].to_list()}


def chosen(ds: Dataset, rows: pl.DataFrame, time: str = "month") -> int | None:
    """Which of the times was clicked."""
    now = limits.clicked(CHART, ds)
    return next((i for i, level in enumerate(levels(rows, time).values()) if level == now), None)


def trend_finding(question: PageQuestion, rows: pl.DataFrame) -> str:
    """The title of the trend: the last month beside the same month a year before; the last one that counts absences."""
    known = rows.head(rows.height - (question.provisional if question.uncounted else 0)).drop_nulls("churn_rate")
    if known.is_empty():
        return session.say(_("Churn month by month"))
    last = known.row(-1, named=True)
    if last["churn_rate_n"] < TOO_FEW:
        return session.say(_("Churn month by month"))
    named = {"month": month_words(last["month"]), "rate": Ratio(last["churn_rate"]), "before": Ratio(last["last_year"])}
    if last["last_year"] is None:
        return session.say(Text(_("{rate} left in {month}"), **named))
    return session.say(Text(_("{rate} left in {month}, {before} a year before"), **named))


def trend_caption(question: PageQuestion) -> str:
    """Under the title of the trend: unit, and what has not settled."""
    if question.settles_on is None:
        return session.say(_("Customers lost each month, %"))
    return session.say(Text(_("Customers lost each month, % · the hatched month settles on {date}"), date=question.settles_on.isoformat()))
