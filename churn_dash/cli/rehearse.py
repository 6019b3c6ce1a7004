"""A rehearsal on a copy of the bank's own data."""

from typing import Annotated

import typer

from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, AtVersion, Definition, Language, Only, Where, one_of, opened, printed, tagged, unjudged
from churn_dash.cli.measure import asked
from churn_dash.marks import _
from churn_dash.words import show

_REHEARSED = _("The effect was planted in a copy, so that nothing is claimed of the bank; the designs stand beside the truth.")


@campaign.command()
def rehearse(
    workspace: Where = None,
    effect: Annotated[float, typer.Option(help="Fall of churn that is planted, 0.01 is one point.")] = 0.01,
    assignment: Annotated[str, typer.Option(help="Who is treated: random, risk or branch.")] = "random",
    share: Annotated[float, typer.Option(help="Share treated.")] = 0.5,
    members: Annotated[int, typer.Option("--n", help="Members drawn from the data.")] = 3_000,
    draws: Annotated[int, typer.Option(help="How often it is repeated.")] = 50,
    horizon: Annotated[int, typer.Option(help="Days after which it is judged.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same rehearsal.")] = 0,
    where: Only = None,
    definition: Definition = None,
    language: Language = "en",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Plant a known effect in a copy of these data and see what each design finds; nothing is stored."""
    from churn_dash.campaigns.rehearsal import ASSIGNMENTS, DESIGNS, Planted
    from churn_dash.campaigns.rehearsal import rehearse as rehearsed
    from churn_dash.words import say

    ds = opened(workspace, version)
    head = {"version": ds.version, **tagged(ds, definition)}
    how = one_of(assignment, ASSIGNMENTS, "--assignment")
    planted = Planted(effect, how, share, members, draws, seed)
    found = rehearsed(asked(ds, where, definition=definition), planted, horizon)
    result = head | unjudged(_REHEARSED, language) | found.as_json(language)

    def text() -> str:
        lines = [
            str(result["verdict"]),
            "REHEARSAL: nothing of this happened.",
            f"{'':<40} {'found':>10} {'truth':>10} {'held':>8} {'wrong':>8}",
        ]
        for f in found.found:
            cells = (show(f.mean, "points"), show(f.truth, "points"), show(f.held.value, "ratio"), show(f.wrong, "ratio"))
            told = f"{cells[0]:>10} {cells[1]:>10} {cells[2]:>8} {cells[3]:>8}" if f.why is None else str(f.why)
            lines.append(f"{say(DESIGNS[f.design]):<40} {told}")
        return "\n".join(lines)

    printed(result, as_json, text)
