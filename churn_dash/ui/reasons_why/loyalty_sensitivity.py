"""What the page Satisfaction shows of how far the classes of loyalty hang on their cut-offs and weights."""

import polars as pl

from churn_dash.causes import sensitivity
from churn_dash.causes.loyalty import CLASSES, COMPONENTS, rules
from churn_dash.causes.loyalty_sensitivity import Moved, Sensitivity
from churn_dash.charts import Bar, Chart, bars
from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

_MOST_BARS = 6
_MEANINGS = {name: meaning for name, _weight, meaning in COMPONENTS}


def found(question: PageQuestion) -> Sensitivity:
    """Who would change class. Raises ``NotPossible`` where nobody has one."""
    return answered(question, sensitivity, rules(question.ds))


def _name(m: Moved) -> str:
    if m.kind == "cut":
        return session.say(
            Text(_("{name} from {moved} instead of {now}"), name=session.say(CLASSES[m.name]), now=f"{m.now:g}", moved=f"{m.moved:g}")
        )
    named = {"name": session.say(_MEANINGS[m.name]), "now": f"{m.now:g}", "moved": f"{m.moved:g}"}
    return session.say(Text(_("weight {moved}, not {now}: {name}"), **named))


def finding(s: Sensitivity) -> str:
    """Title: how many would change class at the setting that matters most."""
    most = s.moves[0]
    if s.n < TOO_FEW:
        return session.say(Text(_("Only {n} customers have a class of loyalty: too few to tell how firm it is"), n=Count(s.n)))
    named = {"share": Ratio(most.changed.value), "by": f"{s.by:.0%}"}
    if most.kind == "cut":
        words = Text(_("A cut-off moved by {by} changes the class of at most {share} of customers"), **named)
    else:
        words = Text(_("A weight moved by {by} changes the class of at most {share} of customers"), **named)
    return session.say(words)


def caption(s: Sensitivity) -> Text:
    """Under the title: what is moved, and of how many customers."""
    return Text(_("Each cut-off and each weight moved by {by}, one at a time · {n} customers with a class"), by=f"{s.by:.0%}", n=Count(s.n))


def chart(s: Sensitivity) -> Chart:
    """The moves that change most."""
    shown = s.moves[:_MOST_BARS] if s.n >= TOO_FEW else ()
    marks = [Bar(_name(m), m.changed.value, m.up + m.down + m.lost, m.changed.low, m.changed.high, s.n) for m in shown]
    what = session.say(_("customers who change class"))
    return cache.chart(bars, marks, unit="ratio", look=session.look(), what=what, all_grey=True, longest_name=60)


def table(s: Sensitivity) -> Table:
    """Every move with who goes up and down."""
    rows = pl.DataFrame(
        [(_name(m), m.changed.value, m.changed.low, m.changed.high, m.up, m.down, m.lost) for m in s.moves],
        schema={
            "name": pl.String,
            **dict.fromkeys(("share", "low", "high"), pl.Float64),
            **dict.fromkeys(("up", "down", "lost"), pl.Int64),
        },
        orient="row",
    )
    labels = {
        "name": _("Moved"),
        "share": _("Change class"),
        **RANGE_LABELS,
        "up": _("To a more loyal class"),
        "down": _("To a less loyal class"),
        "lost": _("Too little known then"),
    }
    units = {"share": "ratio", "low": "ratio", "high": "ratio", "up": "count", "down": "count", "lost": "count"}
    return Table(rows, "loyalty-sensitivity", labels, units, how=session.say(HOW))


HOW = _(
    "The classes of the same customers worked out anew with one setting moved and all others as they are; a cut-off stops at its "
    "neighbour. Weights are relative to one another, so that moving one moves the share of all. Ranges: Wilson, 95%."
)
