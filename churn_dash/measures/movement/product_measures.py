"""The measures of products, declared once: what each counts, and what data it needs. Source: METHODS B1."""

from dataclasses import dataclass
from typing import Literal

from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.store import Dataset
from churn_dash.words import nearest


@dataclass(frozen=True)
class ProductMeasure:
    """One measure of a product. ``needs`` are the tables and columns without which it cannot be told, alternatives behind a slash."""

    name: str
    label: str
    meaning: str
    formula: str
    kind: Literal["proportion", "money"]
    needs: tuple[tuple[str, str], ...]
    source: str = "METHODS B1"


PRODUCT_MEASURES = {
    m.name: m
    for m in (
        ProductMeasure(
            "account_closure_rate",
            _("Accounts closed"),
            _("Accounts open at the start of the period that were closed in it."),
            "closed in the period / open at the start",
            "proportion",
            (("accounts", "close_date"),),
        ),
        ProductMeasure(
            "deposit_transfer_rate",
            _("Deposits moved to other banks"),
            _("Large transfers out to other banks, as a share of deposits before the period; moving money inside the bank is none."),
            "large transfers out to other banks / average deposits of the month before the period",
            "money",
            (("large_transactions", "amount"), ("large_transactions", "txn_date"), ("large_transactions", "direction"),
             ("large_transactions", "internal/counter_bank"), ("customer_month", "deposit_avg")),
        ),
        ProductMeasure(
            "loan_runoff_rate",
            _("Loans paid back early"),
            _("Principal paid back before it was due, as a share of the principal at the start less what fell due."),
            "prepaid / (principal at the start - scheduled)",
            "money",
            (("loans", "balance_start"), ("loans", "scheduled"), ("loans", "prepaid")),
        ),
        ProductMeasure(
            "card_dormancy_rate",
            _("Cards not used"),
            _("Activated cards at the end of the period with no use for 180 days."),
            "cards without use for 180 days / activated cards, at the end of the period",
            "proportion",
            (("cards", "activated_date"), ("cards", "last_txn_date")),
        ),
    )
}  # fmt: skip
"""The closed list, by name."""

KINDS = {
    "current": _("Current account"), "term": _("Term deposit"), "wealth": _("Wealth product"), "fund": _("Fund"), "loan": _("Loan"),
    "card": _("Credit card"), "mortgage": _("Mortgage"), "consumer": _("Consumer loan"), "business": _("Business loan"),
    "car": _("Car loan"),
    "credit": _("Credit card"), "debit": _("Debit card"), "certificate": _("Certificate of deposit"),
    "structured": _("Structured deposit"), "insurance": _("Insurance"), "metal": _("Precious metal"),
}  # fmt: skip
"""Kinds of accounts, loans and cards in words."""


def lacking(ds: Dataset, name: str) -> tuple[str, ...]:
    """What these data would have to hold for the measure: ``table.column``, or the table alone where it is missing; empty: nothing."""
    found = []
    for table, columns in PRODUCT_MEASURES[name].needs:
        if table not in ds.info.tables:
            found.append(table)
            continue
        known = ds.month_columns if table == "customer_month" else ds.columns_of(table)
        if not known & set(columns.split("/")):
            found.append(f"{table}.{columns}")
    return tuple(dict.fromkeys(found))


def measure_of(name: str) -> ProductMeasure:
    """The measure by name. Raises ``NotFound`` with the nearest."""
    if name in PRODUCT_MEASURES:
        return PRODUCT_MEASURES[name]
    near = nearest(name, PRODUCT_MEASURES) or ", ".join(PRODUCT_MEASURES)
    raise NotFound(_("There is no measure of products {name}; the nearest is {near}."), name=name, near=near)
