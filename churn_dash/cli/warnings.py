"""How good the early warnings were."""

from typing import Annotated, Any

import typer

from churn_dash.cli.common import AsJson, AtVersion, Definition, FromMonth, Only, ToMonth, Where, app, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.retention.warnings import AGAIN, HORIZON, LEAST_LEAD
from churn_dash.words import show


@app.command()
def warnings(
    workspace: Where = None,
    by: Annotated[str | None, typer.Option(help="Dimension whose levels are judged apart, for example branch_id.")] = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    horizon: Annotated[int, typer.Option(min=1, max=730, help="Days within which an alert must come true.")] = HORIZON,
    lead: Annotated[int, typer.Option(min=1, max=365, help="Days that are enough to act.")] = LEAST_LEAD,
    again: Annotated[int, typer.Option(min=0, max=730, help="Days within which a repeated warning is none.")] = AGAIN,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """How good the early warnings were: precision, recall, days ahead, alerts for each departure found; by group, rule, grade and month."""
    from churn_dash.retention import warnings as judged

    ds = opened(workspace, version)
    question = asked(ds, where, start, end, definition)
    found = judged.scorecard(question, by, horizon=horizon, least_lead=lead, again=again)
    result = {"version": ds.version, **tagged(ds, found.definition), **judged.as_json(found)}

    def line(name: str, card: dict[str, Any]) -> str:
        told = "  ".join(_share(label, card) for label in ("precision", "recall", "timely_recall"))
        lift = f"lift {show(card['lift'], 'number')} (base {show(card['base_rate'], 'ratio')})"
        beside = {"fewer": "  clearly fewer announced than in the rest", "more": "  clearly more announced than in the rest"}
        clear = beside.get(card.get("clearly") or "", "")
        return f"{name}  {told}  {lift}  median lead {show(card['median_lead'], 'number')} days  alerts {card['alerts']}{clear}"

    def trend() -> str:
        found = result["precision_trend_a_year"]
        low, high = show(found["low"], "points"), show(found["high"], "points")
        return f"precision by month: {show(found['slope'], 'points')} a year ({low} to {high}; {found['n']} months)"

    def text() -> str:
        parts = [("groups", "level"), ("sources", "source"), ("grades", "grade")]
        return "\n".join(
            [
                line("all", result),
                trend(),
                *(line(str(card[key] if card[key] is not None else "unknown"), card) for many, key in parts for card in result[many]),
            ]
        )

    printed(result, as_json, text)


def _share(name: str, card: dict[str, Any]) -> str:
    """The share with its range and counts; a dash alone where the group has none."""
    label = name.replace("_", " ")
    if card[name] is None:
        return f"{label} {show(None, 'ratio')}"
    low, high = show(card[f"{name}_low"], "ratio"), show(card[f"{name}_high"], "ratio")
    return f"{label} {show(card[name], 'ratio')} ({low} to {high}, {card[f'{name}_hits']} of {card[f'{name}_n']})"
