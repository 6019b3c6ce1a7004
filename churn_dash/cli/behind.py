"""The customers behind a bar, a cell or a point of any page."""

from typing import Annotated, Any

import typer

from churn_dash.cli.common import AsJson, AtVersion, FromMonth, ToMonth, Where, app, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.words import show


@app.command()
def behind(
    split: Annotated[str | None, typer.Argument(help="How a page splits the customers, such as reason; without it all are listed.")] = None,
    cell: Annotated[str | None, typer.Argument(help="One cell of it, such as rate; without it every cell with its count.")] = None,
    workspace: Where = None,
    how: Annotated[str, typer.Option(help="What the page lets its reader choose; see docs/CLI.md.")] = "",
    where: Annotated[
        list[str] | None, typer.Option(help="DIMENSION=VALUE or segment:NAME=in|out; repeatable, the same dimension widens.")
    ] = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition; see the verb definitions.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Who stands behind a figure of a page: the customers of a bar, a cell or a point, as the page lists them."""
    from churn_dash.behind import SPLITS, cells, customers, people
    from churn_dash.behind.splits import split as named
    from churn_dash.behind.words import cell_words

    if split is None:
        known = [{"split": s.name, "label": s.label, "pages": s.pages, "limits_others": s.narrows, "how": s.hows} for s in SPLITS.values()]
        printed({"splits": known}, as_json, lambda: "\n".join(f"{s['split']:<12} {s['label']}" for s in known))
        return
    one, ds = named(split), opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    head: dict[str, Any] = {"version": ds.version, **tagged(ds, definition), "split": one.name, "how": how}
    if cell is None:
        listed = [c | {"words": str(cell_words(split, c["cell"]))} for c in cells(people(question, split, how))]
        printed(head | {"cells": listed}, as_json, lambda: "\n".join(f"{c['cell']:<24} {c['n']:>8}  {c['words']}" for c in listed))
        return
    rows = customers(question, split, cell, how).to_dicts()
    result = head | {"cell": cell, "n": len(rows), "rows": rows}
    printed(result, as_json, lambda: "\n".join(f"{r['customer_id']}  {show(r['balance'], 'money')}  {r['left_on'] or ''}" for r in rows))
