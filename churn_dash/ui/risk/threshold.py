"""What the Risk page shows of the threshold: three ways to a cut, what it earns and finds, and the form that sets it."""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Cut, Earned, profit
from churn_dash.errors import ChurnDashError
from churn_dash.retention.threshold import (
    WAYS,
    Found,
    HeldOut,
    Offer,
    ProfitCurve,
    Proposal,
    Share,
    proposed,
    put,
    reset,
    tried,
)
from churn_dash.retention.worklists.worklist import worths
from churn_dash.risk import Model
from churn_dash.store import Records
from churn_dash.ui import cache, models, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _

_PER = 1_000
_CAPACITIES = ("50", "100", "200", "500", "1000", "2000", "5000")
_RECALLS = ("30", "40", "50", "60", "70", "80", "90")


@dataclass(frozen=True)
class Seen:
    """The proposal of the way chosen (None: why it is none), with the held-out rows and the curve behind it."""

    by: str
    capacity: int
    proposal: Proposal | None
    problem: ChurnDashError | None
    held: HeldOut
    curve: ProfitCurve | None
    capacity_share: float | None


def found(question: PageQuestion, kept: Model) -> Found:
    """What a list from the cut in force found on customers whom the model had not seen."""
    held, _curve, _worth = _tried(question, kept)
    return held.at(models.threshold(kept))


def values(question: PageQuestion, kept: Model) -> pl.DataFrame:
    """What each scored customer is worth: customer_id, probability, value (CNY; null where it is not known)."""
    return _tried(question, kept)[2]


def _tried(question: PageQuestion, kept: Model) -> tuple[HeldOut, ProfitCurve | None, pl.DataFrame]:
    held = assumptions.held(question)
    plain = {n: h.value for n, h in held.items()}

    def work(*_asked: object) -> tuple[HeldOut, ProfitCurve | None, pl.DataFrame]:
        worth, _retention = worths(question.ds, kept, held, question.scope)
        scores = models.scores(question.ds, kept).select("customer_id", "probability")
        known = scores.join(worth, on="customer_id", how="left")
        return *tried(kept.held(), known, held), known

    return cache.worked_out(question.ds, question.scope, work, kept.id, plain, Offer.of(held), name="threshold")


def seen(question: PageQuestion, kept: Model) -> Seen:
    """Draw the choice of the way and work out its cut."""
    held, curve, worth = _tried(question, kept)
    ways = [w for w in WAYS if w != "hand" and (w != "money" or curve is not None)]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        by = controls.choice(
            session.say(_("Choose the cut")), ways, key="cut", words=lambda w: session.say(WAYS[w]), kind="segments", default=ways[0]
        )
        capacity = int(
            controls.choice(
                session.say(_("Calls possible")),
                _CAPACITIES,
                key="calls",
                words=lambda c: Count(int(c)).in_(session.language()),
                default="200",
                width=120,
            )
        )
        recall = 0.5
        if by == "recall":
            words = {r: session.say(Text("{share}", share=Ratio(int(r) / 100))) for r in _RECALLS}
            picked = controls.choice(
                session.say(_("Leavers to reach")), _RECALLS, key="reach", words=words.__getitem__, default="50", width=140
            )
            recall = int(picked) / 100
    called = models.able(question.ds, kept)["probability"]
    asked = {"capacity": float(capacity), "recall": recall}.get(by)
    line = None
    if len(called):
        line = held.at(proposed("capacity", float(capacity), held, worth, called, curve).threshold).share.value
    try:
        proposal = proposed(by, asked, held, worth, called, curve)
    except ChurnDashError as problem:
        return Seen(by, capacity, None, problem, held, curve, line)
    return Seen(by, capacity, proposal, None, held, curve, line)


def finding(kept: Model) -> Text:
    """Title of the card: from which risk on one acts, and who said so."""
    cuts = models.cuts(kept)
    named = {"high": Ratio(cuts.high), "medium": Ratio(cuts.medium), "who": cuts.who, "date": (cuts.made or "")[:10]}
    if cuts.by == "usual":
        return Text(_("High risk begins at {high}, medium at {medium}: nobody has set it yet"), **named)
    return Text(_("High risk begins at {high}, medium at {medium}: set by {who} on {date}"), **named)


def caption(kept: Model) -> Text:
    """Under that title: why, or what it is while nobody has set it."""
    cuts = models.cuts(kept)
    if cuts.by == "usual":
        return Text(_("High is the riskiest tenth of the customers on whom the model was tested, medium the rest of the riskiest 30%"))
    named = {"way": WAYS[cuts.by], "why": cuts.why}
    if cuts.outdated(kept):
        return Text(_("{way} · {why} · set for another model: look whether it still fits"), **named)
    return Text(_("{way} · {why}"), **named)


def told(one: Seen) -> Text:
    """What the chosen way comes to, in a sentence."""
    p = one.proposal
    if p is None:
        return Text("{problem}", problem=session.say(one.problem) if one.problem is not None else "—")
    f = p.found
    named = {
        "cut": Ratio(p.threshold),
        "n": Count(p.n),
        "of": Count(p.of),
        "all": Count(p.n_reaching),
        "recall": Ratio(f.recall.value),
        "low": Ratio(f.recall.low),
        "high": Ratio(f.recall.high),
        "precision": Ratio(f.precision.value),
    }
    return Text(
        _(
            "From a risk of {cut} on: {n} of the {of} customers who may be called now ({all} with those who may not). On the tests "
            "such a list reached {recall} ({low} to {high}) of the leavers, and {precision} of those called left."
        ),
        **named,
    )


