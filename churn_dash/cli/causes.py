"""Why customers leave and what they say: the figures of the pages Causes and Satisfaction, and what a bank may change of them."""

import dataclasses
import datetime
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import polars as pl
import typer

from churn_dash.cli.common import AsJson, AtVersion, Definition, FromMonth, Only, ToMonth, Where, app, opened, pairs, printed, tagged
from churn_dash.cli.measure import asked
from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Records
from churn_dash.words import Text, nearest, say
from churn_dash.words.typed import number

PARTS = (
    "reasons",
    "complaints",
    "satisfaction",
    "drivers",
    "loyalty",
    "referrals",
    "hypotheses",
    "profile",
    "expectations",
    "improvements",
)


@app.command()
def causes(
    part: Annotated[str, typer.Argument(help=", ".join(PARTS))] = "reasons",
    workspace: Where = None,
    where: Only = None,
    start: FromMonth = None,
    end: ToMonth = None,
    definition: Definition = None,
    outcome: Annotated[str, typer.Option(help="drivers: csat or nps.")] = "csat",
    by: Annotated[str | None, typer.Option(help="expectations: a dimension by which digital use is broken down.")] = None,
    sla_days: Annotated[int, typer.Option(min=0, max=3_660, help="complaints: days in which one is to be settled.")] = 15,
    reason: Annotated[
        list[str] | None, typer.Option(help="reasons: record CODE=CLASS or CODE=CLASS/DEFICIT or CODE=CLASS/DEFICIT/WHO.")
    ] = None,
    complaint: Annotated[list[str] | None, typer.Option(help="reasons: record CATEGORY=DEFICIT.")] = None,
    weight: Annotated[list[str] | None, typer.Option(help="loyalty: record PART=WEIGHT.")] = None,
    cut: Annotated[list[str] | None, typer.Option(help="loyalty: record CLASS=INDEX from which it begins.")] = None,
    mark: Annotated[str | None, typer.Option(help="improvements: record one of this name.")] = None,
    date: Annotated[str | None, typer.Option(help="improvements: since when, YYYY-MM-DD.")] = None,
    what: Annotated[str, typer.Option(help="improvements: what was improved.")] = "",
    follow: Annotated[str, typer.Option(help="improvements: csat, nps, q_personal, q_convenient, q_efficient or q_secure.")] = "csat",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """Why customers left, what they say, and what goes with leaving."""
    if part not in PARTS:
        raise BadInput(_("There is no part {name}; the nearest is {near}."), name=part, near=nearest(part, PARTS) or ", ".join(PARTS))
    ds = opened(workspace, version)
    _recorded(ds, pairs(reason, "--reason"), pairs(complaint, "--complaint"), pairs(weight, "--weight"), pairs(cut, "--cut"))
    # What was recorded of reasons is in the figures of a file of its own.
    ds = opened(workspace, version) if reason else ds
    if mark is not None:
        _marked(ds, mark, date, what, follow)
    question = asked(ds, where, start, end, definition)
    found = {"version": ds.version, **tagged(ds, definition), **_answers(part, question, outcome, sla_days, by)}
    result = plain(found)
    printed(result, as_json, lambda: "\n".join(_lines(result)))


def _answers(part: str, question: Question, outcome: str, sla_days: int, by: str | None) -> dict[str, Any]:
    from churn_dash import causes as room
    from churn_dash.causes.settings import reason_map

    if part == "reasons":
        found = room.departures(question)
        return {"reason_map": reason_map(question.ds).version, "unknown_share": found.unknown_share, **_fields(found)}
    if part == "complaints":
        return {
            **_fields(room.complaints(question, sla_days=sla_days)),
            "after": _fields(room.after_complaint(question)),
        }
    if part == "satisfaction":
        balances = _or_why(lambda: _fields(room.balances_after(question)))
        return {**_fields(room.satisfaction(question)), "followed": _fields(room.followed(question)), "balances": balances}
    if part == "improvements":
        from churn_dash.evaluation.actions.followed import marked

        every = marked(Records(question.ds.root))
        return {part: [_or_why(partial(_followed, question, one)) | {"about": one} for one in every]}
    if part == "drivers":
        return _fields(room.drivers(question, outcome=outcome))
    listed: dict[str, Callable[..., Any]] = {"profile": room.profile}
    if part == "expectations":
        return {
            part: _or_why(lambda: room.expectations(question)),
            **_fields(room.expectation_signs(question)),
            "adoption": _or_why(lambda: _fields(room.adoption(question, by=by))),
        }
    if part in listed:
        return {part: listed[part](question)}
    if part == "loyalty":
        firm = room.sensitivity(question)
        return {**_fields(room.standing(question)), "sensitivity": {"by": firm.by, "n": firm.n, "moves": firm.moves}}
    whole: dict[str, Callable[..., Any]] = {"referrals": room.referrals, "hypotheses": room.hypotheses}
    return _fields(whole[part](question))


def _followed(question: Question, one: Any) -> dict[str, Any]:
    from churn_dash.causes import following

    return _fields(following(question, one))


def _or_why(work: Callable[[], Any]) -> Any:
    """The answer, or why these data cannot tell it."""
    try:
        return work()
    except NotPossible as problem:
        return {"not_possible": say(problem)}


def _fields(value: Any) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def plain(value: Any) -> Any:
    """Anything of this room as JSON holds it: rows as lists of objects, days as text.

    >>> plain({"rows": pl.DataFrame({"a": [1]}), "at": datetime.date(2024, 3, 1)})
    {'rows': [{'a': 1}], 'at': '2024-03-01'}
    """
    if isinstance(value, pl.DataFrame):
        return [plain(r) for r in value.to_dicts()]
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return plain(_fields(value))
    if hasattr(value, "items"):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value


def _recorded(ds: Dataset, reasons: dict[str, str], complaints: dict[str, str], weights: dict[str, str], cuts: dict[str, str]) -> None:
    from churn_dash.causes.loyalty import set_rules
    from churn_dash.causes.settings import set_complaint, set_reason

    for code, said in reasons.items():
        cause_class, deficit, decided = (*said.split("/"), "", "")[:3]
        set_reason(ds, code, cause_class, deficit, decided or "voluntary")
    for category, deficit in complaints.items():
        set_complaint(ds, category, deficit)
    if weights or cuts:
        set_rules(ds, _numbers(weights, "--weight"), _numbers(cuts, "--cut"))


def _numbers(given: dict[str, str], option: str) -> dict[str, float]:
    return {name: number(text, "", _("{option} wants NAME=NUMBER."), option=option) for name, text in given.items()}


def _marked(ds: Dataset, name: str, date: str | None, what: str, score: str) -> None:
    from churn_dash.evaluation.actions.followed import mark

    try:
        since = datetime.date.fromisoformat(date or "")
    except ValueError as problem:
        raise BadInput(_("{text} is not a day; write it as 2024-03-01."), text=date or "—") from problem
    mark(ds, name, since, what, score)


def _lines(value: Any, name: str = "", depth: int = 0) -> list[str]:
    """An answer as indented text: one line a figure, one line a row."""
    pad = "  " * depth
    if isinstance(value, dict):
        if value and all(not isinstance(v, dict | list) for v in value.values()) and name:
            return [f"{pad}{name}: " + "  ".join(f"{k} {_short(v)}" for k, v in value.items())]
        head = [f"{pad}{name}"] if name else []
        return head + [line for k, v in value.items() for line in _lines(v, k, depth + bool(name))]
    if isinstance(value, list):
        rows = [line for i, v in enumerate(value) for line in _lines(v, str(i + 1), depth + 1)]
        return [f"{pad}{name}", *rows]
    return [f"{pad}{name} {_short(value)}"]


def _short(value: Any) -> str:
    return "—" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
