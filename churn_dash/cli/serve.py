"""Serve the dashboard, and make the sample bank that it shows first."""

from typing import Annotated, Literal

import typer

from churn_dash.cli.common import AsJson, Where, app, printed, progress, workspace_path


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

    built = sample_workspace.build(workspace_path(workspace), size, seed, progress(as_json))
    printed(built, as_json, lambda: f"{workspace_path(workspace)}: version {built['version']}")
