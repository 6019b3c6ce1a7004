"""What the pages show of a list that does not say who has left: its customers, balances, and who needs attention now."""

from typing import Literal

import polars as pl

from churn_dash.care.maturities import AHEAD_DAYS, maturing
from churn_dash.contract.tiers import NEAR
from churn_dash.measures import METRICS
from churn_dash.segments import members
from churn_dash.ui import cache, session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import how
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _

_TOTALS = ("customers", "aum_start", "customers_near_downgrade", "customers_dormant")
_MOST = 1_000
NEEDED = _("Who has left is not known from one list: load last month's list as well, each with its month, and churn appears.")


def totals(question: PageQuestion) -> dict[str, float | None]:
    """Customers, balances, and those near a downgrade or dormant; None where the list does not say."""
    rows = question.rows(_TOTALS)
    return rows.row(0, named=True) if len(rows) else {}


def answer(question: PageQuestion) -> str:
    """The page's sentence: what the list holds, and what it needs to tell churn."""
    found = totals(question)
    named = {"n": Count(found.get("customers")), "amount": Money(found.get("aum_start"))}
    if found.get("aum_start") is None:
        return session.say(Text(_("{n} customers; load last month's list too, and churn appears."), **named))
    return session.say(Text(_("{n} customers with {amount}; load last month's list too, and churn appears."), **named))


def tiles(question: PageQuestion) -> list[Tile]:
    """The row of figures; what the list cannot say is left out."""
    found, look = totals(question), session.look()
    shown = [Tile(METRICS["customers"].label, look.show(found.get("customers"), "count"))]
    if found.get("aum_start") is not None:
        shown.append(money_tile(METRICS["aum_start"].label, found["aum_start"]))
    for name in _TOTALS[2:]:
        if found.get(name) is not None:
            shown.append(Tile(METRICS[name].label, look.show(found[name], "count"), help=session.say(METRICS[name].meaning)))
    due = _due(question)
    if due is not None:
        note = session.say(Text(_("{n} products"), n=Count(due.height)))
        shown.append(money_tile(session.say(Text(_("Due in {n} days"), n=AHEAD_DAYS)), float(due["amount"].sum()), note=note))
    return shown


def segment_control(question: PageQuestion) -> str:
    """Choose by what the customers are grouped."""
    known = question.dimensions
    return controls.choice(session.say(_("Group by")), list(known), key="group", words=lambda name: dimension_words(known[name]), width=240)


def groups_card(question: PageQuestion, by: str) -> None:
    """Customers and balances of each group of one dimension."""
    known = question.dimensions[by]
    names = [n for n in _TOTALS if totals(question).get(n) is not None]
    rows = question.rows(names, [by]).drop_nulls(by).sort("customers", descending=True)
    shown = rows.select(
        pl.Series("group", [value_words(known, v) for v in rows[by]], dtype=pl.String),
        *names,
        (pl.col("customers") / max(1, int(rows["customers"].sum() or 0))).alias("share"),
    )
    labels = {"group": dimension_words(known), "share": _("Share"), **{n: METRICS[n].label for n in names}}
    units = {"share": "bar", **{n: METRICS[n].unit for n in names}}
    table = Table(shown, f"customers-by-{by}", labels, units, how=how("customers"), only=True)
    largest = shown.row(0, named=True) if shown.height else None
    title = (
        session.say(Text(_("{share} of customers: {group}"), share=Ratio(largest["share"]), group=largest["group"]))
        if largest
        else session.say(_("No customer matches these filters."))
    )
    with cards.card(title, _("Customers and balances of each group"), table, key="stock-groups"):
        cards.shown(table)


def list_card(question: PageQuestion, only: Literal["near_downgrade", "dormant"]) -> None:
    """The customers near a downgrade, or dormant, most balances first; nothing where the list cannot say."""
    if only not in question.ds.listed:
        return
    known = question.dimensions
    asked = (only, question.filters.where, session.language())
    rows = cache.worked_out(question.ds, question.scope, lambda *_asked: _people(question, only), *asked, name="stock-list")
    labels = {"customer_id": _("Customer"), "balance": _("Balances, ¥"), **{n: dimension_words(d) for n, d in known.items()}}
    table = Table(rows.head(_MOST), only, labels, {"customer_id": "id", "balance": "money"}, is_list=True, only=True, whole=lambda: rows)
    spoken: dict[str, tuple[Text, Text]] = {
        "near_downgrade": (
            Text(_("{n} customers are near a downgrade or below their tier"), n=Count(rows.height)),
            Text(_("Balances below the threshold of the own tier, or at most {share} above it"), share=Ratio(NEAR)),
        ),
        "dormant": (Text(_("{n} customers are dormant"), n=Count(rows.height)), Text(METRICS["customers_dormant"].meaning)),
    }
    title, caption = spoken[only]
    with cards.card(title, caption, table, key=f"stock-{only}"):
        cards.shown(table, height=320)


def _people(question: PageQuestion, only: Literal["near_downgrade", "dormant"]) -> pl.DataFrame:
    known = question.dimensions
    rows = members(question.over(None), only=only)
    rows = rows.sort("balance", descending=True, nulls_last=True, maintain_order=True)
    kept = [c for c in ("customer_id", "balance", *known) if rows[c].is_not_null().any() or c == "customer_id"]
    spoken = {n: {v: value_words(d, v) for v in d.values} for n, d in known.items() if n in kept}
    return rows.select(kept).with_columns(pl.col(n).replace(words) for n, words in spoken.items())


def due_card(question: PageQuestion) -> None:
    """The products that fall due soon; nothing without the table of holdings."""
    rows = _due(question)
    if rows is None:
        return
    labels = {
        "customer_id": _("Customer"),
        "product_id": _("Product"),
        "bank": _("Held at"),
        "amount": _("Amount, ¥"),
        "maturity_date": _("Falls due"),
    }
    units = {"customer_id": "id", "amount": "money", "maturity_date": "date"}
    table = Table(rows.head(_MOST), "maturities", labels, units, is_list=True, only=True, whole=lambda: rows)
    title = Text(_("{amount} fall due within {n} days"), amount=Money(float(rows["amount"].sum())), n=AHEAD_DAYS)
    with cards.card(title, _("All holdings of the bank, soonest first, whatever the filters"), table, key="stock-due"):
        cards.shown(table, height=320)


def _due(question: PageQuestion) -> pl.DataFrame | None:
    return cache.worked_out(
        question.ds, question.scope, lambda *_asked: maturing(question.ds, scope=question.scope), AHEAD_DAYS, name="maturities"
    )
