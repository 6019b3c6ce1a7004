"""What lost customers cost, and the assumptions behind every amount."""

from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import (
    AsJson,
    AtVersion,
    Definition,
    FromMonth,
    Only,
    ToMonth,
    Where,
    app,
    pairs,
    printed,
    ranged,
    tagged,
    workspace_path,
)
from churn_dash.cli.measure import asked
from churn_dash.errors import ChurnDashError
from churn_dash.measures.money import assumptions as assumed
from churn_dash.store import Records, Workspace
from churn_dash.words import show
from churn_dash.words.numbers import DASH


@app.command()
def costs(
    workspace: Where = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """What lost customers cost: margin, lifetime value, replacement, standing, value at risk; with the assumptions behind it."""
    from churn_dash import risk
    from churn_dash.measures.money import repute
    from churn_dash.measures.money.costs import costs
    from churn_dash.retention.worklists.at_stake import stakes

    place = Workspace.open(workspace_path(workspace))
    ds = place.dataset(version)
    question, held = asked(ds, where, start, end, definition), assumed.in_force(Records(place.root))
    found = costs(question, held)
    result: dict[str, Any] = {"version": ds.version, **found.as_json(), **tagged(ds, found.definition)}
    if found.period is not None:
        share = repute.market_share(question)
        told = [f(question) for f in (repute.detractors, repute.complaints)]
        result |= {"market_share": share and share.as_json()}
        result |= {name: v and v.as_json() for name, v in zip(("detractors", "complaints"), told, strict=True)}
        try:
            scores = risk.score(ds, risk.trained(place.models, ds.state), scope=Scope.everything())
            at_risk = stakes(question, scores, held, found.retention)
            result |= {"at_risk": at_risk.as_json(), "at_risk_why_not": None}
        except ChurnDashError as problem:
            result |= {"at_risk": None, "at_risk_why_not": str(problem)}
    result["assumptions"] = [h.as_json() for h in held.values()]
    amounts = ("balances_lost", "margin_lost", "lifetime_value_lost", "replacement_cost")

    def text() -> str:
        lines = [f"{found.n} customers lost, balances of {found.n_known} known"]
        lines += [f"{name:<20} {show(result[name], 'money')}" for name in amounts]
        value = result.get("at_risk") and result["at_risk"]["value"]
        lines.append(f"{'value_at_risk':<20} {show(value, 'money')}")
        share = result.get("market_share")
        if share:
            ends = (show(share[side], "ratio") for side in ("before", "after"))
            lines.append(f"{'market_share':<20} {' to '.join(ends)}, {share['first']} to {share['last']}")
        for name in ("detractors", "complaints"):
            if voice := result.get(name):
                lines.append(f"{name:<20} {ranged(voice['per_1000'], voice['low'], voice['high'], 'number', voice['n'])} per 1,000")
        return "\n".join(lines)

    printed(result, as_json, text)


@app.command()
def assumptions(
    workspace: Where = None,
    put: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE, such as spread=1.5%; repeatable.")] = None,
    who: Annotated[str | None, typer.Option(help="Who sets it; else the user of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """The assumptions behind every amount of money, who set them and when; set them with --set."""
    from churn_dash.retention.effects.save_rate import acting

    place = Workspace.open(workspace_path(workspace))
    records = Records(place.root)
    wanted = {name: assumed.parsed(name, value) for name, value in pairs(put, "--set").items()}
    if wanted:
        assumed.put(records, wanted, who)
    held = assumed.in_force(records) if place.current() is None else acting(place.dataset(), records, scope=Scope.everything())
    lines = (f"{n:<17} {h.value:<10g} {h.who or DASH}  {h.made or ''}  {h.assumption.label}" for n, h in held.items())
    printed({"assumptions": [h.as_json() for h in held.values()]}, as_json, lambda: "\n".join(lines))
