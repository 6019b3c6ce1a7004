"""What the Customer page shows: one customer's months, risk, reasons, and what the model would say if something changed."""

import datetime
from dataclasses import dataclass
from functools import partial

import polars as pl

from churn_dash.charts import Chart, Event, timeline
from churn_dash.measures.conditions.saved_segments import stamp
from churn_dash.risk import Explanation, Model, explain
from churn_dash.segments import History, history
from churn_dash.segments.lists.overlap import tags_of
from churn_dash.ui import cache, session
from churn_dash.ui.action import models
from churn_dash.ui.kinds.segments import telling
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table, card, picture
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.parts.values import value_words
from churn_dash.ui.question import Question
from churn_dash.words import Ratio, Text, _

_SUGGESTED = 50
_NO_SALARY_MONTHS = 2


@dataclass(frozen=True)
class Person:
    """One customer: the months, the model and its explanation (None without a model or a score), and what happened."""

    customer_id: str
    history: History
    model: Model | None
    explanation: Explanation | None
    events: tuple[Event, ...]

    @property
    def high(self) -> bool:
        """Whether the risk is high."""
        return self.model is not None and self.explanation is not None and self.explanation.probability >= models.threshold(self.model)


def chooser(question: Question, kept: Model | None) -> str:
    """Choose a customer: type a number, or pick one of the riskiest. Empty while none is chosen."""
    suggested = [c.customer_id for c in models.calls(question.ds, kept)[:_SUGGESTED]] if kept is not None else []
    hint = session.say(_("Type a number, or pick one of the riskiest"))
    return controls.typed(session.say(_("Customer number")), suggested, key="customer", placeholder=hint)


def person(question: Question, kept: Model | None, customer_id: str) -> Person:
    """Everything about the customer. Raises ``NotFound`` for a number that the data do not hold."""
    ds, scope = question.ds, question.scope
    found = cache.worked_out(ds, scope, lambda number: history(ds, number, scope), customer_id, name="history")
    return Person(customer_id, found, kept, _explained(question, kept, customer_id), _events(question, found))


def _explained(question: Question, kept: Model | None, customer_id: str) -> Explanation | None:
    """The explanation; None for a customer without a score, who has left."""
    if kept is None or customer_id not in models.scored_ids(question.ds, kept):
        return None
    return cache.worked_out(
        question.ds, question.scope, lambda number, _id: explain(question.ds, kept, number), customer_id, kept.id, name="explanation"
    )


def _events(question: Question, found: History) -> tuple[Event, ...]:
    """Complaints, campaign contacts, warnings, and the month in which the salary stopped."""
    number, found_events = found.customer_id, []
    for table, column, words in (
        ("complaints", "created_at", _("Complaint")),
        ("campaign_assignments", "contacted_at", _("Contacted by a campaign")),
        ("warnings", "ts", _("Early warning")),
    ):
        ask = partial(_dates, question, table, column)
        days = cache.worked_out(question.ds, question.scope, ask, number, name=f"dates {table}")
        found_events += [Event(day, session.say(words)) for day in days]
    stopped = _salary_stopped(found.months)
    return (*found_events, Event(stopped, session.say(_("Salary stopped")))) if stopped else tuple(found_events)


def _dates(question: Question, name: str, column: str, customer_id: str) -> list[datetime.date]:
    table = question.ds.table(name)
    if table is None or column not in table.columns:
        return []
    return table.filter(pl.col("customer_id") == customer_id)[column].drop_nulls().sort().to_list()


def _salary_stopped(months: pl.DataFrame) -> datetime.date | None:
    """The first month without a salary after the last with one; None where it never came or still comes."""
    paid = months.filter(pl.col("salary") > 0)
    if paid.is_empty() or months.filter(pl.col("month") > paid["month"][-1]).height < _NO_SALARY_MONTHS:
        return None
    after: datetime.date = months.filter(pl.col("month") > paid["month"][-1])["month"][0]
    return after


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


def facts(question: Question, found: Person) -> None:
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
    marks = cache.worked_out(
        question.ds,
        question.scope,
        lambda *_asked: tags_of(question.ds, found.customer_id),
        found.customer_id,
        stamp(question.ds),
        name="tags",
    )
    badges(*labels, *((name, "sell", "gray") for name in marks))


def tiles(found: Person) -> list[Tile]:
    """The row of figures."""
    rows, look = [], session.look()
    if found.explanation is not None:
        peers = session.say(Text(_("customers on average {peers}"), peers=Ratio(found.explanation.base_probability)))
        rows.append(Tile(_("Risk of leaving"), look.show(found.explanation.probability, "ratio"), note=peers))
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
    return rows


def _balance_tile(found: Person, balances: list[float | None]) -> Tile:
    look, known = session.look(), [b for b in balances if b is not None]
    now, then = known[-1], known[max(0, len(known) - 13)]
    change = (now - then) / then if then else None
    peers = found.history.peers["balance"].to_list()
    note = session.say(Text(_("similar customers {value}"), value=look.show(peers[-1], "money"))) if peers else ""
    text = look.show(abs(change), "ratio") if change is not None and len(known) > 1 else ""
    rose, against = (change or 0) > 0, session.say(_("on year")) if text else ""
    good = rose if text else None
    return money_tile(_("Balances"), now, change=text, rose=rose, good=good, against=against, line=tuple(known), note=note)


def balances_chart(found: Person) -> Chart:
    """Balances month by month beside similar customers."""
    months = found.history.months
    peers = dict(found.history.peers.iter_rows())
    return cache.chart(
        timeline,
        months["month"].to_list(),
        months["balance"].to_list(),
        look=session.look(),
        label=session.say(_("Balances")),
        peers=[peers.get(m) for m in months["month"]],
        events=found.events,
    )


def balances_finding(found: Person) -> str:
    """Title of the balances: how far they moved from their highest."""
    known = found.history.months.drop_nulls("balance")
    if known.is_empty():
        return session.say(_("No balances are known"))
    top, last = float(known["balance"].max()), float(known["balance"][-1])  # type: ignore[arg-type]
    if top > 0 and last < 0.9 * top:
        return session.say(Text(_("Balances are {share} below their highest"), share=Ratio(1 - last / top)))
    return session.say(_("Balances are near their highest"))


def balances_table(found: Person) -> Table:
    """The months as rows."""
    rows = found.history.months.select(c for c in found.history.months.columns if found.history.months[c].is_not_null().any())
    labels = {
        "month": _("Month"),
        "balance": _("Balances, ¥"),
        "products": _("Products held"),
        "tier": _("Tier"),
        "txn": _("Transactions"),
        "logins": _("Logins"),
        "salary": _("Salary, ¥"),
    }
    units = {"month": "month", "balance": "money", "products": "count", "txn": "count", "logins": "count", "salary": "money"}
    return Table(rows, f"customer-{found.customer_id}", labels, units)


def where(customer_id: str = "") -> str:
    """The small line above the answer."""
    page = session.say(_("Customer"))
    return f"{page} {customer_id}" if customer_id else page


def why_no_risk(kept: Model | None) -> str:
    """Why there is no risk to show."""
    if kept is None:
        return session.say(_("No risk model can be used with these data yet; train one on the page Risk."))
    return session.say(_("The model gives no risk: this customer has left already, or came too lately to be scored."))


def balances_card(found: Person) -> None:
    """The card of the months."""
    with card(balances_finding(found), _("Balances, ¥ · dotted: similar customers"), balances_table(found), key="balances") as as_table:
        picture(balances_chart(found), as_table)
