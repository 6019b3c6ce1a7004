"""The cards of the Win-back page: causes, strategies, how long they stay, and who is counted."""

import polars as pl

from churn_dash.campaigns.winback import WinBack
from churn_dash.campaigns.winback.losses import LEFT_OUT
from churn_dash.campaigns.winback.strategies import STRATEGIES, WHAT_TO_DO
from churn_dash.charts import Bar, Chart, bars
from churn_dash.contract.causes import CLASSES
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.words import Ratio, Text, _


def cause_words(name: str | None) -> str:
    """A class of causes as people read it."""
    return session.say(CLASSES[name or "none"].label)


def cause_finding(one: WinBack) -> Text | str:
    """Title of the causes: which group clearly comes back more, or less, than all."""
    rows = one.by_cause
    whole = one.rate.value
    if rows.is_empty() or whole is None:
        return _("Win-back by cause")
    for side, words in (
        (pl.col("low") > whole, _("Most come back who left for: {cause} ({rate})")),
        (pl.col("high") < whole, _("Fewest come back who left for: {cause} ({rate})")),
    ):
        clear = rows.filter(side).sort((pl.col("rate") - whole).abs(), descending=True)
        if clear.height:
            return Text(words, cause=cause_words(clear["cause_class"][0]), rate=Ratio(clear["rate"][0]))
    return _("No cause differs from the others beyond chance")


def cause_chart(one: WinBack) -> Chart:
    """Win-back rate by class of causes."""
    rows = one.by_cause.head(10)
    marks = [Bar(cause_words(r["cause_class"]), r["rate"], r["n"], r["low"], r["high"]) for r in rows.to_dicts()]
    what = session.say(_("Win-back rate"))
    return cache.chart(
        bars, marks, unit="ratio", look=session.look(), what=what, bank=one.rate.value, better="up", line=session.say(_("all causes"))
    )


def cause_table(one: WinBack) -> Table:
    """Causes with the strategy that answers each, rates, amounts and cost."""
    rows = one.by_cause
    named = rows.with_columns(
        pl.Series("cause_class", [cause_words(c) for c in rows["cause_class"]], dtype=pl.String),
        pl.Series("fitting", [strategy_words(s) for s in rows["fitting"]], dtype=pl.String),
    )
    return Table(named, "win-back-by-cause", _BY | {"cause_class": _("Cause"), "fitting": _("Strategy that fits")}, _BY_UNITS)


def strategy_words(code: str | None) -> str:
    """A strategy as people read it."""
    if code is None:
        return session.say(_("none recorded"))
    return session.say(STRATEGIES[code]) if code in STRATEGIES else code


def strategy_table(one: WinBack) -> Table:
    """The strategies used, as the bank recorded them."""
    rows = one.by_strategy.drop("fitting")
    what = [session.say(WHAT_TO_DO[s]) if s in WHAT_TO_DO else "" for s in rows["strategy"]]
    named = rows.with_columns(
        pl.Series("strategy", [strategy_words(s) for s in rows["strategy"]], dtype=pl.String), pl.Series("what", what, dtype=pl.String)
    )
    return Table(named, "win-back-by-strategy", _BY | {"strategy": _("Strategy"), "what": _("What it means")}, _BY_UNITS, only=True)


_BY = {
    "n": _("Losses counted"),
    "returned": _("Came back"),
    "rate": _("Win-back rate"),
    "low": _("95% range from"),
    "high": _("95% range to"),
    "aum_lost": _("Balances lost, ¥"),
    "aum_regained": _("Balances back, ¥"),
    "cost": _("Cost, ¥"),
}
_BY_UNITS = {
    "n": "count",
    "returned": "count",
    "rate": "ratio",
    "low": "ratio",
    "high": "ratio",
    "aum_lost": "money",
    "aum_regained": "money",
    "cost": "money",
}


def stay_finding(one: WinBack) -> Text | str:
    """Title of the durability: whether they leave when the bonus ends."""
    d = one.durability
    if not d.n:
        return _("Nobody has come back yet")
    named = {"days": d.bonus_days, "after": Ratio(d.after.value), "before": Ratio(d.before.value)}
    if d.after.value is None or d.before.value is None:
        return Text(_("Nobody who came back has been followed past the end of a bonus of {days} days"), **named)
    if d.for_the_bonus:
        words = _("Some came for the bonus: {after} leave in the 30 days after day {days}, {before} in the 30 days before")
        return Text(words, **named)
    words = _("No clear rush out when a bonus of {days} days ends: {after} leave in the 30 days after it, {before} in the 30 before")
    return Text(words, **named)


def stay_chart(one: WinBack) -> Chart:
    """The share still there by day since the return."""
    marks = [Bar(session.say(Text(_("after {n} days"), n=day)), e.value, e.n, e.low, e.high) for day, e in one.durability.curve]
    what = session.say(_("Still there after the return"))
    return cache.chart(bars, marks, unit="ratio", look=session.look(), what=what, better="up", all_grey=True)


def stay_table(one: WinBack) -> Table:
    """The same as rows."""
    rows = [(day, e.value, e.low, e.high, e.n) for day, e in one.durability.curve]
    frame = pl.DataFrame(
        rows, schema={"day": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}, orient="row"
    )
    labels = {
        "day": _("Days since the return"),
        "share": _("Still there"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "n": _("Watched"),
    }
    units = {"share": "ratio", "low": "ratio", "high": "ratio", "n": "count", "day": "count"}
    return Table(
        frame,
        "win-back-durability",
        labels,
        units,
        how=session.say(_("Kaplan–Meier with Greenwood's error; who is still there at the end of the data is watched until then.")),
    )


def counted_table(one: WinBack) -> Table:
    """How many losses count, and why the others do not."""
    rows = [(one.n, session.say(_("Counted"))), *((one.left_out[why], session.say(words)) for why, words in LEFT_OUT.items())]
    frame = pl.DataFrame(rows, schema={"n": pl.Int64, "why": pl.String}, orient="row")
    return Table(frame, "win-back-counted", {"why": _("Losses"), "n": _("Customers")}, {"n": "count"}, only=True)


def counted_caption(one: WinBack) -> str:
    """Under that table: what did not fit."""
    return " ".join(session.say(n) for n in one.notes) or session.say(_("Each loss once, by the first reason that applies"))


CAUSE_CAPTION = _("Share back within 180 days of those counted, by the kind of cause · dotted: all causes")
STAY_CAPTION = _("Of those who came back, the share still a customer by days since")
STRATEGY_CAPTION = _("By what the bank recorded. Whoever was asked was chosen: association, not effect")
