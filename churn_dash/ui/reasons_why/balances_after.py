"""What the page Satisfaction shows of balances after an answer."""

import polars as pl

from churn_dash.causes import balances_after
from churn_dash.causes.balances_after import BalancesAfter
from churn_dash.charts import Chart, Mark, forest
from churn_dash.charts.groups.effects import written
from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.reasons_why.surveys_after import GROUPS
from churn_dash.words import Count, Text, _

HOW = _(
    "Balances at the end of the month so many months later, beside those at the end of the month of the questionnaire, of whoever answered "
    "and was there then; who left holds none. The last answer of each customer. Sums of balances, so that a few rich customers weigh much: "
    "the range is wide where they do. An association: balances may fall for other reasons."
)


def _signed(value: float | None) -> str:
    shown = session.look().show(value, "ratio")
    return f"+{shown}" if value is not None and value > 0 else shown


def chart(found: BalancesAfter) -> Chart:
    """The change of balances of each group with its range; small groups only with their count."""
    marks = []
    for r in found.rows.to_dicts():
        words = session.say(Text(_("{n} customers"), n=Count(r["n"])))
        marks.append(Mark(session.say(GROUPS[r["group"]]), r["change"], r["low"], r["high"], _signed(r["change"]), words))
    less, more = session.say(_("balances fell")), session.say(_("balances grew"))
    return cache.chart(
        forest, marks, look=session.look(), what=session.say(_("Balances after an answer")), less=less, more=more, worse="less"
    )


def table(found: BalancesAfter) -> Table:
    """The groups as rows."""
    rows = found.rows.with_columns(pl.Series("group", [session.say(GROUPS[g]) for g in found.rows["group"]], dtype=pl.String))
    labels = {"group": _("Group"), "n": _("Customers"), "before": _("Balances then"), "after": _("Balances later")}
    labels |= {"change": _("Change"), "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"]}
    units = {"n": "count", "before": "money", "after": "money", "change": "ratio", "low": "ratio", "high": "ratio"}
    return Table(rows, "balances-after-answers", labels, units, how=session.say(HOW))


def finding(found: BalancesAfter) -> str:
    """Title: whether balances shrink more where satisfaction fell."""
    d, fell = found.difference, found.rows.row(0, named=True)
    if d.value is None or d.low is None or d.high is None:
        if not fell["n"]:
            return session.say(_("Nobody's satisfaction fell by a point or more"))
        few = fell["n"] < TOO_FEW
        return (
            session.say(Text(_("Satisfaction of only {n} fell: too few to follow their balances"), n=Count(fell["n"])))
            if few
            else (session.say(_("Balances after an answer")))
        )
    named = {"change": _signed(fell["change"]), "difference": written(abs(d.value), "ratio", session.look()).lstrip("+")}
    if d.low > 0:
        return session.say(Text(_("Where satisfaction fell, balances went {change}: {difference} better than where it did not"), **named))
    if d.high < 0:
        return session.say(Text(_("Where satisfaction fell, balances went {change}: {difference} worse than where it did not"), **named))
    named["difference"] = written(d.value, "ratio", session.look())
    return session.say(
        Text(_("Where satisfaction fell, balances went {change}: {difference} against where it did not is within chance"), **named)
    )


def caption(found: BalancesAfter) -> Text:
    """Under the title: the time followed, and how many are left out."""
    if found.unknown:
        words = _("Balances {months} months after an answer, against those at its month's end · {n} left out: a balance is not known")
        return Text(words, months=found.horizon, n=Count(found.unknown))
    return Text(_("Balances {months} months after an answer, against those at its month's end"), months=found.horizon)


def card(question: PageQuestion) -> None:
    """The card."""
    found = answered(question, balances_after)
    with cards.card(finding(found), caption(found), table(found), key="balances-after") as as_table:
        cards.picture(chart(found), as_table, key="balances-after-picture")
