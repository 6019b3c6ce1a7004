"""What the Market page shows of the seasons: the line and its trend, the calendar months, the bank's calendar."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.charts import Chart, Column, Effect, Series, effects, month_name, trend, year
from churn_dash.contract.bank_calendar import BANDS
from churn_dash.errors import NotPossible
from churn_dash.measures import METRICS
from churn_dash.measures.calendar.seasonality import Season, decomposed, seasonality
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES, lacking
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks, limits
from churn_dash.ui.over_time.months import levels as month_levels
from churn_dash.ui.over_time.overtime import asked, bands, events
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Points, Ratio, Text, _

CALENDAR = _("Months of the bank's calendar against the other months, after the trend; the ranges do not allow for looking at several")
_INSIDE = {
    "quarter_end": _("quarter-end months"),
    "quarter_start": _("months after a quarter end"),
    "new_year": _("Chinese New Year months"),
    "opening": _("January to March"),
}
_METRICS = ("churn_rate", "voluntary_churn_rate", "involuntary_churn_rate", "aum_churn_rate")


@dataclass(frozen=True)
class Shown:
    """A season and what it is of."""

    question: PageQuestion
    name: str
    season: Season
    trouble: str = ""
    """Why there is no season to show: then ``season`` is empty."""

    @property
    def known(self) -> bool:
        return not self.trouble

    @property
    def label(self) -> str:
        return session.say(label_of(self.name))


def label_of(name: str) -> str:
    """The label of a metric or of a measure of products."""
    return METRICS[name].label if name in METRICS else PRODUCT_MEASURES[name].label


def measure_control(question: PageQuestion) -> str:
    """Choose the measure whose season is asked for."""
    names = [*_METRICS, *(n for n in PRODUCT_MEASURES if n != "card_dormancy_rate" and not lacking(question.ds, n))]
    return controls.choice(session.say(_("Season of")), names, key="season-of", words=lambda n: session.say(label_of(n)), width=260)


def season(question: PageQuestion, name: str) -> Shown:
    """The season of a measure for the customers of the question, over every settled month up to the period's end."""
    try:
        found = cache.worked_out(
            question.ds,
            question.scope,
            lambda *_asked: seasonality(question, name),
            *asked(question),
            name,
            name="season",
        )
    except NotPossible:
        sentence = Text(_("{what} is known in no settled month: there is no season to tell."), what=session.say(label_of(name)))
        return Shown(question, name, decomposed(name, []), session.say(sentence))
    return Shown(question, name, found)


def answer(found: Shown) -> str:
    """The page's sentence: the season, or that there is none."""
    season = found.season
    if found.trouble:
        return found.trouble
    if not season.by_stl:
        return session.say(season.sentence)
    named: dict[str, Any] = {"what": found.label}
    if season.clear:
        top = season.months.sort("effect", descending=True).row(0, named=True)
        low = season.months.sort("effect").row(0, named=True)
        named |= {"high": Points(top["effect"]), "low": Points(low["effect"])}
        named |= {"best": month_name(low["month"], session.language()), "worst": month_name(top["month"], session.language())}
        return session.say(Text(_("{what}: a clear season, {high} in {worst} and {low} in {best} against the trend."), **named))
    return session.say(Text(_("{what}: no clear season."), **named))


def _standing_out(season: Season) -> dict[str, Any] | None:
    """The part of the calendar that differs most, where its whole range lies on one side of zero."""
    sure = [r for r in season.bands.to_dicts() if r["low"] > 0 or r["high"] < 0]
    return max(sure, key=lambda r: abs(r["effect"]), default=None)


def line_finding(found: Shown) -> str:
    """Title of the line: which way the trend went."""
    rows = found.season.rows
    if not found.season.by_stl:
        known = rows.drop_nulls("difference")
        if known.is_empty():
            return session.say(Text(_("{what}: no month has a month a year before it"), what=found.label))
        up = int((known["difference"] > 0).sum())
        return session.say(Text(_("{what}: in {n} of {all} months higher than a year before"), what=found.label, n=up, all=known.height))
    first, last = rows["trend"][0], rows["trend"][-1]
    return session.say(Text(_("{what}: the trend went from {first} to {last}"), what=found.label, first=Ratio(first), last=Ratio(last)))


def line_caption(found: Shown) -> str:
    """What the lines are, and what is left out."""
    words = (
        _("By month, with the trend that is left without the season (STL)")
        if found.season.by_stl
        else _("By month, beside the year before")
    )
    parts = [session.say(words)]
    if found.season.left_out:
        parts.append(session.say(_("the provisional month is left out")))
    if n := int(found.season.rows["bridged"].sum()):
        parts.append(session.say(Text(_("months that are not known, bridged by a straight line: {n}"), n=n)))
    return " · ".join(parts)


