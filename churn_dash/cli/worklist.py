"""From which risk on one acts, and the worklist."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.care.contacts import CAP, Cap
from churn_dash.cli.common import AsJson, AtVersion, CapDays, Language, MostContacts, Only, Where, app, printed, tagged, workspace_path
from churn_dash.cli.measure import asked
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Records, Workspace
from churn_dash.words import show


@app.command()
def threshold(
    workspace: Where = None,
    by: Annotated[str | None, typer.Option(help="money, capacity or recall; without it the cuts in force.")] = None,
    capacity: Annotated[int | None, typer.Option(help="Customers that can be called, with --by capacity.")] = None,
    recall: Annotated[float | None, typer.Option(help="Share of the leavers to reach, 0 to 1, with --by recall.")] = None,
    put: Annotated[bool, typer.Option("--set", help="Set the cuts: by the way chosen, or --high and --medium; needs --why.")] = False,
    high: Annotated[float | None, typer.Option(help="Risk from which it is high, 0 to 1.")] = None,
    medium: Annotated[float | None, typer.Option(help="Risk from which it is medium, 0 to 1; else as it is.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Back to the riskiest tenth; needs --why.")] = False,
    why: Annotated[str, typer.Option(help="Why; recorded with your name and the day.")] = "",
    who: Annotated[str | None, typer.Option(help="Who sets it; else the user of this machine.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """From which risk a customer counts as high: the cuts in force, who set them, and what they find; by money, capacity or recall."""
    from churn_dash import retention, risk
    from churn_dash.retention import threshold as cut
    from churn_dash.retention.effects.save_rate import acting
    from churn_dash.retention.worklists.worklist import worths

    space = Workspace.open(workspace_path(workspace))
    ds, records = space.dataset(version), Records(space.root)
    kept, held_values = risk.trained(space.models, ds.state), acting(ds, records, scope=Scope.everything())
    worth, _retention = worths(ds, kept, held_values, scope=Scope.everything())
    called = retention.may_be_called(ds, kept, scope=Scope.everything())
    values = (
        risk.score(ds, kept, scope=Scope.everything())
        .join(worth, on="customer_id", how="left")
        .select("customer_id", "probability", "value")
    )
    held, curve = cut.tried(kept.held(), values, held_values)
    asked = {"capacity": capacity, "recall": recall}.get(by or "")
    proposal = cut.proposed(by, asked, held, values, called["probability"], curve) if by is not None else None
    if put:
        found = proposal.threshold if proposal is not None else high
        if found is None:
            raise BadInput(_("Say from which risk it is high: --by money, capacity or recall, or --high."))
        cut.put(records, kept, found, medium, by or "hand", asked, why, who)
    elif reset:
        cut.reset(records, why, who)
    cuts = cut.in_force(kept, records)
    now = cut.at_risk_of(values, called, cuts)
    result: dict[str, Any] = {
        "version": ds.version,
        "model": kept.id,
        "cuts": cuts.as_json(),
        "outdated": cuts.outdated(kept),
        "at_risk": now.as_json(),
        "found": _found(held.at(cuts.high)),
        "proposal": proposal and proposal.as_json(),
        "curve": curve and curve.as_json(),
        "assumptions": [h.as_json() for h in held_values.values()],
    }

    def text() -> str:
        reached = result["found"]["recall"]
        lines = [
            f"high from {cuts.high:.2%}, medium from {cuts.medium:.2%} ({cuts.by})",
            f"{now.n} of {now.of} customers at high risk, {now.callable} may be called",
            f"of those who leave {show(reached['value'], 'ratio')} are reached "
            f"({show(reached['low'], 'ratio')} to {show(reached['high'], 'ratio')})",
        ]
        if proposal is not None:
            lines.append(f"by {by}: from {proposal.threshold:.2%}, {proposal.n} who may be called ({proposal.n_reaching} with the others)")
        return "\n".join(lines)

    printed(result, as_json, text)


def _found(found: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(found)


@app.command()
def worklist(
    workspace: Where = None,
    capacity: Annotated[int | None, typer.Option(help="Customers a manager can call; 20 unless said.")] = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="File to write: .xlsx (a sheet a manager), .csv or .parquet.")] = None,
    where: Only = None,
    grade: Annotated[list[str] | None, typer.Option(help="high, medium or low; repeatable. High unless said.")] = None,
    most: MostContacts = CAP.contacts,
    days: CapDays = CAP.days,
    card: Annotated[str | None, typer.Option(help="Write the card of this customer as HTML to --out instead of the list.")] = None,
    language: Language = "en",
    who: Annotated[str | None, typer.Option(help="Who takes the list, for the record; else the user of this machine.")] = None,
    exports: Annotated[bool, typer.Option("--exports", help="The lists handed out so far, instead of a new one.")] = False,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Whom to call, manager by manager: where a call is expected to bring more than it costs; the others with the reason why not."""
    from churn_dash import risk
    from churn_dash.evaluation.ledger.listed import calls_opened
    from churn_dash.report import customer_card, worklist_file
    from churn_dash.retention.effects.save_rate import acting
    from churn_dash.retention.plays import plays, products
    from churn_dash.retention.threshold import in_force
    from churn_dash.retention.worklists import exports as handed
    from churn_dash.retention.worklists.expected import NOT_SHOWN
    from churn_dash.retention.worklists.fairness import fairness
    from churn_dash.retention.worklists.what_to_do import what_to_do
    from churn_dash.retention.worklists.worklist import CAPACITY
    from churn_dash.retention.worklists.worklist import worklist as listed

    space = Workspace.open(workspace_path(workspace))
    records = Records(space.root)
    if exports:
        rows = [e.as_json() for e in handed.exports(records)]
        printed({"exports": rows}, as_json, lambda: "\n".join(map(_export, rows)) or "no list was handed out yet")
        return
    ds = space.dataset(version)
    kept = risk.trained(space.models, ds.state)
    held = acting(ds, records, scope=Scope.everything())
    n, cap = CAPACITY if capacity is None else capacity, Cap(most, days)
    found = listed(
        asked(ds, where),
        kept,
        in_force(kept, records),
        held,
        n,
        tuple(grade or ("high",)),
        cap=cap,
        before=handed.listed_before(records),
    )
    fair = fairness(ds, kept, found)
    every, own = plays(records), products(records)
    to_do = what_to_do(ds, kept, found.rows, every, own)
    if card is not None:
        if out is None:
            raise BadInput(_("Say with --out where the card is to be written."))
        one = customer_card.card(ds, kept, found, card, held["offer_cost"].value, every, own)
        customer_card.write(one, out, language)
    elif out is not None:
        worklist_file.write(found, kept, to_do, fair, out, language)
        handed.put(records, ds, kept, found, out.suffix.lower().removeprefix("."), who)
    result = {
        "version": ds.version,
        **tagged(ds, kept.card.definition),
        "model": kept.id,
        **found.as_json(language),
        "fairness": [g.as_json() for g in fair],
        "save_rate": held["save_rate"].as_json(),
        "rests_on": [calls_opened(found, held).as_json(language)],
        "out": out and str(out),
        "rows": worklist_file.spoken(found.rows, kept, to_do, language).to_dicts(),
    }

    def text() -> str:
        flags = [f"look at: {g.dimension} {g.level} {show(g.ratio, 'ratio')} of the best group" for g in fair if g.flagged]
        counts = [f"{name:<18} {count}" for name, count in found.counts.items()]
        first = [f"{found.rows.height} customers to call, {found.expected.words} expected", str(found.expected.covers)]
        return "\n".join([*first, *([NOT_SHOWN] if found.expected.shown is False else []), *counts, *flags])

    printed(result, as_json, text)


def _export(e: dict[str, Any]) -> str:
    about = f"{e['n']} customers as of {e['day']}, data version {e['version']}, model {e['model']}, .{e['kind']}"
    return f"{e['number']:>4}  {e['made']}  {e['who']}  {about}"
