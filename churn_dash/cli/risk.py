"""Risk models: train, score, explain."""

import pathlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, Where, app, opened, printed, progress, workspace_path
from churn_dash.store import Records, Workspace

if TYPE_CHECKING:
    from churn_dash.risk import Model


@app.command()
def train(
    workspace: Where = None,
    model: Annotated[str, typer.Option(help="all, logistic, scorecard, hazard, tree, forest or boosting.")] = "all",
    target: Annotated[str | None, typer.Option(help="Column that holds the outcome.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out; repeatable.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Column to keep although it would be left out; repeatable.")] = None,
    seed: Annotated[int, typer.Option(help="Seed.")] = 0,
    definition: Annotated[str | None, typer.Option(help="Churn definition of the label.")] = None,
    rows: Annotated[int | None, typer.Option(help="Rows to learn from at most; default 200,000.")] = None,
    choose: Annotated[str | None, typer.Option(help="Model to use whatever the comparison says; needs --why.")] = None,
    why: Annotated[str, typer.Option(help="Why that model; recorded with your name and the day.")] = "",
    stayers: Annotated[float, typer.Option(help="Share of those who stayed to fit on; less is quicker.")] = 1.0,
    promote: Annotated[bool, typer.Option("--promote", help="Use the model at once; else it waits where another is in use.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train the risk models side by side and keep the simplest that is as good as the best, or the one you choose.

    It comes into use where these data have none yet, or where you chose it.
    """
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    ds, told = space.dataset(), progress(as_json)
    choice = risk.Choice(choose, why) if choose else None
    made = risk.train(
        ds,
        space.models,
        model,
        target,
        drop or (),
        keep or (),
        seed,
        definition,
        told,
        rows=rows,
        choice=choice,
        stayers=stayers,
        promote=promote,
    )
    used = made.model is not None and risk.in_use(space.models, ds.state) == made.model.id
    result = {**made.as_json(), "in_use": used}
    lines = (f"{m['name']:<9} ROC-AUC {m['roc_auc']:.4f}  PR-AUC {m['pr_auc']:.4f}  Brier {m['brier']:.4f}" for m in result["models"])
    ends = (f"base rate {result['base_rate']:.4f}", f"chosen: {result['chosen']}", _waiting(made.model, used))
    printed(result, as_json, lambda: "\n".join([ends[0], *lines, *ends[1:]]))


@app.command()
def score(
    workspace: Where = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="CSV or Parquet file to write.")] = None,
    version: AtVersion = None,
    model_id: Annotated[str | None, typer.Option("--model", help="A kept model by its id; else the one in use.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score every active customer with the model in use, or with another that is kept."""
    from churn_dash import risk
    from churn_dash.retention.threshold import in_force
    from churn_dash.risk.scores.spread import spread

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model = risk.trained(space.models, ds.state) if model_id is None else risk.model_of(space.models, model_id)
    fit = risk.carried(ds, model)
    rows = risk.score(ds, model, scope=Scope.everything())
    if out is not None:
        risk.write_scores(rows, out, model)
    result = {
        "version": ds.version,
        "model": model.name,
        "model_id": model.id,
        **fit.as_json(),
        "n": len(rows),
        "mean_probability": rows["probability"].mean(),
        "spread": spread(rows["probability"], in_force(model, Records(space.root)).high).as_json(),
        "out": out and str(out),
    }
    mean = "—" if result["mean_probability"] is None else f"{result['mean_probability']:.4f}"
    printed(result, as_json, lambda: "\n".join([f"{result['n']} customers, mean probability {mean}", *map(str, fit.remarks)]))


@app.command()
def explain(customer_id: str, workspace: Where = None, version: AtVersion = None, as_json: AsJson = False) -> None:
    """Why this customer: probability, contributions that add up, reasons in words."""
    from churn_dash import risk
    from churn_dash.retention import plays as play

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model, records = risk.trained(space.models, ds.state), Records(space.root)
    why = risk.explain(ds, model, customer_id, scope=Scope.everything())
    told = play.advice(why, play.plays(records), play.products(records), play.facts(ds, customer_id))
    way = [{"month": f"{s.month:%Y-%m}", "probability": s.probability} for s in risk.path(ds, model, customer_id, why.probability)]
    result = why.as_json() | told.as_json() | {"path": way}
    printed(
        result,
        as_json,
        lambda: "\n".join(
            [
                f"{result['customer_id']}: {result['probability']:.1%}",
                *(f"- {r['mark'] or '—':<3} {r['text']}" for r in result["reasons_told"]),
            ]
        ),
    )


def _waiting(model: "Model | None", used: bool) -> str:
    return "in use" if used or model is None else f"kept, not in use; churn-dash models promote {model.id} --why …"


@app.command()
def features(
    customer_id: Annotated[str | None, typer.Argument(help="One customer; without it, of how many customers each is known.")] = None,
    workspace: Where = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition that says who is still a customer.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """What the models may look at at the end of the data, and when each was known."""
    from churn_dash import risk

    ds = opened(workspace, version)
    found = [x.as_json(one=customer_id is not None) for x in risk.looked_at(ds, customer_id, definition, scope=Scope.everything())]
    result = {"version": ds.version, "as_of": ds.data_end and ds.data_end.isoformat(), "customer_id": customer_id, "features": found}

    def line(x: dict[str, Any]) -> str:
        if x["lacks"]:
            said = f"not in these data: {', '.join(x['lacks'])}"
        elif customer_id is not None:
            said = f"{x['value']}  ({x['when_known']}: {x['available_ts'] or '—'})"
        else:
            said = f"{x['customers']} of {x['of']}  ({x['when_known']}: {x['available_ts'] or '—'})"
        return f"{x['group']:<9}{x['feature']:<26}{said}"

    printed(result, as_json, lambda: "\n".join(line(x) for x in found))