def line_chart(found: Shown, calendar: str) -> Chart:
    """The months with their trend, or beside the year before."""
    rows = found.season.rows
    other = ("trend", _("trend")) if found.season.by_stl else ("year_before", _("last year"))
    series = [Series("value", session.say(_("by month"))), Series(other[0], session.say(other[1]), comparison=True)]
    shaded = bands(found.question, calendar, rows["month"].to_list())
    return cache.chart(
        trend,
        rows.select("month", "value", other[0]),
        series,
        unit="ratio",
        look=session.look(),
        bands=shaded,
        events=events(found.question),
    )


CHART = "leaving"


def levels(rows: pl.DataFrame) -> dict[str, dict[str, str]]:
    """What a click on each month means: that month alone, and a list of who left in it."""
    left = limits.Cell("left", "", "left").level
    return {time: level | left for time, level in month_levels(rows).items()}


def line(found: Shown, calendar: str, as_table: bool) -> None:
    """The line on the page: a click on a month lists who left in it."""
    rows = found.season.rows.filter(pl.col("month").is_in(list(found.question.ds.measurable)))
    clicks.times(found.question.ds, CHART, line_chart(found, calendar), levels(rows), as_table, "season")


def line_table(found: Shown) -> Table:
    """The parts of the series as rows."""
    labels = {
        "month": _("Month"), "value": found.label, "trend": _("Trend"), "seasonal": _("Season"), "remainder": _("Remainder"),
        "year_before": _("A year before"), "difference": _("Difference"),
    }  # fmt: skip
    units = dict.fromkeys(("value", "trend", "seasonal", "remainder", "year_before", "difference"), "ratio")
    rows = found.season.rows.select(c for c in labels if found.season.rows[c].is_not_null().any())
    return Table(rows, f"season-{found.name}", labels, {"month": "month", **units}, how=session.say(_HOW))


_HOW = _(
    "STL splits the settled months into trend, a season that is the same every year, and the rest. Whether the season is more than "
    "chance is asked by shuffling the months 1,999 times."
)


def months_finding(found: Shown) -> str:
    """Title of the calendar months."""
    return session.say(found.season.sentence)


def months_caption(found: Shown) -> str:
    """What the columns are."""
    n = int(found.season.months["n"].max() or 0)  # type: ignore[arg-type]
    return session.say(Text(_("Each calendar month against the trend, percentage points, with 95% ranges; up to {n} years"), n=n))


def months_chart(found: Shown) -> Chart:
    """The calendar months; coloured where the whole range lies on one side of zero."""
    columns = {
        r["month"]: Column(r["effect"], r["low"], r["high"], marked=r["low"] > 0 or r["high"] < 0) for r in found.season.months.to_dicts()
    }
    return cache.chart(year, columns, unit="ratio", look=session.look(), what=found.label)


def months_table(found: Shown) -> Table:
    """The calendar months as rows."""
    names = [month_name(m, session.language()) for m in found.season.months["month"].to_list()]
    return _effects_table(
        found.season.months.with_columns(pl.Series("month", names, dtype=pl.String)), "month", _("Month"), "season-by-month"
    )


def calendar_finding(found: Shown) -> str:
    """Title of the bank's calendar: what stands out."""
    band = _standing_out(found.season)
    if band is None:
        return session.say(_("Nothing in the bank's calendar stands out"))
    return session.say(
        Text(_("{effect} in {band}, against the other months"), band=session.say(_INSIDE[band["band"]]), effect=Points(band["effect"]))
    )


def calendar_chart(found: Shown) -> Chart:
    """Each part of the calendar against the other months."""
    listed = [Effect(session.say(BANDS[r["band"]]), r["effect"], r["low"], r["high"]) for r in found.season.bands.to_dicts()]
    return cache.chart(effects, listed, unit="ratio", look=session.look(), what=found.label)


def calendar_table(found: Shown) -> Table:
    """The parts of the calendar as rows."""
    names = [session.say(BANDS[b]) for b in found.season.bands["band"].to_list()]
    return _effects_table(
        found.season.bands.with_columns(pl.Series("band", names, dtype=pl.String)), "band", _("Part of the calendar"), "calendar-effects"
    )


def _effects_table(rows: pl.DataFrame, key: str, label: str, name: str) -> Table:
    labels = {
        key: label, "effect": _("Against the trend"), "low": _("95% range from"), "high": _("95% range to"), "n": _("Months seen"),
    }  # fmt: skip
    return Table(rows, name, labels, {"effect": "ratio", "low": "ratio", "high": "ratio", "n": "count"}, how=session.say(_HOW))
