"""Risk models: train, score, explain."""

import pathlib
from typing import Annotated

import typer

from churn_dash.cli.common import AsJson, AtVersion, Where, app, printed, progress, workspace_path
from churn_dash.store import Records, Workspace


@app.command()
def train(
    workspace: Where = None,
    model: Annotated[str, typer.Option(help="all, logistic, tree, forest or boosting.")] = "all",
    target: Annotated[str | None, typer.Option(help="Column that holds the outcome.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Column to leave out; repeatable.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Column to keep although it would be left out; repeatable.")] = None,
    seed: Annotated[int, typer.Option(help="Seed.")] = 0,
    definition: Annotated[str | None, typer.Option(help="Churn definition of the label.")] = None,
    as_json: AsJson = False,
) -> None:
    """Train the risk models side by side and keep the best."""
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    result = risk.train(space.dataset(), space.models, model, target, drop or (), keep or (), seed, definition, progress(as_json)).as_json()
    lines = (f"{m['name']:<9} ROC-AUC {m['roc_auc']:.4f}  PR-AUC {m['pr_auc']:.4f}  Brier {m['brier']:.4f}" for m in result["models"])
    printed(result, as_json, lambda: "\n".join([f"base rate {result['base_rate']:.4f}", *lines, f"chosen: {result['chosen']}"]))


@app.command()
def score(
    workspace: Where = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="CSV or Parquet file to write.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Score every active customer with the stored model."""
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model = risk.trained(space.models, ds.state)
    rows = risk.score(ds, model)
    if out is not None:
        risk.write_scores(rows, out, model)
    result = {
        "version": ds.version,
        "model": model.name,
        "n": len(rows),
        "mean_probability": rows["probability"].mean(),
        "out": out and str(out),
    }
    printed(result, as_json, lambda: f"{result['n']} customers, mean probability {result['mean_probability']:.4f}")


@app.command()
def explain(customer_id: str, workspace: Where = None, version: AtVersion = None, as_json: AsJson = False) -> None:
    """Why this customer: probability, contributions that add up, reasons in words."""
    from churn_dash import risk
    from churn_dash.retention import plays as play

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    model, records = risk.trained(space.models, ds.state), Records(space.root)
    why = risk.explain(ds, model, customer_id)
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
