"""Rows of a customer whom no list knows."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.checks.load import Load, examples
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Text, _

LISTS = ("customers", "customer_month", "cross_section")
"""Tables that say who the customers are."""


def orphans(load: Load) -> list[Finding]:
    """Rows whose customer is in none of the lists of this load; none where the load brings no list."""
    return strangers(load.tables, load.tables, load.title)


def strangers(rows: Mapping[str, pl.DataFrame], known: Mapping[str, pl.DataFrame], title: Callable[[str, str], str]) -> list[Finding]:
    """Findings about ``rows`` of customers who are in no list of ``known``."""
    if not any("customer_id" in frame.columns for table, frame in rows.items() if table not in LISTS):
        return []
    lists = sorted((known[t]["customer_id"] for t in LISTS if t in known), key=len)
    found = []
    for table, frame in rows.items():
        if not lists or table in LISTS or "customer_id" not in frame.columns:
            continue
        unknown = _unknown(frame["customer_id"].drop_nulls().unique(), lists)
        if not len(unknown):
            continue
        lost = frame["customer_id"].filter(frame["customer_id"].is_in(unknown.implode()))
        share = len(lost) / frame.height
        found.append(
            Finding(
                "orphans",
                "error" if share > 0.5 else "warning",
                Text(
                    _("{n} rows of {table} belong to customers who are in no list of customers, neither here nor published."),
                    n=Count(len(lost)),
                    table=TABLES[table].label,
                )
                if known is not rows
                else Text(
                    _("{n} rows of {table} belong to customers who are in no list of customers of this load."),
                    n=Count(len(lost)),
                    table=TABLES[table].label,
                ),
                Text(_("Load the list that has these customers; until then the rows count for nobody.")),
                table,
                title(table, "customer_id"),
                len(lost),
                share,
                examples(lost),
            )
        )
    return found


def _unknown(ids: pl.Series, lists: Sequence[pl.Series]) -> pl.Series:
    """The distinct ids that no list has; the longest list is only searched for what the others lack."""
    for known in lists:
        if len(ids):
            there = known.unique() if len(known) <= len(ids) else known.filter(known.is_in(ids.implode())).unique()
            ids = ids.filter(~ids.is_in(there.implode()))
    return ids
