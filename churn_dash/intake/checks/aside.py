"""Rows set aside, by reason and column: missing and doubled keys, values out of range, what is no date or number."""

import polars as pl

from churn_dash.intake.checks.load import Load, examples
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Text, _
from churn_dash.words.stored import read

_ADVICE = {
    "missing_needed": _("Fill it in, or ask why the extract lacks it; then load the corrected rows."),
    "key_duplicated": _("Keep the row that is right for each key, then load the corrected rows."),
    "cells_shifted": _("A cell holds the separator or a line break: have the extract quote its cells."),
    "stray_month": _("Correct the year, then load the corrected rows."),
}
_CORRECT = _("Correct the values in the list of rows set aside and load it, or correct the extract.")


def aside(load: Load) -> list[Finding]:
    """One finding a reason, table and column; the rows are in no figure until they are corrected."""
    if load.quarantine is None or load.quarantine.is_empty():
        return []
    found = []
    for (table, column, code), rows in load.quarantine.group_by(["table", "column", "code"], maintain_order=True):
        why = read(rows["why"][0])
        of = load.rows_in.get(str(table), 0)
        told = _("{n} rows of {table} are set aside, column {column}: {why}") if column else _("{n} rows of {table} are set aside: {why}")
        places = rows.select(pl.format("{}, {}", "file", "source_row").alias("at"))["at"]
        found.append(
            Finding(
                str(code),
                "error",
                Text(told, n=Count(rows.height), table=load.label(str(table)), column=column or "", why=why),
                Text(_ADVICE.get(str(code), _CORRECT)),
                str(table),
                str(column or ""),
                rows.height,
                rows.height / of if of else None,
                examples(rows["value"]) or examples(places),
            )
        )
    return found
