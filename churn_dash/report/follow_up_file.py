"""A frozen list as the file that managers fill in: a sheet a manager, ids as text, drop-downs; the hold-out is not in it."""

import datetime
import pathlib
from collections.abc import Mapping

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.contact_words import CHANNELS, RESULTS
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.marks import _
from churn_dash.report import files
from churn_dash.report.worklist_file import NOBODY
from churn_dash.retention.loop.form import ACCEPTED, HEADERS, KEY, LIST, key_of
from churn_dash.retention.loop.lists import FrozenList, reasons
from churn_dash.retention.loop.lists import calls as whom
from churn_dash.retention.plays import plays
from churn_dash.retention.worklists import exports
from churn_dash.retention.worklists.calls import reasons_of
from churn_dash.risk import model_of
from churn_dash.risk.explained.reasons import in_a_row, on_a_card
from churn_dash.risk.scores.grades import GRADES
from churn_dash.store import Dataset, Records, Workspace
from churn_dash.words import Count, Text, say

ABOUT = {
    "risk_grade": _("Risk grade"),
    "play": _("Play"),
    "why": _("Reasons"),
}
"""What stands beside a customer to read; the rest is to be filled in."""
_HOW = _(
    "Fill in what came of each call: result, day and channel; whether the offer was accepted; what the contact and the offer cost. "
    "Columns may be added, rows moved or left empty; do not change the customer number. Send the file back as it is."
)


def rows(
    workspace: Workspace,
    ds: Dataset,
    one: FrozenList,
    scope: Scope,
    language: str = "en",
) -> pl.DataFrame:
    """Whom the managers call, with what was entered already: the columns of the file beside ``rm_id``, by manager."""
    found, why, titles = whom(ds, one.list_id, scope), _why(workspace, ds, one, scope, language), plays(Records(workspace.root))
    spoken = {
        "risk_grade": [say(GRADES[g], language) if g in GRADES else g for g in found["risk_grade"]],
        "play": [say(titles[p].title, language) if p in titles else p for p in found["play"]],
        "why": [why.get(c) for c in found["customer_id"]],
        "result": [say(RESULTS[r], language) if r in RESULTS else r for r in found["result"]],
        "channel": [say(CHANNELS[c], language) if c in CHANNELS else c for c in found["channel"]],
        "accepted": [None if a is None else say(ACCEPTED[a], language) for a in found["accepted"]],
    }
    found = found.with_columns(pl.Series(n, v, dtype=pl.String) for n, v in spoken.items())
    found = found.with_columns(
        pl.lit(one.list_id).alias(LIST),
        pl.Series(KEY, [key_of(one.list_id, c) for c in found["customer_id"]], dtype=pl.String),
    )
    return found.select("rm_id", LIST, KEY, "customer_id", *ABOUT, *(c for c in HEADERS if c != "customer_id"))


def _why(workspace: Workspace, ds: Dataset, one: FrozenList, scope: Scope, language: str) -> dict[str, str]:
    kept = reasons(workspace, ds, one.list_id, scope)
    if not kept or one.registration is None:
        return {}
    try:
        model = model_of(workspace.models, one.registration.more["model"])
    except ChurnDashError:
        return {}
    return {c: in_a_row(on_a_card(reasons_of(text, model)), language) for c, text in kept.items()}


def labels(language: str) -> dict[str, str]:
    """The headers of the file; the hidden columns are called the same in every language."""
    return {c: say(words, language) for c, words in (ABOUT | HEADERS).items()}


def workbook(made: pl.DataFrame, one: FrozenList, language: str = "en") -> bytes:
    """The file as xlsx; ``made`` as ``rows`` gives it."""
    choices: Mapping[str, list[str]] = {
        "result": [say(w, language) for w in RESULTS.values()],
        "channel": [say(w, language) for w in CHANNELS.values()],
        "accepted": [say(w, language) for w in ACCEPTED.values()],
    }
    checks = {"contacted_at": "date", "cost": "amount", "incentive_cost": "amount"}
    sheets = []
    for (owner,), part in made.group_by("rm_id", maintain_order=True):
        name = say(NOBODY, language) if owner is None else str(owner)
        sheets.append(files.Sheet(name, part.drop("rm_id"), labels(language), (), (LIST, KEY), choices, checks))
    called = Text(_("{n} to call from {start}; judged on {due}"), n=Count(made.height), start=one.settings.start, due=one.due_on)
    about = [(say(_("List"), language), f"{one.list_id} · {one.settings.name}"), (say(_("Customers"), language), say(called, language))]
    return files.book(sheets, [*about, (say(_("What to do"), language), say(_HOW, language))], say(_("About"), language))


def csv(made: pl.DataFrame, language: str = "en") -> bytes:
    """The file as CSV; the columns that a workbook hides stand in it, too, and the manager, whom there a sheet names."""
    return files.csv(made, {"rm_id": say(_("Relationship manager"), language)} | labels(language))


def handed_out(
    workspace: Workspace,
    ds: Dataset,
    one: FrozenList,
    out: pathlib.Path,
    scope: Scope,
    who: str | None = None,
    language: str = "en",
) -> None:
    """Write the file, and record who took it. Raises as ``write``."""
    made = rows(workspace, ds, one, scope, language)
    write(made, one, out, language)
    recorded(ds, one, scope, out.suffix.lower().removeprefix("."), who)


def recorded(ds: Dataset, one: FrozenList, scope: Scope, kind: str, who: str | None = None) -> None:
    """Record that the list left the house, as every worklist is: who is on it is not called by another within sixty days."""
    found = whom(ds, one.list_id, scope)
    more = one.registration.more if one.registration is not None else {}
    told = found.select("customer_id", pl.col("risk_grade").alias("grade"))
    model, capacity, day = more.get("model", ""), int(more.get("capacity", 0)), found["assigned_at"].max()
    assert isinstance(day, datetime.date)
    exports.handed(Records(ds.root), told, day, ds.version, model, kind, capacity, who, one.list_id)


def write(made: pl.DataFrame, one: FrozenList, out: pathlib.Path, language: str = "en") -> None:
    """The file by the ending of its name. ``BadInput`` for another ending or a place that cannot be written to."""
    writable(out)
    try:
        out.write_bytes(workbook(made, one, language) if out.suffix.lower() == ".xlsx" else csv(made, language))
    except OSError as problem:
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out) from problem


def writable(out: pathlib.Path | None) -> None:
    """Refuse a name of another ending, or in a folder that is not there, before anything is frozen."""
    if out is None:
        return
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise BadInput(_("A list can be written as .xlsx or .csv; {name} is neither."), name=out.name)
    if not out.absolute().parent.is_dir():
        raise BadInput(_("{path} cannot be written to; choose another place."), path=out)
