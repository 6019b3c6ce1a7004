"""The tables and pictures of the page Lists and follow-up: lists, refused rows, funnel, channels, effect, measured rate."""

import polars as pl

from churn_dash.campaigns import Prices
from churn_dash.charts import Bar, Chart, Effect, bars
from churn_dash.charts import effects as effects_picture
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.contract.contact_words import CHANNELS
from churn_dash.contract.hold_outs import hold_out
from churn_dash.retention.loop.follow_up import FollowUp
from churn_dash.retention.loop.funnel import NOT_RANDOM, STAGES, Funnel, funnel
from churn_dash.retention.loop.lists import STATES, FrozenList
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Points, Ratio, Text, _


def lists_table(found: list[FrozenList]) -> Table:
    """The frozen lists, newest first."""
    rows = [
        (o.list_id, o.settings.name, session.say(STATES[o.state]), o.settings.start, o.due_on, o.called, o.held_out, o.followed,
         "—" if o.registration is None else session.say(_after(o)), o.registration.digest[:12] if o.registration else None)
        for o in reversed(found)
    ]  # fmt: skip
    kinds = {"id": pl.String, "name": pl.String, "state": pl.String, "start": pl.Date, "due": pl.Date}
    kinds |= {"called": pl.Int64, "held": pl.Int64, "entered": pl.Int64, "registered": pl.String, "hash": pl.String}
    labels = {
        "id": _("List"),
        "name": _("Name"),
        "state": _("State"),
        "start": _("First day"),
        "due": _("Judged on"),
        "called": _("To call"),
        "held": _("Held out"),
        "entered": _("Entered"),
        "registered": _("Registered"),
        "hash": _("Hash"),
    }
    units = {"id": "id", "start": "date", "due": "date", "called": "count", "held": "count", "entered": "count"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "frozen-lists", labels, units, only=True)


def _after(one: FrozenList) -> Text:
    r = one.registration
    assert r is not None
    told = Text(_("{day} by {who}"), day=r.made[:10], who=r.who)
    return Text(_("{told}, changed after the fact"), told=told) if r.changed_after else told


def refused_table(found: FollowUp) -> Table:
    """The rows that cannot be taken over, each with its reason."""
    rows = [(r.sheet, r.row, r.customer_id, session.say(r.why)) for r in found.refused]
    kinds = {"sheet": pl.String, "row": pl.Int64, "customer": pl.String, "why": pl.String}
    labels = {"sheet": _("Sheet"), "row": _("Row"), "customer": _("Customer as written"), "why": _("Why")}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "not-taken-over", labels, only=True)


def made(question: PageQuestion, list_id: str) -> Funnel:
    """The funnel of a list."""

    def work(number: str, definition: str, prices: Prices) -> Funnel:
        return funnel(question.ds, number, definition, prices, scope=question.scope)

    return cache.worked_out(question.ds, question.scope, work, list_id, question.definition, Prices.of(held(question)), name="funnel")


def _arm(code: str) -> str:
    return session.say(_("Hold-out") if hold_out(code) else _("Target group"))


def funnel_chart(one: Funnel) -> Chart:
    """A bar a stage of the target group, as a share of those assigned, beside who stayed in the hold-out."""
    shown = [s for s in one.stages if s.n is not None and (not hold_out(s.arm) or s.stage == "kept")]
    rows = [Bar(session.say(STAGES[s.stage]) + (f" · {_arm(s.arm)}" if s.stage == "kept" else ""), s.share, s.n, of=s.of) for s in shown]
    return cache.chart(bars, rows, unit="ratio", look=session.look(), what=session.say(_("Share of the members")), all_grey=True)


def funnel_title(one: Funnel) -> Text:
    """Title of it."""
    by = {(hold_out(s.arm), s.stage): s for s in one.stages}
    reached, kept, base = by[False, "reached"], by[False, "kept"], by.get((True, "kept"))
    if kept.share is None or base is None or base.share is None:
        return Text(_("{share} of those assigned were reached"), share=Ratio(reached.share))
    return Text(
        _("{share} were reached; {kept} stayed, {base} of the hold-out"),
        share=Ratio(reached.share),
        kept=Ratio(kept.share),
        base=Ratio(base.share),
    )


def funnel_table(one: Funnel) -> Table:
    """The stages of every arm."""
    rows = [(_arm(s.arm), session.say(STAGES[s.stage]), s.n, s.of, s.share, s.low, s.high) for s in one.stages]
    kinds = {"arm": pl.String, "stage": pl.String, "n": pl.Int64, "of": pl.Int64, **dict.fromkeys(("share", "low", "high"), pl.Float64)}
    labels = {
        "arm": _("Group"),
        "stage": _("Stage"),
        "n": _("Customers"),
        "of": _("of"),
        "share": _("Share"),
        "low": _("from"),
        "high": _("to"),
    }
    units = {"n": "count", "of": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    how = session.say(_("Shares of those assigned; kept: of those who were customers on the first day. 95% ranges (Wilson)."))
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "funnel", labels, units, how=how)


