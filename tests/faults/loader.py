"""A process that changes a workspace and may be killed while it does: ``loader.py WORKSPACE FRAMES ACTION [STEP [TIMES]]``.

ACTION is append, replace-months, replace-all, undo, redo, or look; with ``look+`` before it, what is served is looked at first. It
says ``ready`` when everything is imported and waits for a line; it says every step that is done, and with STEP it kills itself when
that step is done (for the TIMES-th time). At the end it prints what is served, as JSON.
"""

import hashlib
import json
import os
import pathlib
import signal
import sys
import time

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import ChurnDashError
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Question, measure
from churn_dash.store import Workspace, publish
from churn_dash.store.versions import steps
from churn_dash.store.versions.history import redo, undo


def served(workspace: Workspace) -> dict[str, object]:
    """What a reader sees: the rows of every table, what is derived of them, and how many versions there are."""
    ds = workspace.dataset()
    rows = hashlib.sha256()
    for name in sorted(ds.info.tables):
        frame = ds.table(name)
        assert frame is not None
        columns = sorted(frame.columns)
        rows.update(frame.select(columns).sort(columns).write_csv().encode())
    by_month = measure(Question(ds, Scope.everything()), ["customers", "churn_rate"], by=["month"]).select(
        "month", "customers", "churn_rate"
    )
    held = ds.table("customer_month")
    assert held is not None
    return {
        "rows": rows.hexdigest(),
        "measured": hashlib.sha256(by_month.write_csv().encode()).hexdigest(),
        "months": [str(m) for m in held["month"].unique().sort()],
        "derived_months": [str(m) for m in ds.all_months],
    }


def frames(folder: pathlib.Path) -> dict[str, pl.DataFrame]:
    """The tables of a load."""
    return {f.stem: pl.read_parquet(f) for f in sorted(folder.glob("*.parquet"))}


def main() -> None:
    """Do the action."""
    root, folder, action = sys.argv[1:4]
    first, action = action.startswith("look+"), action.removeprefix("look+")
    stop, times = (sys.argv[4], int(sys.argv[5])) if len(sys.argv) > 4 else (None, 0)
    reached: list[str] = []

    def listen(step: str) -> None:
        reached.append(step)
        print(step, flush=True)
        if step == stop and reached.count(step) == times:
            os.kill(os.getpid(), signal.SIGKILL)

    steps.listener = listen
    workspace = Workspace.open(root)
    extract = extract_of(frames(pathlib.Path(folder)), folder) if action not in ("undo", "redo", "look") else None
    print("ready", flush=True)
    sys.stdin.readline()
    looked = served(workspace) if first else None
    said, published, began = "", None, time.monotonic()
    try:
        if action in ("undo", "redo"):
            published = (undo if action == "undo" else redo)(workspace).version
        elif extract is not None:
            published = publish(workspace, extract, action).published
    except ChurnDashError as problem:
        said = str(problem)
    seconds = time.monotonic() - began
    found = {"served": served(workspace), "looked": looked, "said": said, "published": published, "steps": reached}
    print(json.dumps(found | {"versions": len(workspace.versions()), "seconds": seconds}))


if __name__ == "__main__":
    main()
