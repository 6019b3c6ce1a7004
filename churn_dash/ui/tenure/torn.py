"""Whose threads are broken right now, and who is silent or asleep: two cards of the Survival page that open into lists of customers."""

import polars as pl

from churn_dash.behind.words import QUIET, THREADS
from churn_dash.charts import Bar, bars
from churn_dash.measures.statistics.estimates import rate
from churn_dash.measures.tenure.threads import Threads
from churn_dash.measures.tenure.torn import quiet
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

HOW = _("Customers there after the period, judged as the departures are: the list behind a bar is of today, and can be saved as a segment.")
_FRAYED = ("silent", "sleeping")


def now_finding(found: Threads) -> str:
    """Title: the thread broken for most customers, and how many they are."""
    most = max(found.threads, key=lambda t: t.stayed_broken, default=None)
    if most is None or not most.stayed_broken:
        return session.say(_("Nobody who is there has a broken thread"))
    named = {"thread": session.say(THREADS[most.kind]), "n": Count(most.stayed_broken)}
    return session.say(Text(_("{thread}: broken for {n} customers who are still there"), **named))


NOW_CAPTION = _("Share of those who had it, right after the period; click a bar for the list of customers")


def now_picture(question: PageQuestion, found: Threads, as_table: bool) -> None:
    """A bar a thread; a click lists its customers."""
    rows = [
        Bar(session.say(THREADS[t.kind]), t.stayed_share, t.stayed_broken, t.stayed_low, t.stayed_high, t.stayed_ran) for t in found.threads
    ]
    chart = cache.chart(bars, rows, unit="ratio", look=session.look(), what=session.say(_("broken right now")), all_grey=True)
    clicks.rows(question.ds, "thread", chart, clicks.of_split("thread", [t.kind for t in found.threads]), as_table, "torn")


def now_table(found: Threads) -> Table:
    """The threads as rows."""
    rows = [
        (session.say(THREADS[t.kind]), t.stayed_ran, t.stayed_broken, t.stayed_share, t.stayed_low, t.stayed_high) for t in found.threads
    ]
    schema = {"kind": pl.String, "ran": pl.Int64, "broken": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    labels = {"kind": _("Thread"), "ran": _("Had it"), "broken": _("Broken right now"), "share": _("Share"), **RANGE_LABELS}
    units = {"ran": "count", "broken": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(pl.DataFrame(rows, schema=schema, orient="row"), "threads-now", labels, units, how=session.say(HOW))


def states(question: PageQuestion) -> pl.DataFrame:
    """How many customers are active, silent and asleep right now: state, n, share (of those of whom it is known), low, high."""
    known = answered(question, quiet).drop_nulls("state")
    counts = dict(known["state"].value_counts().iter_rows())
    rows = [(state, counts.get(state, 0), rate(counts.get(state, 0), len(known))) for state in QUIET]
    schema = {"state": pl.String, "n": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame([(s, n, e.value, e.low, e.high) for s, n, e in rows], schema=schema, orient="row")


def states_finding(rows: pl.DataFrame) -> str:
    """Title: how many are silent or asleep."""
    if not rows["n"].sum():
        return session.say(_("These data do not tell who is silent"))
    n = int(rows.filter(pl.col("state").is_in(_FRAYED))["n"].sum())
    asleep = int(rows.filter(pl.col("state") == "sleeping")["n"].sum())
    return session.say(Text(_("{n} customers are silent right now, {asleep} of them asleep"), n=Count(n), asleep=Count(asleep)))


STATES_CAPTION = _("Months without a transaction at the end of the period; click a bar for the list of customers")


def states_picture(question: PageQuestion, rows: pl.DataFrame, as_table: bool) -> None:
    """A bar a state; a click lists its customers."""
    whole = int(rows["n"].sum())
    known = rows.iter_rows() if whole else ()
    shown = [Bar(session.say(QUIET[s]), v, n, lo, hi, whole) for s, n, v, lo, hi in known]
    chart = cache.chart(bars, shown, unit="ratio", look=session.look(), what=session.say(_("customers by silence")), all_grey=True)
    clicks.rows(question.ds, "quiet", chart, clicks.of_split("quiet", rows["state"].to_list()) if whole else [], as_table, "quiet-now")


def states_table(rows: pl.DataFrame) -> Table:
    """The states as rows."""
    words = rows.with_columns(pl.Series("state", [session.say(QUIET[s]) for s in rows["state"]], dtype=pl.String))
    labels = {"state": _("Right now"), "n": _("Customers"), "share": _("Share"), **RANGE_LABELS}
    return Table(words, "silence-now", labels, {"n": "count", "share": "ratio", "low": "ratio", "high": "ratio"}, how=session.say(HOW))
