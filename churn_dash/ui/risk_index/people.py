"""What the page Risk index shows of the customers: how they spread over the index, and who has the highest."""

import polars as pl

from churn_dash.charts import Chart, index_spread
from churn_dash.risk import WAYS, RiskIndex, Way
from churn_dash.ui import cache, models, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_LISTED = 500


def customers(question: PageQuestion, one: RiskIndex) -> pl.DataFrame:
    """The index of the customers whom the filters leave."""
    chosen = models.inside(question)
    return one.customers if chosen is None else one.customers.filter(pl.col("customer_id").is_in(list(chosen)))


def spread_finding(rows: pl.DataFrame, way: Way) -> Text:
    """Title of the spread: where the middle customer lies."""
    middle = rows[way].median()
    if not isinstance(middle, int | float):
        return Text(_("No customer has an index"))
    return Text(_("The middle customer has an index of {n}"), n=f"{float(middle):.0f}")


def spread_caption(rows: pl.DataFrame, way: Way) -> Text:
    """Under that title."""
    named = {"way": WAYS[way], "n": Count(rows[way].drop_nulls().len())}
    return Text(_("{way} · {n} customers within the filters · bounds are fixed: the index moves only when the customer does"), **named)


def spread_chart(one: RiskIndex, rows: pl.DataFrame, way: Way) -> Chart:
    """Customers by index."""
    return cache.chart(index_spread, one.spread(way, rows), look=session.look())


def spread_table(one: RiskIndex, rows: pl.DataFrame, way: Way) -> Table:
    """The same as rows."""
    counts = one.spread(way, rows)
    frame = pl.DataFrame({"from": [5 * i for i in range(20)], "to": [5 * (i + 1) for i in range(20)], "n": counts})
    return Table(frame, "index-spread", {"from": _("Index from"), "to": _("Index to"), "n": _("Customers")}, {"n": "count"})


def riskiest_table(one: RiskIndex, rows: pl.DataFrame, way: Way) -> Table:
    """The customers with the highest index, under every weighting."""
    found = one.riskiest(way, _LISTED, rows)
    ordered = ["customer_id", way, *(w for w in WAYS if w != way and one.weights[w].of is not None), "known"]
    labels: dict[str, str] = {"customer_id": _("Customer"), "known": _("Indicators known")}
    units = {"customer_id": "id", "known": "count"}
    for w, label in WAYS.items():
        labels[w], units[w] = label, "decimal"
    return Table(
        found.select(ordered), "risk-index", labels, units, is_list=True, only=True,
        whole=lambda: one.riskiest(way, rows.height, rows).select(ordered),
    )  # fmt: skip


def riskiest_caption(rows: pl.DataFrame, way: Way) -> Text:
    """Under the title of that list."""
    n = rows[way].drop_nulls().len()
    return Text(_("{way}, highest first · {shown} of {n}; the download holds all"), way=WAYS[way], shown=min(_LISTED, n), n=Count(n))
