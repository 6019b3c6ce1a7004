"""What left the house: the lists of customers taken from pages, and the smallest group whose figures a file may hold."""

from typing import Annotated

import typer

from churn_dash.cli.common import AsJson, Where, app, printed, workspace_path
from churn_dash.store import Records, Workspace


@app.command()
def exports(
    workspace: Where = None,
    fewest: Annotated[int | None, typer.Option(help="Record it: figures of fewer customers are blank in files; 1: of none.")] = None,
    who: Annotated[str | None, typer.Option(help="Who says so; else the user of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """The lists of customers that left as files, and from how many customers on a figure may leave."""
    from churn_dash.report import exported

    records = Records(Workspace.open(workspace_path(workspace)).root)
    if fewest is not None:
        exported.set_fewest(records, fewest, who)
    rows = [dict(r) for r in exported.taken(records)]
    least = exported.fewest(records)
    lines = [f"figures of fewer than {least} customers are blank in files"]
    lines += [f"{r['made'][:16]}  {r['who']}  {r['list']}  {r['n']:,} customers  {r['kind']}  version {r['version']}" for r in rows]
    printed({"fewest": least, "lists": rows}, as_json, lambda: "\n".join(lines))
