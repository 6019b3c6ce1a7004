"""Who is lost by which definitions together: a card of the definition lab."""

import json

import polars as pl

from churn_dash.charts import Chart, Together, upset
from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import Settings
from churn_dash.measures import METRICS
from churn_dash.measures.lab import Judged, Lab
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

_MOST_ROWS = 9
_SHORT = {
    "close": _("closure"),
    "absent": _("absence"),
    "dormant": _("dormancy"),
    "asset_out": _("decline"),
    "tier_down": _("downgrade"),
    "flag": _("flag"),
    "first": _("first of them"),
}


def _single(found: Lab) -> list[Judged]:
    return [j for j in found.judged if j.only is not None]


def chart(found: Lab) -> Chart:
    """The combinations that hold most customers."""
    spoken = {j.name: session.say(_SHORT[j.name]) for j in _single(found)}
    rows = [Together(tuple(spoken[n] for n in o.names), o.n) for o in found.overlaps[:_MOST_ROWS]]
    what = session.say(METRICS["customers_lost"].label)
    return cache.chart(upset, list(spoken.values()), rows, look=session.look(), what=what)


def levels(question: PageQuestion, found: Lab, chosen: Settings) -> list[dict[str, str] | None]:
    """What a click on each combination means: a list of its customers."""
    return clicks.of_split("overlap", ["+".join(o.names) for o in found.overlaps[:_MOST_ROWS]], how_settings(question, chosen))


def how_settings(question: PageQuestion, chosen: Settings) -> str:
    """The settings as a split of ``behind`` takes them; empty where they are those in force."""
    return "" if chosen == question.ds.settings else json.dumps(chosen.written(), separators=(",", ":"))


def table(found: Lab) -> Table:
    """Every combination."""
    spoken = {j.name: session.say(DEFINITIONS[j.name].label) for j in _single(found)}
    rows = pl.DataFrame(
        [(" + ".join(spoken[n] for n in o.names), o.n, o.aum) for o in found.overlaps],
        schema={"definitions": pl.String, "n": pl.Int64, "aum": pl.Float64},
        orient="row",
    )
    labels = {"definitions": _("Lost by exactly these"), "n": _("Customers"), "aum": METRICS["aum_lost"].label}
    return Table(rows, "definitions-overlap", labels, {"n": "count", "aum": "money"})


def finding(found: Lab) -> Text:
    """Title of the overlap: how many everybody agrees on."""
    anybody = sum(o.n for o in found.overlaps)
    several = sum(o.n for o in found.overlaps if len(o.names) > 1)
    if not anybody:
        return Text(_("Nobody is lost by any of them"))
    return Text(_("{share} of {n} lost customers are lost by more than one definition"), share=Ratio(several / anybody), n=Count(anybody))


def caption(found: Lab) -> Text:
    """Under the title of the overlap."""
    return Text(_("{n} customers who were there at the start by every definition · filled: lost by it"), n=Count(found.same))
