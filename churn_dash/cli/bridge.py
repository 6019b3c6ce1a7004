"""Why churn moved between two periods."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from churn_dash.behind.levels import full_level_words, level_words
from churn_dash.cli.common import (
    AsJson,
    AtVersion,
    Definition,
    FromMonth,
    Only,
    ToMonth,
    Where,
    app,
    one_of,
    printed,
    tagged,
    workspace_path,
)
from churn_dash.cli.measure import asked
from churn_dash.measures import dimension, period
from churn_dash.measures.comparisons.between import campaigns_between
from churn_dash.measures.comparisons.bridge import Bridge, Contribution, Side, bridge
from churn_dash.measures.comparisons.bridge_rates import RATES
from churn_dash.measures.comparisons.bridge_words import PARADOX, sentence, step_words
from churn_dash.measures.comparisons.former import former
from churn_dash.store import Dimension, Workspace
from churn_dash.words import Points, Ratio, say
from churn_dash.words.numbers import DASH


@app.command("bridge")
def why(
    by: Annotated[str, typer.Option(help="Dimension over whose levels the change is split.")],
    workspace: Where = None,
    start: FromMonth = None,
    end: ToMonth = None,
    against_start: Annotated[str | None, typer.Option("--against-from", help="First month of the period to compare with.")] = None,
    against_end: Annotated[str | None, typer.Option("--against-to", help="Its last month; else the same months a year before.")] = None,
    definition: Definition = None,
    against_definition: Annotated[str | None, typer.Option(help="Churn definition of the comparison, where it was another.")] = None,
    against_official: Annotated[
        str | None, typer.Option(help="What was official on a day (YYYY-MM-DD) or as a name: its definition and its settings then.")
    ] = None,
    count: Annotated[str, typer.Option(help="heads: customers; aum: balances.")] = "heads",
    where: Only = None,
    version: AtVersion = None,
    against_version: Annotated[int | None, typer.Option(help="Data version of the comparison, where it was another.")] = None,
    as_json: AsJson = False,
) -> None:
    """Split the change of churn between two periods into data, definition, its settings, mix and rate; they add up exactly."""
    place = Workspace.open(workspace_path(workspace))
    ds = place.dataset(version)
    other = None if against_version in (None, ds.version) else place.dataset(against_version)
    against = period(other or ds, against_start, against_end)
    found = bridge(
        asked(ds, where, start, end, definition),
        by,
        against,
        against_definition,
        other,
        former(ds, against_official) if against_official is not None else None,
        one_of(count, RATES, "--count"),
    )
    ran = campaigns_between(ds, found.before.period, found.after.period)
    of = dimension(ds, found.dimension)
    result = as_json_of(found, of) | {"campaigns": None if ran is None else [asdict(r) for r in ran]} | tagged(ds, found.after.definition)

    def text() -> str:
        campaigns = [f"campaign between: {r.name} ({r.start} – {r.end or DASH})" for r in ran or ()]
        return "\n".join([_text(found, of), *([""] if campaigns else []), *campaigns])

    printed(result, as_json, text)


def spoken(found: Bridge, by: Dimension) -> str:
    """The bridge in one sentence, its groups in words as on the page."""
    return say(sentence(found, lambda level: full_level_words(by, level)))


def as_json_of(found: Bridge, by: Dimension) -> dict[str, Any]:
    """As the command line prints it; documented in docs/CLI.md."""
    return {
        "version": found.after.version,
        "definition": found.after.definition,
        "by": found.dimension,
        "count": found.count,
        "before": _side(found.before),
        "after": _side(found.after),
        "change": found.change,
        "data_change": found.data,
        "definition_change": found.definition,
        "settings_change": found.settings,
        "mix": found.mix,
        "rate": found.rate,
        "rate_low": found.rate_low,
        "rate_high": found.rate_high,
        "moved_low": found.moved_low,
        "moved_high": found.moved_high,
        "paradox": found.paradox,
        "levels": [_level(c) for c in found.levels],
        "sentence": spoken(found, by),
    }


def _side(side: Side) -> dict[str, Any]:
    told = asdict(side)
    months = told.pop("period")
    return told | {"from": f"{months['start']:%Y-%m}", "to": f"{months['end']:%Y-%m}"}


def _level(found: Contribution) -> dict[str, Any]:
    return asdict(found) | {"change": found.change}


def _text(found: Bridge, by: Dimension) -> str:
    words = step_words(found)
    lines = [spoken(found, by), *([say(PARADOX)] if found.paradox else []), ""]
    lines += [f"{Ratio(found.before.rate)!s:>10}  {_side(found.before)['from']} – {_side(found.before)['to']}"]
    lines += [f"{Points(value)!s:>10}  {say(words[name])}" for name, value in found.steps.items()]
    lines += [f"{Ratio(found.after.rate)!s:>10}  {_side(found.after)['from']} – {_side(found.after)['to']}", ""]
    ordered = sorted(found.levels, key=lambda c: -abs(c.change))
    lines += [
        f"{Points(c.change)!s:>10}  {level_words(by, c.level)}  mix {Points(c.mix)}, rate {Points(c.rate)}, n={c.n_before} → {c.n_after}"
        for c in ordered
    ]
    return "\n".join(lines)
