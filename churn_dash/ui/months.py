"""Churn month by month, beside the year before, with the campaigns marked."""

import polars as pl

from churn_dash.charts import Chart, Series, trend
from churn_dash.measures import Period
from churn_dash.store import shifted
from churn_dash.ui import cache, session
from churn_dash.ui.overtime import events
from churn_dash.ui.question import Question, month_words
from churn_dash.words import Ratio, Text, _


def monthly(question: Question) -> pl.DataFrame:
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
    return rows.join(past, on="month", how="left")


def trend_chart(question: Question, rows: pl.DataFrame) -> Chart:
    """Churn a month, last year dotted, campaigns numbered."""
    series = [Series("churn_rate", session.say(_("this year"))), Series("last_year", session.say(_("last year")), comparison=True)]
    return cache.chart(trend, rows, series, unit="ratio", look=session.look(), provisional=question.provisional, events=events(question))


def trend_finding(rows: pl.DataFrame) -> str:
    """The title of the trend: the last month beside the same month a year before."""
    known = rows.drop_nulls("churn_rate")
    if known.is_empty():
        return session.say(_("Churn month by month"))
    last = known.row(-1, named=True)
    named = {"month": month_words(last["month"]), "rate": Ratio(last["churn_rate"]), "before": Ratio(last["last_year"])}
    if last["last_year"] is None:
        return session.say(Text(_("{rate} left in {month}"), **named))
    return session.say(Text(_("{rate} left in {month}, {before} a year before"), **named))


def trend_caption(question: Question) -> str:
    """Under the title of the trend: unit, and what has not settled."""
    if question.settles_on is None:
        return session.say(_("Customers lost each month, %"))
    return session.say(Text(_("Customers lost each month, % · the hatched month settles on {date}"), date=question.settles_on.isoformat()))
