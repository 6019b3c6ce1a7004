"""The record of the worklists that left the house, as the Worklist page shows it."""

import polars as pl

from churn_dash.retention.worklists.exports import exports
from churn_dash.store import Records
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import Question
from churn_dash.words import Count, Text, _


def table(question: Question) -> Table:
    """The lists that left the house, newest first."""
    rows = [(e.made[:16].replace("T", " "), e.who, e.n, e.day, e.version, e.model, e.kind) for e in exports(Records(question.ds.root))]
    names = {"made": pl.String, "who": pl.String, "n": pl.Int64, "day": pl.Date, "version": pl.Int64, "model": pl.String, "kind": pl.String}
    labels = {
        "made": _("When (UTC)"),
        "who": _("Taken by"),
        "n": _("Customers"),
        "day": _("As of"),
        "version": _("Data version"),
        "model": _("Model"),
        "kind": _("File"),
    }
    units = {"n": "count", "day": "date"}
    return Table(pl.DataFrame(rows, schema=names, orient="row"), "worklist-exports", labels, units, only=True)


def title(table: Table) -> Text:
    """Title of it: how many, and who took the last."""
    if not table.rows.height:
        return Text(_("No list was handed out yet"))
    first = table.rows.row(0, named=True)
    return Text(_("{n} lists handed out, the last by {who}"), n=Count(table.rows.height), who=first["who"])
