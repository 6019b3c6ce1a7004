"""An official figure beside ours."""

from typing import Annotated

import typer

from churn_dash import measures
from churn_dash.cli.common import AsJson, Where, app, opened, printed
from churn_dash.cli.measure import asked
from churn_dash.measures.comparisons.reconciliation import Choice, Reconciliation, how
from churn_dash.words import say

_MOST = 10


@app.command()
def reconcile(
    official: Annotated[str, typer.Option(help="The official figure: a rate as 5.2% or 0.052, or a number of customers.")],
    workspace: Where = None,
    start: Annotated[str | None, typer.Option("--from", help="Its first month, YYYY-MM.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Its last month, YYYY-MM.")] = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition that it is meant by.")] = None,
    words: Annotated[str, typer.Option(help="Its definition in words, such as 销户; read where --definition is not given.")] = "",
    as_json: AsJson = False,
) -> None:
    """Explain the difference between an official churn figure and ours by definition, months, customers, formula and rows set aside."""
    ds = opened(workspace)
    found = measures.reconcile(asked(ds, None, start, end, definition), official, words)
    printed({"version": ds.version, **found.as_json()}, as_json, lambda: _text(found))


def _text(found: Reconciliation) -> str:
    return "\n".join([say(found.sentence), *(_line(found, c) for c in found.choices[:_MOST])])


def _line(found: Reconciliation, choice: Choice) -> str:
    return f"{'*' if choice.explains else ' '} {found.official.spoken(choice.figure)!s:>10}  {say(how(choice))}"
