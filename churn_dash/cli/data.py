"""Data in, and the versions of them."""

import pathlib
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from churn_dash import intake
from churn_dash.cli.common import AsJson, Where, app, pairs, printed, progress, workspace_path
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Loaded, Recalled, Workspace, publish, recall, remember, stopped
from churn_dash.words import say


@app.command()
def load(
    files: Annotated[list[pathlib.Path], typer.Argument(help="CSV (also gz, bz2, zip), xlsx or Parquet.")],
    workspace: Where = None,
    table: Annotated[str | None, typer.Option(help="Table of the contract that the file is.")] = None,
    mapping: Annotated[list[str] | None, typer.Option("--map", help="COLUMN=FIELD; COLUMN= leaves the column out.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", help="Column that holds the customer number.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding, where it is not recognised.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    separator: Annotated[str | None, typer.Option(help="Character between cells, where it is not recognised.")] = None,
    member: Annotated[str | None, typer.Option(help="File inside a zip.")] = None,
    header_row: Annotated[int | None, typer.Option(help="Row that names the columns; the first is 1.")] = None,
    month: Annotated[str | None, typer.Option(help="Month of a file that tells none, YYYY-MM.")] = None,
    day_order: Annotated[
        Literal["day-first", "month-first"] | None, typer.Option(help="What comes first in dates such as 03/04/2024.")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(help="COLUMN=VALUE that stands for missing, such as BALANCE=-999999; repeatable.")
    ] = None,
    closed: Annotated[
        Literal["status", "drop-out", "unknown"] | None,
        typer.Option(help="What becomes of closed customers: they keep a status, drop out of the list, or it is not known."),
    ] = None,
    mode: Annotated[
        Literal["append", "replace-months", "replace-all"], typer.Option(help="append, replace-months or replace-all.")
    ] = "append",
    yes: Annotated[bool, typer.Option("--yes", help="Accept the proposed columns, and what was said of this source last time.")] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Load although columns that were mapped last time are gone.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read, check and publish an extract as the next data version."""
    said: dict[str, tuple[str, ...]] = {}
    for pair in missing or ():
        for column, value in pairs([pair], "--missing").items():
            said[column] = (*said.get(column, ()), value)
    options = intake.Options(
        table=table,
        mapping=pairs(mapping, "--map"),
        id_column=id_column,
        encoding=encoding,
        sheet=sheet,
        separator=separator,
        member=member,
        header_row=header_row,
        month=month,
        day_order=day_order,
        missing=said,
        closed=closed,
    )
    sources = [intake.Source(f.name, f) for f in files]
    before = _recalled(workspace_path(workspace), sources, options)
    options = before.options
    if not yes:
        _confirm(sources, options)
    if not changed:
        stopped(before)
    extract = intake.extract(sources, options, progress(as_json))
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
    return "\n".join([counts, *(say(w) for w in loaded.warnings)])


@app.command()
def versions(workspace: Where = None, as_json: AsJson = False) -> None:
    """List the data versions, newest first."""
    listed: list[dict[str, Any]] = [
        {"version": v.version, "created": v.created, "who": v.who, "mode": v.mode, "files": list(v.files), "shape": v.shape, **v.counts}
        for v in Workspace.open(workspace_path(workspace)).versions()
    ]
    lines = (f"{v['version']:>4}  {v['created']}  {v['mode']:<14} {', '.join(v['files'])}" for v in listed)
    printed({"versions": listed}, as_json, lambda: "\n".join(lines))
