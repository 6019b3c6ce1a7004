"""What the page of the campaigns so far shows: each with evidence, effect, return, step and lessons; talks; the winner's curse."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.campaigns import DESIGNS, Evaluation, Prices, evaluate
from churn_dash.campaigns.registered import STEPS, Lesson, Line, SoFar, lessons, so_far
from churn_dash.campaigns.registered.shrunken import FORMULA, NOTE
from churn_dash.charts.groups.effects import written
from churn_dash.contract.campaign_kinds import KINDS
from churn_dash.evaluation.ledger.campaigned import so_far_opened
from churn_dash.evaluation.ledger.inputs import Opened
from churn_dash.measures.statistics.estimates import NOTHING
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.campaign.evidence import range_words
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _
from churn_dash.words.numbers import DASH

_UNITS = {"ratio": "ratio", "money": "money", "amount": "number"}


def found(question: PageQuestion) -> SoFar:
    """The register; each campaign is judged once for a version of the data, and the stages are told the first time."""
    priced = Prices.of(held(question))

    def judge(campaign_id: str) -> Evaluation:
        def work(name: str, definition: str, prices: Prices) -> Evaluation:
            return evaluate(question.ds, name, definition=definition, prices=prices, scope=question.scope)

        asked = (campaign_id, question.definition, priced)
        return cache.worked_out(question.ds, question.scope, work, *asked, name="evaluation for the register")

    def work(told: Callable[[Text, float], None]) -> SoFar:
        return so_far(question.ds, question.scope, question.definition, priced, judge=judge, told=told)

    one = long_work(question.ds, question.scope, work, question.definition, priced, name="campaigns so far")
    return one.taught(learned(question))


def amounts(question: PageQuestion, one: SoFar) -> tuple[Opened, ...]:
    """Cost and return of every campaign, opened into their inputs; what cost nothing last."""
    q, assumed = question, held(question)

    def work(*_stamp: object) -> tuple[Opened, ...]:
        return tuple(sorted(so_far_opened(q.ds, one, assumed, q.scope), key=lambda a: not a.amount))

    stamp = tuple((h.assumption.name, h.value, h.version) for h in assumed.values())
    return cache.worked_out(q.ds, q.scope, work, q.definition, stamp, name="amounts of the register")


def learned(question: PageQuestion) -> Mapping[str, list[Lesson]]:
    """The lessons by campaign."""
    return lessons(Records(question.ds.root))


def answer(one: SoFar) -> Text | str:
    """The page's sentence."""
    if not one.lines:
        return _("No campaign has been loaded yet.")
    named = {
        "n": Count(len(one.lines)),
        "scale": Count(one.count("scale")),
        "on": Count(one.count("continue")),
        "stop": Count(one.count("pause") + one.count("stop")),
        "open": Count(one.count("cannot_say")),
    }
    return Text(_("{n} campaigns so far: widen {scale}, go on with {on}, pause or stop {stop}; of {open} nothing can be said"), **named)


def tiles(one: SoFar) -> list[Tile]:
    """The row of figures."""
    look = session.look()
    sure = sum(1 for x in one.lines if x.entry.grade == "A")
    spent = [x.cost for x in one.lines if x.cost is not None]
    note = session.say(Text(_("of {n}"), n=Count(len(one.lines))))
    return [
        Tile(_("Evidence A"), look.show(sure, "count"), note=note),
        Tile(_("Widen"), look.show(one.count("scale"), "count")),
        Tile(_("Go on"), look.show(one.count("continue"), "count")),
        Tile(_("Pause or stop"), look.show(one.count("pause") + one.count("stop"), "count")),
        money_tile(session.say(_("Spent")), sum(spent) if spent else None, note=session.say(_("as far as costs are known"))),
    ]


def finding(one: SoFar) -> Text | str:
    """Title of the register."""
    named = [x.entry.name for x in one.lines if x.advice.step == "scale"]
    if named:
        return Text(_("Evidence and return allow widening: {names}"), names=", ".join(dict.fromkeys(named)))
    return _("No campaign may be widened: that takes evidence A, a clear effect and a return surely above zero")


