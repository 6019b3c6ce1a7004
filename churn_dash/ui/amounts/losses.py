"""From which group and in which month the balances went: two cards of the page "What it costs" whose bars list who left."""

import polars as pl

from churn_dash.charts import Bar, Chart, Column, bars
from churn_dash.charts import months as columns
from churn_dash.charts.ground.axes import time_text
from churn_dash.measures import METRICS
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks, limits
from churn_dash.ui.over_time.months import levels as month_levels
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import how
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Money, Ratio, Text, _

CAPTION = _("Balances at the start of those who left · click one for its customers")
MONTHS_CAPTION = _("Balances at the start of the month of those who left in it · click one for its customers")
_GROUPS, _MONTHS = "losses", "leaving"
_MOST = 8
_FIRST = ("tier", "branch_id", "age_band")


def control(question: PageQuestion) -> str:
    """Choose by what the balances lost are split; empty where the data hold no balances or no dimension."""
    known = question.dimensions
    if not known or "aum_end" not in question.ds.month_columns:
        return ""
    names = list(dict.fromkeys([*(n for n in _FIRST if n in known), *known]))
    return controls.choice(session.say(_("Split by")), names, key="lost-by", words=lambda n: dimension_words(known[n]), width=200)


def _by_group(question: PageQuestion, by: str) -> pl.DataFrame:
    """The groups, the largest loss first; those of whom the group is not known last."""
    rows = question.apart(_GROUPS).rows(["aum_lost", "customers_lost"], [by]).drop_nulls("aum_lost")
    return rows.sort(pl.col(by).is_null(), "aum_lost", by, descending=[False, True, False])


def _by_month(question: PageQuestion) -> pl.DataFrame:
    return question.apart(_MONTHS).rows(["aum_lost", "customers_lost"], ["month"]).drop_nulls("aum_lost")


def groups(question: PageQuestion, by: str) -> None:
    """The groups as bars; a click limits the page to one and lists who left of it."""
    rows, d = _by_group(question, by).head(_MOST), question.dimensions[by]
    shown = [Bar(value_words(d, v), lost, n) for v, lost, n in rows.select(by, "aum_lost", "customers_lost").iter_rows()]
    chart = cache.chart(bars, shown, unit="money", look=session.look(), what=session.say(METRICS["aum_lost"].label), all_grey=True)
    clicks.rows(question.ds, _GROUPS, chart, [None if v is None else {by: v} | _left() for v in rows[by].to_list()])


def by_month(question: PageQuestion) -> None:
    """The months as columns; a click limits the page to one and lists who left in it."""
    rows = _by_month(question)
    clicks.times(question.ds, _MONTHS, _months_chart(rows), {t: level | _left() for t, level in month_levels(rows).items()}, key="lost")


def _left() -> dict[str, str]:
    return limits.Cell("left", "", "left").level


def _months_chart(rows: pl.DataFrame) -> Chart:
    shown, what = [Column(v) for v in rows["aum_lost"]], session.say(METRICS["aum_lost"].label)
    return cache.chart(columns, rows["month"].to_list(), shown, unit="money", look=session.look(), what=what)


def groups_finding(question: PageQuestion, by: str) -> str:
    """Title of the bars: the group with the largest loss, and its share."""
    rows = _by_group(question, by)
    whole = float(rows["aum_lost"].sum() or 0)
    if not whole:
        return session.say(_("Nothing was lost"))
    top = rows.row(0, named=True)
    named = {"share": Ratio(top["aum_lost"] / whole), "group": value_words(question.dimensions[by], top[by])}
    return session.say(Text(_("{share} of the balances lost were held by: {group}"), **named))


def months_finding(question: PageQuestion) -> str:
    """Title of the columns: the month with the largest loss."""
    rows = _by_month(question)
    if rows.is_empty() or not rows["aum_lost"].sum():
        return session.say(_("Nothing was lost"))
    top = rows.sort("aum_lost", descending=True).row(0, named=True)
    month = time_text(top["month"], "month", session.language(), lines=False)
    return session.say(Text(_("Most was lost in {month}: {amount}"), month=month, amount=Money(top["aum_lost"])))


def groups_table(question: PageQuestion, by: str) -> Table:
    """Every group as a row."""
    rows, d = _by_group(question, by), question.dimensions[by]
    shown = rows.select(pl.Series("group", [value_words(d, v) for v in rows[by]], dtype=pl.String), "customers_lost", "aum_lost")
    return Table(shown, f"balances-lost-by-{by}", {"group": dimension_words(d), **_LABELS}, _UNITS, how=how("aum_lost"), only=True)


def months_table(question: PageQuestion) -> Table:
    """Every month as a row."""
    rows = _by_month(question).select("month", "customers_lost", "aum_lost")
    labels = {"month": _("Month"), **_LABELS}
    return Table(rows, "balances-lost-by-month", labels, {"month": "month", **_UNITS}, how=how("aum_lost"), only=True)


_LABELS = {"customers_lost": METRICS["customers_lost"].label, "aum_lost": METRICS["aum_lost"].label}
_UNITS = {"customers_lost": "count", "aum_lost": "money"}
