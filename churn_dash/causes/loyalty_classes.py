"""Classes of loyalty: who is in which, and who leaves. A class can be saved as a segment. Source: METHODS B8, A1 4.3.1."""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.departures import shares
from churn_dash.causes.loyalty import CLASSES, Rules, loyalty, rules
from churn_dash.causes.reading import Asked, cohort, resolved
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import Estimate, mean, rate
from churn_dash.store import shifted


@dataclass(frozen=True)
class Standing:
    """Customers of the start of a period by class: group, n, share with low and high, left, churn with churn_low and churn_high.

    ``index``: mean of those whose index is known. ``rules`` in force.
    """

    classes: pl.DataFrame
    index: Estimate
    rules: Rules
    at: datetime.date


def standing(question: Question, by: Rules | None = None) -> Standing:
    """The classes as they stood when the period began, and who of each left in it. An association. Raises what ``measure`` raises."""
    force = by or rules(question.ds)
    rows, month = _standing(resolved(question), force)
    counts = rows.group_by("group").agg(pl.len().alias("n"), pl.col("left").sum())
    table = (
        pl.DataFrame({"group": list(CLASSES)})
        .join(counts, on="group", how="left", maintain_order="left")
        .with_columns(pl.col("n", "left").fill_null(0))
    )
    if rows["index"].null_count() == len(rows):
        raise NotPossible(
            _(
                "The loyalty index needs more of each customer: years with the bank, products, salary and standing payments, "
                "transactions, balances, answers or complaints."
            )
        )
    left = [rate(int(k), int(n)) for k, n in table.select("left", "n").iter_rows()]
    churn = {
        f"churn{end}": pl.Series([getattr(e, a) for e in left], dtype=pl.Float64)
        for end, a in (("", "value"), ("_low", "low"), ("_high", "high"))
    }
    return Standing(shares(table, len(rows)).with_columns(**churn), mean(rows["index"], (0.0, 100.0)), force, month)


def standing_customers(question: Question, by: Rules | None = None) -> pl.DataFrame:
    """The customers behind ``standing``: customer_id, group, by number."""
    rows, _month = _standing(resolved(question), by or rules(question.ds))
    return rows.select("customer_id", "group").sort("customer_id")


def _standing(asked: Asked, force: Rules) -> tuple[pl.DataFrame, datetime.date]:
    """The customers of the start with index, group and left, and the month by whose end they stood so."""
    month = shifted(asked.whole.start, -1)
    people = cohort(asked).select("customer_id", "left")
    index = loyalty(asked.ds, people, month, force)
    return index.with_columns(force.groups()).join(people, on="customer_id", maintain_order="left"), month