def table(one: SoFar) -> Table:
    """Every campaign, or group of one."""
    rows = [_row(x) for x in one.lines]
    names = list(_LABELS)
    kinds: dict[str, Any] = dict.fromkeys(names, pl.String)
    kinds |= {"evidence": pl.List(pl.String), "start": pl.Date, "end": pl.Date, "cost": pl.Float64}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    units = {"evidence": "grade", "start": "date", "end": "date", "cost": "money"}
    return Table(frame, "campaigns-so-far", _LABELS, units, only=True)


_LABELS = {
    "campaign": _("Campaign"),
    "step": _("What to do"),
    "evidence": _("Evidence"),
    "effect": _("Difference"),
    "range": _("95% range"),
    "naive": _("Before/after only"),
    "return": _("Return"),
    "cost": _("Cost, ¥"),
    "why": _("Why"),
    "no_return": _("Why no return"),
    "shrunken": _("Expect next time: kept"),
    "kind": _("Kind of campaign"),
    "start": _("First day"),
    "end": _("Last day"),
    "design": _("How the groups were made"),
    "lesson": _("Latest lesson"),
}


def _row(x: Line) -> tuple[Any, ...]:
    look, e, money = session.look(), x.entry.effect, x.money
    effect = NOTHING if x.entry.status == "doubtful" else x.effect
    unit = _UNITS[e.outcome.unit] if e is not None else "number"
    several = x.entry.arm is not None and e is not None and x.entry.arm.casefold() not in ("treated",)
    name = f"{x.entry.name} · {session.say(e.treated.label)}" if several and e is not None else x.entry.name
    drawn = x.shrunken
    return (
        name,
        session.say(x.advice.label),
        [str(x.entry.grade)] if x.entry.grade else [],
        written(effect.value, unit, look) if effect.value is not None else DASH,
        range_words(effect.low, effect.high, unit),
        _naive(x, unit),
        DASH if money is None or money.roi is None else _return(money.roi, money.roi_low, money.roi_high),
        x.cost,
        x.advice.why.in_(session.language()),
        DASH if x.no_return is None else x.no_return.in_(session.language()),
        DASH if drawn.value is None else f"{written(drawn.value, unit, look)} ({range_words(drawn.low, drawn.high, unit)})",
        _kind(x.kind),
        x.start,
        x.end,
        session.say(DESIGNS[x.design]) if x.design is not None and x.design in DESIGNS else DASH,
        x.lessons[0].text if x.lessons else DASH,
    )


def _naive(x: Line, unit: str) -> str:
    """What members did before and after, with nobody to compare with: stands beside, never for the effect."""
    naive = x.entry.evaluation.naive.difference if x.entry.evaluation else None
    return DASH if naive is None else written(naive, unit, session.look())


def _kind(code: str | None) -> str:
    if code is None:
        return DASH
    return session.say(KINDS[code]) if code in KINDS else code


def _return(value: float, low: float | None, high: float | None) -> str:
    look = session.look()
    ends = {"low": look.show(low, "ratio"), "high": look.show(high, "ratio")}
    return session.say(Text(_("{value} ({low} to {high})"), value=look.show(value, "ratio"), **ends))


def steps(one: SoFar) -> None:
    """Draw for each campaign what to do and why, in whole sentences; what cannot be said last."""
    ordered = sorted(one.lines, key=lambda x: list(STEPS).index(x.advice.step))
    lines = [(x.entry.name, session.say(x.advice.label), x.advice.why.in_(session.language())) for x in ordered]
    st.markdown("\n".join(f"- **{safe(name)}** · {safe(step)}. {safe(why)}" for name, step, why in lines))


def curse(one: SoFar) -> str:
    """The note on the winner's curse, with the mean effect where there are enough campaigns to draw towards."""
    note = session.say(NOTE)
    if one.spread is None:
        return note + " " + session.say(_("With three campaigns of evidence A each effect is drawn towards their mean."))
    mean = one.spread.mean
    named = {"mean": session.look().show(mean.value, "points"), "range": range_words(mean.low, mean.high, "ratio"), "formula": FORMULA}
    words = _("The column “Expect next time: kept” draws each effect towards the mean of all, {mean} ({range}), by {formula}.")
    return note + " " + session.say(Text(words, **named))


REGISTER_CAPTION = _(
    "Evidence: A random control group · B moved alike before · C adjusted · D description only. What to do never goes beyond the evidence"
)
