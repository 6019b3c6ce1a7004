"""Groups of customers by behaviour, value, stage, orientation and service: what the pages Behaviour and Value show."""

import pathlib
from typing import Annotated, Any, Literal

import polars as pl
import typer

from churn_dash import measures
from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, FromMonth, Only, ToMonth, Where, app, printed, ranged, tagged, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import in_force
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.words import show

Kind = Literal["rfm", "clusters", "value", "lifecycle", "orientation", "service"]


@app.command()
def segments(
    kind: Annotated[Kind, typer.Option(help="rfm, clusters, value, lifecycle, orientation or service.")],
    workspace: Where = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition; see the verb definitions.")] = None,
    k: Annotated[int | None, typer.Option("--groups", help="clusters: how many, 2 to 8; else as the silhouette says.")] = None,
    money: Annotated[Literal["balances", "amount"] | None, typer.Option(help="rfm: what money is.")] = None,
    by: Annotated[Literal["balances", "margin"], typer.Option(help="value: by what.")] = "balances",
    assigned: Annotated[pathlib.Path | None, typer.Option(help="Write each customer's group as the data end to this CSV file.")] = None,
    at: Annotated[str | None, typer.Option(help="With --assigned: as of the start of this month, YYYY-MM.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Group the customers and measure who left: the same numbers as the pages Behaviour and Value."""
    from churn_dash.segments.groups.stage_value import worth_of

    place = Workspace.open(workspace_path(workspace))
    ds, held = place.dataset(version), in_force(Records(place.root))
    question = asked(ds, where, start, end, definition)
    worth = worth_of({name: h.value for name, h in held.items()})
    margin = worth.margin if kind == "value" and by == "margin" else None
    found = _found(question, kind, k, money, worth, margin)
    if kind == "lifecycle" or margin is not None:
        found["assumptions"] = [held[name].as_json() for name in ("spread", "servicing_cost", "discount", "horizon_years")]
    result = {"version": ds.version, **tagged(ds, definition), "kind": kind, **found}
    if assigned is not None:
        rows = _assigned(ds, kind, at, definition, margin)
        try:
            rows.write_csv(assigned, include_bom=True)
        except OSError as problem:
            raise BadInput(_("{path} cannot be written."), path=assigned) from problem
        result |= {"assigned": str(assigned), "n_assigned": len(rows)}
    printed(result, as_json, lambda: "\n".join([*map(_line, result["groups"]), *map(_managed, result.get("managers", ()))]))


def _managed(row: dict[str, Any]) -> str:
    share = ranged(row["share"], row["share_low"], row["share_high"], "ratio", row["n"])
    return f"{row['group']:<8} with a manager {share}"


def _found(
    question: Question,
    kind: Kind,
    k: int | None,
    money: Any,
    worth: Any,
    margin: Any,
) -> dict[str, Any]:
    if kind == "rfm":
        from churn_dash.segments.groups.rfm import rfm

        scored = rfm(question, money=money)
        return {
            **_months(scored.behaviour.period),
            "months": scored.behaviour.months,
            "money": scored.money,
            "groups": scored.groups().to_dicts(),
            "cells": scored.cells().to_dicts(),
        }
    if kind == "clusters":
        from churn_dash.segments.groups.clusters import clusters

        made = clusters(question, k=k)
        names = {c.code: c for c in made.clusters}
        groups = [
            r | {"name": str(names[r["group"]].name), "distance": names[r["group"]].distance, "typical": names[r["group"]].typical}
            if r["group"] in names
            else r
            for r in made.groups().to_dicts()
        ]
        told = {"stability": made.stability, "steadiness": made.steadiness, "silhouette": made.silhouette, "silhouettes": made.silhouettes}
        return {**_months(made.behaviour.period), "months": made.behaviour.months, "groups": groups, **told, "n_fitted": made.n_fitted}
    if kind == "value":
        from churn_dash.segments.groups.tenths import value

        valued = value(question, margin=margin)
        tops = [{"share_of_customers": t, "share_of_value": held} for t, held in valued.tops()]
        return {
            **_months(valued.period),
            "by": valued.by,
            "fees": valued.fees,
            "total": valued.total,
            "gini": valued.gini(),
            "tops": tops,
            "groups": valued.tenths().to_dicts(),
            "curve": valued.curve().to_dicts(),
        }
    if kind == "lifecycle":
        from churn_dash.contract.lifecycle import LABELS
        from churn_dash.segments.groups.lifecycle import lifecycle
        from churn_dash.segments.groups.stage_value import stage_value

        stages = lifecycle(question)
        values = stage_value(question.ds, stages, worth)
        return {
            **_months(stages.period),
            "labels": LABELS,
            "groups": stages.groups().to_dicts(),
            "transitions": stages.transitions().to_dicts(),
            "fees": values.fees,
            "values": values.stages.to_dicts(),
            "moves": values.moves.to_dicts(),
        }
    if kind == "orientation":
        from churn_dash.segments.groups.orientation import orientation

        oriented = orientation(question)
        return {**_months(oriented.behaviour.period), "signs": oriented.signs, "groups": oriented.groups().to_dicts()}
    from churn_dash.segments.groups.service_tiers import service_tiers

    served = service_tiers(question)
    managers = [
        {
            "group": m.group,
            "n": m.n,
            "n_managed": m.n_managed,
            "share": m.share,
            "share_low": m.interval and m.interval.low,
            "share_high": m.interval and m.interval.high,
            "difference_low": m.difference and m.difference.low,
            "difference_high": m.difference and m.difference.high,
            "per_manager": m.per_manager,
        }
        for m in served.managed()
    ]
    return {**_months(served.period), "by_tier": served.by_tier, "groups": served.groups().to_dicts(), "managers": managers}


def _months(period: measures.Period | None) -> dict[str, Any]:
    return {"from": period and period.start.strftime("%Y-%m"), "to": period and period.end.strftime("%Y-%m")}


def _assigned(ds: Dataset, kind: Kind, at: str | None, definition: str | None, margin: Any) -> pl.DataFrame:
    from churn_dash.segments.groups import clusters, lifecycle, orientation, rfm, service_tiers
    from churn_dash.segments.groups import tenths as value

    month = measures.month_of(at) if at else None
    if kind == "value":
        return value.assigned(ds, month, definition, Scope.everything(), margin=margin)
    rooms: dict[str, Any] = {
        "rfm": rfm,
        "clusters": clusters,
        "lifecycle": lifecycle,
        "orientation": orientation,
        "service": service_tiers,
    }
    found: pl.DataFrame = rooms[kind].assigned(ds, month, definition, Scope.everything())
    return found


def _line(row: dict[str, Any]) -> str:
    low, high = row["churn_rate_low"], row["churn_rate_high"]
    spread = f" ({show(low, 'ratio')} – {show(high, 'ratio')})" if low is not None else ""
    name = f"  {row['name']}" if "name" in row else ""
    return f"{row['group'] or '—':<16} churn_rate {show(row['churn_rate'], 'ratio')}{spread} n={row['customers']}{name}"
