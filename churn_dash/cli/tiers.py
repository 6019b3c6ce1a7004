"""Tiers: who moved between them, who is on watch, what balances came back."""

import dataclasses
from typing import Annotated, Any

import typer

from churn_dash.care import care_list
from churn_dash.care.notices import notice
from churn_dash.cli.common import AsJson, AtVersion, FromMonth, Only, ToMonth, Where, app, opened, printed, ranged, tagged
from churn_dash.cli.measure import asked
from churn_dash.contract.tiers import FLOORS
from churn_dash.measures.movement.recovery import Recovery, eligible, recoveries
from churn_dash.measures.movement.tiers import MOVES, Migration, Share, migration
from churn_dash.store import month_end

_TIERS = {tier: tier for tier in FLOORS}


@app.command()
def tiers(
    workspace: Where = None,
    rule: Annotated[str | None, typer.Option(help="Tier rule, bohai or ccb; else the one of the bank's settings.")] = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    watch: Annotated[bool, typer.Option("--watch", help="Every customer on watch, with the notice to send.")] = False,
    lottery: Annotated[bool, typer.Option("--lottery", help="Who may enter the lottery of the last month: back at their level.")] = False,
    definition: Annotated[str | None, typer.Option(help="Churn definition: who has left.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Moves between tiers, customers on watch for a downgrade, and balances that came back."""
    ds = opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    found = migration(question, rule=rule)
    question = question.by_definition(found.definition)
    near = care_list(question, "near_downgrade", month_end(found.period.end), rule=found.rule)
    watched = near.rows.filter("on_watch")
    whole, months = recoveries(question)
    result: dict[str, Any] = {
        "version": ds.version,
        **tagged(ds, found.definition),
        "rule": found.rule,
        "thresholds": dict(found.tiers),
        "averages_over": ds.settings.tier_down.divisor,
        "from": found.period.start.strftime("%Y-%m"),
        "to": found.period.end.strftime("%Y-%m"),
        "partition": {move: _partition(found, move) for move in MOVES},
        "down_among_stayers": _share(found.share("down", stayers=True)),
        "fallen_two": found.fallen_two,
        "unknown": found.unknown,
        "matrix": found.matrix.to_dicts(),
        "watch": {
            "n": watched.height,
            "fall_next_month": int((watched["months_left"] == 0).sum()),
            "to_bring": float(watched["to_bring"].sum() or 0.0),
        },
        "recovery": _recovery(whole) | {"months": [_recovery(month) for month in months]},
    }
    if watch:
        rows = watched.to_dicts()
        result["watch"]["rows"] = [row | {"notice": str(notice(row, _TIERS))} for row in rows]
    if lottery:
        result["recovery"]["lottery"] = eligible(question, found.period.end).to_dicts()
    printed(result, as_json, lambda: "\n".join(_lines(result)))


def _share(share: Share) -> dict[str, float | None]:
    low, high = (share.interval.low, share.interval.high) if share.interval is not None else (None, None)
    return {"k": share.k, "n": share.n, "share": share.value, "low": low, "high": high}


def _partition(found: Migration, move: str) -> dict[str, Any]:
    return _share(found.share(move)) | {"balance": _share(found.share(move, money=True))}


def _recovery(found: Recovery) -> dict[str, Any]:
    body = dataclasses.asdict(found)
    for name, interval in (("rate", found.interval), ("reached_rate", found.reached_interval)):
        body |= {f"{name}_low": interval and interval.low, f"{name}_high": interval and interval.high}
    del body["interval"], body["reached_interval"]
    return body | {"month": found.month and found.month.strftime("%Y-%m")}


def _lines(result: dict[str, Any]) -> list[str]:
    shares = []
    for move, share in result["partition"].items():
        shares.append(f"{move:<5} {ranged(share['share'], share['low'], share['high'], 'ratio', share['n'])}")
    told, back = result["watch"], result["recovery"]
    return [
        *shares,
        f"on watch {told['n']}, of them {told['fall_next_month']} fall next month",
        f"recovered {ranged(back['rate'], back['rate_low'], back['rate_high'], 'ratio', back['n'])}",
        *(f"{row['customer_id']}  {row['notice']}" for row in told.get("rows", [])),
    ]
