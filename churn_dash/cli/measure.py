"""The measures of the pages. ``kinds`` and ``loyalty`` are imported for the dimensions that they declare."""

import datetime
from collections.abc import Sequence
from typing import Annotated, Any

import polars as pl
import typer

from churn_dash import measures
from churn_dash.access import Scope
from churn_dash.causes import loyalty as loyalty
from churn_dash.cli.common import AsJson, AtVersion, FromMonth, ToMonth, Where, app, opened, printed, ranged, tagged
from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.measures.calendar.nowcast import latest, without_unknown
from churn_dash.measures.conditions.saved_segments import PREFIX
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.measures.question import Question
from churn_dash.segments import kinds as kinds
from churn_dash.store import Dataset
from churn_dash.words import Text, nearest, say


@app.command()
def measure(
    names: Annotated[list[str], typer.Argument(help="Metrics, of customers or of products; see docs/METRICS.md.")],
    workspace: Where = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            help="Dimension; product (of product measures alone); rfm, cluster, value_tenth, orientation, service_tier or loyalty; "
            "segment:NAME; month, quarter or year; repeatable."
        ),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="DIMENSION=VALUE or segment:NAME=in|out; repeatable, the same dimension widens.")
    ] = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition; see the verb definitions.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Measure churn: the same numbers as the pages."""
    ds = opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    found = _answered(question, names, by or ())
    rates = [n for n in names if n not in PRODUCT_MEASURES]
    times = {"month": "%Y-%m", "quarter": "%Y-%m", "year": "%Y"}
    time = next((b for b in by or () if b in times and found.schema[b] == pl.Date), None)
    settling = latest(question, time) if rates else None
    rows = without_unknown(found, rates, time, settling).to_dicts()
    for row in rows:
        row |= {t: row[t].strftime(f) for t, f in times.items() if isinstance(row.get(t), datetime.date)}
    rule = ds.rules[question.chosen]
    result = {"version": ds.version, **tagged(ds, definition), "meaning": str(Text(rule.meaning, **rule.values)), "rows": rows}
    result["nowcast"] = settling and settling.written()
    lines = [_measured_line(r, names, by or ()) for r in rows]
    lines += [f"churn_rate {settling.last_month:%Y-%m}: {say(settling.sentence)}"] if settling else []
    printed(result, as_json, lambda: "\n".join(lines))


def _answered(question: Question, names: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """Rates of customers as ``measures.measure`` gives them, those of products as ``product_churn`` does, side by side."""
    products = [n for n in names if n in PRODUCT_MEASURES]
    rates = [n for n in names if n not in PRODUCT_MEASURES]
    if not products:
        return measures.measure(question, rates, by)
    lost = product_churn(question, products, by)
    if not rates:
        return lost
    found = measures.measure(question, rates, by)
    return (
        found.join(lost, on=list(by), how="full", coalesce=True, nulls_equal=True).sort(by, nulls_last=True) if by else found.hstack(lost)
    )


def asked(
    ds: Dataset, where: Sequence[str] | None = None, start: str | None = None, end: str | None = None, definition: str | None = None
) -> Question:
    """What a verb is asked for. Whoever runs the command line sees every branch."""
    return Question(ds, Scope.everything(), conditions(ds, where), measures.period(ds, start, end), definition)


def conditions(ds: Dataset, where: Sequence[str] | None) -> measures.Filters:
    """The DIMENSION=VALUE options as filters; the same dimension twice widens. Raises ``NotFound`` for what these data lack."""
    wanted: dict[str, tuple[str, ...]] = {}
    for pair in where or ():
        name, value = _condition(ds, pair)
        wanted[name] = (*wanted.get(name, ()), value)
    return measures.Filters(tuple(wanted.items()))


def _condition(ds: Dataset, pair: str) -> tuple[str, str]:
    """A DIMENSION=VALUE as the dimension's name and one of its values; either may itself hold an equals sign.

    Raises ``NotFound`` for an unknown dimension or value, with the nearest known.
    """
    parts = pair.split("=")
    splits = [("=".join(parts[:i]), "=".join(parts[i:])) for i in range(1, len(parts))]
    if not splits or not pair.partition("=")[0]:
        raise BadInput(_("{option} wants NAME=VALUE, not {pair}."), option="--where", pair=pair)
    found = None
    for name, value in splits:
        try:
            found = measures.dimension(ds, name)
        except NotFound:
            continue
        if value in found.values:
            return found.name, value
    if found is None:
        found = measures.dimension(ds, splits[-1 if pair.startswith(PREFIX) else 0][0])
    value = pair.partition("=")[2]
    near = nearest(value, found.values) or ", ".join(found.values[:12])
    raise NotFound(_("{dimension} has no value {value}; the nearest is {near}."), dimension=found.name, value=value, near=near)


def _measured_line(row: dict[str, Any], names: Sequence[str], by: Sequence[str]) -> str:
    parts = [str(row[b]) for b in by]
    for name in names:
        unit = measures.METRICS[name].unit if name in measures.METRICS else "ratio"
        found = ranged(row[name], row[f"{name}_low"], row[f"{name}_high"], unit, row[f"{name}_n"])
        parts.append(f"{name} {found}")
    return "  ".join(parts)
