"""What the Customer page says of one customer: the answer, the badges, the figures. Its cards: ``portrait``, ``reasons``, ``whatif``."""

from dataclasses import dataclass, replace

from churn_dash.contract.lifecycle import LABELS
from churn_dash.measures.conditions.saved_segments import stamp
from churn_dash.measures.tenure.current import pace_by_tenure
from churn_dash.measures.tenure.remaining import Remaining
from churn_dash.risk import Explanation, Model, explain, steadied, time_to_leave
from churn_dash.segments import History, Portrait, TierStanding, portrait
from churn_dash.ui import cache, models, session
from churn_dash.ui.kinds.segments import telling
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.parts.values import CODES, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Month, Ratio, Text, _

_SUGGESTED = 50


@dataclass(frozen=True)
class Person:
    """One customer: the portrait, the model and its explanation (None without a model or a score)."""

    customer_id: str
    portrait: Portrait
    model: Model | None
    explanation: Explanation | None

    @property
    def history(self) -> History:
        """The months of the portrait."""
        return self.portrait.history

    @property
    def high(self) -> bool:
        """Whether the risk is high."""
        return self.model is not None and self.explanation is not None and self.explanation.probability >= models.threshold(self.model)


def chooser(question: PageQuestion, kept: Model | None) -> str:
    """Choose a customer: type a number, or pick one of the riskiest. Empty while none is chosen."""
    suggested = [c.customer_id for c in models.calls(question.ds, kept)[:_SUGGESTED]] if kept is not None else []
    hint = session.say(_("Type a number, or pick one of the riskiest"))
    return controls.typed(session.say(_("Customer number")), suggested, key="customer", placeholder=hint)


def person(question: PageQuestion, kept: Model | None, customer_id: str) -> Person:
    """Everything about the customer. Raises ``NotFound`` for a number that the data do not hold."""
    ds, scope = question.ds, question.scope
    # What is saved as a tag is no part of the data version: the state of the records is asked for with it.
    found = cache.worked_out(ds, scope, lambda number, _state: portrait(ds, number, scope=scope), customer_id, stamp(ds), name="portrait")
    return Person(customer_id, found, kept, _explained(question, kept, customer_id))


def _time(question: PageQuestion, found: Person) -> Remaining | None:
    """The time still expected (None where it cannot be told); the pace of the bank is worked out once for all customers."""
    kept, why, customer_id = found.model, found.explanation, found.customer_id
    ds, definition = question.ds, kept.card.definition if kept is not None else None
    pace = cache.worked_out(ds, question.scope, lambda name: pace_by_tenure(ds, name), definition, name="pace by tenure")
    p = why.probability if why is not None else None

    def work(number: str, _id: str, p: float | None) -> Remaining | None:
        return time_to_leave(ds, kept, number, p, pace)

    return cache.worked_out(ds, question.scope, work, customer_id, kept.id if kept is not None else "", p, name="time to leave")


def _explained(question: PageQuestion, kept: Model | None, customer_id: str) -> Explanation | None:
    """The explanation; None for a customer without a score, who has left."""
    if kept is None or customer_id not in models.scored_ids(question.ds, kept):
        return None
    return cache.worked_out(
        question.ds,
        question.scope,
        lambda number, _id: explain(question.ds, kept, number, scope=question.scope, at_once=True),
        customer_id,
        kept.id,
        name="explanation",
    )


def with_steady_reasons(question: PageQuestion, found: Person) -> Person:
    """The same with how steady each reason is: worked out beforehand for the riskiest, here for the others, after the rest is drawn."""
    kept, why = found.model, found.explanation
    if kept is None or why is None or why.steadiness_known:
        return found
    ask = (found.customer_id, kept.id)
    told = cache.worked_out(question.ds, question.scope, lambda _number, _id: steadied(kept, why), *ask, name="steady explanation")
    return replace(found, explanation=told)


def answer(found: Person) -> str:
    """The page's sentence: how likely the customer is to leave, and the first reason."""
    why = found.explanation
    if why is None:
        return session.say(Text(_("Customer {name}: no risk is known."), name=found.customer_id))
    named = {"risk": Ratio(why.probability), "peers": Ratio(why.base_probability)}
    if found.high and why.card:
        return session.say(Text(_("High risk of leaving, {risk}. {reason}."), risk=Ratio(why.probability), reason=why.card[0].text))
    if found.high:
        return session.say(Text(_("High risk of leaving, {risk}; customers on average {peers}."), **named))
    return session.say(Text(_("Risk of leaving {risk}; customers on average {peers}."), **named))


def facts(question: PageQuestion, found: Person) -> None:
    """Draw the badges: risk, then what the customer is, then the tags that the customer carries."""
    known = question.dimensions
    shown = [n for n in ("tier", "tenure_band", "branch_id", "customer_type") if n in known] or telling(question)[:4]
    labels = [
        (f"{known[n].label} {found.history.now[n]}" if known[n].own_words else value_words(known[n], found.history.now[n]), "", "gray")
        for n in shown
        if found.history.now.get(n) is not None
    ]
    if found.high:
        labels.insert(0, (session.say(_("High risk")), "priority_high", "orange"))
    if found.history.now.get("consent_marketing") == "no":
        labels.append((session.say(_("No marketing contact")), "phone_disabled", "orange"))
    stage = found.portrait.stage
    if stage is not None:
        labels.append((session.say(LABELS["plan"].get(stage, stage)), "timeline", "gray"))
    badges(*labels, *((name, "sell", "gray") for name in found.portrait.tags))


