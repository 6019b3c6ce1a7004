"""What a customer comes for: products, consumption, or service. Source: METHODS A2 (002), A3.

Each orientation has a raw score, the mean of its signs; each sign is the share of customers who have less of it. The score is the
share of customers whose raw score is lower, 0–1, so that the three can be compared. The highest is the customer's orientation if it
leads the next by at least 0.1, else the customer is mixed.
"""

import datetime
import functools
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments.groups.behaviour import MONTHS, Behaviour, behaviour, now
from churn_dash.segments.groups.quantiles import share_below
from churn_dash.segments.groups.starters import Grouped, among, once, rates
from churn_dash.store import Dataset, shifted

MARGIN = 0.1
MIXED, UNKNOWN = "mixed", "unknown"
SIGNS: dict[str, dict[str, str]] = {
    "product": {
        "fixed_share": _("Share of balances in term deposits, wealth products and funds"),
        "other_banks": _("Products held at other banks, as far as known"),
    },
    "consumption": {"loan_balance": _("Loans"), "card_txn_count": _("Card transactions")},
    "service": {"branch_visits": _("Branch visits"), "contacts": _("Contacts"), "complaints": _("Complaints")},
}
"""The signs of each orientation; those that the data hold count."""
LABELS = {
    "product": _("Product-oriented"),
    "consumption": _("Consumption-oriented"),
    "service": _("Service-oriented"),
    MIXED: _("Mixed"),
    UNKNOWN: _("Unknown"),
}


@dataclass(frozen=True)
class Orientation(Grouped):
    """``people``: the columns of ``Behaviour``, then the signs, the scores product, consumption and service (0–1), and group.

    ``signs``: those that counted, by orientation.
    """

    behaviour: Behaviour
    people: pl.DataFrame
    signs: dict[str, tuple[str, ...]]

    @once
    def groups(self) -> pl.DataFrame:
        """A row an orientation: group and the columns of ``starters.rates``."""
        return rates(self.people, ["group"], {"group": tuple(LABELS)})


def orientation(question: Question) -> Orientation:
    """Orientation by the months before the period, churn in it. Raises ``NotPossible`` without months, or without a sign of all three."""
    whole = _everybody(question.everybody)
    return replace(whole, people=among(question, whole.people, whole.behaviour.at))


@functools.lru_cache(maxsize=4)
def _everybody(question: Question) -> Orientation:
    """The orientation of everybody in the scope, which no filter changes."""
    return oriented(question.ds, behaviour(question))


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The orientation of each customer at the start of the month ``at`` (None: as the data end): customer_id, group."""
    return oriented(ds, now(ds, at, definition, scope)).people.select("customer_id", "group")


def oriented(ds: Dataset, found: Behaviour) -> Orientation:
    """The orientation of customers whose behaviour is known."""
    people = found.people
    for extra in (_holdings(ds, found), _counted(ds, "contacts", "ts", found), _counted(ds, "complaints", "created_at", found)):
        if extra is not None:
            people = people.join(extra, on="customer_id", how="left", maintain_order="left")
            people = people.with_columns(pl.col(c).fill_null(0) for c in extra.columns if c != "customer_id")
    people = _fixed_share(people, found)
    signs = {name: tuple(s for s in listed if s in people.columns and people[s].is_not_null().any()) for name, listed in SIGNS.items()}
    if not all(signs.values()):
        raise NotPossible(
            _(
                "What customers come for needs a sign of each: products (wealth_avg, fund_avg or product_holdings), consumption "
                "(loan_balance or card_txn_count) and service (branch_visits, contacts or complaints)."
            )
        )
    raw = people.with_columns(pl.mean_horizontal(share_below(pl.col(s)) for s in listed).alias(name) for name, listed in signs.items())
    scored = raw.with_columns(share_below(pl.col(name)).alias(name) for name in signs)
    return Orientation(found, scored.with_columns(group().alias("group")), signs)


def group() -> pl.Expr:
    """The orientation by the columns product, consumption and service. METHODS A3.

    >>> scores = pl.DataFrame({"product": [0.9, 0.5, None], "consumption": [0.8, 0.45, 0.1], "service": [0.1, 0.2, 0.1]})
    >>> scores.select(group())["group"].to_list()
    ['product', 'mixed', 'unknown']
    """
    names = list(SIGNS)
    top = pl.max_horizontal(names)
    second = pl.sum_horizontal(names) - top - pl.min_horizontal(names)
    found: Any = pl.when(pl.any_horizontal(pl.col(n).is_null() for n in names)).then(pl.lit(UNKNOWN))
    # A lead of exactly 0.1 counts, whatever the last bit of the difference says.
    found = found.when(top - second < MARGIN - 1e-9).then(pl.lit(MIXED))
    for name in names:
        found = found.when(pl.col(name) == top).then(pl.lit(name))
    named: pl.Expr = found.alias("group")
    return named


def _fixed_share(people: pl.DataFrame, found: Behaviour) -> pl.DataFrame:
    """Share of balances that are invested or on term, 0–1; null where neither is known."""
    if "balances" not in found.known:
        return people
    parts = [pl.col("invested").fill_null(0)] if "invested" in found.known else []
    if "term_amount" in people.columns:
        parts.append((pl.col("term_amount") / pl.when(pl.col("balances") > 0).then(pl.col("balances"))).fill_null(0))
    return people.with_columns(pl.sum_horizontal(parts).clip(0, 1).alias("fixed_share")) if parts else people


def _holdings(ds: Dataset, found: Behaviour) -> pl.DataFrame | None:
    """Term deposits held here on the day (CNY) and products known at other banks (count), by customer; None without the table."""
    held = ds.table("product_holdings")
    if held is None or not {"amount", "product_kind"} <= set(held.columns):
        return None
    for name in ("start_date", "maturity_date", "closed_date", "recorded_at"):
        held = held if name in held.columns else held.with_columns(pl.lit(None, dtype=pl.Date).alias(name))
    day = pl.lit(found.at)
    known = pl.coalesce("recorded_at", "start_date")
    there = ((known < day) | known.is_null()) & ((pl.col("start_date") < day) | pl.col("start_date").is_null())
    there &= (pl.col("maturity_date").is_null() | (pl.col("maturity_date") >= day)) & (
        pl.col("closed_date").is_null() | (pl.col("closed_date") >= day)
    )
    other = (pl.col("bank") == "other").fill_null(value=False) if "bank" in held.columns else pl.lit(value=False)
    rows = held.filter(there).with_columns(other.alias("other"))
    term = (pl.col("product_kind") == "term") & ~pl.col("other")
    return rows.group_by("customer_id").agg(
        pl.col("amount").filter(term).sum().alias("term_amount"), pl.col("other").sum().cast(pl.Int64).alias("other_banks")
    )


def _counted(ds: Dataset, name: str, when: str, found: Behaviour) -> pl.DataFrame | None:
    """How many rows of a table each customer has in the months looked at; None without the table or its day."""
    table = ds.table(name)
    if table is None or not {"customer_id", when} <= set(table.columns):
        return None
    inside = table.filter(pl.col(when).is_between(shifted(found.at, -MONTHS), found.at, closed="left"))
    return inside.group_by("customer_id").agg(pl.len().cast(pl.Int64).alias(name))
