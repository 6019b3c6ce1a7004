"""Rows that come more than once, whole."""

import polars as pl

from churn_dash.intake.checks.load import Load
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Text, _


def repeats(load: Load) -> list[Finding]:
    """Exact repeats that were left out, and equal rows of a file without customer number, which were not."""
    found = []
    for table, n in load.repeated.items():
        if n:
            of = load.rows_in.get(table, 0)
            told = Text(_("{n} rows of {table} repeat another row whole; each counts once."), n=Count(n), table=load.label(table))
            advice = Text(_("Nothing to do. If many rows repeat, ask whether the extract was put together twice."))
            severity = "warning" if of and n > 0.05 * of else "note"
            found.append(
                Finding("repeated", "warning" if severity == "warning" else "note", told, advice, table, "", n, n / of if of else None)
            )
    people = load.tables.get("cross_section")
    if people is None or not load.numbered or not load.distinct or people.width < 2:
        return found
    hashes = people.select(pl.exclude("customer_id")).hash_rows()
    n = people.height - hashes.n_unique()
    if n:
        first = people["customer_id"].filter(~hashes.is_first_distinct()).head(5)
        found.append(
            Finding(
                "equal_rows",
                "note",
                Text(
                    _("{n} rows equal an earlier one. The file has no customer number, so each is kept as a customer of its own."),
                    n=Count(n),
                ),
                Text(_("If equal rows are copies of one customer, load with --no-distinct-rows.")),
                "cross_section",
                "",
                n,
                n / people.height,
                tuple(first.to_list()),
            )
        )
    return found
