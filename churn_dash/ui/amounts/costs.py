"""What the "What it costs" page shows: each amount with everything that it rests on, how few carry it, what it hangs on."""

from dataclasses import dataclass

import polars as pl

from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures.money.assumptions import Held, spoken
from churn_dash.measures.money.costs import Costs, costs
from churn_dash.measures.money.repute import Share, Voice
from churn_dash.retention.worklists.at_stake import Stakes, stakes
from churn_dash.ui import cache, models, session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Month, Number, Ratio, Text, _
from churn_dash.words.numbers import DASH

NO_MODEL = _("Train a risk model on the Risk page, and it shows here")
NO_BALANCES = _("not known: the data need balances")
NO_MONTH_BEFORE = _("not known: the month before the period is missing")
NO_MONTHS = _("not known: a lifetime needs months, to tell how long customers stay")
RETENTION = _("Customers who stay a year")


@dataclass(frozen=True)
class Found:
    """The answer with the assumptions behind it, and what is at risk where a model can say it."""

    costs: Costs
    held: dict[str, Held]
    stakes: Stakes | None


@dataclass(frozen=True)
class Opened:
    """An amount: its name, its value in words, how it came about in words, and the assumptions and measured inputs in it."""

    label: str
    value: str
    formula: str
    used: tuple[str, ...]
    measured: tuple[tuple[str, str, str], ...]
    """Name, value, where from."""


def found(question: PageQuestion) -> tuple[Found | None, NotPossible | None]:
    """Work it out, remembered by data, question and assumptions; or why it cannot be."""
    q, held = question, assumptions.held(question)
    values = {n: h.value for n, h in held.items()}

    def work(*_asked: object) -> Costs:
        return costs(q, held)

    try:
        told = cache.worked_out(q.ds, q.scope, work, values, q.filters, str(q.period), q.definition, name="costs")
    except NotPossible as problem:
        return None, problem
    return Found(told, held, _stakes(q, held, values, told)), None


def _stakes(q: PageQuestion, held: dict[str, Held], values: dict[str, float], told: Costs) -> Stakes | None:
    kept = None if q.timeless else models.model(q.ds)
    if kept is None:
        return None
    scores = models.scores(q.ds, kept)
    return cache.worked_out(
        q.ds,
        q.scope,
        lambda *_asked: stakes(q, scores, held, told.retention),
        *(kept.id, values, q.filters, q.definition, told.retention),
        name="stakes",
    )


def answer(f: Found) -> Text:
    """The page's sentence."""
    c = f.costs
    named = {
        "n": Count(c.n),
        "whole": Money(c.whole),
        "lifetime": Money(c.lifetime),
        "replacement": Money(c.replacement),
        "balances": Money(c.balances),
        "margin": Money(c.margin),
    }
    if c.n == 0:
        return Text(_("Nobody was lost here, so that nothing was lost."))
    if c.whole is not None:
        return Text(_("The {n} customers lost cost {whole}: {lifetime} of margin to come and {replacement} to win others."), **named)
    if c.margin is not None:
        return Text(_("The {n} customers lost took {balances} with them, {margin} of margin a year."), **named)
    if c.why_not is not None:
        return Text(_("To replace the {n} customers lost costs {replacement}. {why}"), **named, why=c.why_not)
    return Text(_("To replace the {n} customers lost costs {replacement}; without balances no more can be told."), **named)


def tiles(f: Found) -> list[Tile]:
    """The row of amounts."""
    c = f.costs
    unknown = Text(NO_MONTH_BEFORE if c.why_not is not None else NO_BALANCES) if c.balances is None and c.n else None
    known = Text(_("of {n} of {all} customers"), n=Count(c.n_known), all=Count(c.n)) if c.n_known < c.n else None
    held = unknown or known or Text(_("{n} customers"), n=Count(c.n))
    fees = unknown or (Text(_("fees are not in the data")) if c.fees is None else Text(_("of it {fees} fees"), fees=Money(c.fees)))
    # What is beyond the years counted is no part of it: the convention stands beside the amount.
    years = int(f.held["horizon_years"].value)
    lifetime = unknown or (Text(NO_MONTHS) if c.lifetime is None else Text(_("{n} years, from a year later on"), n=years))
    won = Text(_("{n} at {cost} each"), n=Count(c.n), cost=Money(f.held["acquisition_cost"].value))
    risk = Text(_("{n} expected to leave"), n=Count(f.stakes.expected)) if f.stakes else Text(NO_MODEL)
    rows = (
        (_("Balances lost"), c.balances, held),
        (_("Margin lost"), c.margin, fees),
        (_("Lifetime value"), c.lifetime, lifetime),
        (_("Replacement"), c.replacement, won),
        (_("Value at risk"), f.stakes.value if f.stakes else None, risk),
    )
    return [money_tile(session.say(label), value, note=session.say(note)) for label, value, note in rows]


