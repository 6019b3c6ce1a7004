"""The evaluation of chapter 10: the eight indicators, targets, before and after, improvements, the review, the money behind it."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import (
    AsJson,
    AtVersion,
    Definition,
    Language,
    Where,
    app,
    one_of,
    pairs,
    printed,
    ranged,
    tagged,
    workspace_path,
)
from churn_dash.measures.question import Question
from churn_dash.store import Records, Workspace
from churn_dash.words import show
from churn_dash.words.numbers import DASH

Who = Annotated[str | None, typer.Option(help="Who sets it; else the user of this machine.")]


@app.command()
def evaluate(
    workspace: Where = None,
    definition: Definition = None,
    version: AtVersion = None,
    around: Annotated[
        str | None, typer.Option(help="Also the indicators before and after a day, YYYY-MM-DD, or a campaign's first.")
    ] = None,
    months: Annotated[int, typer.Option(help="Months on each side of that day at most.")] = 12,
    improvements: Annotated[bool, typer.Option("--improvements", help="Also the improvements with what was observed.")] = False,
    review: Annotated[bool, typer.Option("--review", help="Also policies, training, lessons, the base of incentives.")] = False,
    by: Annotated[str, typer.Option(help="Base of incentives by branch or manager.")] = "branch",
    ledger: Annotated[bool, typer.Option("--ledger", help="Also every amount opened into its inputs, and which of them decides.")] = False,
    out: Annotated[pathlib.Path | None, typer.Option(help="Write the one-page report, FILE.html.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Whether the bank manages its churn: eight indicators with target, actual, range, trend, owner and verdict."""
    from churn_dash import evaluation
    from churn_dash.campaigns.groups.members import campaign, campaign_ids
    from churn_dash.campaigns.judged.money import Prices
    from churn_dash.evaluation.actions.kept import register
    from churn_dash.evaluation.actions.observed import observed
    from churn_dash.evaluation.ledger.opened import ledger as opened
    from churn_dash.evaluation.spans.around import around as sides
    from churn_dash.evaluation.spans.around import day_of
    from churn_dash.evaluation.targets.kept import in_force as targets
    from churn_dash.report import evaluation_sheet
    from churn_dash.retention.effects.save_rate import acting

    place = Workspace.open(workspace_path(workspace))
    ds, records = place.dataset(version), Records(place.root)
    held = acting(ds, records, scope=Scope.everything())
    prices = Prices.of(held)
    found = evaluation.measured(Question(ds, Scope.everything(), definition=definition), prices)
    card = evaluation.scorecard(ds, found, targets(records))
    result: dict[str, Any] = {"version": ds.version, **card.as_json(language), **tagged(ds, found.definition)}
    if around is not None:
        day = campaign(ds, around).start if around in campaign_ids(ds) else day_of(around)
        result["around"] = sides(ds, day, found.definition, prices, most=months, scope=Scope.everything()).as_json(language)
    seen = [observed(ds, a, found.definition, scope=Scope.everything()) for a in register(records)] if improvements or out else []
    if improvements:
        result["improvements"] = [o.as_json(language) for o in seen]
    if review:
        result["review"] = _review(ds, records, found, one_of(by, ("branch", "manager"), "--by"), language)
    if ledger or out:
        amounts = opened(ds, found, held, scope=Scope.everything())
    if ledger:
        result["ledger"] = amounts.as_json(language) | {"elsewhere": _elsewhere(place, ds, records, found.definition, held, language)}
    if out:
        evaluation_sheet.write(evaluation_sheet.sheet(ds, card, amounts, seen), out, language)
        result["written"] = str(out)
    printed(result, as_json, lambda: "\n".join(_line(one) for one in result["indicators"]))


def _elsewhere(place: Workspace, ds: Any, records: Records, definition: str, held: Any, language: str) -> list[dict[str, Any]]:
    from churn_dash.evaluation.ledger.everywhere import everywhere
    from churn_dash.risk import trained

    found = everywhere(ds, records, definition, held, lambda: trained(place.models, ds.state), scope=Scope.everything())
    return [a.as_json(language) for a in found]


def _line(one: dict[str, Any]) -> str:
    unit = "count" if one["key"] == "warning_lead" else one["unit"]
    target = DASH if one["target"] is None else show(one["target"], unit)
    actual = ranged(one["value"], one["low"], one["high"], unit, one["n"])
    grade = f" [{one['grade']}]" if one["grade"] else ""
    return f"{one['label']:<34} {actual:<48} target {target:<10} {one['verdict_words']}{grade}"


def _review(ds: Any, records: Records, found: Any, by: str, language: str) -> dict[str, Any]:
    from churn_dash.errors import ChurnDashError
    from churn_dash.evaluation.review.incentive import incentive
    from churn_dash.evaluation.review.lessons import lessons
    from churn_dash.evaluation.review.policies import policies
    from churn_dash.evaluation.review.training import training

    try:
        hours: dict[str, Any] | None = training(ds, found.period, scope=Scope.everything()).as_json()
        why_not = None
    except ChurnDashError as problem:
        hours, why_not = None, str(problem)
    return {
        "policies": [p.as_json() for p in policies(records)],
        "training": hours,
        "training_why_not": why_not,
        "lessons": [one.as_json() for one in lessons(records)],
        "incentive": incentive(ds, found.pool, found.definition, by, scope=Scope.everything()).as_json(language),
    }


