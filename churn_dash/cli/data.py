"""Data in."""

import pathlib
import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from churn_dash import intake
from churn_dash.cli import reading
from churn_dash.cli.common import AsJson, Where, app, printed, progress, workspace_path
from churn_dash.cli.versions import shown
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Loaded, Recalled, Workspace, publish, recall, remember, stopped
from churn_dash.words import say


@app.command()
@reading.reads
def load(
    files: reading.Files,
    workspace: Where = None,
    *,
    options: intake.Options,
    mode: Annotated[
        Literal["append", "replace-months", "replace-all"], typer.Option(help="append, replace-months or replace-all.")
    ] = "append",
    compare: Annotated[bool, typer.Option("--preview", help="Show what would change; publish nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the proposed columns, and what was said of this source last time.")] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Load although columns that were mapped last time are gone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read, check and publish an extract as the next data version."""
    sources = reading.sources(files)
    before = _recalled(workspace_path(workspace), sources, options)
    options = before.options
    if not yes and not compare:
        _confirm(sources, options)
    if not changed:
        stopped(before)
    extract = intake.extract(sources, options, progress(as_json))
    if compare:
        shown(workspace_path(workspace), extract, mode, as_json)
        return
    space = Workspace.create(workspace_path(workspace))
    loaded = publish(space, extract, mode, progress(as_json))
    remember(space, extract, options)
    told = {
        "differences": [d.as_json() for d in before.differences],
        "questions": [q.as_json() for q in extract.questions],
    }
    changes = [f"{d.file}: {say(s)}" for d in before.differences for s in d.sentences()]
    asked = [f"? {say(q.sentence)} {say(q.reason)}" for q in extract.questions if q.option != "mapping" or not q.proposal]
    printed(loaded.as_json() | told, as_json, lambda: "\n".join([_loaded_text(loaded), *changes, *asked]))


def _recalled(root: pathlib.Path, sources: Sequence[intake.Source], options: intake.Options) -> Recalled:
    """What was said of these files last time; nothing where the workspace does not exist yet."""
    return recall(Workspace.open(root), sources, options) if (root / "workspace.json").exists() else Recalled(options)


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
    told = dict.fromkeys(say(w) for w in loaded.warnings)
    found = dict.fromkeys(
        f"{f.severity}: {say(f.sentence)}" for f in loaded.findings if f.severity != "note" and say(f.sentence) not in told
    )
    return "\n".join([counts, *told, *found])
