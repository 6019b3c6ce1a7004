"""A random draw declared for good, and taken back."""

from typing import Annotated

import typer

from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, Language, Where, printed, unjudged, workspace_path
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Workspace

_DECLARED = _("A declaration is written down here and nothing is judged; campaign evaluate judges with it.")


@campaign.command()
def drawn(
    campaign_id: Annotated[str, typer.Argument(help="Campaign of the loaded tables.")],
    workspace: Where = None,
    declare: Annotated[bool, typer.Option("--declare", help="Declare for good that its groups were drawn at random.")] = False,
    take_back: Annotated[bool, typer.Option("--take-back", help="Take the declaration back; it stays in the records.")] = False,
    who: Annotated[str | None, typer.Option(help="Who declares it; else the user of this machine.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Whether somebody declared that a campaign's groups were drawn at random, who and when; every command then judges it so."""
    from churn_dash.campaigns import drawn as kept
    from churn_dash.campaigns.groups.design import told_of

    if declare and take_back:
        raise BadInput(_("Give one of --declare and --take-back."))
    space = Workspace.open(workspace_path(workspace))
    if declare:
        kept.declare(space.dataset(), campaign_id, who)
    elif take_back:
        kept.take_back(space.dataset(), campaign_id, who)
    found = kept.declared(space.dataset(), campaign_id)
    held = found.in_force
    words = f"{campaign_id}: no random draw is declared here" if held is None else f"{told_of(held).in_(language)} ({held.digest[:12]})"
    printed({"campaign_id": campaign_id, "draw": found.as_json()} | unjudged(_DECLARED, language), as_json, lambda: words)
