"""What the pages over time show beside the rates: growth, products, season, market, maturities, calendar."""

import datetime
from collections.abc import Callable
from typing import Annotated, Any

import typer

from churn_dash import measures
from churn_dash.cli.common import AsJson, AtVersion, FromMonth, Only, ToMonth, Where, app, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.contract import DEFINITIONS
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.store import Dataset
from churn_dash.words import nearest, say, show

PARTS = ("growth", "products", "season", "market", "offers", "maturities", "calendar")


@app.command()
def trends(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Any of {', '.join(PARTS)}; else all of them.")] = None,
    workspace: Where = None,
    by: Annotated[list[str] | None, typer.Option(help="Dimension; month, quarter or year; for products also product. Else month.")] = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Annotated[str | None, typer.Option(help=f"Churn definition, any of {', '.join(DEFINITIONS)}.")] = None,
    of: Annotated[str, typer.Option(help="The measure whose season is asked for: a metric or a measure of products.")] = "churn_rate",
    whole: Annotated[bool, typer.Option("--whole", help="Growth and products over the whole period instead of by month.")] = False,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Growth, product churn, season and market: the same numbers as the pages."""
    from churn_dash.measures.calendar.market import market, offers
    from churn_dash.measures.calendar.seasonality import seasonality
    from churn_dash.measures.movement.growth import growth
    from churn_dash.measures.movement.maturities import maturities
    from churn_dash.measures.movement.product_churn import KIND, product_churn
    from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES, lacking
    from churn_dash.measures.query import TIMES

    for part in parts or ():
        if part not in PARTS:
            raise typer.BadParameter(f"There is no part {part}; the nearest is {nearest(part, PARTS) or PARTS[0]}.")
    ds = opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    chosen, period = question.chosen, question.period
    groups = list(by or ([] if whole else ["month"]))
    for name in groups:
        _known(ds, name, (*TIMES, KIND))
    heads = [b for b in groups if b != KIND]
    makers: dict[str, Callable[[], Any]] = {
        "growth": lambda: _settled(ds, growth(question, heads).to_dicts(), heads, chosen),
        "products": lambda: {
            "rows": product_churn(question, by=groups).to_dicts(),
            "lacking": {n: list(lacking(ds, n)) for n in PRODUCT_MEASURES if lacking(ds, n)},
        },
        "season": lambda: _season(seasonality(question, of)),
        "market": lambda: _market(market(question)),
        "offers": lambda: _rows(offers(ds, period)),
        "maturities": lambda: maturities(question).to_dicts(),
        "calendar": lambda: _calendar(question, until_the_end=end is None),
    }
    result: dict[str, Any] = {"version": ds.version, **tagged(ds, chosen)}
    for part in parts or PARTS:
        try:
            result[part] = makers[part]()
        except NotPossible as problem:
            if parts:
                raise
            result[part] = {"not_possible": say(problem)}
    printed(result, as_json, lambda: "\n".join(f"{name}: {_line(result[name])}" for name in result))


def _known(ds: Dataset, name: str, also: tuple[str, ...]) -> None:
    """Raise ``NotFound`` for what is neither a dimension nor one of ``also``, with the nearest of all of them."""
    if name in also:
        return
    try:
        measures.dimension(ds, name)
    except NotFound as problem:
        known = [*also, *(d.name for d in ds.dimensions)]
        near = nearest(name, known) or ", ".join(known)
        raise NotFound(_("There is no dimension {name} in these data; the nearest is {near}."), name=name, near=near) from problem


def _rows(frame: Any) -> list[dict[str, Any]] | None:
    return None if frame is None else frame.to_dicts()


def _settled(ds: Dataset, rows: list[dict[str, Any]], by: list[str], definition: str) -> list[dict[str, Any]]:
    """Each row of a period with the day on which it is final, where it is not yet."""
    from churn_dash.measures.calendar.settling import last_month_of, settles_on

    grain = next((b for b in by if b in ("month", "quarter", "year")), None)
    for row in rows:
        row["settles_on"] = settles_on(ds, last_month_of(row[grain], grain), definition) if grain and row[grain] else None
    return rows


def _season(found: Any) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "method": "stl" if found.by_stl else "year_on_year",
        "sentence": say(found.sentence),
        "strength": found.strength,
        "p_value": found.p_value,
        "left_out": found.left_out,
        "rows": found.rows.to_dicts(),
        "months": found.months.to_dicts(),
        "bands": found.bands.to_dicts(),
    }


def _market(found: Any) -> dict[str, Any]:
    spread = found.difference
    return {
        "sentence": found.sentence and str(found.sentence),
        "rows": found.rows.to_dicts(),
        "median_gap": found.median_gap,
        "churn_wide_gap": found.wide,
        "churn_narrow_gap": found.narrow,
        "difference_low": spread and spread.low,
        "difference_high": spread and spread.high,
        "months_wide": found.n_wide,
        "months_narrow": found.n_narrow,
    }


def _calendar(question: Question, until_the_end: bool) -> dict[str, Any]:
    """The months asked for, else all that the data hold, and what happened in them.

    ``until_the_end``: also those after the period, which did not come whole and cannot be asked for by name.
    """
    from churn_dash.contract.bank_calendar import BANDS, in_band
    from churn_dash.measures.calendar.markers import markers
    from churn_dash.measures.calendar.settling import incomplete, settles_on

    ds, period, definition = question.ds, question.period, question.chosen
    asked = [m for m in ds.all_months if period is None or (period.start <= m and (until_the_end or m <= period.end))]
    months = [
        {"month": m, "complete": m in ds.months, "bands": [b for b in BANDS if in_band(m, b)], "settles_on": settles_on(ds, m, definition)}
        for m in asked
    ]
    return {
        "months": months,
        "incomplete": [row for row in incomplete(question).to_dicts() if row["month"] in asked],
        "markers": [
            {"kind": m.kind, "date": m.date, "name": m.name} for m in markers(ds) if period is None or m.date.replace(day=1) in asked
        ],
    }


def _line(value: Any) -> str:
    """A part as a few words for people; the whole of it is JSON."""
    if isinstance(value, dict) and "not_possible" in value:
        return str(value["not_possible"])
    if isinstance(value, dict) and value.get("sentence"):
        return "\n".join([str(value["sentence"]), *_line({**value, "sentence": None}).splitlines()])
    rows = value.get("rows", value.get("months", [])) if isinstance(value, dict) else value
    if not isinstance(rows, list):
        return str(value)
    return f"{len(rows)} rows\n" + "\n".join(
        "  " + "  ".join(f"{k} {_shown(v)}" for k, v in row.items() if v is not None and not k.endswith(("_low", "_high"))) for row in rows
    )


def _shown(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return (
        show(value, "number")
        if isinstance(value, float) and abs(value) >= 100
        else f"{value:.4g}"
        if isinstance(value, float)
        else str(value)
    )
