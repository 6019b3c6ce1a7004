"""The models that are kept: listed, compared, taken into use, rolled back."""

from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, Where, app, printed, workspace_path
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.marks import _
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.words.numbers import DASH

_ACTIONS = {"list": (0, 0), "trials": (0, 1), "compare": (1, 2), "promote": (1, 1), "rollback": (0, 0)}
"""What can be done, and how many models it takes."""


@app.command()
def models(
    action: Annotated[str, typer.Argument(help="list, trials, compare, promote or rollback.")] = "list",
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
    elif action == "trials":
        tried = {"version": ds.version, **_trials(space, ds, given)}
        printed(tried, as_json, lambda: "\n".join([tried["stakes"]["words"], *map(_measured, tried["rules"] + tried["models"])]))
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
        try:
            card = risk.model_of(space.models, e.id).card
        except ChurnDashError as problem:
            rows.append(row | {"problem": str(problem)})
            continue
        about = {k: getattr(card, k) for k in ("definition", "target", "windows", "features", "seed", "libraries")}
        measured = {k: getattr(card.chosen, k) for k in ("roc_auc", "pr_auc", "brier")}
        rows.append(row | about | measured | {"definition_tag": str(card.tag) if card.tag else None, "problem": None})
    left_here = None
    if used is None:
        try:
            risk.latest(space.models, state)
        except ChurnDashError as older:
            left_here = str(older)
    return {"in_use": used, "models": rows, "history": [u.as_json() for u in risk.uses(space.models, state)], "problem": left_here}


def _trials(space: Workspace, ds: Dataset, given: list[str]) -> dict[str, Any]:
    from churn_dash import risk
    from churn_dash.retention import threshold
    from churn_dash.retention.effects.save_rate import acting
    from churn_dash.retention.worklists.worklist import worths

    kept = risk.model_of(space.models, given[0]) if given else risk.trained(space.models, ds.state)
    records = Records(space.root)
    held = acting(ds, records, scope=Scope.everything())
    worth, _retention = worths(ds, kept, held, scope=Scope.everything())
    values = risk.score(ds, kept).select("customer_id").join(worth, on="customer_id", how="left")
    return threshold.side_by_side(kept, threshold.bank_stakes(values, held, threshold.in_force(kept, records)))


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