def opened(f: Found) -> list[Opened]:
    """Every amount opened into its inputs."""
    c, held = f.costs, {n: spoken(h.assumption, h.value) for n, h in f.held.items()}
    data = session.say(_("measured from the data"))
    balances = (session.say(_("Balances lost")), _money(c.balances), data)
    fees = (session.say(_("Fees of the year before")), _money(c.fees), data)
    lost = (session.say(_("Customers lost")), session.look().show(c.n, "count"), data)
    stay = (session.say(RETENTION), _kept(c), data)
    named = {**held, "balances": Money(c.balances), "fees": Money(c.fees or 0.0), "n": Count(c.n), "kept": Ratio(c.retention)}
    rows = [
        (_("Margin lost"), c.margin, Text(_("{balances} × {spread} + {fees} fees"), **named), ("spread",), (balances, fees)),
        (
            _("Lifetime value"),
            c.lifetime,
            Text(
                _(
                    "(margin a year − {servicing_cost} a customer) × {times}: over {horizon_years}, the first margin a year after "
                    "the departure, each worth {kept} of the one before, less {discount} a year"
                ),
                **named,
                times=Number(c.times),
            ),
            ("spread", "servicing_cost", "discount", "horizon_years"),
            (balances, fees, stay),
        ),
        (_("Replacement"), c.replacement, Text(_("{n} customers × {acquisition_cost}"), **named), ("acquisition_cost",), (lost,)),
    ]
    if f.stakes is not None:
        words = Text(
            _("the risk of each of {n} customers × what he is worth (worked out as the lifetime value), added up; less can be saved"),
            n=Count(f.stakes.n),
        )
        held_at_risk = (session.say(_("Balances × risk, added up")), _money(f.stakes.balances), session.say(_("from the risk model")))
        rows.append(
            (_("Value at risk"), f.stakes.value, words, ("spread", "servicing_cost", "discount", "horizon_years"), (held_at_risk, stay))
        )
    return [
        Opened(session.say(label), _money(value), session.say(formula), used, inputs)
        for label, value, formula, used, inputs in rows
        if value is not None
    ]


def standing(f: Found, share: Share | None, told: tuple[Voice | None, Voice | None]) -> list[Opened]:
    """Everything else of the page with what it came from: balances, concentration, market share, detractors, complaints."""
    c, data = f.costs, session.say(_("measured from the data"))
    made: list[Opened] = []
    if c.balances is not None:
        counts = ((_("Customers lost"), c.n), (_("of these with a known balance"), c.n_known))
        inputs = tuple((session.say(name), session.look().show(n, "count"), data) for name, n in counts)
        words = Text(_("the balances at the start of {n} customers lost, added up; unknown ones count as nothing"), n=Count(c.n_known))
        made.append(Opened(session.say(_("Balances lost")), _money(c.balances), session.say(words), (), inputs))
    if c.concentration is not None and c.balances is not None:
        spread = c.concentration
        top = spread.top_share * c.balances
        inputs = (
            (session.say(_("Balances of the largest")), _money(top), data),
            (session.say(_("Balances lost")), _money(c.balances), data),
            (session.say(_("Customers among the largest hundredth")), session.look().show(spread.n_top, "count"), data),
            (session.say(_("Effective number of customers")), session.look().show(spread.effective_n, "number"), data),
        )
        words = Text(_("{top} ÷ {whole}; effective number: (Σ balance)² ÷ Σ balance²"), top=Money(top), whole=Money(c.balances))
        label = session.say(_("Held by the largest hundredth"))
        made.append(Opened(label, session.look().show(spread.top_share, "ratio"), session.say(words), (), inputs))
    if share is not None:
        months = {"first": Month(share.first), "last": Month(share.last)}
        inputs = (
            (session.say(Text(_("Own deposits in {first}"), **months)), _money(share.own_first), data),
            (session.say(Text(_("The market's deposits in {first}"), **months)), _money(share.market_first), data),
            (session.say(Text(_("Own deposits in {last}"), **months)), _money(share.own_last), data),
            (session.say(Text(_("The market's deposits in {last}"), **months)), _money(share.market_last), data),
        )
        named = {"own": Money(share.own_last), "market": Money(share.market_last)}
        words = Text(_("{own} ÷ {market}, in the cities whose market is known in both months"), **named)
        made.append(Opened(session.say(_("Market share")), f"{100 * share.after:.3f}%", session.say(words), (), inputs))
    made += [_voiced(*each) for each in zip(_VOICES, told, strict=True)]
    return [one for one in made if one.value != DASH]


_VOICES = (
    (_("Detractors of 1,000 answers"), _("Detractors (0–6)"), _("Answers to who would recommend the bank"), _("Wilson")),
    (_("Complaints of 1,000 customers"), _("Complaints"), _("Customers at the start of the period"), _("exact Poisson")),
)


def _voiced(words: tuple[str, str, str, str], voice: Voice | None) -> Opened:
    label, events, base, interval = words
    if voice is None or voice.per_1000 is None:
        return Opened(session.say(label), DASH, "", (), ())
    data, look = session.say(_("measured from the data")), session.look()
    ends = "—" if voice.low is None or voice.high is None else f"{voice.low:.1f} – {voice.high:.1f}"
    inputs = (
        (session.say(events), look.show(voice.events, "count"), data),
        (session.say(base), look.show(voice.n, "count"), data),
        (session.say(_("95% range")), ends, session.say(interval)),
    )
    formula = Text(_("1,000 × {events} ÷ {n}"), events=Count(voice.events), n=Count(voice.n))
    counts = session.say(Text(_("{k} of {n}"), k=Count(voice.events), n=Count(voice.n)))
    value = f"{voice.per_1000:,.1f}" if voice.n >= TOO_FEW else counts
    return Opened(session.say(label), value, session.say(formula), (), inputs)


def _money(value: float | None) -> str:
    return session.look().show(value, "money")


def _kept(c: Costs) -> str:
    ends = {"value": Ratio(c.retention), "low": Ratio(c.retention_low), "high": Ratio(c.retention_high)}
    return session.say(Text(_("{value} ({low} to {high})"), **ends))


def inputs(f: Found, one: Opened) -> Table:
    """The inputs of an amount as rows: what, value, who and when or where from."""
    rows = [*one.measured]
    rows += [(session.say(f.held[n].assumption.label), assumptions.value_words(f.held[n]), session.say(f.held[n].origin)) for n in one.used]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("what", "value", "origin"), pl.String), orient="row")
    labels = {"what": _("Input"), "value": _("Value"), "origin": _("Where it comes from")}
    return Table(frame, "inputs", labels, only=True)
