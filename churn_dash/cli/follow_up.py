"""A worklist frozen as a campaign, its follow-up, and what came of it."""

import datetime
import pathlib
from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.care.contacts import CAP, Cap
from churn_dash.cli.campaign import campaign
from churn_dash.cli.common import AsJson, CapDays, Language, MostContacts, Only, Where, printed, unjudged, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Records, Workspace
from churn_dash.words import show

_FROZEN = _("Nothing is judged yet; the hold-out was drawn at random, so that evidence A can be reached on the day of the analysis.")
_ENTERED = _("What came back is written down here and nothing is judged; campaign funnel judges the list.")
_WRITTEN = _("What was registered is told here and nothing is judged; campaign evaluate judges by it.")


@campaign.command()
def freeze(
    name: Annotated[str, typer.Option(help="What the list is called.")],
    workspace: Where = None,
    hold_out: Annotated[float, typer.Option(help="Share held out at random, 0.01 to 0.9.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Of the draw: the same seed gives the same hold-out.")] = 1,
    capacity: Annotated[int | None, typer.Option(help="Customers a manager can call; 20 unless said.")] = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="File to write: .xlsx (a sheet a manager) or .csv.")] = None,
    start: Annotated[str | None, typer.Option(help="First day that counts, YYYY-MM-DD; else the day after the data end.")] = None,
    horizon: Annotated[int, typer.Option(help="Days after which it is judged.")] = 90,
    outcome: Annotated[str, typer.Option(help="churn, retention, or a number column of the monthly table.")] = "churn",
    kind: Annotated[str, typer.Option("--type", help="Kind of campaign, such as call.")] = "call",
    play: Annotated[str | None, typer.Option(help="Only customers for whom this is the play; it becomes the type.")] = None,
    strata: Annotated[str, typer.Option(help="The hold-out is drawn within risk grade and: tier or manager.")] = "tier",
    fixed_cost: Annotated[float, typer.Option(help="What the campaign costs whoever is called, CNY.")] = 0.0,
    looks: Annotated[int, typer.Option(help="How often the result may be looked at, the last time included; registered.")] = 1,
    where: Only = None,
    grade: Annotated[list[str] | None, typer.Option(help="high, medium or low; repeatable. High unless said.")] = None,
    most: MostContacts = CAP.contacts,
    days: CapDays = CAP.days,
    who: Annotated[str | None, typer.Option(help="Who freezes it; else the user of this machine.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Freeze the worklist as a campaign with a random hold-out, and register what it is judged by; --out writes the managers' file."""
    from churn_dash import risk
    from churn_dash.report import follow_up_file
    from churn_dash.retention.effects.save_rate import acting
    from churn_dash.retention.loop.freezing import Terms, checked
    from churn_dash.retention.loop.freezing import freeze as frozen
    from churn_dash.retention.loop.lists import lists
    from churn_dash.retention.plays import known, plays, products
    from churn_dash.retention.threshold import in_force
    from churn_dash.retention.worklists.exports import listed_before
    from churn_dash.retention.worklists.what_to_do import what_to_do
    from churn_dash.retention.worklists.worklist import CAPACITY, worklist

    space = Workspace.open(workspace_path(workspace))
    ds, records = space.dataset(), Records(space.root)
    terms = Terms(name, hold_out, seed, _day(start) if start else None, horizon, outcome, strata, play or kind, fixed_cost, looks)
    checked(ds, terms)
    follow_up_file.writable(out)
    kept, known_plays = risk.trained(space.models, ds.state), plays(records)
    if play is not None:
        known(play, known_plays)
    n, cap = CAPACITY if capacity is None else capacity, Cap(most, days)
    held = acting(ds, records, scope=Scope.everything())
    found = worklist(
        asked(ds, where),
        kept,
        in_force(kept, records),
        held,
        n,
        tuple(grade or ("high",)),
        cap=cap,
        before=listed_before(records),
    )
    to_do = what_to_do(ds, kept, found.rows if play is None else found.worth_calling, known_plays, products(records))
    first = {c: t.plays[0].name if t.plays else None for c, t in to_do.items()}
    if play is not None:
        found = found.without(c for c, p in first.items() if p != play)
    made = frozen(space, ds, kept, found, terms, first, who)
    result: dict[str, Any] = made.as_json(language) | unjudged(_FROZEN, language) | {"out": out and str(out)}
    if out is not None:
        after = space.dataset()
        one = next(o for o in lists(after, records, scope=Scope.everything()) if o.list_id == made.list_id)
        follow_up_file.handed_out(space, after, one, out, who=who, language=language, scope=Scope.everything())

    def text() -> str:
        arms = ", ".join(f"{arm} {size}" for arm, size in made.sizes.items())
        least = f"smallest effect on churn that so many can show: {show(made.smallest, 'ratio')}"
        return f"{made.list_id} frozen as version {made.version}: {arms}\nregistered {made.registration.digest[:12]}\n{least}"

    printed(result, as_json, text)


@campaign.command(name="follow-up")
def follow_up(
    file: Annotated[pathlib.Path, typer.Argument(help="The file of a list as filled in: .xlsx, .xls or .csv.")],
    workspace: Where = None,
    list_id: Annotated[str | None, typer.Option("--list", help="The list, where the file has lost the hidden column.")] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken over.")] = False,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Take over what managers filled in: a new data version; rows that cannot be are named with the reason."""
    from churn_dash import intake
    from churn_dash.retention.loop.follow_up import examined, take_over

    space = Workspace.open(workspace_path(workspace))
    ds = space.dataset()
    found = examined(ds, intake.read_sheets(intake.Source.on_disk(file)), file.name, list_id, scope=Scope.everything())
    found = found if dry else take_over(space, ds, found)
    result = found.as_json(language) | unjudged(_ENTERED, language)

    def text() -> str:
        lines = [f"{found.list_id}: {found.entered} entered, {found.changed} changed, {found.same} as before, {found.empty} rows empty"]
        lines += [f"notes with personal data hidden in them: {found.covered}"] if found.covered else []
        lines += [f"in the hold-out and contacted: {', '.join(found.crossover)}"] if found.crossover else []
        lines += [f"not taken over: {r['sheet']} row {r['row']}: {r['why']}" for r in result["refused"]]
        return "\n".join(lines)

    printed(result, as_json, text)


@campaign.command()
def funnel(
    campaign_id: Annotated[str | None, typer.Argument(help="A list or campaign; without it all lists.")] = None,
    workspace: Where = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="Write the managers' file of the list: .xlsx or .csv.")] = None,
    who: Annotated[str | None, typer.Option(help="Who takes the file, for the record; else the user of this machine.")] = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """From assigned to kept, by channel, as assigned beside as treated, with what it cost and brought; without ID the frozen lists."""
    from churn_dash.campaigns import Prices
    from churn_dash.measures.money.assumptions import in_force
    from churn_dash.report import follow_up_file
    from churn_dash.retention.loop.funnel import funnel as made
    from churn_dash.retention.loop.lists import known, lists

    space = Workspace.open(workspace_path(workspace))
    ds, records = space.dataset(), Records(space.root)
    if campaign_id is None:
        every = [one.as_json(language) for one in lists(ds, records, scope=Scope.everything())]
        printed({"lists": every}, as_json, lambda: "\n".join(f"{o['list_id']}  {o['state']:<8} {o['name']}" for o in every))
        return
    found = made(ds, campaign_id, prices=Prices.of(in_force(records)), scope=Scope.everything())
    if out is not None:
        follow_up_file.writable(out)
        one = next(o for o in lists(ds, records, scope=Scope.everything()) if o.list_id == known(ds, campaign_id))
        follow_up_file.handed_out(space, ds, one, out, who=who, language=language, scope=Scope.everything())
    result = found.as_json(language) | {"out": out and str(out)}

    def text() -> str:
        lines = [f"{s.arm:<9} {s.stage:<9} {show(s.n, 'count'):>6} of {s.of}" for s in found.stages]
        return "\n".join([*lines, result["verdict"]])

    printed(result, as_json, text)


@campaign.command()
def registration(
    campaign_id: Annotated[str, typer.Argument(help="Campaign of the loaded tables.")],
    workspace: Where = None,
    make: Annotated[bool, typer.Option("--make", help="Register it as it is now; what is registered stays.")] = False,
    looks: Annotated[int, typer.Option(help="With --make: how often the result may be looked at, the last time included.")] = 1,
    who: Annotated[str | None, typer.Option(help="Who registers it; else the user of this machine.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was registered of a campaign before it could be judged, by whom and when, and what was changed after the fact."""
    from churn_dash.campaigns import registration as registered
    from churn_dash.campaigns.groups.members import campaign as known_campaign

    space = Workspace.open(workspace_path(workspace))
    ds, records = space.dataset(), Records(space.root)
    if make:
        registered.enter(ds, records, campaign_id, who=who, looks=looks)
    found = registered.registration(ds, campaign_id, records=records, scope=Scope.everything())
    if found is None:
        known_campaign(ds, campaign_id)
    result = {"campaign_id": campaign_id, "registration": found and found.as_json()} | unjudged(_WRITTEN)

    def text() -> str:
        if found is None:
            return f"{campaign_id} is not registered"
        late = "" if found.in_time else ", after its first day"
        lines = [f"registered {found.made[:10]} by {found.who}{late}: {found.digest}"]
        return "\n".join([*lines, *(f"changed after the fact: {c.field}: {c.registered} -> {c.now}" for c in found.changed_after)])

    printed(result, as_json, text)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(_("{text} is no day; write it as 2024-03-31."), text=text) from problem
