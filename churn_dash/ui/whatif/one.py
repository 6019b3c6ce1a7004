"""What the What-if page shows of one customer: every lever, the risk after, and the cheapest change that lowers the grade."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, bars
from churn_dash.risk import Lever, MeasuredEffect, Model, Smallest, WhatIf, levers, smallest, what_if
from churn_dash.risk.scores.grades import GRADES, Grades
from churn_dash.risk.whatif.asked import of_row
from churn_dash.risk.whatif.declared import Settings
from churn_dash.risk.whatif.situation import Change
from churn_dash.ui import cache, models, session
from churn_dash.ui.customer import customer
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import Tile, tiles
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.whatif.levers import KINDS, effects, moved, risk_tile, settings, told
from churn_dash.ui.whatif.words import KEY
from churn_dash.words import Count, Money, Ratio, Text, _


@dataclass(frozen=True)
class Moved:
    """One customer with the levers as they stand on the page."""

    customer_id: str
    levers: tuple[Lever, ...]
    result: WhatIf
    least: Smallest
    cuts: Grades
    alone: dict[str, float]
    """Feature → the lowest risk with that lever alone at one of its ends, by the model."""


def show(question: PageQuestion, kept: Model) -> None:
    """Draw the customer's part of the page."""
    top = st.container()
    suggested = [c.customer_id for c in models.calls(question.ds, kept)[:50]]
    hint = session.say(_("Type a number, or pick one of the riskiest"))
    chosen = controls.typed(
        session.say(_("Customer number")), suggested, key=f"{KEY}-customer", placeholder=hint, first=next(iter(suggested), "")
    )
    if not chosen:
        with top:
            heading(session.say(_("What-if")), _("Choose a customer to see what would change the risk, and what a bank can change at all."))
        return
    found = customer.person(question, kept, chosen)
    if found.explanation is None:
        with top:
            heading(f"{session.say(_('What-if'))} · {chosen}", _("No risk is known of this customer."))
            cards.note(customer.why_no_risk(question, kept))
        return
    said = settings(question)
    left, right = st.columns([3, 2], gap="small")
    with (
        left,
        cards.card(_("What a bank can change"), _("Within what similar customers show; whatever follows moves too"), key="wi-levers"),
    ):
        one = _moved(question, kept, chosen, found.explanation.row, said, effects(question, kept, said))
    with top:
        heading(f"{session.say(_('What-if'))} · {chosen}", answer(one))
        tiles(_tiles(one, said))
    with right:
        _least_card(one)
    caption, table = _("Risk with this lever alone as far as it goes; dotted: now"), alone_table(one)
    with cards.card(alone_finding(one), caption, table, key="wi-alone") as as_table:
        rows = [Bar(session.say(x.label), one.alone[x.feature]) for x in one.levers]
        picture = cache.chart(
            bars,
            sorted(rows, key=lambda b: b.value or 0.0),
            unit="ratio",
            look=session.look(),
            what=session.say(_("Risk of leaving")),
            bank=one.result.probability_before,
            line=session.say(_("now")),
            all_grey=True,
            longest_name=60,
        )
        cards.picture(picture, as_table)


def _moved(
    question: PageQuestion, kept: Model, number: str, row: dict[str, object], said: Settings, measured: tuple[MeasuredEffect, ...]
) -> Moved:
    offered = levers(kept, row, said, None)
    if not offered:
        st.caption(session.say(_("Nothing here that the bank could change is known of this customer.")))
    result = what_if(kept, row, moved(offered, number, "wi"), said, measured)
    told(result)

    def search(*_asked: object) -> tuple[Smallest, dict[str, float]]:
        here = of_row(kept, row, said)
        ends = {x.feature: [here.after({x.feature: Change(to).target(here.rows[x.feature])})[0] for to in (x.low, x.high)] for x in offered}
        return smallest(kept, row, said, models.cuts(kept)), {n: float(min(v)) for n, v in ends.items()}

    least, alone = cache.worked_out(
        question.ds, question.scope, search, kept.id, number, repr(said), models.cuts(kept), name="smallest-change"
    )
    return Moved(number, offered, result, least, models.cuts(kept), alone)


