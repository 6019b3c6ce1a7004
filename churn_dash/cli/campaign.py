"""Campaigns."""

import pathlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from churn_dash import intake
from churn_dash.cli.common import AsJson, AtVersion, Definition, Language, Where, app, pairs, printed, workspace_path
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import in_force
from churn_dash.store import Records, Workspace
from churn_dash.words import Text, say
from churn_dash.words.typed import number

if TYPE_CHECKING:
    from churn_dash.campaigns import Evaluation

campaign = typer.Typer(no_args_is_help=True, help="Did a campaign work?")
app.add_typer(campaign, name="campaign")


@campaign.command()
def evaluate(
    campaign_id: Annotated[str | None, typer.Argument(help="Campaign of the loaded tables.")] = None,
    workspace: Where = None,
    file: Annotated[pathlib.Path | None, typer.Option(help="One flat file: a row a customer.")] = None,
    arm: Annotated[str | None, typer.Option(help="Column that holds the group.")] = None,
    control: Annotated[str | None, typer.Option(help="Its value for the hold-out.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Column that holds the outcome; of a campaign, one of its outcomes.")] = None,
    design: Annotated[str | None, typer.Option(help="Declared, never guessed.")] = None,
    ratio: Annotated[list[str] | None, typer.Option(help="ARM=SHARE planned; repeatable.")] = None,
    strata: Annotated[str | None, typer.Option(help="Column within whose values the groups were drawn.")] = None,
    cluster: Annotated[str | None, typer.Option(help="Column of which whole values were drawn, such as a household.")] = None,
    pre: Annotated[list[str] | None, typer.Option(help="Column of a number known before the groups were made; repeatable.")] = None,
    reached: Annotated[str | None, typer.Option(help="Column that says who was reached in the end.")] = None,
    unit: Annotated[str | None, typer.Option(help="Column of the customer's number, or of what else is followed over time.")] = None,
    time: Annotated[str | None, typer.Option(help="Column of the period: compares changes before and after.")] = None,
    start: Annotated[str | None, typer.Option(help="With --time: first treated period, or the column that holds it for each unit.")] = None,
    covariate: Annotated[list[str] | None, typer.Option(help="Column known before a choice that was not random; repeatable.")] = None,
    placebo: Annotated[str | None, typer.Option(help="Column of an outcome from before the campaign, where no effect can be.")] = None,
    look: Annotated[bool, typer.Option("--look", help="Take a look before the end, as registered; it is kept on record.")] = False,
    who: Annotated[str | None, typer.Option(help="Who takes the look; else the user of this machine.")] = None,
    definition: Definition = None,
    version: AtVersion = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Whether a campaign worked, as far as the evidence goes, with the naive figure beside it.

    Of a campaign of the tables also the eight indicators before and after, and how alike the groups were beforehand.
    """
    from churn_dash import campaigns
    from churn_dash.access import Scope
    from churn_dash.campaigns import drawn, interim
    from churn_dash.campaigns import registration as registered

    more: dict[str, Any] = {"draw": None, "registration": None, "before_after": None, "balance": None, "version": None}
    everybody = Scope.everything()
    shares = {name: _share(value) for name, value in pairs(ratio, "--ratio").items()} or None
    if file is not None:
        if not (arm and control and outcome):
            raise BadInput(_("A flat file needs --arm COLUMN, --control VALUE and --outcome COLUMN."))
        if look:
            raise BadInput(_("--look is for a campaign of the loaded tables that was registered with looks before its end."))
        if definition or version is not None:
            raise BadInput(_("--definition and --version are for a campaign of the loaded tables; a flat file has neither."))
        columns = campaigns.Columns(strata, cluster, tuple(pre or ()), reached, unit, time, start, tuple(covariate or ()), placebo)
        rows = intake.read_rows(intake.Source(file.name, file))
        found = campaigns.evaluate_rows(rows, arm, control, outcome, design, shares, columns=columns)
    elif campaign_id is not None:
        if pre or reached or unit or time or start or covariate or placebo:
            raise BadInput(
                _(
                    "--pre, --reached, --unit, --time, --start, --covariate and --placebo are for a flat file; "
                    "a campaign's columns are found in its tables."
                )
            )
        place = Workspace.open(workspace_path(workspace))
        prices = campaigns.Prices.of(in_force(Records(place.root)))
        ds = place.dataset(version)
        if look:
            if version is not None:
                raise BadInput(_("A look is taken at the newest data; leave --version out."))
            interim.look(ds, campaign_id, who)
        asked = (ds, campaign_id, design, shares, definition, prices, outcome)
        found = campaigns.evaluate(*asked, strata=strata, cluster=cluster, scope=everybody)
        entered = registered.registration(ds, campaign_id, definition, Records(place.root), scope=everybody)
        seen = interim.planned(ds, campaign_id)
        table = campaigns.before_after(ds, campaign_id, design, definition, prices, scope=everybody)
        more = {
            "draw": drawn.declared(ds, campaign_id).as_json(),
            "registration": entered and entered.as_json(language),
            "looks": seen and seen.as_json(language),
            "before_after": table.as_json(language),
            "balance": [row.as_json(language) for row in campaigns.balance(ds, campaign_id, scope=everybody)],
            "version": ds.version,
            "definition": found.definition,
        }
    else:
        raise BadInput(_("Name a campaign, or a flat file with --file."))
    result = found.as_json(language) | more
    printed(result, as_json, lambda: "\n".join(say(line, language) for line in _lines(found)))


def _lines(found: "Evaluation") -> list[Text | str]:
    """The verdict, why the evidence has its grade, what to do next, and everything that a reader must know of the groups."""
    evidence = Text(_("Evidence {grade}: {why}"), grade=found.grade, why=found.evidence.why)
    return [found.verdict, evidence, *found.next_steps, *found.beside, found.naive.why]


def _share(text: str) -> float:
    return number(text, "share", _("{text} is not a share; write it as 0.5."))
