"""Branches and managers beside one another."""

from typing import Annotated

import typer

from churn_dash.cli.common import AsJson, AtVersion, Definition, FromMonth, Only, ToMonth, Where, app, one_of, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.words import show


@app.command()
def compare(
    by: Annotated[str, typer.Option(help="What is compared: branch_id, rm_id or another dimension.")] = "branch_id",
    workspace: Where = None,
    adjust: Annotated[list[str] | None, typer.Option(help="Dimension of the mix to adjust for; repeatable; none: for nothing.")] = None,
    of: Annotated[str, typer.Option(help="churn, or csat: the share of satisfied customers among those who answered.")] = "churn",
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Compare units fairly: adjusted for their mix of customers, with what chance alone would do."""
    from churn_dash.causes.satisfaction_compared import satisfaction_compared
    from churn_dash.measures.comparisons.comparison import comparison

    work = {"churn": comparison, "csat": satisfaction_compared}[one_of(of, ("churn", "csat"), "--of")]
    ds = opened(workspace, version)
    strata = () if adjust == ["none"] else adjust or None
    found = work(asked(ds, where, start, end, definition), by, strata)

    counted = {"churn": "left", "csat": "satisfied"}[of]

    def text() -> str:
        lines = [f"all {show(found.rate, 'ratio')}, adjusted for {', '.join(found.strata) or 'nothing'}"]
        for u in sorted(found.units, key=lambda u: -u.shrunk):
            ends = f"({show(u.low, 'ratio')} – {show(u.high, 'ratio')})"
            rates = f"{show(u.shrunk, 'ratio')}  adjusted {show(u.adjusted, 'ratio')} {ends}"
            lines.append(f"{u.name:<12} {rates}  {u.left} of {u.n} {counted}, {u.expected:.1f} expected  {u.verdict}")
        return "\n".join(lines)

    printed({"version": ds.version, "of": of, **found.as_json(), **tagged(ds, found.definition)}, as_json, text)
