"""The register of campaigns: what each did, what to do with it, what was learned."""

from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, AtVersion, Definition, Language, Where, printed, progress, ranged, tagged, workspace_path
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.money import assumptions as assumed
from churn_dash.measures.question import Question
from churn_dash.store import Records, Workspace
from churn_dash.words import say


@campaign.command()
def register(
    workspace: Where = None,
    definition: Definition = None,
    lesson: Annotated[str | None, typer.Option(help="A lesson to write down; needs --of. It is never changed.")] = None,
    of: Annotated[str | None, typer.Option(help="Campaign that the lesson is of.")] = None,
    who: Annotated[str | None, typer.Option(help="Who learned it; else the user of this machine.")] = None,
    language: Language = "en",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Every campaign so far: evidence, effect, cost, return, stop, go on or widen, lessons; and what is known of talks and courses."""
    from churn_dash.campaigns import Prices, campaign_ids
    from churn_dash.campaigns.registered import education, learn, lessons, so_far
    from churn_dash.evaluation.ledger.campaigned import so_far_opened

    ds, records = (space := Workspace.open(workspace_path(workspace))).dataset(version), Records(space.root)
    if (lesson is None) != (of is None):
        raise BadInput(_("A lesson needs both --lesson TEXT and --of CAMPAIGN."))
    if lesson is not None and of is not None:
        learn(records, campaign_ids(ds), of, lesson, who)
    head = {"version": ds.version, **tagged(ds, definition)}
    held = assumed.in_force(records)
    scope, prices = Scope.everything(), Prices.of(held)
    found = so_far(ds, scope, head["definition"], prices, lessons(records), told=progress(as_json))
    result: dict[str, Any] = head | found.as_json(language)
    result["rests_on"] = [a.as_json(language) for a in so_far_opened(ds, found, held, scope)]
    try:
        result["education"] = education(Question(ds, scope, definition=head["definition"])).as_json(language)
    except NotPossible as problem:
        result["education"] = {"problem": say(problem, language)}

    def text() -> str:
        lines = []
        for x in found.lines:
            e = x.effect
            unit = "points" if x.entry.effect is not None and x.entry.effect.outcome.unit == "ratio" else "number"
            lines.append(f"{x.entry.campaign_id}  {x.entry.name}  evidence {x.entry.grade or '—'}  {ranged(e.value, e.low, e.high, unit)}")
            lines.append(f"    {say(x.advice.label, language)}: {x.advice.why.in_(language)}")
            lines += [f"    {one.made[:10]} {one.who}: {one.text}" for one in x.lessons]
        return "\n".join([*lines, result["winners_curse"]["note"]])

    printed(result, as_json, text)
