"""The cards of one customer's portrait: one axis of time, who the customer is, what is held and when it falls due."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Activity, Chart, Lane, life
from churn_dash.contract import TABLES
from churn_dash.segments import HAPPENINGS, Portrait
from churn_dash.segments.portrait.portrait import PROFILE
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table, card, picture, shown
from churn_dash.ui.parts.list_words import spoken
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import CODES
from churn_dash.words import Ratio, Text, _, show

_MARKS = {
    "contact": ("circle", "bank", "○"),
    "campaign": ("diamond", "bank", "◇"),
    "intervention": ("square", "bank", "□"),
    "survey": ("star", "", "☆"),
    "complaint": ("x", "asks", "✕"),
    "warning": ("triangle-up", "asks", "△"),
    "tier": ("hexagon", "", "⬡"),
    "amount": ("triangle-right", "asks", "▷"),
    "salary": ("cross", "asks", "＋"),
    "left": ("hourglass", "asks", "⧗"),
}
"""For each kind its Plotly symbol, its tone, and the same mark in a table."""
_FULL = 10
"""Rows of the table under the picture before it scrolls."""


@dataclass(frozen=True)
class Fact:
    """One line of the profile."""

    label: str
    value: str


def chart(found: Portrait) -> Chart:
    """Balances, activity and happenings on one axis."""
    months = found.history.months
    peers = dict(found.history.peers.iter_rows())
    say, language = session.say, session.language()
    activity = [
        Activity(say(label), bars, tuple(months[column].to_list()))
        for column, label, bars in (("txn", _("Transactions"), True), ("logins", _("Logins"), False))
        if months[column].is_not_null().any()
    ]
    lanes = [
        Lane(say(name), _MARKS[kind][0], _MARKS[kind][1], tuple((h.day, h.words(language)) for h in found.happenings if h.kind == kind))
        for kind, name in HAPPENINGS.items()
    ]
    return cache.chart(
        life,
        months["month"].to_list(),
        months["balance"].to_list(),
        look=session.look(),
        label=say(_("Balances")),
        peers=[peers.get(m) for m in months["month"]],
        activity=activity,
        lanes=lanes,
    )


def finding(found: Portrait) -> str:
    """Title of the axis: how far balances moved from their highest."""
    known = found.history.months.drop_nulls("balance")
    if known.is_empty():
        return session.say(_("No balances are known"))
    top, last = float(known["balance"].max()), float(known["balance"][-1])  # type: ignore[arg-type]
    if top > 0 and last < 0.9 * top:
        return session.say(Text(_("Balances are {share} below their highest"), share=Ratio(1 - last / top)))
    return session.say(_("Balances are near their highest"))


def months_table(found: Portrait) -> Table:
    """The months as rows."""
    months = found.history.months.drop("digital")
    rows = months.select(c for c in months.columns if months[c].is_not_null().any())
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
    return Table(spoken(rows), f"customer-{found.customer_id}", labels, units)


def life_card(found: Portrait) -> None:
    """The card of the one axis, and under the picture what happened as a table, newest first."""
    if found.history.months.is_empty():
        happened(found)
        return
    caption = _("Balances, ¥ · dotted: similar customers · every mark is in the table under the picture")
    with card(finding(found), caption, months_table(found), key="life") as as_table:
        picture(chart(found), as_table)
        happened(found)


def happened(found: Portrait) -> None:
    """What happened as a table, newest first; nothing where nothing did."""
    if found.happenings:
        shown(happenings_table(found), height="auto" if len(found.happenings) <= _FULL else 38 * (_FULL + 1))
    lacking = [session.say(TABLES[name].label) for name in found.lacking if name != "product_holdings"]
    if lacking:
        st.caption(safe(session.say(Text(_("These data hold no: {tables}."), tables=", ".join(lacking)))))


def happenings_table(found: Portrait) -> Table:
    """What happened, newest first."""
    language = session.language()
    rows = [(h.day, f"{_MARKS[h.kind][2]} {session.say(HAPPENINGS[h.kind])}", h.words(language)) for h in reversed(found.happenings)]
    frame = pl.DataFrame(rows, schema={"day": pl.Date, "kind": pl.String, "what": pl.String}, orient="row")
    labels = {"day": _("Day"), "kind": _("What happened"), "what": _("More about it")}
    return Table(frame, f"customer-{found.customer_id}-happened", labels, {"day": "date"})


def facts(found: Portrait) -> list[Fact]:
    """The profile, line by line, in the reader's words; only what is known."""
    columns = TABLES["customers"].columns
    known = {**found.profile}
    lines = []
    if "age" in known:
        lines.append(Fact(session.say(_("Age")), str(known["age"])))
    for name in PROFILE:
        if name in known and name != "birth_date":
            lines.append(Fact(session.say(_LABELS.get(name) or columns[name].description or name), _value(name, known[name])))
    lines += _digital(found)
    return lines


