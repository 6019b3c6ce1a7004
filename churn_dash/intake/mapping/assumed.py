"""Columns that a file cannot do without and no header names: assumed from the values, where one column alone fits."""

from collections.abc import Sequence

import polars as pl

from churn_dash.intake.mapping.asked import applicable, found
from churn_dash.intake.mapping.by_values import proposals
from churn_dash.intake.mapping.form import Form
from churn_dash.intake.mapping.headers import matches
from churn_dash.intake.source import Match, Options
from churn_dash.intake.values.dates import months
from churn_dash.words import Text

_ASSUMED = 0.6
"""From this confidence on a column that is needed is assumed; the load says so."""
_MEASURES = 2
"""Columns of months that a file must name to be taken for months at all."""


def assumed(sample: pl.DataFrame, header: Sequence[str], plainly: Form | None, options: Options) -> tuple[Match, ...]:
    """Matches below 0.7 for what the form lacks: a customer number, a month, or who has left. ``plainly`` None: headers did not do.

    A number of a snapshot's customers must be different in every row, a month and a number together likewise; a flag must
    say in words who has left, since a yes or no alone may mean anything.
    """
    if plainly is None:
        return _of_panel(sample, header, options)
    if plainly.table is None:
        monthly = {m.field for m in matches(header, "customer_month", applicable("customer_month", options)) if m.table == "customer_month"}
        return _of_panel(sample, header, options) if len(monthly - {None, "customer_id", "month", "churned"}) >= _MEASURES else ()
    if plainly.table == "cross_section" and not options.table:
        number = plainly.header("customer_id")
        if number is not None and 2 * sample[number].n_unique() <= sample.height and "month" not in plainly.fields:
            again = _of_panel(sample, header, options, number)
            if again:
                return again
        return _of_snapshot(sample, plainly, options)
    return ()


def _open(sample: pl.DataFrame, header: Sequence[str], table: str, options: Options) -> dict[str, list[Match]]:
    named = {found(h, header) for h in (*options.mapping, *([options.id_column] if options.id_column else []))}
    free = [h for h in header if h not in named]
    out: dict[str, list[Match]] = {}
    for match in proposals(sample, free, table):
        if match.confidence >= _ASSUMED and match.field:
            out.setdefault(match.field, []).append(match)
    return out


def _of_snapshot(sample: pl.DataFrame, plainly: Form, options: Options) -> tuple[Match, ...]:
    unnamed = [m.header for m in plainly.matches if m.field is None]
    likely = _open(sample, unnamed, "cross_section", options)
    out = []
    if "customer_id" not in plainly.fields:
        out += _only([m for m in likely.get("customer_id", []) if sample[m.header].n_unique() == sample.height])
    if "churned" not in plainly.fields:
        out += _only(likely.get("churned", []))
    return tuple(out)


def _of_panel(sample: pl.DataFrame, header: Sequence[str], options: Options, number: str | None = None) -> tuple[Match, ...]:
    table = "customer_month"
    plainly = Form(table, matches(header, table, applicable(table, options)))
    unnamed = [m.header for m in plainly.matches if m.field is None or m.header == plainly.header("month")]
    likely = _open(sample, unnamed, table, options)
    number = number or plainly.header("customer_id")
    month = plainly.header("month")
    if month is not None and months(sample[month], options.day_order or "day-first").null_count() == sample.height:
        month = None
    numbers = [_given(number)] if number else [m for m in likely.get("customer_id", []) if m.header != month]
    times = [_given(month)] if month else likely.get("month", [])
    fitting = [(n, t) for n in numbers for t in times if n.header != t.header and sample.select(n.header, t.header).is_unique().all()]
    best = [pair for pair in fitting if pair[0].confidence + pair[1].confidence >= max(n.confidence + t.confidence for n, t in fitting)]
    return tuple(m for m in best[0] if m.field) if len(best) == 1 else ()


def _given(header: str) -> Match:
    """A column that needs no assumption."""
    return Match(header, None, "customer_month", 1.0, Text(""))


def _only(likely: Sequence[Match]) -> list[Match]:
    """The one match, or the one that is surer than all others."""
    if len(likely) == 1 or (len(likely) > 1 and likely[0].confidence > likely[1].confidence):
        return [likely[0]]
    return []