def tiles(question: PageQuestion, found: Person) -> list[Tile]:
    """The row of figures."""
    rows, look = [], session.look()
    if found.explanation is not None:
        peers = session.say(Text(_("customers on average {peers}"), peers=Ratio(found.explanation.base_probability)))
        rows.append(Tile(_("Risk of leaving"), look.show(found.explanation.probability, "ratio"), note=peers))
    time = _time(question, found)
    if time is not None:
        rows.append(_time_tile(time))
    balances = found.history.months["balance"].to_list()
    if any(b is not None for b in balances):
        rows.append(_balance_tile(found, balances))
    products = [p for p in found.history.months["products"].to_list() if p is not None]
    if products:
        change = products[-1] - products[max(0, len(products) - 13)]
        rows.append(
            Tile(
                _("Products held"),
                look.show(products[-1], "count"),
                look.show(abs(change), "count") if change else "",
                change > 0,
                change > 0 if change else None,
                session.say(_("on year")) if change else "",
                tuple(products),
            )
        )
    if found.portrait.tier is not None:
        rows.append(_tier_tile(found.portrait.tier))
    return rows


def _time_tile(found: Remaining) -> Tile:
    """The time still expected: the median, or that it is not reached; when a tenth and nine tenths of customers alike have left, the range
    of the estimate, the curve, and how it is worked out."""
    median, mean, eased = found.median, found.expected, found.eased
    years = Count(found.horizon_years)
    named = {"early": _months(found.left[0.1].value, found), "late": _months(found.left[0.9].value, found)}
    named |= {"low": _months(median.low, found), "high": _months(median.high, found)}
    ends = _("10% of customers like this have left after {early}, 90% after {late}; 95% range of the estimate {low} to {high}")
    how = Text(
        _(
            "Half of such customers have left after this time. From the pace at which customers of this tenure ({tenure}) leave, raised or "
            "lowered so that it agrees with the risk of the model, and taken to last. Mean within {years} years: {mean} ({low} to {high}); "
            "{eased} if the risk goes back to the usual after the months that the model speaks of. An estimate from the past, not a date."
        )
        if found.p is not None
        else _(
            "Half of such customers have left after this time. From the pace at which customers of this tenure ({tenure}) leave; the risk "
            "of this customer is not known. Mean within {years} years: {mean} ({low} to {high}). An estimate from the past, not a date."
        ),
        tenure=_months(found.tenure, found),
        years=years,
        mean=_months(mean.value, found),
        low=_months(mean.low, found),
        high=_months(mean.high, found),
        eased=_months(eased.value, found),
    )
    course = tuple(staying for _month, staying, _low, _high in found.points)
    value, note = session.say(_months(median.value, found)), session.say(Text(ends, **named))
    return Tile(_("Time to leave"), value, line=course, note=note, help=session.say(how))


def _months(value: float | None, found: Remaining) -> Text:
    """Months, or years from two on; None: not within the horizon."""
    if value is None:
        return Text(_("over {n} years"), n=Count(found.horizon_years))
    if value < 24:
        return Text(_("{n} mo."), n=f"{value:.0f}" if value >= 3 else f"{value:.1f}")
    return Text(_("{n} years"), n=f"{value / 12:.1f}")


def _tier_tile(found: TierStanding) -> Tile:
    """The tier in force, the gap to its threshold, and the watch."""
    name = CODES["tier"][found.tier]
    if found.watch and found.falls_on is not None and not found.months_left:
        note = Text(
            _("on watch, month {n}; falls to {tier} in {month}, which nothing can prevent now"),
            n=Count(found.watch),
            tier=CODES["tier"][found.falls_to or found.tier],
            month=Month(found.falls_on),
        )
    elif found.watch and found.falls_on is not None:
        note = Text(
            _("on watch, month {n}; falls to {tier} in {month} unless {gap} comes back"),
            n=Count(found.watch),
            tier=CODES["tier"][found.falls_to or found.tier],
            month=Month(found.falls_on),
            gap=Money(max(found.gap or 0.0, 0.0)),
        )
    elif found.gap is not None and found.gap > 0:
        note = Text(_("{gap} below its threshold"), gap=Money(found.gap))
    elif found.gap is not None:
        note = Text(_("{gap} above its threshold"), gap=Money(-found.gap))
    else:
        note = Text(_("{gap} to the next tier"), gap=Money(found.to_next))
    return Tile(_("Tier in force"), session.say(name), note=session.say(note))


_MOST_TOLD = 9.0
"""Growth beyond tenfold is told as an amount: a share of next to nothing says nothing."""


def _balance_tile(found: Person, balances: list[float | None]) -> Tile:
    look, known = session.look(), [b for b in balances if b is not None]
    now, then = known[-1], known[max(0, len(known) - 13)]
    change = (now - then) / then if then else None
    peers = found.history.peers["balance"].to_list()
    note = session.say(Text(_("similar customers {value}"), value=look.show(peers[-1], "money"))) if peers else ""
    told = look.show(abs(now - then), "money") if change is None or change > _MOST_TOLD else look.show(abs(change), "ratio")
    text = told if change is not None and len(known) > 1 else ""
    rose, against = (change or 0) > 0, session.say(_("on year")) if text else ""
    good = rose if text else None
    return money_tile(_("Balances"), now, change=text, rose=rose, good=good, against=against, line=tuple(known), note=note)


def where(customer_id: str = "") -> str:
    """The small line above the answer."""
    page = session.say(_("Customer"))
    return f"{page} {customer_id}" if customer_id else page


def why_no_risk(question: PageQuestion, kept: Model | None) -> str:
    """Why there is no risk to show, and what to do where anything can be done."""
    if kept is None:
        return session.say(models.trouble(question.ds) or _("No risk model can be used with these data yet; train one on the page Risk."))
    return session.say(_("The model gives no risk: this customer has left already, or came too lately to be scored."))
