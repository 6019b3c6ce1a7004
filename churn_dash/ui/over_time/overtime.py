"""What every picture over time shares: what settles when, months that did not come whole, the bank's calendar, what happened."""

import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.charts import Band, Event, Partial
from churn_dash.contract.bank_calendar import BANDS, marked
from churn_dash.contract.calendar import month_end
from churn_dash.errors import NotPossible
from churn_dash.measures.calendar.markers import markers
from churn_dash.measures.calendar.nowcast import Nowcast, latest, without_unknown
from churn_dash.measures.calendar.settling import incomplete, last_month_of, settles_on
from churn_dash.measures.movement.maturities import heavy, maturities
from churn_dash.ui import cache, session
from churn_dash.ui.parts import controls
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Month, Text, _

MATURITIES = "maturities"
_NONE = "none"
_WORDS = {_NONE: _("No months shaded"), **BANDS, MATURITIES: _("Much falls due")}


def asked(question: PageQuestion) -> tuple[object, ...]:
    """What a question asks for, as the key of what is remembered."""
    period = (str(question.period.start), str(question.period.end)) if question.period else None
    return (question.filters.where, period, question.definition)


def unsettled(question: PageQuestion, times: list[datetime.date], grain: str) -> int:
    """How many of the last rows of a grain may still change."""
    return sum(1 for t in times if settles_on(question.ds, last_month_of(t, grain), question.definition) is not None)


def settling(question: PageQuestion, grain: str) -> Nowcast | None:
    """Where the last period of a grain will settle; None where it is final."""
    return cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: latest(question, grain),
        *asked(question),
        grain,
        name="nowcast",
    )


def with_settling(question: PageQuestion, rows: pl.DataFrame, names: Sequence[str], grain: str) -> pl.DataFrame:
    """The rows with ``churn_rate_settles``, ``_low`` and ``_high``: where the last of them will settle, null before it; a rate that tells
    nothing yet is null."""
    found = settling(question, grain)
    ends = {"": found.value, "_low": found.low, "_high": found.high} if found else {"": None, "_low": None, "_high": None}
    here = pl.col(grain) == found.start if found else pl.lit(value=False)
    columns = [pl.when(here).then(pl.lit(v, pl.Float64)).alias(f"churn_rate_settles{end}") for end, v in ends.items()]
    return without_unknown(rows, names, grain, found).with_columns(columns)


def settling_words(question: PageQuestion, grain: str) -> str:
    """When and where the churn rate of the hatched period settles; empty where everything is final."""
    found = settling(question, grain)
    return session.say(Text(_("hatched: {settles}"), settles=session.say(found.sentence))) if found else ""


def settled_words(question: PageQuestion, times: list[datetime.date], grain: str) -> str:
    """The day on which the hatched period settles; empty where everything is final."""
    day = settles_on(question.ds, last_month_of(times[-1], grain), question.definition) if times else None
    return session.say(Text(_("hatched: settles on {date}"), date=day.isoformat())) if day else ""


def settle_column(question: PageQuestion, rows: pl.DataFrame, grain: str) -> pl.DataFrame:
    """The rows with the day on which each settles; empty where it is final."""
    days = [settles_on(question.ds, last_month_of(t, grain), question.definition) for t in rows[grain].to_list()]
    return rows.with_columns(pl.Series("settles_on", days, dtype=pl.Date))


def partial_months(question: PageQuestion, grain: str) -> list[Partial]:
    """The months that did not come whole and lie in the question's period or after it, with what they say so far."""
    if grain != "month" or question.period is None:
        return []
    rows = cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: incomplete(question),
        question.filters.where,
        question.definition,
        name="incomplete",
    )
    shown = rows.filter(pl.col("month") >= question.period.start)
    if question.period.end < question.ds.measurable[-1]:
        shown = shown.filter(pl.col("month") <= question.period.end)
    found = []
    for row in shown.to_dicts():
        named = {
            "month": Month(row["month"]), "rows": Count(row["rows"]), "expected": Count(row["rows_expected"]),
            "lost": Count(row["lost_so_far"]), "n": Count(row["customers"]), "end": month_end(row["month"]).isoformat(),
        }  # fmt: skip
        words = _("{month} is incomplete ({rows} rows, {expected} the month before): {lost} of {n} lost so far; the month ends on {end}")
        found.append(Partial(row["month"], row["rate_so_far"], session.say(Text(words, **named))))
    return found


def breaks(question: PageQuestion, grain: str) -> list[Partial]:
    """The same months for pictures that only break their lines there, without a column or a note."""
    return [Partial(p.month, None, "") for p in partial_months(question, grain)]


def calendar_control(question: PageQuestion) -> str:
    """Choose which months are shaded."""
    options = [_NONE, "new_year", "quarter_end", "quarter_start", "opening"]
    if "product_holdings" in question.ds.info.tables:
        options.append(MATURITIES)
    return controls.choice(
        session.say(_("Shade in the calendar")),
        options,
        key="calendar",
        words=lambda code: session.say(_WORDS[code]),
        hidden=True,
        icon=":material/calendar_month:",
        width=236,
    )


def bands(question: PageQuestion, chosen: str, months: list[datetime.date]) -> list[Band]:
    """The shaded months of the calendar that was chosen."""
    if chosen == _NONE or not months:
        return []
    if chosen == MATURITIES:
        try:
            rows = due(question)
        except NotPossible:
            return []
        return [Band(tuple(heavy(rows)), session.say(_("months in which over 1.25 times the usual amount falls due")))]
    return [Band(tuple(marked(months, chosen)), session.say(BANDS[chosen]))]


def due(question: PageQuestion) -> pl.DataFrame:
    """What falls due month by month."""
    return cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: maturities(question),
        *asked(question),
        name="maturities",
    )


def events(question: PageQuestion) -> list[Event]:
    """Campaigns by their first day, and changes of the official definition by the day from which they hold."""
    found = []
    for marker in markers(question.ds):
        if marker.kind == "campaign":
            found.append(Event(marker.date, marker.name))
        else:
            found.append(Event(marker.date, session.say(Text(_("new official definition: {name}"), name=marker.name))))
    return found