def _digital(found: Portrait) -> list[Fact]:
    """Logins and digital banking in the last month that says."""
    logins, used = (found.history.months[c].drop_nulls() for c in ("logins", "digital"))
    lines = [Fact(session.say(_("Logins, last month")), show(logins[-1], "count", session.language()))] if len(logins) else []
    return [*lines, Fact(session.say(_("Used digital banking, last month")), _value("digital", bool(used[-1])))] if len(used) else lines


_LABELS: Mapping[str, str] = {
    "customer_type": _("Kind of customer"),
    "education": _("Education"),
    "income_monthly": _("Income a month"),
    "branch_id": _("Branch"),
    "open_date": _("Customer since"),
    "risk_appetite": _("Appetite for risk"),
    "special_need": _("Special care"),
    "consent_marketing": _("Marketing contact agreed"),
}


_GENDER: Mapping[str, str] = {"F": _("Woman"), "M": _("Man")}


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return session.say(_("Yes") if value else _("No"))
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return show(value, "money", session.language())
    return session.say((_GENDER if name == "gender" else CODES.get(name, {})).get(str(value), str(value)))


def profile_card(found: Portrait) -> None:
    """Who the customer is; nothing where the table of customers says nothing."""
    lines = facts(found)
    if not lines:
        return
    with (
        card(_("Who the customer is"), Text(_("as of {day}"), day=found.as_of), key="profile", tall=False),
        st.grid(3, min_column_width=130, gap="small"),
    ):
        for line in lines:
            with st.container(gap=None):
                st.caption(safe(line.label))
                st.markdown(safe(line.value))


def holdings_card(found: Portrait) -> None:
    """What is held one by one, here and elsewhere; a sentence where nothing is; nothing without the table."""
    held = found.holdings
    if held is None:
        return
    with card(holdings_finding(found), _("here and, as far as the customer told, at other banks"), key="holdings", tall=False):
        if not held.is_empty():
            shown(holdings_table(found))


def holdings_finding(found: Portrait) -> str:
    """Title of the holdings: what falls due next, else how many there are."""
    held = found.holdings
    if held is None or held.is_empty():
        return session.say(_("No product with a contract and maturity of its own"))
    own = held.filter(pl.col("bank") == "own").drop_nulls(["maturity_date", "amount"])
    if own.height:
        text = Text(
            _("{amount} falls due on {day}"), amount=show(own["amount"][0], "money", session.language()), day=own["maturity_date"][0]
        )
        return session.say(text)
    return session.say(_("Nothing held here falls due"))


def holdings_table(found: Portrait) -> Table:
    """The holdings as rows."""
    assert found.holdings is not None
    rows = found.holdings.with_columns(
        pl.when(pl.col("bank") == "own")
        .then(pl.lit(session.say(_("Here"))))
        .otherwise(pl.col("bank_name").fill_null(session.say(_("Another bank"))))
        .alias("bank_name")
    ).drop("bank", "holding_id", "start_date")
    order = ["product_kind", "bank_name", "amount", "maturity_date", "days_left", "rate", "product_id"]
    rows = spoken(rows.select(c for c in order if c == "bank_name" or rows[c].is_not_null().any()))
    labels = {
        "product_kind": _("Kind of product"),
        "bank_name": _("Held at"),
        "amount": _("Amount, ¥"),
        "maturity_date": _("Falls due"),
        "days_left": _("Days left"),
        "rate": _("Yield now, % a year"),
        "product_id": _("Product"),
    }
    units = {"amount": "money", "maturity_date": "date", "days_left": "count", "rate": "percent", "product_id": "text"}
    return Table(rows, f"customer-{found.customer_id}-holdings", labels, units)
