"""Where the money went: balances of those who left, by group."""

from typing import Any

import polars as pl

from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import session
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Ratio, Text, _

_SHOWN = 6


def money_rows(question: PageQuestion) -> tuple[str, pl.DataFrame]:
    """Balances lost by the dimension that tells most about money, the largest loss first.

    Returns the dimension's label and rows: group (words), customers_lost, aum_lost, share (of all losses), months (a list).
    Both are empty where the data hold no balances.
    """
    known = question.dimensions
    name = next((n for n in ("tier", "aum_band", "branch_id", *known) if n in known), None)
    rows = question.rows(["aum_lost", "customers_lost"], [name]).drop_nulls("aum_lost") if name else pl.DataFrame()
    if name is None or rows.is_empty():
        return "", pl.DataFrame()
    whole = float(rows["aum_lost"].sum()) or 1.0
    lines: dict[str, list[float]] = {}
    for level, amount in question.rows(["aum_lost"], [name, "month"]).select(name, "aum_lost").iter_rows():
        lines.setdefault(level, []).append(amount or 0.0)
    largest = (
        rows.sort(pl.col(name).is_null(), "aum_lost", descending=[False, True]).head(_SHOWN).select(name, "aum_lost", "customers_lost")
    )
    found = [
        (value_words(known[name], level), lost, amount, amount / whole, lines.get(level, [])) for level, amount, lost in largest.iter_rows()
    ]
    schema: dict[str, Any] = {
        "group": pl.String,
        "customers_lost": pl.Int64,
        "aum_lost": pl.Float64,
        "share": pl.Float64,
        "months": pl.List(pl.Float64),
    }
    return dimension_words(known[name]), pl.DataFrame(found, schema=schema, orient="row")


def money_finding(rows: pl.DataFrame) -> str:
    """The title of the money card."""
    if rows.is_empty() or rows["customers_lost"].sum() < TOO_FEW:
        return session.say(_("Where the money went"))
    top = rows.row(0, named=True)
    return session.say(Text(_("{share} of the balances lost were held by: {group}"), share=Ratio(top["share"]), group=top["group"]))


def money_caption() -> str:
    """Under the title of the money card."""
    return session.say(_("Balances at the start of the period of those who left in it, ¥"))
