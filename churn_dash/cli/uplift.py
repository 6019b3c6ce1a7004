"""For whom a campaign worked."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash import intake
from churn_dash.access import Scope
from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, Definition, Language, Where, opened, printed, ranged
from churn_dash.errors import BadInput
from churn_dash.marks import _


@campaign.command(name="uplift")
def uplift_(
    campaign_id: Annotated[str | None, typer.Argument(help="Campaign of the loaded tables.")] = None,
    workspace: Where = None,
    file: Annotated[pathlib.Path | None, typer.Option(help="One flat file: a row a customer.")] = None,
    arm: Annotated[str | None, typer.Option(help="Column that holds the group.")] = None,
    control: Annotated[str | None, typer.Option(help="Its value for the hold-out.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Column that holds the outcome.")] = None,
    design: Annotated[str | None, typer.Option(help="Declared, never guessed.")] = None,
    segment: Annotated[
        list[str] | None, typer.Option(help="Column, or characteristic of customers, to tell the effect by; repeatable.")
    ] = None,
    covariate: Annotated[list[str] | None, typer.Option(help="Column of the file known before, to learn from; repeatable.")] = None,
    unit: Annotated[str | None, typer.Option(help="Column of the customer's number.")] = None,
    definition: Definition = None,
    seed: Annotated[int, typer.Option(help="Of folds and draws.")] = 0,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """For whom a random campaign worked: by segment, by expected effect, and which groups are better left alone."""
    from churn_dash.campaigns.uplift import uplift, uplift_rows

    if file is not None:
        if not (arm and control and outcome):
            raise BadInput(_("A flat file needs --arm COLUMN, --control VALUE and --outcome COLUMN."))
        rows = intake.read_rows(intake.Source(file.name, file))
        found = uplift_rows(rows, arm, control, outcome, design, segment or (), covariate or (), unit=unit, seed=seed)
    elif campaign_id is not None:
        if covariate:
            raise BadInput(_("--covariate names a column of a flat file; of a campaign it is known what was known before."))
        ds = opened(workspace)
        found = uplift(ds, campaign_id, Scope.everything(), design, definition, segment or (), seed)
    else:
        raise BadInput(_("Name a campaign, or a flat file with --file."))
    result: dict[str, Any] = {"campaign_id": campaign_id, "groups": [u.as_json(language) for u in found]}

    def text() -> str:
        lines = []
        for u in result["groups"]:
            lines += [f"{u['arm']}: {u['verdict']}", *([u["refused"]] if u["refused"] and u["refused"] != u["verdict"] else [])]
            for s in u["segments"]:
                p = s["interaction_holm"]
                lines.append(f"  {s['segment']}: do they differ? p = {'—' if p is None else f'{p:.4f}'}")
                lines += [f"    {x['value']:<20} {ranged(x['difference'], x['low'], x['high'], 'points')}" for x in s["parts"]]
            for r in u["rankings"]:
                q = r["qini"]
                lines.append(f"  {r['learner'].upper()}-learner: Qini {q['qini']:.1f} ({q['low']:.1f} – {q['high']:.1f})")
                lines += [f"    fifth {x['fifth']}  {ranged(x['difference'], x['low'], x['high'], 'points')}" for x in r["fifths"]]
        return "\n".join(lines)

    printed(result, as_json, text)
