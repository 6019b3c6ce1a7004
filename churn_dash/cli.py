"""The command line: whatever a page shows, as text or JSON. Documented in docs/CLI.md.

What only some verbs need (models, statistics, the server) is imported by them: it takes seconds.
"""

import datetime
import json
import math
import os
import pathlib
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import typer

from churn_dash import intake, measures
from churn_dash.errors import BadInput, ChurnDashError, NotFound
from churn_dash.marks import _
from churn_dash.store import Dataset, Loaded, Workspace, publish
from churn_dash.words import Text, nearest, say, show

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Why customers leave a bank.")
campaign = typer.Typer(no_args_is_help=True, help="Did a campaign work?")
app.add_typer(campaign, name="campaign")

Where = Annotated[pathlib.Path | None, typer.Option("--workspace", help="Folder of the data; else CHURN_DASH_WORKSPACE, else ./workspace.")]
Mode = Literal["append", "replace-months", "replace-all"]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run a command: exit 0, 1 with one sentence on stderr for what the user can mend, 2 for wrong usage."""
    try:
        app()
    except ChurnDashError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)


def workspace_path(given: pathlib.Path | None) -> pathlib.Path:
    """The workspace asked for: the option, the environment, or ./workspace."""
    return given or pathlib.Path(os.environ.get("CHURN_DASH_WORKSPACE", "workspace"))


def _print(result: Any, as_json: bool, text: Callable[[], str]) -> None:
    print(json.dumps(_defined(result), ensure_ascii=False, default=str, allow_nan=False) if as_json else text())


def _defined(result: Any) -> Any:
    """The result with null for every number that JSON cannot write.

    >>> _defined({"a": [1.5, float("inf")]})
    {'a': [1.5, None]}
    """
    if isinstance(result, float):
        return result if math.isfinite(result) else None
    if isinstance(result, dict):
        return {k: _defined(v) for k, v in result.items()}
    return [_defined(v) for v in result] if isinstance(result, list | tuple) else result


def _progress(quiet: bool) -> Callable[[Text, float], None]:
    def shown(text: Text, share: float) -> None:
        if not quiet and sys.stderr.isatty():
            print(f"{share:4.0%}  {say(text)}", file=sys.stderr)

    return shown


def _pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """NAME=VALUE options as a dictionary; raises ``BadInput`` for one without an equals sign."""
    found: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.rpartition("=")
        if not equals or not name:
            raise BadInput(_("{option} wants NAME=VALUE, not {pair}."), option=option, pair=pair)
        if name in found and found[name] != value:
            raise BadInput(_("{option} names {name} twice; give it once."), option=option, name=name)
        found[name] = value
    return found


@app.command()
def serve(
    workspace: Where = None,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
) -> None:
    """Serve the dashboard on this machine."""
    from churn_dash.ui import server

    server.serve(workspace_path(workspace), port)


@app.command()
def demo(
    workspace: Where = None,
    size: Annotated[Literal["tiny", "demo"], typer.Option(help="Size of the bank.")] = "demo",
    seed: Annotated[int, typer.Option(help="Seed of the invented bank.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Build the sample bank, once, with a risk model."""
    from churn_dash import demo as sample_workspace

    built = sample_workspace.build(workspace_path(workspace), size, seed, _progress(as_json))
    _print(built, as_json, lambda: f"{workspace_path(workspace)}: version {built['version']}")


