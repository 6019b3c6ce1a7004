"""The models that are kept: listed, compared, taken into use, rolled back."""

from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, Where, app, printed, workspace_path
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.marks import _
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.words.numbers import DASH

_ACTIONS = {"list": (0, 0), "show": (0, 1), "trials": (0, 1), "compare": (1, 2), "promote": (1, 1), "rollback": (0, 0)}
"""What can be done, and how many models it takes."""


@app.command()
def models(
    action: Annotated[str, typer.Argument(help="list, show, trials, compare, promote or rollback.")] = "list",
    names: Annotated[list[str] | None, typer.Argument(help="Ids of models, or how they begin.")] = None,
    workspace: Where = None,
    why: Annotated[str, typer.Option(help="Why; kept with the record.")] = "",
    who: Annotated[str | None, typer.Option(help="Who decides; else the user of the machine.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Every trained model is kept; which one is in use is decided, recorded, and can be taken back."""
    from churn_dash import risk

    given = names or []
    if action not in _ACTIONS:
        raise BadInput(_("{option} has no {value}; there are: {known}."), option="models", value=action, known=", ".join(_ACTIONS))
    least, most = _ACTIONS[action]
    if not least <= len(given) <= most:
        raise BadInput(_("churn-dash models {action} takes {least} to {most} models."), action=action, least=least, most=most)
    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    if action == "list":
        result = _listed(space, ds.state) | {"version": ds.version}
        printed(result, as_json, lambda: "\n".join(map(_line, result["models"])) or result["problem"] or "no model yet")
    elif action == "show":
        card = _shown(space, ds, given)
        printed(card, as_json, lambda: "\n".join(_read_out(card)))
    elif action == "trials":
        tried = {"version": ds.version, **_trials(space, ds, given)}
        printed(
            tried, as_json, lambda: "\n".join([tried["stakes"]["words"], *_calls(tried), *map(_measured, tried["rules"] + tried["models"])])
        )
    elif action == "compare":
        second = risk.model_of(space.models, given[1]) if len(given) > 1 else risk.trained(space.models, ds.state)
        found = risk.compared(risk.model_of(space.models, given[0]), second)
        printed(found.as_json(), as_json, lambda: "\n".join([str(found.how), *(f"{x.measure}: {x.first} {x.second}" for x in found.lines)]))
    else:
        if action == "promote":
            fit = risk.carried(ds, risk.model_of(space.models, given[0]))
            use, remarks = risk.promote(space.models, given[0], ds.state, why, who), fit.remarks
        else:
            use, remarks = risk.roll_back(space.models, ds.state, why, who), ()
        done = {**use.as_json(), "remarks": [str(r) for r in remarks]}
        printed(done, as_json, lambda: "\n".join([f"{use.id} is in use for data version {ds.version}", *done["remarks"]]))


def _listed(space: Workspace, state: int) -> dict[str, Any]:
    from churn_dash import risk

    used = risk.in_use(space.models, state)
    rows: list[dict[str, Any]] = []
    for e in risk.entries(space.models):
        row: dict[str, Any] = {"id": e.id, "name": e.name, "version": e.version, "who": e.who, "made": e.made, "in_use": e.id == used}
        row["card_sha256"] = e.digest
        try:
            card = risk.model_of(space.models, e.id).card
        except ChurnDashError as problem:
            rows.append(row | {"problem": str(problem)})
            continue
        about = {k: getattr(card, k) for k in ("definition", "target", "reason_map", "windows", "features", "seed", "libraries")}
        measured = {k: getattr(card.chosen, k) for k in ("roc_auc", "pr_auc", "brier")}
        told = {"definition_tag": str(card.tag) if card.tag else None, "reasons": str(card.reasons)}
        rows.append(row | about | measured | told | {"problem": None})
    left_here = None
    if used is None:
        try:
            risk.latest(space.models, state)
        except ChurnDashError as older:
            left_here = str(older)
    return {"in_use": used, "models": rows, "history": [u.as_json() for u in risk.uses(space.models, state)], "problem": left_here}


def _shown(space: Workspace, ds: Dataset, given: list[str]) -> dict[str, Any]:
    """The card of a model, the hash that the register keeps of it, and whether it is in use."""
    from churn_dash import risk
    from churn_dash.risk.explained.readable import said

    kept = risk.model_of(space.models, given[0]) if given else risk.trained(space.models, ds.state)
    digest = risk.entry(space.models, kept.id).digest
    return {
        "in_use": risk.in_use(space.models, ds.state) == kept.id,
        "card_sha256": digest,
        **kept.card.as_json(),
        "readable": said(kept.read()),
    }


def _read_out(card: dict[str, Any]) -> list[str]:
    """The card for a person: what it is, how it did, how right its risks are, what can be read of it, what was left out."""
    used = "in use" if card["in_use"] else "not in use"
    said = [f"{card['id']}  {card['name']}, {used}; data {card['version']}, {card['who']}, {card['created']}"]
    said += [f"card sha256 {card['card_sha256']}", card["definition_tag"] or card["target"], card["tested"], card["calibrated"]]
    said += [f"base rate {_four(card['base_rate'])}; {card['n']} rows; seed {card['seed']}; {len(card['features'])} features"]
    for m in card["models"]:
        said.append(_measured(m))
        if (chance := m["random_split"]) is not None:
            said.append(f"  a random split would have said: ROC-AUC {_four(chance['roc_auc'])}, PR-AUC {_four(chance['pr_auc'])}")
    chosen = next(m for m in card["models"] if m["name"] == card["name"])
    for b in chosen["reliability"]:
        said.append(f"risk {_four(b['predicted'])}: left {_four(b['observed'])} ({_four(b['low'])} to {_four(b['high'])}; n={b['n']})")
    for g in chosen["gains"]:
        reached, right = _four(g["recall"]), _four(g["precision"])
        said.append(f"called {_four(g['share'])}: reached {reached} of leavers, {right} of those called left, lift {g['lift']:.2f}")
    for name, found in card["readable"].items():
        said += [f"{name}: {line}" for line in _sentences(found)]
    said += [f"left out: {x['column']}: {x['why']}" for x in card["left_out"]]
    return said


def _sentences(found: dict[str, Any]) -> list[str]:
    """What can be read of a kind: a rule, points or a weight a line."""
    if found["as"] == "rules":
        return [f"{_four(r['rate'])} of {r['n']} left: {' · '.join(r['when']) or 'everybody'}" for r in found["rules"]]
    if found["as"] == "points":
        return [f"{found['base']:.0f} points to start with", *(f"{p['points']:+.0f}  {p['bin']}" for p in found["points"])]
    return [f"{w['weight']:+.3f}{_over(w)}  {w['column']}" for w in found["weights"]]


def _over(weight: dict[str, Any]) -> str:
    """The range over the refits; nothing where there is none."""
    return f" ({weight['low']:+.3f} to {weight['high']:+.3f})" if weight.get("low") is not None else ""


def _four(value: float | None) -> str:
    return DASH if value is None else f"{value:.4f}"


def _trials(space: Workspace, ds: Dataset, given: list[str]) -> dict[str, Any]:
    from churn_dash import risk
    from churn_dash.retention import may_be_called, threshold
    from churn_dash.retention.at_capacity import bank_calls, reached
    from churn_dash.retention.effects.save_rate import acting
    from churn_dash.retention.worklists.exports import exports
    from churn_dash.retention.worklists.worklist import worths

    kept = risk.model_of(space.models, given[0]) if given else risk.trained(space.models, ds.state)
    records = Records(space.root)
    held = acting(ds, records, scope=Scope.everything())
    worth, _retention = worths(ds, kept, held, scope=Scope.everything())
    values = risk.score(ds, kept, scope=Scope.everything()).select("customer_id").join(worth, on="customer_id", how="left")
    cuts = threshold.in_force(kept, records)
    found = threshold.side_by_side(kept, threshold.bank_stakes(values, held, cuts))
    calls = bank_calls(cuts, exports(records), may_be_called(ds, kept, Scope.everything()).height)
    at = reached(kept, calls) if calls is not None else {}
    for row in (*found["rules"], *found["models"]):
        row["at_calls"] = {k: m.as_json() for k, m in at[row["name"]].items()} if row["name"] in at else None
    return found | {"calls": calls and calls.as_json()}


def _calls(tried: dict[str, Any]) -> list[str]:
    """What the models reach at the bank's own number of calls, or that it is not known."""
    if tried["calls"] is None:
        return ["the bank's own number of calls is not known; lift and recall are of the riskiest tenth"]
    at = ((r["name"], r["at_calls"]["recall"]) for r in tried["models"] if r["at_calls"] is not None)
    lines = (f"{n:<13} reached {_four(m['value'])} ({_four(m['low'])} to {_four(m['high'])})" for n, m in at)
    return [tried["calls"]["how"], *lines]


def _measured(row: dict[str, Any]) -> str:
    def cell(name: str) -> str:
        m = row["measures"].get(name)
        if m is None or m["value"] is None:
            return f"{name} {DASH}"
        return f"{name} {m['value']:.4f} ({m['low']:.4f} to {m['high']:.4f}; tests {m['least']:.4f} to {m['most']:.4f})"

    return f"{row['name']:<13} n={row['n']}  " + "  ".join(map(cell, ("pr_auc", "roc_auc", "ks", "profit")))


def _line(row: dict[str, Any]) -> str:
    mark = "*" if row["in_use"] else " "
    return f"{mark} {row['id']}  data {row['version']}  {row['who']}  " + (row["problem"] or f"ROC-AUC {row['roc_auc']:.4f}")
