"""What the model in use looks at across customers: importance over refits, dependence on one feature, drivers by group."""

from typing import Annotated, Any

import typer

from churn_dash.cli.common import AsJson, AtVersion, Only, Where, app, printed, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.filters import dimension
from churn_dash.store import Workspace
from churn_dash.words import nearest


@app.command()
def importance(
    workspace: Where = None,
    feature: Annotated[str | None, typer.Option(help="Also how the risk moves with this feature.")] = None,
    by: Annotated[str | None, typer.Option(help="Also what drives the risk in each group of this dimension.")] = None,
    where: Only = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """What moves the risk across customers, and how far that can be relied on: the model learnt again from other customers."""
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model = risk.trained(space.models, ds.state)
    result: dict[str, Any] = {
        "version": ds.version,
        "model_id": model.id,
        "unit": model.fitted.kind.unit,
        "refits": len(model.card.data["refits"]["means"]),
        "importance": [i.as_json() for i in model.ranking],
        "dependence": None,
        "drivers": None,
    }
    if feature is not None:
        named = {f.name: f for f in model.design.features}
        if feature not in named:
            near = nearest(feature, list(named)) or next(iter(named))
            raise NotFound(_("The model looks at nothing called {name}; the nearest is {near}."), name=feature, near=near)
        result["dependence"] = {"feature": feature, "steps": [vars(s) for s in risk.dependence(model.sample(), named[feature])]}
    if by is not None:
        by = dimension(ds, by).name
        found = risk.driven(asked(ds, where, definition=model.card.definition), model, by)
        result["drivers"] = {"by": by, "groups": [d.as_json() for d in found]}
    lines = (f"{i['rank']:>3} {i['share']:6.1%} ({i['low']:.1%} to {i['high']:.1%})  {i['label']}" for i in result["importance"])
    printed(result, as_json, lambda: "\n".join(lines))
