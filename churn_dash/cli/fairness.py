"""Whether the model treats groups alike, and what leaving out gender and age costs."""

from typing import Annotated

import typer

from churn_dash.cli.common import AsJson, AtVersion, Where, app, printed, progress, workspace_path
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.store import Records, Workspace
from churn_dash.words.numbers import DASH, ratio

BY_DEFAULT = ("gender", "age_band")


@app.command()
def fairness(
    workspace: Where = None,
    by: Annotated[list[str] | None, typer.Option(help="Dimension; repeatable; else gender and age band.")] = None,
    cost: Annotated[bool, typer.Option(help="Refit the model to say what leaving out gender and age costs.")] = False,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Selection rate, recall and calibration by group on customers that the model had not seen; what leaving out gender and age costs."""
    from churn_dash import risk
    from churn_dash.retention.threshold import in_force

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model = risk.trained(space.models, ds.state)
    cut = in_force(model, Records(space.root)).high
    known = [d.name for d in ds.dimensions]
    asked = by or [n for n in BY_DEFAULT if n in known]
    if not asked:
        raise NotPossible(_("These data tell neither gender nor age; name a dimension, one of: {known}."), known=", ".join(known) or "—")
    groups = [risk.by_group(ds, model, name, cut) for name in asked]
    costs = risk.kept_costs(model)
    if costs is None and cost:
        costs = risk.costs_of_leaving_out(ds, model, progress(as_json))
    result = {
        "version": ds.version,
        "model": model.id,
        "groups": [g.as_json() for g in groups],
        "costs": None if costs is None else [c.as_json() for c in costs],
    }

    def text() -> str:
        lines = []
        for found in groups:
            lines.append(f"{found.by}, selected from {ratio(found.threshold)}")
            for g in found.groups:
                selected, found_of = ratio(g.selection.value), ratio(g.recall.value)
                rates = f"selected {selected}  recall {found_of}  predicted {ratio(g.predicted)}  observed {ratio(g.observed.value)}"
                if g.selection_ratio.low is not None and g.selection_ratio.high is not None:
                    over = f"{ratio(g.selection_ratio.low)} to {ratio(g.selection_ratio.high)}"
                    rates += f"  selected at {ratio(g.selection_ratio.value)} of the highest ({over})"
                lines.append(f"  {g.group or DASH}  n={g.customers}  {rates}")
            lines += [f"  ! {f}" for f in found.flags]
        for c in costs or ():
            ends = f"{c.low:+.4f} to {c.high:+.4f}" if c.low is not None and c.high is not None else DASH
            lines.append(f"leaving out {c.attribute} costs {c.cost:+.4f} PR-AUC ({ends})")
        return "\n".join(lines)

    printed(result, as_json, text)
