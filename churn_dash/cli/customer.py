"""One customer: the portrait, the risk and the time still expected."""

from typing import Annotated

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import AsJson, AtVersion, Language, Where, app, printed, workspace_path
from churn_dash.store import Workspace
from churn_dash.words import say
from churn_dash.words.numbers import DASH


@app.command()
def customer(
    customer_id: Annotated[str, typer.Argument(help="Number of the customer.")],
    workspace: Where = None,
    language: Language = "en",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """One customer: profile, tags, stage, tier and gap, holdings, months, everything that happened, risk, time still expected."""
    from churn_dash import risk
    from churn_dash.segments import HAPPENINGS, portrait

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset(version)
    found = portrait(ds, customer_id, scope=Scope.everything())
    model = risk.latest(space.models, ds.state)
    scored = model is not None and customer_id in set(risk.score(ds, model, scope=Scope.everything())["customer_id"])
    why = risk.explain(ds, model, customer_id, scope=Scope.everything()) if model is not None and scored else None
    time = risk.time_to_leave(ds, model, customer_id, why.probability if why is not None else None)
    result = {
        "version": ds.version,
        **found.as_json(language),
        "risk": why and {"model": why.model, "probability": why.probability, "reasons": why.as_json(language)["reasons"]},
        "time_to_leave": time and time.as_json(),
    }

    def text() -> str:
        tier = found.tier
        lines = [f"{customer_id}  {' · '.join(str(v) for v in found.history.now.values() if v is not None)}"]
        if tier is not None:
            gap = DASH if tier.gap is None else f"{tier.gap:,.0f}"
            lines.append(f"tier {tier.tier}, threshold less balance {gap}, months on watch {tier.watch}")
        if why is not None:
            lines.append(f"risk {why.probability:.1%}")
        if time is not None:
            at = {share: f"over {12 * time.horizon_years}" if m.value is None else f"{m.value:.1f}" for share, m in time.left.items()}
            lines.append("of such customers have left after months: " + ", ".join(f"{share:.0%} {months}" for share, months in at.items()))
        return "\n".join([*lines, *(f"{h.day}  {say(HAPPENINGS[h.kind], language)}: {h.words(language)}" for h in found.happenings)])

    printed(result, as_json, text)
