"""What each definition would have made of the figure of a year before: a card of the definition lab."""

import polars as pl

from churn_dash.charts import Bar, Chart, bars
from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import Settings
from churn_dash.measures import METRICS
from churn_dash.measures.lab import Lab
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.lab.overlap import how_settings
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import how
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Ratio, Text, _


def _headline(question: PageQuestion, found: Lab) -> float | None:
    """The rate of a year before by the definition in force, with the settings in force."""
    if found.year_before is None:
        return None
    rows = question.by_definition(question.ds.default_definition).over(found.year_before).rows(["churn_rate"])
    rate: float | None = rows["churn_rate"][0] if len(rows) else None
    return rate


def chart(question: PageQuestion, found: Lab) -> Chart:
    """The figure of a year before under each definition, beside the one in force then and now."""
    rows = [
        Bar(
            session.say(DEFINITIONS[j.name].label),
            j.before.value,
            j.before.of,
            *((b.low, b.high) if (b := j.before.interval) else (None, None)),
        )
        for j in found.judged
        if j.before is not None
    ]
    bank = _headline(question, found)
    return cache.chart(
        bars,
        rows,
        unit="ratio",
        look=session.look(),
        what=session.say(METRICS["churn_rate"].label),
        bank=bank,
        line=session.say(_("in force")),
        all_grey=True,
    )


def levels(question: PageQuestion, found: Lab, chosen: Settings) -> list[dict[str, str] | None]:
    """What a click on each bar means: a list of those whom the definition would have called lost a year before."""
    return clicks.of_split("lost_before", [j.name for j in found.judged if j.before is not None], how_settings(question, chosen))


def table(question: PageQuestion, found: Lab) -> Table:
    """This period and the year before, and how far each lies from the official definition."""
    rows, theirs = [], _headline(question, found)
    for j in found.judged:
        now, before = j.heads.value, j.before.value if j.before else None
        rows.append(
            {
                "definition": session.say(j.tag),
                "before": before,
                "now": now,
                "moved": now - before if now is not None and before is not None else None,
                "apart": before - theirs if before is not None and theirs is not None else None,
            }
        )
    frame = pl.DataFrame(rows, schema={"definition": pl.String, **dict.fromkeys(("before", "now", "moved", "apart"), pl.Float64)})
    labels = {
        "definition": _("Definition of churn"),
        "before": _("A year before"),
        "now": _("Now"),
        "moved": _("Change"),
        "apart": _("A year before, against the definition in force"),
    }
    return Table(frame, "definitions-headline", labels, dict.fromkeys(("before", "now", "moved", "apart"), "ratio"), how=how("churn_rate"))


def finding(question: PageQuestion, found: Lab) -> Text:
    """Title: how far last year's headline would have moved."""
    theirs = _headline(question, found)
    known = [(j, j.before.value - theirs) for j in found.judged if j.before and j.before.value is not None and theirs is not None]
    if not known or theirs is None:
        return Text(_("Last year's headline under each definition"))
    far, gap = max(known, key=lambda pair: abs(pair[1]))
    return Text(
        _("A year before the headline was {rate}; by {what} it would have been {other}"),
        rate=Ratio(theirs), what=DEFINITIONS[far.name].label, other=Ratio(theirs + gap),
    )  # fmt: skip