def answer(one: Moved) -> Text:
    """The page's sentence: what the risk would be, or what it is and whether its grade can be lowered."""
    r = one.result
    named: dict[str, Any] = {"before": Ratio(r.probability_before), "after": Ratio(r.probability_after)}
    if r.changes:
        lower = _("The risk of leaving would fall from {before} to {after}: {kind}.")
        higher = _("The risk of leaving would rise from {before} to {after}: {kind}.")
        if r.low is not None and r.high is not None:
            ends = {"low": Ratio(r.probability_before + r.low), "high": Ratio(r.probability_before + r.high)}
            named["after"] = Text(_("{after} ({low} to {high})"), after=named["after"], **ends)
            if r.low < 0 < r.high:
                lower = higher = _("Whether the risk of leaving, {before}, would fall or rise cannot be told: {after}, {kind}.")
        return Text(lower if r.difference <= 0 else higher, kind=KINDS[r.kind], **named)
    grade = GRADES[one.least.grade_before]
    if one.least.changes:
        return Text(
            _("{grade}, {before}: the cheapest change found would bring it to {lower}, {to}."),
            grade=grade,
            lower=GRADES[one.least.grade_after or "low"],
            to=Ratio(one.least.probability_after),
            **named,
        )
    if one.least.tried:
        return Text(_("{grade}, {before}: nothing within limits lowers the grade."), grade=grade, **named)
    return Text(_("{grade}, {before}: move a lever to see what the model would say."), grade=grade, **named)


def _tiles(one: Moved, said: Settings) -> list[Tile]:
    r, look = one.result, session.look()
    now = Tile(_("Risk now"), look.show(r.probability_before, "ratio"), note=session.say(GRADES[one.cuts.of(r.probability_before)]))
    would = risk_tile(r)
    note = " · ".join(filter(None, [session.say(GRADES[one.cuts.of(r.probability_after)]), would.note]))
    prices = {x.feature: (x.value, x.cost) for x in one.levers}
    cost = sum(abs(to - prices[n][0]) * prices[n][1] for n, to in r.changes.items())
    return [
        now,
        Tile(would.label, would.value, would.change, would.rose, would.good, would.against, note=note, help=would.help),
        Tile(_("Cost, assumed"), look.show(cost, "money"), note=session.say(Text(_("{n} levers moved"), n=Count(len(r.changes))))),
    ]


def _least_card(one: Moved) -> None:
    least = one.least
    with cards.card(
        _("Smallest change that lowers the grade"), _("At most three levers, the cheapest by the assumed costs"), key="wi-least"
    ):
        labels = {x.feature: x for x in one.levers}
        for name, to in least.changes.items():
            words = Text(_("{label}: from {now} to {to}"), label=labels[name].label, now=_number(labels[name].value), to=_number(to))
            st.markdown(f"**{safe(session.say(words))}**")
        if least.changes:
            grade = GRADES[least.grade_after or "low"]
            named = {"risk": Ratio(least.probability_after), "grade": grade, "cost": Money(least.cost)}
            st.markdown(safe(session.say(Text(_("Risk {risk}, {grade}; cost {cost}, assumed."), **named))))
        st.caption(safe(session.say(least.words)))
        if least.changes:
            st.caption(session.say(one.result.note))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def alone_finding(one: Moved) -> str:
    """Title of the levers: which lowers the risk most by itself."""
    now = one.result.probability_before
    if not one.alone or min(one.alone.values()) >= now:
        return session.say(_("No lever lowers the risk by itself"))
    best = min(one.alone, key=lambda n: one.alone[n])
    label = next(x.label for x in one.levers if x.feature == best)
    return session.say(Text(_("By itself, most would come of: {label}"), label=label))


def alone_table(one: Moved) -> Table:
    """Every lever as a row: its range, its assumed cost, and the lowest risk with it alone."""
    rows = [(session.say(x.label), x.value, x.low, x.high, x.cost, one.alone[x.feature]) for x in one.levers]
    kinds = {"lever": pl.String, **dict.fromkeys(("value", "low", "high", "cost", "risk"), pl.Float64)}
    labels = {"lever": _("Lever"), "value": _("Now"), "low": _("From"), "high": _("To"), "cost": _("Cost of one, ¥"), "risk": _("Risk")}
    units = {"value": "percent", "low": "percent", "high": "percent", "cost": "money", "risk": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), f"levers-{one.customer_id}", labels, units)