@app.command()
def load(
    files: Annotated[list[pathlib.Path], typer.Argument(help="CSV (also gz, bz2, zip), xlsx or Parquet.")],
    workspace: Where = None,
    table: Annotated[str | None, typer.Option(help="Table of the contract that the file is.")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="COLUMN=FIELD; COLUMN= leaves the column out.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column that holds the customer number.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding, where it is not recognised.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    mode: Annotated[
        Literal["append", "replace-months", "replace-all"], typer.Option(help="append, replace-months or replace-all.")
    ] = "append",
    yes: Annotated[bool, typer.Option("--yes", help="Accept the proposed columns.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read, check and publish an extract as the next data version."""
    options = intake.Options(table, _pairs(mapping, "--map"), id_column, encoding, sheet)
    sources = [intake.Source(f.name, f) for f in files]
    if not yes:
        _confirm(sources, options)
    extract = intake.extract(sources, options, _progress(as_json))
    loaded = publish(Workspace.create(workspace_path(workspace)), extract, mode, _progress(as_json))
    _print(loaded.as_json(), as_json, lambda: _loaded_text(loaded))


def _confirm(sources: Sequence[intake.Source], options: intake.Options) -> None:
    for source in sources:
        print(source.name, file=sys.stderr)
        for match in intake.preview(source, options).mapping:
            print(f"  {match.header} → {match.field or '(attribute)'}  {say(match.reason)}", file=sys.stderr)
    if not sys.stdin.isatty():
        raise BadInput(_("Nothing was loaded: look at the columns above and load with --yes, or correct them with --map COLUMN=FIELD."))
    typer.confirm("Load with these columns?", abort=True)


def _loaded_text(loaded: Loaded) -> str:
    parts = f"{loaded.rows_good} good + {loaded.rows_quarantined} set aside + {loaded.rows_repeated} repeated"
    counts = f"version {loaded.version}: {loaded.rows_in} rows in = {parts}"
    return "\n".join([counts, *(say(w) for w in loaded.warnings)])


@app.command()
def versions(workspace: Where = None, as_json: AsJson = False) -> None:
    """List the data versions, newest first."""
    listed: list[dict[str, Any]] = [
        {"version": v.version, "created": v.created, "who": v.who, "mode": v.mode, "files": list(v.files), "shape": v.shape, **v.counts}
        for v in Workspace.open(workspace_path(workspace)).versions()
    ]
    lines = (f"{v['version']:>4}  {v['created']}  {v['mode']:<14} {', '.join(v['files'])}" for v in listed)
    _print({"versions": listed}, as_json, lambda: "\n".join(lines))


@app.command()
def measure(
    names: Annotated[list[str], typer.Argument(help="Metrics; see docs/METRICS.md.")],
    workspace: Where = None,
    by: Annotated[list[str] | None, typer.Option(help="Dimension; month, quarter or year; repeatable.")] = None,
    where: Annotated[list[str] | None, typer.Option(help="DIMENSION=VALUE; repeatable, the same dimension widens.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")] = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition: close, absent, dormant, asset_out, flag or first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure churn: the same numbers as the pages."""
    ds = Workspace.open(workspace_path(workspace)).dataset()
    wanted: dict[str, tuple[str, ...]] = {}
    for pair in where or ():
        name, value = _condition(ds, pair)
        wanted[name] = (*wanted.get(name, ()), value)
    period = measures.period(ds, start, end)
    rows = measures.measure(ds, names, by or (), measures.Filters(tuple(wanted.items())), period, definition).to_dicts()
    times = {"month": "%Y-%m", "quarter": "%Y-%m", "year": "%Y"}
    for row in rows:
        row |= {t: row[t].strftime(f) for t, f in times.items() if isinstance(row.get(t), datetime.date)}
    result = {"version": ds.version, "definition": measures.definition_of(ds, definition), "rows": rows}
    _print(result, as_json, lambda: "\n".join(_measured_line(r, names, by or ()) for r in rows))


def _condition(ds: Dataset, pair: str) -> tuple[str, str]:
    """A DIMENSION=VALUE as the dimension's name and one of its values; either may itself hold an equals sign.

    Raises ``NotFound`` for an unknown dimension or value, with the nearest known.
    """
    parts = pair.split("=")
    splits = [("=".join(parts[:i]), "=".join(parts[i:])) for i in range(1, len(parts))]
    if not splits or not pair.partition("=")[0]:
        raise BadInput(_("{option} wants NAME=VALUE, not {pair}."), option="--where", pair=pair)
    found = None
    for name, value in splits:
        try:
            found = measures.dimension(ds, name)
        except NotFound:
            continue
        if value in found.values:
            return found.name, value
    if found is None:
        found = measures.dimension(ds, splits[0][0])
    value = pair.partition("=")[2]
    near = nearest(value, found.values) or ", ".join(found.values[:12])
    raise NotFound(_("{dimension} has no value {value}; the nearest is {near}."), dimension=found.name, value=value, near=near)


def _measured_line(row: dict[str, Any], names: Sequence[str], by: Sequence[str]) -> str:
    parts = [str(row[b]) for b in by]
    for name in names:
        unit, low, high = measures.METRICS[name].unit, row[f"{name}_low"], row[f"{name}_high"]
        spread = f" ({show(low, unit)} – {show(high, unit)})" if low is not None else ""
        parts.append(f"{name} {show(row[name], unit)}{spread} n={row[f'{name}_n']:g}")
    return "  ".join(parts)


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
    result = risk.train(
        space.dataset(), space.models, model, target, drop or (), keep or (), seed, definition, _progress(as_json)
    ).as_json()
    lines = (f"{m['name']:<9} ROC-AUC {m['roc_auc']:.4f}  PR-AUC {m['pr_auc']:.4f}  Brier {m['brier']:.4f}" for m in result["models"])
    _print(result, as_json, lambda: "\n".join([f"base rate {result['base_rate']:.4f}", *lines, f"chosen: {result['chosen']}"]))


@app.command()
def score(
    workspace: Where = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="CSV or Parquet file to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score every active customer with the stored model."""
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset()
    model = risk.trained(space.models, ds.version)
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
    _print(result, as_json, lambda: f"{result['n']} customers, mean probability {result['mean_probability']:.4f}")


@app.command()
def explain(customer_id: str, workspace: Where = None, as_json: AsJson = False) -> None:
    """Why this customer: probability, contributions that add up, reasons in words."""
    from churn_dash import risk

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset()
    result = risk.explain(ds, risk.trained(space.models, ds.version), customer_id).as_json()
    _print(
        result,
        as_json,
        lambda: "\n".join([f"{result['customer_id']}: {result['probability']:.1%}", *(f"- {r}" for r in result["reasons"])]),
    )


@campaign.command()
def evaluate(
    campaign_id: Annotated[str | None, typer.Argument(help="Campaign of the loaded tables.")] = None,
    workspace: Where = None,
    file: Annotated[pathlib.Path | None, typer.Option(help="One flat file: a row a customer.")] = None,
    arm: Annotated[str | None, typer.Option(help="Column that holds the group.")] = None,
    control: Annotated[str | None, typer.Option(help="Its value for the hold-out.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Column that holds the outcome.")] = None,
    design: Annotated[str | None, typer.Option(help="Declared, never guessed.")] = None,
    ratio: Annotated[list[str] | None, typer.Option(help="ARM=SHARE planned; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """Whether a campaign worked, as far as the evidence goes."""
    from churn_dash import campaigns

    shares = {name: _share(value) for name, value in _pairs(ratio, "--ratio").items()} or None
    if file is not None:
        if not (arm and control and outcome):
            raise BadInput(_("A flat file needs --arm COLUMN, --control VALUE and --outcome COLUMN."))
        found = campaigns.evaluate_rows(intake.read_rows(intake.Source(file.name, file)), arm, control, outcome, design, shares)
    elif campaign_id is not None:
        found = campaigns.evaluate(Workspace.open(workspace_path(workspace)).dataset(), campaign_id, design, shares)
    else:
        raise BadInput(_("Name a campaign, or a flat file with --file."))
    result = found.as_json()
    _print(result, as_json, lambda: f"{result['verdict']}\nevidence {result['grade']}")


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError as problem:
        raise BadInput(_("{text} is not a share; write it as 0.5."), text=text) from problem
