"""Columns that seem to know who has left. A first look; the risk models look again at score dates. Source: METHODS D1."""

import polars as pl

from churn_dash.contract.separation import LEAK_LIMIT, separation
from churn_dash.contract.telling import telling_name
from churn_dash.intake.checks.load import SAMPLE, Load, looked_at, some
from churn_dash.intake.findings import Finding
from churn_dash.words import Text, _

_SAMPLED = _("{what} Looked at {n} of {of} rows.")


def leaks(load: Load) -> list[Finding]:
    """Own columns whose name speaks of the outcome, and columns that alone tell the churn flag apart (METHODS D1)."""
    found = []
    for table in ("cross_section", "customer_month"):
        frame = load.tables.get(table)
        if frame is None:
            continue
        alone = _alone(frame.select(list(dict.fromkeys(("churned", *load.plain_columns(table)))))) if "churned" in frame.columns else {}
        for column in load.plain_columns(table):
            own, title = load.is_own(table, column), load.title(table, column)
            auc = alone.get(column, 0.5)
            if column == "churned" or not (auc > LEAK_LIMIT or (own and telling_name(title))):
                continue
            told = (
                looked_at(
                    Text(_("{column} alone tells who has left (AUC {auc})."), column=title, auc=f"{auc:.2f}"),
                    min(frame.height, SAMPLE),
                    frame.height,
                    _SAMPLED,
                )
                if auc > LEAK_LIMIT
                else Text(_("The name of {column} says that it is known only once a customer has left."), column=title)
            )
            advice = Text(
                _("Models leave it out. Leave it out of the load too, with --map {column}=, unless it is really known before."),
                column=title,
            )
            found.append(Finding("leak", "warning", told, advice, table, title))
    return found


def _alone(rows: pl.DataFrame) -> dict[str, float]:
    """Column → max(AUC, 1 − AUC) against the churn flag on some rows; words by their share of leavers, gaps also as such."""
    rows = some(rows).filter(pl.col("churned").is_not_null())
    y = rows["churned"].to_numpy().astype(bool)
    return {values.name: separation(values, y) for values in rows.drop("churned")}
