"""A watched folder."""

import json
import pathlib
import signal
import sys
from types import FrameType
from typing import Annotated, Any, Literal

import typer

from churn_dash.cli.common import AsJson, Where, app, workspace_path
from churn_dash.errors import NotPossible
from churn_dash.marks import _


@app.command()
def inbox(
    folder: Annotated[pathlib.Path, typer.Argument(help="Folder to watch; loaded files move to done/ or failed/ in it.")],
    workspace: Where = None,
    once: Annotated[bool, typer.Option("--once", help="Load what is there and end, for a scheduler.")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 10.0,
    mode: Annotated[
        Literal["append", "replace-months", "replace-all"], typer.Option(help="append, replace-months or replace-all.")
    ] = "append",
    as_json: AsJson = False,
) -> None:
    """Load files as they arrive, with what was remembered of files like them."""
    from churn_dash.inbox import Plan, watch

    asked: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        """The file in hand is finished; a second signal ends at once."""
        asked.append(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    plan = Plan(folder, workspace_path(workspace), once, every, mode)
    tally = watch(
        plan, lambda event: print(json.dumps(event, ensure_ascii=False) if as_json else _line(event), flush=True), lambda: bool(asked)
    )
    if once and tally.failed + tally.left:
        raise NotPossible(
            _("Not loaded: {failed} moved to {folder}/failed, {left} left in the inbox. The reports beside them say why."),
            failed=tally.failed,
            left=tally.left,
            folder=folder,
        )


def _line(event: dict[str, Any]) -> str:
    """One line of the log."""
    kind = event["event"]
    if kind == "done":
        parts = f"{event['rows_good']} good + {event['rows_quarantined']} set aside + {event['rows_repeated']} repeated"
        what = f"version {event['version']}" if event["published"] else f"nothing new, still version {event['version']}"
        said = f"{what}, {event['rows_in']} rows in = {parts}"
    elif kind == "stopped":
        said = f"{event['done']} done, {event['failed']} failed, {event['left']} left"
    else:
        said = event["sentence"]["en"] if "sentence" in event else f"into {event['workspace']}"
    return f"{event['time']} {kind:<8} {event['file']}: {said}"
