"""Lists that leave the house: who takes one, the button, and the record of those that left."""

from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from churn_dash.retention.worklists.exports import exports
from churn_dash.store import Records
from churn_dash.ui import session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def taker(key: str) -> str | None:
    """The reader's name as typed, for the record; None: the user of this machine."""
    hint = session.say(_("kept with the list you take"))
    return st.text_input(session.say(_("Your name")), key=f"{key}-who", placeholder=hint, width=260).strip() or None


def button(label: str, taken: Callable[[], bytes], name: str, key: str) -> None:
    """The button that hands a workbook out; ``taken`` makes it and puts it on record."""
    st.download_button(session.say(label), taken, file_name=name, mime=_XLSX, icon=":material/table_view:", on_click="ignore", key=key)


def table(question: PageQuestion) -> Table:
    """The worklists that left the house, newest first."""
    rows = [(e.made, e.who, e.n, e.day, e.version, e.model, e.kind) for e in exports(Records(question.ds.root))]
    return rows_table(rows, "worklist-exports")


def rows_table(rows: Sequence[tuple[object, ...]], name: str) -> Table:
    """Lists handed out: when (ISO 8601, UTC), who, n, day of the data, version, model, file; the model's column only where one is named."""
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
    found = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("made").str.slice(0, 16).str.replace("T", " "))
    found = found.drop("model") if found["model"].null_count() == found.height else found
    return Table(found, name, labels, {"n": "count", "day": "date"}, only=True)


def title(table: Table) -> Text:
    """Title of it: how many, and who took the last."""
    if not table.rows.height:
        return Text(_("No list was handed out yet"))
    first = table.rows.row(0, named=True)
    return Text(_("{n} lists handed out, the last by {who}"), n=Count(table.rows.height), who=first["who"])
