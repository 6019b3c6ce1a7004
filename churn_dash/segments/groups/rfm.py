"""Recency, frequency, money: how long ago, how often, how much, each from 1 to 5, and the kinds of customers that they make.

Source: METHODS A1 3.1(2). Recency by months without a transaction (monthly lists know no days); frequency and money by fifths of the
customers in scope, equal values together. What is not known has no score, and such customers are a kind of their own.
"""

import datetime
import functools
from dataclasses import dataclass, replace
from typing import Any, Literal

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments.groups.behaviour import Behaviour, behaviour, now
from churn_dash.segments.groups.quantiles import parts
from churn_dash.segments.groups.starters import Grouped, among, once, rates
from churn_dash.store import Dataset

Money = Literal["balances", "amount"]
RECENCY = (1, 2, 3, 6)
"""Months without a transaction from which the score falls by one: none 5, one 4, two 3, three to five 2, six and more 1."""


@dataclass(frozen=True)
class Kind:
    """A kind of customer: the least and highest score of recency, frequency and money. Its name is ``code``."""

    code: str
    label: str
    recency: tuple[int, int] = (1, 5)
    frequency: tuple[int, int] = (1, 5)
    money: tuple[int, int] = (1, 5)


KINDS = (
    Kind("asleep", _("Asleep"), recency=(1, 1)),
    Kind("valuable_silent", _("Valuable, falling silent"), recency=(2, 4), money=(4, 5)),
    Kind("silent", _("Falling silent"), recency=(2, 4)),
    Kind("core", _("Core: busy, high balances"), frequency=(4, 5), money=(4, 5)),
    Kind("quiet_money", _("High balances, quiet"), frequency=(1, 2), money=(4, 5)),
    Kind("small_busy", _("Busy, small balances"), frequency=(4, 5), money=(1, 2)),
    Kind("small_quiet", _("Small and quiet"), frequency=(1, 2), money=(1, 2)),
    Kind("everyday", _("Everyday customers")),
)
"""The first that fits is the customer's."""
UNKNOWN = "unknown"
LABELS = {k.code: k.label for k in KINDS} | {UNKNOWN: _("Unknown")}


@dataclass(frozen=True)
class Rfm(Grouped):
    """``people``: the columns of ``Behaviour``, then r, f, m (1–5, null: unknown) and group (code of ``KINDS``, or unknown)."""

    behaviour: Behaviour
    people: pl.DataFrame
    money: Money

    @once
    def groups(self) -> pl.DataFrame:
        """The kinds of customers, a row each, in the order of ``KINDS``: group and the columns of ``starters.rates``."""
        return rates(self.people, ["group"], {"group": tuple(LABELS)})

    @once
    def cells(self) -> pl.DataFrame:
        """Every combination of the three scores that somebody has: r, f, m and the columns of ``starters.rates``."""
        return rates(self.people, ["r", "f", "m"])

    @once
    def grid(self, row: str, column: str) -> pl.DataFrame:
        """Two of the scores crossed: ``row``, ``column`` (of r, f, m) and the columns of ``starters.rates``."""
        return rates(self.people, [row, column])


def rfm(question: Question, money: Money | None = None) -> Rfm:
    """Scores by the months before the period, churn in it. ``money`` is balances (where they are known, the usual) or amount.

    Raises ``NotPossible`` where the months, the transactions or the amounts are lacking.
    """
    whole = _everybody(question.everybody, money)
    return replace(whole, people=among(question, whole.people, whole.behaviour.at))


@functools.lru_cache(maxsize=4)
def _everybody(question: Question, money: Money | None) -> Rfm:
    """The scores of everybody in the scope, which no filter changes."""
    return scored(behaviour(question), money)


def assigned(ds: Dataset, at: datetime.date | None, definition: str | None, scope: Scope) -> pl.DataFrame:
    """The kind of each customer at the start of the month ``at`` (None: as the data end): customer_id, group."""
    return scored(now(ds, at, definition, scope)).people.select("customer_id", "group")


def scored(found: Behaviour, money: Money | None = None) -> Rfm:
    """The scores of customers whose behaviour is known."""
    if "transactions" not in found.known:
        raise NotPossible(_("RFM needs the number of transactions a month (txn_count); these data lack it."))
    of: Money = money or ("balances" if "balances" in found.known else "amount")
    if of not in found.known:
        raise NotPossible(_("RFM needs balances (aum_avg or aum_end) or the amount of transactions (txn_amount); these data lack it."))
    recency = 5 - pl.sum_horizontal(((pl.col("recency") >= limit).cast(pl.Int64) for limit in RECENCY), ignore_nulls=False)
    people = found.people.with_columns(
        recency.alias("r"),
        parts(pl.col("transactions"), 5).alias("f"),
        parts(pl.col(of), 5).alias("m"),
    )
    group: Any = pl.when(pl.any_horizontal(pl.col("r", "f", "m").is_null())).then(pl.lit(UNKNOWN))
    for kind in KINDS:
        fits = pl.all_horizontal(
            pl.col(name).is_between(*limits) for name, limits in (("r", kind.recency), ("f", kind.frequency), ("m", kind.money))
        )
        group = group.when(fits).then(pl.lit(kind.code))
    return Rfm(found, people.with_columns(group.alias("group")), of)
