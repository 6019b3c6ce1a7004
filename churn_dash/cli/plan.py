"""A campaign before it starts."""

from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, AtVersion, Definition, Language, Only, Where, printed, ranged, tagged, unjudged, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.marks import _
from churn_dash.store import Records, Workspace
from churn_dash.words import show

_PLANNED = _("Nothing is judged yet; with a hold-out drawn at random, evidence A can be reached on the day of the analysis.")


@campaign.command(name="plan")
def plan_(
    workspace: Where = None,
    hold_out: Annotated[float, typer.Option(help="Share held out at random, 0.01 to 0.9.")] = 0.2,
    effect: Annotated[float | None, typer.Option(help="Fall of churn expected, 0.01 is one point; else the share of leavers kept.")] = None,
    horizon: Annotated[int, typer.Option(help="Days after which it is judged.")] = 90,
    rate: Annotated[float | None, typer.Option(help="Rate of churn without the campaign, 0 to 1; else counted in the data.")] = None,
    members: Annotated[int | None, typer.Option(help="Customers in both groups; else everybody who may be contacted.")] = None,
    weekly: Annotated[float | None, typer.Option(help="Customers who can be taken in each week.")] = None,
    cluster_size: Annotated[float, typer.Option(help="Customers a cluster, where whole clusters are drawn.")] = 1.0,
    icc: Annotated[float, typer.Option(help="How alike the customers of a cluster are, 0 to 1.")] = 0.0,
    looks: Annotated[int, typer.Option(help="How often the result is looked at, the last time included.")] = 1,
    power: Annotated[float, typer.Option(help="Chance with which the effect is to be found.")] = 0.8,
    level: Annotated[float, typer.Option(help="Confidence.")] = 0.95,
    where: Only = None,
    grade: Annotated[list[str] | None, typer.Option(help="Only customers of this risk grade, by the model in use; repeatable.")] = None,
    budget: Annotated[float | None, typer.Option(help="Also whom to call for so much, CNY; needs a trained model.")] = None,
    definition: Definition = None,
    language: Language = "en",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """How many customers a campaign needs, which hold-out, at what cost, and when the answer comes: before it starts."""
    from churn_dash.campaigns.planner import Terms, base_rate, plan
    from churn_dash.campaigns.planner.base import declared, eligible
    from churn_dash.campaigns.planner.plan import points
    from churn_dash.evaluation.ledger.campaigned import hold_out_opened
    from churn_dash.retention.effects.save_rate import acting

    space = Workspace.open(workspace_path(workspace))
    ds, records, scope = space.dataset(version), Records(space.root), Scope.everything()
    head, held = {"version": ds.version, **tagged(ds, definition)}, acting(ds, records, scope=scope)
    question = asked(ds, where, definition=definition)
    listed, spending = None, None
    if grade or budget is not None:
        from churn_dash import risk
        from churn_dash.retention.threshold import in_force
        from churn_dash.retention.worklists import budget as spending_on
        from churn_dash.retention.worklists.exports import listed_before
        from churn_dash.retention.worklists.worklist import worklist

        kept = risk.trained(space.models, ds.state)
        grades = tuple(grade or ("high",))
        listed = worklist(
            question,
            kept,
            in_force(kept, records),
            held,
            grades=grades,
            before=listed_before(records),
        )
        spending = None if budget is None else spending_on.under_budget(listed, budget, held)
    if rate is not None:
        base = declared(rate, eligible(question) if members is None else members, horizon)
    elif grade and listed is not None:
        base = spending_on.base_of_grades(listed, kept, grades, horizon)
    else:
        base = base_rate(question, horizon)
    terms = Terms(hold_out, effect, members, weekly, cluster_size, icc, looks, power, level)
    found = plan(base, terms, held)
    result: dict[str, Any] = head | unjudged(_PLANNED, language) | found.as_json(language)
    result["rests_on"] = [hold_out_opened(found, held).as_json(language)]
    result["budget"] = spending and spending.as_json(language)

    def text() -> str:
        lines = [
            result["verdict"],
            *([result["advice"]] if result["advice"] else []),
            f"base rate       {ranged(base.rate, base.low, base.high, 'ratio', base.n)}  {result['base']['why']}",
            f"expected fall   {points(found.effect)} points   can be shown {points(found.chosen.mde)} points",
            f"power           {show(found.chosen.power, 'ratio')} with {found.chosen.treated} called and {found.chosen.control} held out",
            f"hold-out costs  {show(found.chosen.cost, 'money')}   not spent on contacts {show(found.chosen.saved, 'money')}",
            f"weeks           {found.weeks if found.weeks is not None else '—'}",
            result["about_looks"],
        ]
        return "\n".join([*lines, *([result["budget"]["words"]] if spending else [])])

    printed(result, as_json, text)
