"""One page to print for whoever calls a customer: why, what may be offered, what not to say. Source: PRODUCT 10."""

import html
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract.contact_words import CHANNELS, PURPOSES, RESULTS
from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.retention.plays.catalogue import Play
from churn_dash.retention.plays.own_products import OwnProduct
from churn_dash.retention.worklists.calls import reasons_of
from churn_dash.retention.worklists.what_to_do import ToDo, what_to_do
from churn_dash.retention.worklists.worklist import Worklist
from churn_dash.risk import Model, Reason
from churn_dash.risk.explained.reasons import on_a_card
from churn_dash.store import Dataset
from churn_dash.words import Money, Text, nearest, say

CONTACTS = 3
_APPETITES = {"low": _("low-risk products only"), "medium": _("low and medium-risk products only"), "high": _("products of every risk")}


@dataclass(frozen=True)
class Card:
    """What stands on the page. ``offer`` is the most that an offer may cost in CNY; ``contacts`` the last ones, newest first, as in the
    table; ``refused``: no marketing contact; ``to_do``: the plays for the reasons and the own product within the appetite for risk."""

    customer_id: str
    owner: str | None
    branch: str | None
    balance: float | None
    reasons: tuple[Reason, ...]
    appetite: str | None
    offer: float
    contacts: tuple[dict[str, Any], ...]
    n_open_complaints: int | None
    refused: bool
    day: str
    to_do: ToDo


def card(
    ds: Dataset,
    kept: Model,
    found: Worklist,
    customer_id: str,
    offer: float,
    plays: Mapping[str, Play],
    products: Mapping[str, OwnProduct],
    groups: tuple[dict[str, str], dict[str, str]] | None = None,
) -> Card:
    """The card of a customer on the worklist's base, which holds only whom the viewer may see. ``NotFound`` for another number."""
    rows = found.everybody.filter(pl.col("customer_id") == customer_id)
    if rows.is_empty():
        near = nearest(customer_id, found.everybody["customer_id"].head(5_000).to_list()) or "—"
        raise NotFound(_("There is no customer {name} here to call; the nearest number is {near}."), name=customer_id, near=near)
    row = rows.row(0, named=True)
    known = ds.table("customers")
    appetite = None
    if known is not None and "risk_appetite" in known.columns:
        appetite = next(iter(known.filter(pl.col("customer_id") == customer_id)["risk_appetite"]), None)
    return Card(
        customer_id,
        row["owner"],
        row["branch_id"],
        row["balance"],
        on_a_card(reasons_of(row["reasons"], kept)),
        appetite,
        offer,
        _contacts(ds, customer_id),
        _open_complaints(ds, customer_id),
        row["refused"],
        found.day.isoformat(),
        what_to_do(ds, kept, rows, plays, products, groups)[customer_id],
    )


def _contacts(ds: Dataset, customer_id: str) -> tuple[dict[str, Any], ...]:
    table = ds.table("contacts")
    if table is None:
        return ()
    columns = [c for c in ("ts", "channel", "purpose", "result") if c in table.columns]
    own = table.filter(pl.col("customer_id") == customer_id).sort("ts", descending=True, nulls_last=True).head(CONTACTS)
    return tuple(own.select(columns).iter_rows(named=True))


def _open_complaints(ds: Dataset, customer_id: str) -> int | None:
    table = ds.table("complaints")
    if table is None or "resolved_at" not in table.columns:
        return None
    return table.filter((pl.col("customer_id") == customer_id) & pl.col("resolved_at").is_null()).height


def masked(number: str) -> str:
    """The number with its middle hidden, for who may not see it whole.

    >>> masked("C000480"), masked("12")
    ('C0***80', '**')
    """
    return number[:2] + "*" * (len(number) - 4) + number[-2:] if len(number) > 4 else "*" * len(number)