def notes(one: Seen) -> list[str]:
    """Under the curve: what the chosen cut earned on the tests, and what the best cuts would over all shares that may accept."""
    if one.curve is None:
        return []
    curve = one.curve
    over = {"n": Count(_PER), "profit": Money(curve.expected * _PER)}
    over |= {"low": Money(curve.expected_low * _PER), "high": Money(curve.expected_high * _PER)}
    if curve.measured is not None:
        ends = {"least": Ratio(curve.measured[0]), "most": Ratio(curve.measured[1])}
        sentence = _(
            "How many leavers a contact keeps was measured at {least} to {most}: drawn from that together with the customers for every "
            "range here. With the best cut for each such share {profit} ({low} to {high}) are expected for {n} customers (EMPC)."
        )
        empc = Text(sentence, **over, **ends)
    else:
        a, b = curve.gamma or (0.0, 0.0)
        sentence = _(
            "How many leavers a contact keeps is assumed, not measured, so that the curve's ranges draw customers only. Over γ from "
            "Beta({a}, {b}), {mean} in the mean, with the best cut for each, {profit} ({low} to {high}) are expected for {n} customers "
            "(EMPC)."
        )
        empc = Text(sentence, **over, mean=Ratio(a / (a + b)), a=f"{a:.3g}", b=f"{b:.3g}")
    if one.proposal is None:
        return [session.say(empc)]
    cut = one.proposal.threshold
    at = min(curve.points, key=lambda p: abs(p.threshold - cut))
    named = {"profit": Money(at.profit * _PER), "low": Money(at.low * _PER), "high": Money(at.high * _PER), "n": Count(_PER)}
    words = Text(
        _(
            "Expected profit {profit} ({low} to {high}) for {n} customers of the bank, by the assumptions on the page "
            "What it costs; who would have stayed anyway takes the offer, too."
        ),
        **named,
    )
    return [session.say(words), session.say(empc)]


def chart(kept: Model, one: Seen) -> Chart | None:
    """The profit curve with the cuts; None where values are not known."""
    if one.curve is None:
        return None
    points = [Earned(p.threshold, p.share, p.profit * _PER, p.low * _PER, p.high * _PER) for p in one.curve.points]
    lines = [Cut(_known(one.held.at(models.threshold(kept)).share), session.say(_("in force")), True)]
    if one.proposal is not None and one.by != "capacity":
        lines.append(Cut(_known(one.proposal.found.share), session.say(WAYS[one.by])))
    if one.capacity_share is not None:
        lines.append(Cut(one.capacity_share, session.say(Text(_("{n} calls"), n=Count(one.capacity)))))
    return cache.chart(profit, points, look=session.look(), cuts=lines)


def _known(share: Share) -> float:
    return share.value or 0.0


def table(question: PageQuestion, kept: Model) -> Table | None:
    """The curve as rows; None where values are not known."""
    _held, curve, _worth = _tried(question, kept)
    if curve is None:
        return None
    rows = pl.DataFrame([p.as_json() for p in curve.points])
    labels = {
        "threshold": _("Risk from"),
        "share": _("Share called"),
        "profit": _("Profit a customer, ¥"),
        "low": _("from"),
        "high": _("to"),
    }
    how = session.say(
        _(
            "P(t) = share of leavers called × (γ(value − offer) − contact) − share of stayers called × (offer + contact), on customers "
            "that the model had not seen; a leaver's value is that of today's customers of like risk. "
            "Ranges draw customers again, and the share kept where campaigns measured it."
        )
    )
    units = {"threshold": "ratio", "share": "ratio", "profit": "decimal", "low": "decimal", "high": "decimal"}
    return Table(rows, "threshold", labels, units, how=how)


def form(question: PageQuestion, kept: Model, one: Seen) -> bool:
    """Draw the form that sets the cuts; True when they were set. What cannot be is said in a sentence."""
    now = models.cuts(kept)
    cut = one.proposal.threshold if one.proposal is not None else now.high
    with st.form("cuts", border=False):
        with st.container(horizontal=True, gap="medium"):
            # Keyed by the proposal, so that another way fills the fields anew.
            high = st.number_input(session.say(_("High from, %")), 0.0, 100.0, _percent(cut), step=0.1, format="%.2f", key=f"cut-h-{cut}")
            medium = st.number_input(
                session.say(_("Medium from, %")), 0.0, 100.0, _percent(min(now.medium, cut)), step=0.1, format="%.2f", key=f"cut-m-{cut}"
            )
        why = st.text_input(session.say(_("Why")), key="cut-why", placeholder=session.say(_("kept with what you set")))
        who = st.text_input(session.say(_("Your name")), key="cut-who")
        with st.container(horizontal=True, gap="small"):
            pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
            back = st.form_submit_button(session.say(_("Back to the riskiest tenth")), type="tertiary", disabled=now.by == "usual")
    if not pressed and not back:
        return False
    records = Records(question.ds.root)
    try:
        if back:
            reset(records, why, who.strip() or None)
        else:
            same = one.proposal is not None and high == _percent(cut)
            exact = cut if same else high / 100
            middle = min(now.medium, cut) if medium == _percent(min(now.medium, cut)) else medium / 100
            asked = one.proposal.asked if one.proposal is not None and same else None
            put(records, kept, exact, middle, one.by if same else "hand", asked, why, who.strip() or None)
    except ChurnDashError as problem:
        shown(problem)
        return False
    return True


def _percent(share: float) -> float:
    return round(100 * share, 2)
