"""Plays and own products: what to do about a reason, and what to suggest."""

from typing import Annotated

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, Where, app, pairs, printed, workspace_path
from churn_dash.store import Records, Workspace


@app.command()
def plays(
    name: Annotated[str | None, typer.Argument(help="A play, or with --product a product.")] = None,
    workspace: Where = None,
    product: Annotated[bool, typer.Option("--product", help="The products that may be suggested, not the plays.")] = False,
    put: Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE, such as title=…; repeatable.")] = None,
    who: Annotated[str | None, typer.Option(help="Who sets it; else the user of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """The plays by reason and the own products; change one with --set, kept with who and when."""
    from churn_dash.retention import plays as play
    from churn_dash.retention.effects.save_rate import by_play
    from churn_dash.retention.effects.save_rate import rates as measured

    space = Workspace.open(workspace_path(workspace))
    records = Records(space.root)
    changes = pairs(put, "--set")
    if changes and name is None:
        raise typer.BadParameter("--set needs the NAME of what it changes")
    if changes and name is not None:
        (play.put_product if product else play.put_play)(records, name, changes, who)
    kept, products = play.plays(records), play.products(records)
    rates = by_play(measured(space.dataset(), records, scope=Scope.everything())) if space.current() is not None and not product else {}
    told = {n: {"measured": rates[n].as_json() if n in rates else None} for n in kept}
    result = {
        "plays": [] if product else [p.as_json() | told[p.name] for p in kept.values() if name in (None, p.name)],
        "products": [p.as_json() for p in products.values() if name in (None, p.name)] if product or name is None else [],
    }
    if name is not None and not result["plays"] and not result["products"]:
        play.known(name, products if product else kept)
    lines = [f"{p['name']:<16} {p['kind']:<15} {p['title']}" for p in result["plays"]]
    lines += [f"{p['name']:<18} {p['risk']:<7} {p['term_months']:>3}  {p['title']}" for p in result["products"]]
    printed(result, as_json, lambda: "\n".join(lines))