def page(one: Card, language: str = "en", hide: bool = False) -> str:
    """The card as one HTML page that needs nothing else and prints on one sheet. ``hide``: the customer's number masked, balances left
    out."""

    def said(what: str | Text) -> str:
        return html.escape(say(what, language))

    number = masked(one.customer_id) if hide else one.customer_id
    facts = [(_("Manager"), one.owner), (_("Branch"), one.branch)]
    if one.balance is not None and not hide:
        facts.append((_("Balances"), Money(one.balance).in_(language)))
    if one.n_open_complaints is not None:
        facts.append((_("Open complaints"), str(one.n_open_complaints)))
    parts = [
        f"<h1>{html.escape(number)}</h1>",
        f"<p class=q>{said(Text(_('For the talk with the customer · as of {date} · confidential'), date=one.day))}</p>",
    ]
    if one.refused:
        parts.append(f"<p class=stop>{said(_('No marketing contact: has not agreed, or asked to be left alone'))}</p>")
    parts.append("<dl>" + "".join(f"<dt>{said(k)}</dt><dd>{html.escape(v or '—')}</dd>" for k, v in facts) + "</dl>")
    why = [said(r.text) for r in one.reasons] or [said(_("Nothing in particular stands out: ask how the customer is doing."))]
    parts.append(_section(said(_("What stands out")), why))
    if one.to_do.plays:
        parts.append(_section(said(_("What to do")), [f"<b>{said(p.title)}</b><br>{said(p.do)}" for p in one.to_do.plays]))
    parts.append(_section(said(_("What may be offered")), [said(t) for t in _offers(one)]))
    if avoid := [said(p.avoid) for p in one.to_do.plays if p.avoid]:
        parts.append(_section(said(_("What not to say")), avoid))
    talks = [_contact(c, language) for c in one.contacts] or [said(_("No contact is on record."))]
    parts += [_section(said(_("Last contacts")), talks), f"<h2>{said(_('What came of it'))}</h2><div class=lines></div>"]
    title = said(_("Customer card"))
    code = "zh-CN" if language == "zh" else "en"
    return f'<!doctype html><html lang="{code}"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>{"".join(parts)}</html>'


def _section(title: str, lines: list[str]) -> str:
    return f"<h2>{title}</h2><ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def _offers(one: Card) -> list[str | Text]:
    most = Text(
        _("An offer from the bank's current list that costs at most {amount}; terms by the list, the same for everybody."),
        amount=Money(one.offer),
    )
    suited = _APPETITES.get(one.appetite or "")
    unknown = _("The appetite for risk is not known: ask before any product is named.")
    appetite = Text(_("By the customer's appetite for risk: {what}."), what=suited) if suited is not None else unknown
    fits = [Text(_("Own product that fits: {product}"), product=one.to_do.product.title)] if one.to_do.product is not None else []
    return [most, appetite, *fits]


def _contact(one: dict[str, Any], language: str) -> str:
    words = [str(one["ts"] or "—")]
    for column, known in (("channel", CHANNELS), ("purpose", PURPOSES), ("result", RESULTS)):
        if one.get(column):
            words.append(say(known.get(one[column], one[column]), language))
    return html.escape(" · ".join(words))


def write(one: Card, out: pathlib.Path, language: str = "en", hide: bool = False) -> None:
    """The page as a file. ``BadInput`` for an ending other than .html, or a place that cannot be written to."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise BadInput(_("A customer card is written as .html; {name} is not."), name=out.name)
    try:
        out.write_text(page(one, language, hide), encoding="utf-8")
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem


_STYLE = (
    "@page{size:A4;margin:18mm}body{font:15px/1.5 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#1b2430;"
    "max-width:720px;margin:24px auto;padding:0 16px}h1{font-size:24px;margin:0}h2{font-size:16px;margin:20px 0 4px}.q{color:#5b6675;"
    "margin:2px 0 12px}ul{margin:0;padding-left:20px}li{margin:2px 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;"
    "margin:0}dt{color:#5b6675}dd{margin:0}.stop{border:2px solid #b45309;padding:8px 12px;font-weight:600}.lines{height:96px;"
    "border-bottom:1px solid #c8d0da}"
)
