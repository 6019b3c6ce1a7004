"""The care lists: whom to look after on a day, and why."""

import datetime
import re
from typing import Annotated, Any

import typer

from churn_dash import care
from churn_dash.cli.common import AsJson, AtVersion, CapDays, MostContacts, Only, Where, app, opened, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Records


@app.command()
def lists(
    trigger: Annotated[str | None, typer.Argument(help="One list; without it every list with its count.")] = None,
    workspace: Where = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day of the list, YYYY-MM-DD; else the last of the data.")] = None,
    where: Only = None,
    rule: Annotated[str | None, typer.Option(help="Tier rule, bohai or ccb; else the one of the bank's settings.")] = None,
    branch: Annotated[str | None, typer.Option(help="Rows of one branch.")] = None,
    owner: Annotated[str | None, typer.Option(help="Rows of one owner: relationship manager, else branch.")] = None,
    most: MostContacts = care.CAP.contacts,
    days: CapDays = care.CAP.days,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help=f"NAME=VALUE for this answer; repeatable: {', '.join(care.SETTINGS)}.")
    ] = None,
    keep: Annotated[str | None, typer.Option("--keep", help="Record what is set for everybody; why.")] = None,
    definition: Annotated[str | None, typer.Option(help="Churn definition: who is still a customer.")] = None,
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Whom to look after now: one list a trigger, with owner and last contact."""
    ds = opened(workspace, version)
    day, cap, question = _day(as_of), care.Cap(most, days), asked(ds, where, definition=definition)
    records = Records(ds.root)
    settings = care.in_force(records).settings.given(setting or [])
    if keep is not None:
        care.put(records, settings, keep)
    at = day or care.default_day(ds)
    head = {
        "version": ds.version,
        **tagged(ds, definition),
        "as_of": at,
        "cap": {"contacts": most, "days": days},
        "settings": settings.written(),
    }
    if trigger is None:
        totals = care.totals(question, at, cap=cap, rule=rule, settings=settings)
        care.refuse_unknown(ds, totals, owner, branch)
        result: dict[str, Any] = head | {"lists": [_total(t, owner, branch) for t in totals]}
        printed(
            result, as_json, lambda: "\n".join(f"{t['list']:<18} {t['n'] if t['n'] is not None else t['problem']}" for t in result["lists"])
        )
        return
    found = care.care_list(question, trigger, at, cap=cap, rule=rule, settings=settings).of(owner, branch)
    result = head | {"list": found.trigger.name, "meaning": str(found.meaning), **_counts(found), "rows": found.rows.to_dicts()}
    printed(result, as_json, lambda: "\n".join(_line(row) for row in result["rows"]))


def _day(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise BadInput(_("{text} is not a day; write it as 2024-03-01."), text=text)
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput(_("{text} is not a day; write it as 2024-03-01."), text=text) from problem
    if not 1950 <= day.year <= 2100:
        raise BadInput(_("{text} is too far away for a list."), text=text)
    return day


def _total(one: care.Total, owner: str | None, branch: str | None) -> dict[str, Any]:
    about = {"list": one.trigger.name, "kind": one.trigger.kind, "meaning": str(one.meaning)}
    if one.found is None:
        return about | {"n": None, "customers": None, "capped": None, "withheld": None, "problem": str(one.problem)}
    return about | _counts(one.found.of(owner, branch, strict=False)) | {"problem": None}


def _counts(found: care.CareList) -> dict[str, Any]:
    return {"n": found.n, "customers": found.customers, "capped": found.capped, "withheld": found.withheld}


def _line(row: dict[str, Any]) -> str:
    return "  ".join(str(value) for value in row.values() if value is not None)