@app.command()
def targets(
    workspace: Where = None,
    put: Annotated[list[str] | None, typer.Option("--set", help="INDICATOR=VALUE, such as churn_rate=10%; repeatable.")] = None,
    owner: Annotated[list[str] | None, typer.Option(help="INDICATOR=NAME; repeatable.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="INDICATOR whose target is taken away; repeatable.")] = None,
    history: Annotated[str | None, typer.Option(help="Every version of one INDICATOR's target, newest first.")] = None,
    why: Annotated[str, typer.Option(help="Why it is changed; kept with it.")] = "",
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Targets of the eight indicators and who answers for them; each change is kept with name and day."""
    from churn_dash.evaluation.targets import kept

    records = Records(Workspace.open(workspace_path(workspace)).root)
    values = {key: kept.parsed(key, text) for key, text in pairs(put, "--set").items()}
    names = pairs(owner, "--owner")
    for key in (*names, *(drop or ())):
        kept.known(key)
    for key in dict.fromkeys([*values, *names]):
        kept.put(records, key, values.get(key), names.get(key), why, who)
    for key in drop or ():
        kept.put(records, key, why=why, who=who, drop=True)
    found = kept.history(records, history) if history is not None else list(kept.in_force(records).values())
    lines = (f"{t.key:<20} {kept.written(t.key, t.value) or DASH:<10} {t.owner or DASH:<20} {t.who or DASH}  {t.made or ''}" for t in found)
    printed({"targets": [t.as_json() for t in found]}, as_json, lambda: "\n".join(lines))


@app.command()
def improvements(
    workspace: Where = None,
    put: Annotated[str | None, typer.Option(help="Name of an improvement to add, or to change.")] = None,
    what: Annotated[str | None, typer.Option(help="What is done.")] = None,
    area: Annotated[str | None, typer.Option(help="Chapter of the plan: service, product, crm, warning, process and others.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    date: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    expected: Annotated[str | None, typer.Option(help="What is expected of it.")] = None,
    change: Annotated[
        str | None, typer.Option("--expected-change", help="By how much the figure is to move, in its unit: -1.5, of a share 2pp.")
    ] = None,
    watch: Annotated[str | None, typer.Option(help="Figure that it is watched by, such as waiting_minutes or retention_rate.")] = None,
    lesson: Annotated[list[str] | None, typer.Option(help="Name of a lesson that belongs to it; repeatable.")] = None,
    drop: Annotated[str | None, typer.Option(help="Name of an improvement or example to put away.")] = None,
    definition: Definition = None,
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """The register of improvements, each with what became of the figure that it watches; add, change, put away."""
    from churn_dash.evaluation.actions import kept
    from churn_dash.evaluation.actions.observed import observed
    from churn_dash.evaluation.spans.around import day_of

    place = Workspace.open(workspace_path(workspace))
    records, ds = Records(place.root), place.dataset()
    if put is not None:
        said = {
            "what": what,
            "area": area,
            "owner": owner,
            "date": None if date is None else day_of(date),
            "expected": expected,
            "watch": watch,
            "lessons": lesson,
        }
        given: dict[str, Any] = {field: value for field, value in said.items() if value is not None}
        if change is not None:
            now = next((a for a in kept.register(records) if a.name == put), kept.Action(put, "", "service"))
            given["expected_change"] = kept.change_of(change, watch or now.watch)
        kept.changed(records, put, who, **given)
    if drop is not None:
        kept.drop(records, drop, who)
    found = [observed(ds, a, definition, scope=Scope.everything()) for a in kept.register(records)]
    lines = (f"{o.action.name:<34} {o.action.date or DASH}  {o.action.watch:<18} {o.course}" for o in found)
    printed({"improvements": [o.as_json() for o in found]}, as_json, lambda: "\n".join(lines))


@app.command()
def lessons(
    workspace: Where = None,
    put: Annotated[str | None, typer.Option(help="Name of a lesson or case to record, or to change.")] = None,
    text: Annotated[str, typer.Option(help="What was learned.")] = "",
    evidence: Annotated[str, typer.Option(help="What it rests on: a campaign, a page, a file.")] = "",
    kind: Annotated[str, typer.Option(help="lesson or case.")] = "lesson",
    who: Who = None,
    as_json: AsJson = False,
) -> None:
    """Lessons and cases, each with what it rests on."""
    from churn_dash.evaluation.review import lessons as kept

    records = Records(Workspace.open(workspace_path(workspace)).root)
    if put is not None:
        kept.put(records, put, text, evidence, kind, who)
    found = kept.lessons(records)
    printed({"lessons": [one.as_json() for one in found]}, as_json, lambda: "\n".join(f"{one.name}: {one.text}" for one in found))
