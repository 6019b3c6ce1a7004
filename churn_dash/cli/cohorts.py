"""Of those who began together, how many are still there."""

import datetime
from dataclasses import asdict
from typing import Annotated, Any, cast, get_args

import typer

from churn_dash.cli.common import AsJson, AtVersion, Definition, Only, Where, app, one_of, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures import month_of
from churn_dash.measures.tenure.cohorts import Counted, Grain, Mode, Relative, Triangle
from churn_dash.measures.tenure.cohorts import cohorts as triangle
from churn_dash.measures.tenure.first_events import EVENTS, JOINED
from churn_dash.segments.lists.cohort_list import Who, cohort_customers
from churn_dash.words import say, show

_MOST = 13


@app.command()
def cohorts(
    workspace: Where = None,
    of: Annotated[str, typer.Option(help="What a cohort begins with: joined, first_loan, first_card, first_complaint …")] = JOINED,
    grain: Annotated[str, typer.Option(help="month, quarter or year of the beginning.")] = "month",
    count: Annotated[str, typer.Option(help="heads: customers; aum: balances.")] = "heads",
    mode: Annotated[str, typer.Option(help="on: there at that age; on-or-after: then or in any later month.")] = "on",
    relative: Annotated[str, typer.Option(help="start: to the whole cohort; previous: to the age before.")] = "start",
    start: Annotated[str | None, typer.Option("--from", help="First month of beginning, YYYY-MM; else every month.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last month of beginning, YYYY-MM.")] = None,
    definition: Definition = None,
    where: Only = None,
    cell: Annotated[str | None, typer.Option(help="List the customers of this cohort (its first month, YYYY-MM) at --age.")] = None,
    age: Annotated[int, typer.Option(help="Months after the beginning, for --cell.")] = 0,
    who: Annotated[str, typer.Option(help="there, gone or all, for --cell.")] = "there",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """The retention triangle, by joining month or by a first event; unfinished cells are absent."""
    ds = opened(workspace, version)
    by, way = cast(Grain, one_of(grain, get_args(Grain), "--grain")), cast(Mode, one_of(mode.replace("-", "_"), get_args(Mode), "--mode"))
    counted = cast(Counted, one_of(count, get_args(Counted), "--count"))
    against = cast(Relative, one_of(relative, get_args(Relative), "--relative"))
    wanted = cast(Who, one_of(who, get_args(Who), "--who"))
    question = asked(ds, where, start, end, definition)
    found = triangle(question, of, by, counted, way, against)
    result = as_json_of(found) | {"version": ds.version} | tagged(ds, found.definition)
    if cell is not None:
        begun = month_of(cell)
        if begun not in found.cohorts:
            known = ", ".join(_month(c) for c in found.cohorts)
            raise NotFound(_("There is no cohort {cohort}; there are: {known}."), cohort=_month(begun), known=known)
        listed = cohort_customers(question, begun, age, wanted, of, by, way)
        result["cell"] = {
            "cohort": _month(begun),
            "age": age,
            "who": wanted,
            "n": len(listed),
            "customers": listed["customer_id"].to_list(),
        }
    printed(result, as_json, lambda: _text(found, result))


def as_json_of(found: Triangle) -> dict[str, Any]:
    """As the command line prints it; documented in docs/CLI.md."""
    return {
        "definition": found.definition,
        "of": found.event,
        "grain": found.grain,
        "count": found.count,
        "mode": found.mode.replace("_", "-"),
        "relative": found.relative,
        "last": _month(found.last),
        "may_rise": found.may_rise,
        "n_before": found.n_before,
        "n_outside": found.n_outside,
        "cohorts": [
            {
                "cohort": _month(cohort),
                "n": n,
                "cells": [{k: v for k, v in asdict(c).items() if k != "cohort"} for c in found.cells if c.cohort == cohort],
            }
            for cohort, n in found.cohorts.items()
        ],
        "pooled": [asdict(p) for p in found.pooled],
    }


def _month(day: datetime.date) -> str:
    return f"{day:%Y-%m}"


def _text(found: Triangle, result: dict[str, Any]) -> str:
    step = next(s for s in (1, 2, 3, 6, 12, 24, 10_000) if -(-len(found.pooled) // s) <= _MOST)
    ages = range(0, len(found.pooled), step)
    cells = {(c.cohort, c.age): c for c in found.cells}
    head = f"{'':12}{'n':>8}" + "".join(f"{a:>9}" for a in ages)
    lines = [f"{say(EVENTS[found.event].label)}: {found.definition}, {found.n_before} before the data, {found.n_outside} left out", head]
    for cohort, n in found.cohorts.items():
        row = [cells.get((cohort, a)) for a in ages]
        lines.append(f"{_month(cohort):12}{n:>8}" + "".join(f"{show(c.value, 'ratio') if c else '':>9}" for c in row))
    pooled = {p.age: p for p in found.pooled}
    total = sum(found.cohorts.values())
    told = {"all": "value", "  95% from": "low", "  95% to": "high"}
    told |= {"chained": "chained", "  95% from ": "chained_low", "  95% to ": "chained_high"}
    for name, of in told.items():
        row_of = "".join(f"{show(getattr(pooled[a], of), 'ratio'):>9}" for a in ages)
        lines.append(f"{name:12}{total if of == 'value' else '':>8}{row_of}")
    lines.append(f"{'n':12}{'':>8}" + "".join(f"{pooled[a].n:>9}" for a in ages))
    if "cell" in result:
        lines += ["", *result["cell"]["customers"]]
    return "\n".join(lines)
