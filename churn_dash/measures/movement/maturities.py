"""What falls due month by month: the calendar of term deposits and wealth products. Source: METHODS B0, E1 4."""

import datetime

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.conditions.condition import condition
from churn_dash.measures.conditions.groupings import at_starts
from churn_dash.measures.conditions.stood import stood
from churn_dash.measures.query import asked_spans
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, shifted

AHEAD = 6
"""Months after the data that are looked ahead."""
MUCH = 1.25
"""A month in which over this many times the median of all months shown falls due is marked."""


def due_holdings(ds: Dataset) -> pl.DataFrame | None:
    """Holdings at this bank that fall due and were not sold or paid out before; None without the table, its due days or amounts."""
    held = ds.table("product_holdings")
    if held is None or not {"maturity_date", "amount"} <= set(held.columns):
        return None
    due = held.filter(pl.col("maturity_date").is_not_null())
    if "bank" in due.columns:
        due = due.filter(pl.col("bank").fill_null("own") == "own")
    if "closed_date" in due.columns:
        due = due.filter(pl.col("closed_date").is_null() | (pl.col("closed_date") >= pl.col("maturity_date")))
    return due


def maturities(question: Question, ahead: int = AHEAD) -> pl.DataFrame:
    """Holdings at this bank by the month in which they fall due, through the period and ``ahead`` months after the data.

    Columns: month, amount (CNY), n (holdings), much (over ``MUCH`` times the median of the months shown), ahead (after the data);
    a row a month, those without any too. Customers count as they stood at the start of the month, ahead as the data end. Raises
    ``NotPossible`` without months, or without holdings and their due days.
    """
    ds = question.ds
    held = due_holdings(ds)
    if held is None:
        raise NotPossible(
            _("What falls due is not known; it needs the table {table} with {columns}."),
            table="product_holdings",
            columns="maturity_date, amount",
        )
    spans = asked_spans(ds, question.period, "month")
    months = [s.start for s in spans]
    last = ds.months[-1]
    if months and months[-1] == last:
        months += [shifted(last, i + 1) for i in range(ahead)]
    due = held.with_columns(pl.col("maturity_date").dt.truncate("1mo").alias("month"))
    view = at_starts(ds.default_definition, question.scope, [min(m, shifted(last, 1)) for m in months])
    where = condition(question, view)
    if where.sql:
        state = {m: min(m, shifted(last, 1)) for m in months}
        people = stood(ds, state.values(), (), where).rename({"month": "at"})
        as_of = pl.DataFrame({"month": list(state), "at": list(state.values())}, schema={"month": pl.Date, "at": pl.Date})
        due = due.join(as_of, on="month").join(people, on=["customer_id", "at"], how="semi")
    sums = due.group_by("month").agg(pl.col("amount").sum(), pl.len().alias("n"))
    rows = pl.DataFrame({"month": months}, schema={"month": pl.Date}).join(sums, on="month", how="left").sort("month")
    rows = rows.with_columns(pl.col("amount").fill_null(0.0), pl.col("n").fill_null(0).cast(pl.Int64))
    middle = rows["amount"].median()
    much = pl.lit(value=False) if not isinstance(middle, float) or middle <= 0 else pl.col("amount") > MUCH * middle
    return rows.with_columns(much.alias("much"), (pl.col("month") > last).alias("ahead"))


def heavy(rows: pl.DataFrame) -> list[datetime.date]:
    """The months of ``maturities`` in which much falls due."""
    return rows.filter("much")["month"].to_list()
