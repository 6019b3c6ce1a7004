"""Data in."""

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from churn_dash import intake
from churn_dash.cli import reading
from churn_dash.cli.common import AsJson, Where, app, pairs, printed, progress, workspace_path
from churn_dash.cli.versions import shown
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Loaded, Workspace, publish
from churn_dash.words import say


@app.command()
def load(
    files: reading.Files,
    workspace: Where = None,
    table: reading.Table = None,
    mapping: reading.Mapping = None,
    id_column: reading.IdColumn = None,
    encoding: reading.Encoding = None,
    sheet: reading.Sheet = None,
    separator: reading.Separator = None,
    member: reading.Member = None,
    header_row: reading.HeaderRow = None,
    month: reading.Month = None,
    day_order: reading.DayOrder = None,
    missing: reading.Missing = None,
    closed: reading.Closed = None,
    distinct_rows: reading.Distinct = True,
    mask: reading.Mask = None,
    mode: Annotated[
        Literal["append", "replace-months", "replace-all"], typer.Option(help="append, replace-months or replace-all.")
    ] = "append",
    compare: Annotated[bool, typer.Option("--preview", help="Show what would change; publish nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Accept the proposed columns.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read, check and publish an extract as the next data version."""
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
        missing=reading.missing_values(missing),
        closed=closed,
        distinct_rows=distinct_rows,
        mask=tuple(mask or ()),
    )
    sources = reading.sources(files)
    if not yes and not compare:
        _confirm(sources, options)
    extract = intake.extract(sources, options, progress(as_json))
    if compare:
        shown(workspace_path(workspace), extract, mode, as_json)
        return
    loaded = publish(Workspace.create(workspace_path(workspace)), extract, mode, progress(as_json))
    printed(loaded.as_json(), as_json, lambda: _loaded_text(loaded))


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
