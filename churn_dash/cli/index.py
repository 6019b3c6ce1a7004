"""The risk index: three weightings side by side, and experts' judgements recorded."""

import pathlib
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from churn_dash.cli.common import AsJson, AtVersion, Where, app, one_of, opened, pairs, printed, progress, tagged, workspace_path
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.store import Dataset, Workspace
from churn_dash.words import say

_FIRST = 20


@app.command()
def index(
    workspace: Where = None,
    weights: Annotated[str | None, typer.Option(help="expert, pca or entropy; else all side by side.")] = None,
    customers: Annotated[int, typer.Option(min=0, help="How many of the riskiest to list.")] = _FIRST,
    out: Annotated[pathlib.Path | None, typer.Option(help="CSV or Parquet file with every customer's index.")] = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition that the index is tested on.")] = None,
    version: AtVersion = None,
    expert: Annotated[str | None, typer.Option(help="Record the judgements of this expert.")] = None,
    judge: Annotated[list[str] | None, typer.Option(help="A/B=SCORE: A is SCORE (1/9 to 9) times as important as B; repeatable.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Leave the expert's judgements out from now on.")] = False,
    who: Annotated[str | None, typer.Option(help="Who records it; else the user of the machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """The index of every customer, 0 to 100, weighted by experts (AHP), by principal components and by entropy."""
    from churn_dash import risk

    ds = opened(workspace, version)
    if expert is not None or judge or withdraw:
        _recorded(ds, expert, judge or (), withdraw, who, as_json)
        return
    wanted = None if weights is None else one_of(weights, risk.WAYS, "--weights")
    found = risk.risk_index(ds, definition, progress=progress(as_json))
    if wanted is not None and (why := found.weights[wanted].why_not) is not None:
        raise NotPossible(_("There are no weights of this kind: {why}"), why=say(why))
    if out is not None:
        risk.write_scores(found.customers, out)
    kept = risk.latest(Workspace.open(workspace_path(workspace)).models, ds.state)
    model: dict[str, Any] | None = None
    if kept is not None:
        tried = kept.card.chosen
        low, high = tried.roc_auc_interval
        model = {"id": kept.id, "name": tried.name, "roc_auc": tried.roc_auc, "roc_auc_low": low, "roc_auc_high": high}
        model["less_index"] = risk.against(found, kept).as_json()
    ways = tuple(risk.WAYS) if wanted is None else (wanted,)
    result = {"version": ds.version, **tagged(ds, definition), **found.as_json(ways, customers), "model": model, "out": out and str(out)}
    printed(result, as_json, lambda: "\n".join(_lines(result)))


def _lines(result: dict[str, Any]) -> list[str]:
    def three(value: float | None) -> str:
        return "—" if value is None else f"{value:.3f}"

    tests = ((w["name"], w["auc"]) for w in result["weightings"])
    said = [f"{name:<8} AUC {three(a['value'])} ({three(a['low'])} to {three(a['high'])})" for name, a in tests]
    if (model := result["model"]) is not None:
        said += [f"model    AUC {three(model['roc_auc'])} ({three(model['roc_auc_low'])} to {three(model['roc_auc_high'])})"]
        said += [model["less_index"]["how"]]
        beside = model["less_index"]["weightings"]
        said += [f"model less {g['name']}: {three(g['value'])} ({three(g['low'])} to {three(g['high'])})" for g in beside]
    said += [f"{g['b']} less {g['a']}: AUC {three(g['value'])} ({three(g['low'])} to {three(g['high'])})" for g in result["auc_gains"]]
    said += [f"{r['a']} against {r['b']}: rank correlation {three(r['value'])}" for r in result["rank_correlation"]]
    said += [f"{i['name']:<14}" + "  ".join(f"{w} {three(v)}" for w, v in i["weights"].items()) for i in result["indicators"]]
    return said


def _recorded(ds: Dataset, expert: str | None, judged: Sequence[str], withdraw: bool, who: str | None, as_json: bool) -> None:
    from churn_dash.risk.index.ahp import hierarchy, together
    from churn_dash.risk.index.judged import judge

    if expert is None or bool(judged) == withdraw:
        raise BadInput(_("Judgements are recorded with --expert NAME and --judge A/B=SCORE for every pair, or left out with --withdraw."))
    given: dict[tuple[str, str], float] = {}
    for pair, score in pairs(judged, "--judge").items():
        a, slash, b = pair.partition("/")
        if not slash:
            raise BadInput(_("{option} wants {form}, not {pair}."), option="--judge", form="A/B=SCORE", pair=f"{pair}={score}")
        given[a.strip(), b.strip()] = _number(score, pair)
    one = judge(ds, expert, given, who)
    weights = dict(zip(one.names, hierarchy(together(one.names, [one.pairs])[0]).weights, strict=True)) if given else {}
    result = {"expert": one.name, "recorded": one.recorded, "ratio": one.ratio, "weights": weights}
    printed(result, as_json, lambda: "\n".join([one.name, *(f"{n:<14}{w:.3f}" for n, w in weights.items())]))


def _number(score: str, pair: str) -> float:
    """3, 0.5 or 1/3 as a number."""
    above, slash, below = score.partition("/")
    try:
        return float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        raise BadInput(_("{option} wants {form}, not {pair}."), option="--judge", form="A/B=SCORE", pair=f"{pair}={score}") from None
