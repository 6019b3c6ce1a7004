"""Months that are missing, incomplete, or hold suddenly fewer rows: by the one rule of ``contract.calendar``."""

import polars as pl

from churn_dash.contract.calendar import MonthRows, month_rows
from churn_dash.intake.checks.load import Load
from churn_dash.intake.findings import Finding
from churn_dash.words import Count, Month, Text, _

_ENOUGH = 50
"""Rows of the month before from which a fall that lasts is worth a word."""


def months(load: Load) -> list[Finding]:
    """Gaps, incomplete months, and falls that last, of the monthly table."""
    rows = load.tables.get("customer_month")
    if rows is None:
        return []
    return along(rows["month"].drop_nulls().value_counts(name="n"), load.title("customer_month", "month"))


def along(counts: pl.DataFrame, title: str = "month") -> list[Finding]:
    """The findings about the months of a monthly table, in their order; ``counts`` are its rows by month (month, n)."""
    found: list[Finding] = []
    empty: list[MonthRows] = []
    for m in month_rows(list(counts.select("month", "n").iter_rows())):
        if not m.n:
            empty.append(m)
            continue
        if empty and m.before is not None:
            found.append(_gap(empty, m, title))
            empty = []
        if not m.complete:
            found.append(_fewer("month_incomplete", m, title))
        elif m.fell and m.n_before >= _ENOUGH:
            found.append(_fewer("rows_fell", m, title))
    return found


def _gap(empty: list[MonthRows], m: MonthRows, title: str) -> Finding:
    told = Text(
        _("No rows between {before} and {month}. Customers count as absent there until those months are loaded."),
        before=Month(m.before),
        month=Month(m.month),
    )
    names = tuple(f"{e.month:%Y-%m}" for e in empty)
    return Finding(
        "month_missing", "warning", told, Text(_("Load the months that are missing.")), "customer_month", title, len(names), None, names
    )


def _fewer(code: str, m: MonthRows, title: str) -> Finding:
    told = Text(
        _("{month} has {n} rows, over 20% fewer than {before} with {n_before}. Is the extract complete?"),
        month=Month(m.month),
        n=Count(m.n),
        before=Month(m.before),
        n_before=Count(m.n_before),
    )
    advice = Text(_("An incomplete month creates no departures. Load it whole with --mode replace-months."))
    if code == "rows_fell":
        advice = Text(_("Later months are as small: ask whether a branch or a product was left out, or many customers left at once."))
    share = m.n / m.n_before if m.n_before else None
    return Finding(code, "warning", told, advice, "customer_month", title, m.n, share, (f"{m.month:%Y-%m}",))