def channel_table(one: Funnel) -> Table:
    """Calls and who stayed by channel."""
    rows = []
    for c in one.channels:
        words = session.say(CHANNELS[c.channel] if c.channel in CHANNELS else _("not entered"))
        rows.append((words, c.tried, c.reached, c.accepted, c.share, c.low, c.high))
    counts = ("tried", "reached", "accepted")
    kinds = {"channel": pl.String, **dict.fromkeys(counts, pl.Int64), **dict.fromkeys(("share", "low", "high"), pl.Float64)}
    labels = {"channel": _("Channel"), "tried": _("Tried"), "reached": _("Reached"), "accepted": _("Took the offer")}
    labels |= {"share": _("Still a customer"), "low": _("from"), "high": _("to")}
    units = dict.fromkeys(counts, "count") | dict.fromkeys(("share", "low", "high"), "ratio")
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "channels", labels, units, how=session.say(NOT_RANDOM), only=True)


def effects_chart(one: Funnel) -> Chart:
    """As assigned, as treated, and the plain before and after, under one another."""
    a, t, e = one.as_assigned, one.as_treated, one.evaluation
    rows = [Effect(session.say(_("As assigned, drawn at random")), a.difference, a.low, a.high)] if a is not None else []
    if t is not None:
        rows.append(Effect(session.say(_("As treated, not at random")), t.difference, naive=True))
    if e.naive.difference is not None:
        rows.append(Effect(session.say(_("Before/after only")), e.naive.difference, naive=True))
    words = session.say(e.outcome.label)
    return cache.chart(effects_picture, rows, unit="ratio", look=session.look(), what=words, better=e.outcome.better)


def effects_table(one: Funnel) -> Table:
    """The same as rows."""
    e = one.evaluation
    rows = [
        (session.say(words), x.difference, x.low, x.high, session.say(note))
        for words, x, note in (
            (_("As assigned, drawn at random"), one.as_assigned, e.evidence.why),
            (_("As treated, not at random"), one.as_treated, Text(NOT_RANDOM)),
        )
        if x is not None
    ]
    rows.append((session.say(_("Before/after only")), e.naive.difference, None, None, session.say(e.naive.why)))
    kinds = {"what": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "why": pl.String}
    labels = {"what": _("Comparison"), "difference": _("Difference"), "low": _("from"), "high": _("to"), "why": _("What it is worth")}
    return Table(
        pl.DataFrame(rows, schema=kinds, orient="row"), "as-assigned", labels, dict.fromkeys(("difference", "low", "high"), "ratio")
    )


def rate_words(question: PageQuestion, one: Funnel) -> Text | None:
    """What becomes of the assumed share of leavers kept; None while nothing is measured."""
    rate, now = one.rate, held(question)["save_rate"]
    if rate is None:
        return None
    named = {
        "value": Ratio(rate.value),
        "low": Ratio(rate.low),
        "high": Ratio(rate.high),
        "assumed": Ratio(ASSUMPTIONS["save_rate"].default),
    }
    if now.measured is not None and rate.campaign_id in now.measured["campaigns"]:
        if len(now.measured["campaigns"]) > 1:
            return Text(
                _(
                    "Measured: the list kept {value} of the leavers ({low} to {high}). "
                    "Taken together with {others} other campaigns, {now} takes the place of the assumption, {assumed}."
                ),
                **named,
                others=Count(len(now.measured["campaigns"]) - 1),
                now=Ratio(now.value),
            )
        return Text(
            _("Measured: the list kept {value} of the leavers ({low} to {high}). It takes the place of the assumption, {assumed}."), **named
        )
    return Text(
        _("Measured: the list kept {value} of the leavers ({low} to {high}). In force is {now}: set later, or measured by a later list."),
        **named,
        now=Ratio(now.value),
    )


def entered_words(one: FrozenList) -> Text:
    """Title of the card where files come back."""
    return Text(_("{n} of {all} calls have been entered"), n=Count(one.followed), all=Count(one.called))


def money_words(one: Funnel) -> Text | None:
    """From what effect on the list pays for itself, beside the effect that was measured; None where nothing is counted in money."""
    money = next(iter(one.evaluation.money.values()), None)
    if money is None or money.break_even is None:
        return None
    chance = Text(_("the chance that it paid is {chance}"), chance=Ratio(money.chance_of_return))
    named = {"cost": Money(money.cost), "points": Points(money.break_even), "value": Money(money.value_per_save)}
    if money.chance_of_return is None:
        return Text(_("{cost} were spent; it pays for itself from an effect of {points}, at {value} a customer kept."), **named)
    return Text(
        _("{cost} were spent; it pays for itself from an effect of {points}, at {value} a customer kept; {chance}."), **named, chance=chance
    )
