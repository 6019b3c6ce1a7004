"""What every verb shares: the application, its options, and how results are printed."""

import json
import math
import os
import pathlib
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Any, TypeVar

import typer

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures import definition_of, tag
from churn_dash.store import Dataset, Workspace
from churn_dash.words import LANGUAGES, Count, Text, say, show

C = TypeVar("C", bound=str)
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Why customers leave a bank.")

Where = Annotated[pathlib.Path | None, typer.Option("--workspace", help="Folder of the data; else CHURN_DASH_WORKSPACE, else ./workspace.")]
AtVersion = Annotated[int | None, typer.Option("--version", help="An older data version, read-only; else the newest.")]
Only = Annotated[list[str] | None, typer.Option(help="DIMENSION=VALUE; repeatable, the same dimension widens.")]
FromMonth = Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")]
ToMonth = Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")]
Definition = Annotated[str | None, typer.Option(help="Churn definition.")]
MostContacts = Annotated[int, typer.Option("--cap", min=1, help="Contacts after which a customer has heard enough.")]
CapDays = Annotated[int, typer.Option("--cap-days", min=1, max=3_660, help="In so many days.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def workspace_path(given: pathlib.Path | None) -> pathlib.Path:
    """The workspace asked for: the option, the environment, or ./workspace."""
    return given or pathlib.Path(os.environ.get("CHURN_DASH_WORKSPACE", "workspace"))


def opened(given: pathlib.Path | None, version: int | None = None) -> Dataset:
    """The data of the workspace asked for: the newest version, or an older one."""
    return Workspace.open(workspace_path(given)).dataset(version)


def tagged(ds: Dataset, definition: str | None) -> dict[str, Any]:
    """What every answer says of its numbers: the churn definition, in words with its settings, and up to when the data reach."""
    chosen = definition_of(ds, definition)
    found = {"definition": chosen, "definition_tag": str(tag(ds, chosen)), "as_of": ds.data_end and ds.data_end.isoformat()}
    uncounted = ds.not_counted if {"absent", "close"} & set(ds.rules[chosen].forms) else 0
    return found | ({"absences_not_counted": uncounted} if uncounted else {})


def unjudged(why: str, language: str = "en") -> dict[str, Any]:
    """What a verb about campaigns says of evidence where it judges nothing: no grade, why, and no naive figure."""
    return {"grade": None, "why": say(why, language), "naive": None}


def printed(result: Any, as_json: bool, text: Callable[[], str]) -> None:
    """Print a result: as JSON, or the text that is made only when it is needed; an empty text is said in words."""
    if as_json:
        print(json.dumps(_defined(result), ensure_ascii=False, default=str, allow_nan=False))
    else:
        print(text() or say(_("Nobody and nothing matches.")))
        uncounted = result.get("absences_not_counted") if isinstance(result, dict) else None
        if uncounted:
            print(say(Text(_("{n} absences are not counted: rows go missing at random in these data."), n=Count(uncounted))))


def _defined(result: Any) -> Any:
    """The result with null for every number that JSON cannot write.

    >>> _defined({"a": [1.5, float("inf")]})
    {'a': [1.5, None]}
    """
    if isinstance(result, float):
        return result if math.isfinite(result) else None
    if isinstance(result, dict):
        return {k: _defined(v) for k, v in result.items()}
    return [_defined(v) for v in result] if isinstance(result, list | tuple) else result


def ranged(value: float | None, low: float | None, high: float | None, unit: str, n: float | None = None) -> str:
    """An estimate for people: the figure, its 95 % range where there is one, and on how many it rests.

    >>> ranged(0.5, 0.1876, 0.8124, "ratio", 6), ranged(None, None, None, "ratio", 0)
    ('50.00% (18.76% – 81.24%) n=6', '— n=0')
    """
    spread = f" ({show(low, unit)} – {show(high, unit)})" if low is not None and high is not None else ""
    return f"{show(value, unit)}{spread}" + ("" if n is None else f" n={n:g}")


def one_of(value: str, known: Collection[C], option: str) -> C:
    """The value itself, if it is one of ``known``; raises ``BadInput`` with what there is."""
    for name in known:
        if name == value:
            return name
    raise BadInput(_("{option} has no {value}; there are: {known}."), option=option, value=value, known=", ".join(known))


def _known_language(value: str) -> str:
    return one_of(value, tuple(LANGUAGES), "--language")


Language = Annotated[str, typer.Option(help="en or zh, for what is written.", callback=_known_language)]


def progress(quiet: bool) -> Callable[[Text, float], None]:
    """A teller of stages, to people alone: nothing where output is JSON or goes to a file."""

    def shown(text: Text, share: float) -> None:
        if not quiet and sys.stderr.isatty():
            print(f"{share:4.0%}  {say(text)}", file=sys.stderr)

    return shown


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """NAME=VALUE options as a dictionary; raises ``BadInput`` for one without an equals sign."""
    found: dict[str, str] = {}
    for pair in given or ():
        name, equals, value = pair.rpartition("=")
        if not equals or not name:
            raise BadInput(_("{option} wants NAME=VALUE, not {pair}."), option=option, pair=pair)
        if name in found and found[name] != value:
            raise BadInput(_("{option} names {name} twice; give it once."), option=option, name=name)
        found[name] = value
    return found
