"""The definitions side by side on the same customers, each with how far it is right about people."""

import polars as pl

from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import Settings
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS
from churn_dash.measures.lab import Lab, Share, compare_definitions
from churn_dash.measures.statistics.intervals import Interval, ends
from churn_dash.ui import session
from churn_dash.ui.lab.settings import rules
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.parts.tables import how
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _


def lab(question: PageQuestion, chosen: Settings, horizon: int) -> Lab:
    """The comparison, worked out once for each setting."""
    period = question.period
    asked = (str(chosen), question.filters.where, str(period), horizon)

    known = rules(question, chosen)
    return long_work(
        question.ds,
        question.scope,
        lambda told: compare_definitions(question, known, horizon, told),
        *asked,
        name="lab",
    )


def answer(question: PageQuestion, found: Lab) -> str:
    """The page's sentence: how much the choice matters, and which is in force."""
    known = [j for j in found.judged if j.heads.value is not None]
    if not known:
        return session.say(_("No customer matches these filters."))
    if max(j.heads.n for j in known) < TOO_FEW:
        return session.say(Text(_("{n} customers are too few to tell the definitions apart."), n=Count(max(j.heads.n for j in known))))
    low, high = (f(known, key=lambda j: j.heads.value or 0.0) for f in (min, max))
    if low.heads.value == high.heads.value:
        return session.say(Text(_("By every definition that can be told, {rate} of customers are lost."), rate=Ratio(low.heads.value)))
    named_ = {
        "low": Ratio(low.heads.value),
        "least": DEFINITIONS[low.name].label,
        "high": Ratio(high.heads.value),
        "most": DEFINITIONS[high.name].label,
    }
    return session.say(Text(_("By definition, {low} to {high} of customers are lost: least by {least}, most by {most}."), **named_))


def table(found: Lab) -> Table:
    """The definitions as rows."""
    shown = pl.DataFrame(
        [
            {
                "definition": session.say(j.tag if j.name == "close" else DEFINITIONS[j.name].label),
                "rate": j.heads.value,
                **_with_ends("same", j.heads_same.value, j.heads_same.interval),
                **_enough(j.recovered, "recovered"),
                **_enough(j.caught, "caught"),
                "lead": j.lead_days if j.n_lead >= TOO_FEW else None,
                **_with_ends("money", j.aum_share, j.aum_interval),
                "lost": j.heads.n,
                "n": j.heads.of,
                "low": ends(j.heads.interval)[0],
                "high": ends(j.heads.interval)[1],
                "followed": j.recovered.of,
                "found_before": j.n_lead,
            }
            for j in found.judged
        ],
        schema={
            "definition": pl.String, "rate": pl.Float64, "same": pl.Float64, "recovered": pl.Float64, "caught": pl.Float64,
            "lead": pl.Float64, "money": pl.Float64, "lost": pl.Int64, "n": pl.Int64, "low": pl.Float64, "high": pl.Float64,
            **{f"{name}_{end}": pl.Float64 for name in _RANGED for end in ("low", "high")},
            "followed": pl.Int64, "found_before": pl.Int64,
        },
    )  # fmt: skip
    labels = {
        "definition": _("Definition of churn"),
        "rate": METRICS["churn_rate"].label,
        "same": _("Of the same customers"),
        "lost": _("Lost"),
        "n": _("Customers"),
        "low": _("95% range from"),
        "high": _("95% range to"),
        "money": METRICS["aum_churn_rate"].label,
        "caught": _("Leavers found"),
        "recovered": _("Came back"),
        "followed": _("Followed up"),
        "lead": _("Days ahead"),
        "found_before": _("Found ahead"),
    }
    for name in _RANGED:
        labels[f"{name}_low"] = session.say(Text(_("{metric}, 95% range from"), metric=session.say(labels[name])))
        labels[f"{name}_high"] = session.say(Text(_("{metric}, 95% range to"), metric=session.say(labels[name])))
    units = {
        **dict.fromkeys(("rate",), "bar"),
        **dict.fromkeys(("low", "high", *_RANGED, *(f"{name}_{end}" for name in _RANGED for end in ("low", "high"))), "ratio"),
        **dict.fromkeys(("lost", "n", "followed", "found_before", "lead"), "count"),
    }
    return Table(shown, "definitions", labels, units, how=how("churn_rate"), only=True)


_RANGED = ("same", "money", "caught", "recovered")
"""Shares of the table that have a range of their own beside the rate's."""


def _with_ends(name: str, value: float | None, interval: Interval | None) -> dict[str, float | None]:
    low, high = ends(interval)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _enough(share: Share | None, name: str) -> dict[str, float | None]:
    """A share with its range; nothing where too few stand behind it."""
    if share is None or share.of < TOO_FEW:
        return _with_ends(name, None, None)
    return _with_ends(name, share.value, share.interval)


def caption(found: Lab) -> Text:
    """Under the title of the table: until when everybody was followed."""
    named_ = {"date": found.until.isoformat(), "n": Count(found.leavers), "months": found.horizon, "same": Count(found.same)}
    if found.leave is None:
        return Text(
            _(
                "Rate: each definition of those there by it; the same customers: {same} there by every one · "
                "came back: within {months} months. Who really left is not known: no closing dates, no later months"
            ),
            **named_,
        )
    return Text(
        _(
            "Rate: each definition of those there by it; the same customers: {same} there by every one · "
            "{n} of them really left until {date} · came back: of those followed up, within {months} months"
        ),
        **named_,
    )


def blank_words(found: Lab) -> list[Text]:
    """Why cells of the table are blank: what tells who really left finds itself, and a median needs enough customers."""
    if found.leave is None or not any(j.caught is None or j.n_lead < TOO_FEW for j in found.judged):
        return []
    words = _("—: {what} tells who really left and would find itself; days ahead are told of {n} found or more.")
    return [Text(words, what=DEFINITIONS[found.leave].label, n=TOO_FEW)]


def finding(found: Lab) -> Text:
    """Title of the table: which definition is most often wrong about people."""
    known = [j for j in found.judged if j.recovered.of >= TOO_FEW and len(DEFINITIONS[j.name].forms) == 1]
    if not known:
        return Text(_("What each definition finds"))
    worst = max(known, key=lambda j: j.recovered.value or 0.0)
    named_ = {"what": DEFINITIONS[worst.name].label, "share": Ratio(worst.recovered.value), "n": Count(worst.recovered.of)}
    return Text(_("Of {n} customers lost by {what} and followed up, {share} came back by themselves"), **named_)
