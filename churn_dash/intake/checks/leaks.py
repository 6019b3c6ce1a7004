"""Columns that seem to know who has left. A first look; the risk models look again at score dates. Source: METHODS D1."""

import polars as pl

from churn_dash.contract.telling import telling_name
from churn_dash.intake.checks.load import SAMPLE, Load, looked_at, some
from churn_dash.intake.findings import Finding
from churn_dash.words import Text, _

LIMIT = 0.99
_ENOUGH = 20
_SAMPLED = _("{what} Looked at {n} of {of} rows.")


def leaks(load: Load) -> list[Finding]:
    """Own columns whose name speaks of the outcome, and columns that alone tell the churn flag apart (AUC .99 and more)."""
    found = []
    for table in ("cross_section", "customer_month"):
        frame = load.tables.get(table)
        if frame is None:
            continue
        alone = _alone(frame.select(list(dict.fromkeys(("churned", *load.plain_columns(table)))))) if "churned" in frame.columns else {}
        for column in load.plain_columns(table):
            own, title = load.is_own(table, column), load.title(table, column)
            auc = alone.get(column, 0.5)
            if column == "churned" or not (auc >= LIMIT or (own and telling_name(title))):
                continue
            told = (
                looked_at(
                    Text(_("{column} alone tells who has left (AUC {auc})."), column=title, auc=f"{auc:.2f}"),
                    min(frame.height, SAMPLE),
                    frame.height,
                    _SAMPLED,
                )
                if auc >= LIMIT
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
    y = rows["churned"].cast(pl.Int64)
    if min(int(y.sum()), rows.height - int(y.sum())) < _ENOUGH:
        return {}
    found = {}
    for values in rows.drop("churned"):
        empty = values.is_null()
        if values.dtype.is_numeric() or values.dtype == pl.Boolean or values.dtype.is_temporal():
            number = values.to_physical().cast(pl.Float64)
            auc = max(_auc(number.filter(~empty), y.filter(~empty)), _auc(empty.cast(pl.Float64), y))
        else:
            rates = pl.DataFrame({"v": values, "y": y}).select(((pl.col("y").sum() + y.mean()) / (pl.len() + 1)).over("v"))["y"]
            auc = _auc(rates, y) if values.n_unique() < rows.height / 2 else 0.5
        found[values.name] = auc
    return found


def _auc(values: pl.Series, y: pl.Series) -> float:
    left = int(y.sum())
    stayed = len(y) - left
    if min(left, stayed) < _ENOUGH:
        return 0.5
    found = (float(values.rank().filter(y == 1).sum()) - left * (left + 1) / 2) / (left * stayed)
    return max(found, 1 - found)
