"""Win-back: who came back, and whom to ask."""

import pathlib
from typing import Annotated, Any

import typer

from churn_dash.access import Scope
from churn_dash.cli.common import (
    AsJson,
    AtVersion,
    Definition,
    FromMonth,
    Language,
    Only,
    ToMonth,
    Where,
    app,
    printed,
    ranged,
    tagged,
    workspace_path,
)
from churn_dash.cli.measure import asked
from churn_dash.measures.filters import month_of
from churn_dash.store import Records, Workspace, month_end


@app.command()
def winback(
    workspace: Where = None,
    from_month: FromMonth = None,
    to_month: ToMonth = None,
    where: Only = None,
    definition: Definition = None,
    bonus_days: Annotated[int, typer.Option(help="Days after the return at which a bonus ends.")] = 90,
    listed: Annotated[bool, typer.Option("--list", help="Also whom to ask back now, the largest expectation first.")] = False,
    longest: Annotated[int, typer.Option(help="Nobody on the list who has been away for more days.")] = 365,
    owner: Annotated[str | None, typer.Option(help="The list of one owner: relationship manager, else branch.")] = None,
    out: Annotated[pathlib.Path | None, typer.Option(help="File of the list: .xlsx (a sheet an owner), .csv or .parquet.")] = None,
    who: Annotated[str | None, typer.Option(help="Who takes the file, for the record; else the user of this machine.")] = None,
    language: Language = "en",
    version: AtVersion = None,
    as_json: AsJson = False,
) -> None:
    """How many lost customers came back, asked and not asked, how many stayed, what they brought; and whom to ask back."""
    from churn_dash.campaigns.winback import kept_by, to_ask, win_back
    from churn_dash.campaigns.winback.handed import handed, put
    from churn_dash.evaluation.ledger.listed import back_opened, each_back_opened
    from churn_dash.report import winback_file

    place = Workspace.open(workspace_path(workspace))
    ds, records = place.dataset(version), Records(place.root)
    head = {"version": ds.version, **tagged(ds, definition)}
    first = month_of(from_month) if from_month else None
    last = month_end(month_of(to_month)) if to_month else None
    scope, name = Scope.everything(), head["definition"]
    found = win_back(ds, scope, name, first, last, kept_by(asked(ds, where, definition=name)), bonus_days)
    result: dict[str, Any] = head | found.as_json(language)
    amounts = [each_back_opened(found)]
    if listed or out is not None or owner is not None:
        chosen = to_ask(ds, found, longest).of(owner)
        result["list"] = chosen.as_json()
        amounts.append(back_opened(chosen))
        if out is not None:
            winback_file.write(chosen, out, language)
            put(records, ds, chosen, out.suffix.lower().removeprefix("."), who)
            result["written"] = str(out)
        result["exports"] = [one.as_json() for one in handed(records)]
    result["rests_on"] = [a.as_json(language) for a in amounts]

    def text() -> str:
        lines = [f"{found.lost} lost, {found.n} counted ({', '.join(f'{why} {n}' for why, n in found.left_out.items())} left out)"]
        for name in ("rate", "contacted", "spontaneous", "sustained", "in_earnest", "value"):
            e = getattr(found, name)
            lines.append(f"{name:<12} {ranged(e.value, e.low, e.high, 'ratio', e.n)}")
        lines += [result["why"], *result["notes"]]
        lines += ["  ".join(str(v) for v in row.values() if v is not None) for row in result["list"]["rows"]] if listed else []
        return "\n".join([*lines, f"written: {out}"] if out is not None else lines)

    printed(result, as_json, text)
