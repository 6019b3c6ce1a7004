"""What would change it: levers of one customer, a segment or the bank, and another market."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, Only, Where, app, pairs, printed, progress, tagged, workspace_path
from churn_dash.cli.measure import conditions
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.store import Records, Workspace
from churn_dash.words import say, show

Set = Annotated[list[str] | None, typer.Option("--set", help="FEATURE=VALUE; +1 or -1 moves it from where it stands; repeatable.")]


@app.command()
def whatif(
    customer_id: Annotated[str | None, typer.Argument(help="A customer; without one the bank, or the segment.")] = None,
    workspace: Where = None,
    put: Set = None,
    smallest: Annotated[bool, typer.Option("--smallest", help="The cheapest change that lowers the customer's grade.")] = False,
    segment: Annotated[str | None, typer.Option(help="A saved segment instead of the bank.")] = None,
    where: Only = None,
    market: Annotated[list[str] | None, typer.Option(help="FEATURE=VALUE of the market, such as rate_gap=+0.5; repeatable.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """What the model would say if something changed, within what similar customers show; measured effects where there are any."""
    from churn_dash import risk
    from churn_dash.retention.effects.measured import measured_effects
    from churn_dash.retention.threshold import in_force
    from churn_dash.risk.whatif import asked
    from churn_dash.risk.whatif.situation import Change

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model = risk.trained(space.models, ds.state)
    changes = {n: Change.parsed(v, n) for n, v in pairs(put, "--set").items()}
    moves = {n: Change.parsed(v, n) for n, v in pairs(market, "--market").items()}
    said = asked.said_of(ds)
    if customer_id is not None and (segment is not None or where or moves):
        raise BadInput(_("Ask for one customer, or for a segment, the bank or the market, not for both."))
    if moves and changes:
        raise BadInput(_("Ask for --set or for --market, not for both at once."))
    if smallest and (customer_id is None or changes):
        raise BadInput(_("--smallest is asked of one customer, without --set."))
    about: dict[str, Any] = {"version": ds.version, "model": model.name, **tagged(ds, model.card.definition)}
    effects = (
        () if moves or smallest else measured_effects(ds, model.design.features, said, model.card.definition, scope=Scope.everything())
    )
    cuts = in_force(model, Records(ds.root))
    if customer_id is not None:
        row = risk.explain(ds, model, customer_id, scope=Scope.everything()).row
        about |= {"customer_id": customer_id}
        if smallest:
            least = risk.smallest(model, row, said, cuts)
            printed(about | least.as_json(), as_json, lambda: _spoken_smallest(about | least.as_json()))
            return
        result = risk.what_if(model, row, changes, said, effects).as_json()
        result["levers"] = [x.as_json() for x in risk.levers(model, row, said, None)]
        printed(about | result, as_json, lambda: _spoken_one(about | result))
        return
    filters = conditions(ds, [*(where or ()), *([f"segment:{segment}=in"] if segment is not None else [])])
    people = asked.portfolio_of(Question(ds, Scope.everything(), filters), model, progress=progress(as_json))
    if moves:
        answer = risk.market_if(ds, model, people, moves, progress(as_json), cuts)
    else:
        answer = risk.group_if(model, people, changes, said, effects, progress(as_json), cuts)
    about |= {"segment": segment}
    printed(about | answer.as_json(), as_json, lambda: _spoken_group(answer.as_json()))


@app.command()
def levers(
    feature: Annotated[str | None, typer.Argument(help="What the model looks at; without it all levers are listed.")] = None,
    workspace: Where = None,
    mark: Annotated[bool, typer.Option("--mark", help="The bank can change it.")] = False,
    unmark: Annotated[bool, typer.Option("--unmark", help="The bank cannot change it.")] = False,
    cost: Annotated[float | None, typer.Option(help="What a unit of it costs for one customer, CNY.")] = None,
    campaign: Annotated[str | None, typer.Option(help="The campaign that measures it; '' takes it back.")] = None,
    who: Annotated[str | None, typer.Option(help="Who says so; else the user of this machine.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """What the bank can change of a customer: recognised or marked, what a unit costs, which campaign measures it."""
    from churn_dash import risk
    from churn_dash.campaigns import campaign_ids
    from churn_dash.risk.whatif import declared

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    features = risk.trained(space.models, ds.state).design.features
    records = Records(space.root)
    asks = mark or unmark or cost is not None or campaign is not None
    if mark and unmark:
        raise BadInput(_("Say --mark or --unmark, not both."))
    if asks and feature is None:
        raise BadInput(_("Name what the model looks at first: churn-dash levers FEATURE."))
    if campaign and campaign not in campaign_ids(ds):
        from churn_dash.campaigns.groups.members import campaign as one

        one(ds, campaign)
    if asks and feature is not None:
        marked = True if mark else False if unmark else None
        declared.put(records, features, feature, marked=marked, cost=cost, campaign=campaign, who=who)
    said = declared.settings(records)
    rows = [
        {
            "feature": f.name,
            "label": say(f.label),
            "sort": declared.sort(f),
            "way": declared.way(f),
            "cost": said.cost(f),
            **{k: getattr(said.of(f.name), k) for k in ("marked", "campaign", "who", "made")},
        }
        for f in said.levers(features)
        if feature in (None, f.name)
    ]
    result = {"levers": rows, "not_levers": [f.name for f in features if f not in said.levers(features)]}
    printed(result, as_json, lambda: "\n".join(f"{r['feature']:<24} {r['cost']:>8g}  {r['label']}" for r in rows) or "—")


def _spoken_one(r: Mapping[str, Any]) -> str:
    was = r["probability_before"]
    lines = [f"{r['customer_id']}: {was:.2%} -> {r['probability_after']:.2%} ({r['kind']})"]
    lines += [f"{r['range']}: {was + r['low']:.2%} to {was + r['high']:.2%}"] if r["range"] else []
    lines += [*(m["text"] for m in r["measured"]), *r["not_taken"]]
    lines += [f"  {x['feature']:<20} {x['value']:g} ({x['low']:g} to {x['high']:g})  {x['label']}" for x in r["levers"]]
    return "\n".join([*lines, r["note"]])


def _spoken_smallest(r: Mapping[str, Any]) -> str:
    changes = ", ".join(f"{n}={v:g}" for n, v in r["changes"].items())
    after = f" -> {r['probability_after']:.2%}, {changes}, cost {show(r['cost'], 'money')}" if r["changes"] else ""
    return f"{r['customer_id']}: {r['probability_before']:.2%}{after}\n{r['text']}\n{r['note']}"


def _spoken_group(r: Mapping[str, Any]) -> str:
    lines = [f"{r['n']} customers, expected to leave {r['leavers_before']:.1f} -> {r['leavers_after']:.1f} ({r['kind']})"]
    lines += [f"{r['range']}: {r['leavers_after_low']:.1f} to {r['leavers_after_high']:.1f}"] if r["range"] else []
    lines += [f"balances at risk {show(r['balances_at_risk_before'], 'money')} -> {show(r['balances_at_risk_after'], 'money')}"]
    lines += [
        f"  {a['feature']}: {a['moved']} moved, {a['at_bound']} stopped at a bound, {a['already']} already there, "
        f"{a['no_room']} no room, {a['unknown']} unknown"
        for a in r["applied"]
    ]
    return "\n".join([*lines, *(m["text"] for m in r["measured"]), *r["not_taken"], r["note"]])
