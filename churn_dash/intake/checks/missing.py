"""Values that are not there."""

import polars as pl

from churn_dash.intake.checks.load import Load
from churn_dash.intake.findings import Finding
from churn_dash.words import Ratio, Text, _

_MANY = 0.3
# fmt: off
_MAY_BE_EMPTY = {
    "close_date", "close_initiator", "referrer_id", "answered_at", "resolved_at", "contacted_at", "returned_date", "end_date",
    "csat", "nps", "q_personal", "q_convenient", "q_efficient", "q_secure", "accepted", "destination", "planned_ratio",
    "closed_date", "recorded_at", "bank_name", "booked_at", "counter_bank", "activated_date", "last_txn_date", "disputed_at", "refunded",
    "to_date", "warning_id", "done_at", "feedback", "strategy", "contact_date", "aum_returned", "tier_before", "staff_id", "campaign_id",
    "large_transactions.branch_id", "competitor_products.city", "warnings.score",
}
# fmt: on
"""Columns of the contract, of any table or of one, in which an empty cell says something."""


def missing(load: Load) -> list[Finding]:
    """The share of missing values of each column that has any."""
    found = []
    for table, frame in load.tables.items():
        if frame.is_empty():
            continue
        counts = dict(zip(frame.columns, frame.null_count().row(0), strict=True))
        for column in load.plain_columns(table):
            n = counts[column]
            usual = bool({column, f"{table}.{column}"} & _MAY_BE_EMPTY)
            if not n or (usual and n < frame.height):
                continue
            title, share = load.title(table, column), n / frame.height
            if n == frame.height:
                told = Text(_("{column} of {table} is empty in every row."), column=title, table=load.label(table))
                advice = Text(_("Ask whether the extract lost it, or leave it out with --map {column}=."), column=title)
                found.append(Finding("column_empty", "note" if usual else "warning", told, advice, table, title, n, 1.0))
                continue
            told = Text(_("{share} of {column} in {table} are missing."), share=Ratio(share), column=title, table=load.label(table))
            advice = Text(_("Missing values stay missing: they are in no average. Ask the source where many are missing."))
            found.append(Finding("missing", "warning" if share >= _MANY else "note", told, advice, table, title, n, share))
    return found


def shares(frame: pl.DataFrame) -> dict[str, float]:
    """Column → share missing, 0–1.

    >>> shares(pl.DataFrame({"a": [1, None]}))
    {'a': 0.5}
    """
    return {c: n / frame.height for c, n in zip(frame.columns, frame.null_count().row(0), strict=True)} if frame.height else {}
