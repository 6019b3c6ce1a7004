"""Groups of customers beside the bank: who leaves fastest, and surely so."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Bar, Chart, clickable_bars
from churn_dash.measures import METRICS
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks, limits
from churn_dash.ui.front.figures import totals
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RATE_LABELS, RATE_UNITS, how
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_SHOWN = 6
_CHART = "worst"
_PLACES = ("tier", "branch_id", "age_band", "tenure_band", "customer_type", "product_band", "aum_band")


@dataclass(frozen=True)
class Group:
    """One group of customers beside the bank: by which dimension, which level, and how fast it leaves."""

    dimension: str
    level: str
    label: str
    rate: float
    n: int
    low: float | None
    high: float | None

    def surely_above(self, bank: float | None) -> bool:
        """Whether the whole range lies above the bank's rate."""
        return bank is not None and self.low is not None and self.low > bank


def groups(question: PageQuestion) -> list[Group]:
    """Every group with at least 1 % of the customers and 50 of them, the fastest to leave first."""
    period = (str(question.period.start), str(question.period.end)) if question.period else None
    asked = (question.filters.where, period, question.definition, session.language())
    return cache.worked_out(question.ds, question.scope, lambda *_asked: _groups(question), *asked, name="groups")


def _groups(question: PageQuestion) -> list[Group]:
    found = []
    bank = totals(question).get("churn_rate_n") or 0
    fewest = max(50, 0.01 * bank)
    fixed = {name for name, values in question.filters.where if len(values) == 1}
    known = question.dimensions
    names = [n for n in _PLACES if n in known] or list(known)
    for name in [n for n in names if n not in fixed][:8]:
        for row in question.rows(["churn_rate"], [name]).iter_rows(named=True):
            if row[name] is None or row["churn_rate"] is None or row["churn_rate_n"] < fewest:
                continue
            label = f"{dimension_words(known[name])} · {value_words(known[name], row[name])}"
            numbers = (row["churn_rate"], row["churn_rate_n"], row["churn_rate_low"], row["churn_rate_high"])
            found.append(Group(name, row[name], label, *numbers))
    return sorted(found, key=lambda g: -g.rate)


def worst_chart(question: PageQuestion, found: Sequence[Group]) -> Chart:
    """The fastest groups to leave beside the bank."""
    rows = [Bar(g.label, g.rate, g.n, g.low, g.high) for g in found[:_SHOWN]]
    bank, now = totals(question).get("churn_rate"), limits.clicked(_CHART, question.ds)
    chosen = next((i for i, g in enumerate(found[:_SHOWN]) if {g.dimension: g.level} == now), None)
    what = session.say(METRICS["churn_rate"].label)
    return cache.chart(
        clickable_bars, rows, unit="ratio", look=session.look(), what=what, bank=bank, line=question.whole.line, chosen=chosen
    )


def worst_finding(question: PageQuestion, found: Sequence[Group]) -> str:
    """The title of the bars."""
    bank = totals(question).get("churn_rate")
    worst = next((g for g in found if g.surely_above(bank)), None)
    if worst is None or not bank:
        return session.say(Text(_("No group leaves clearly faster than {whole}"), whole=question.whole.words))
    times = Text(_("{n} times"), n=f"{worst.rate / bank:.1f}")
    return session.say(Text(_("{group} leave {times} as fast as {whole}"), group=worst.label, times=times, whole=question.whole.words))


def worst_table(found: Sequence[Group]) -> Table:
    """The groups as rows."""
    rows = pl.DataFrame(
        [{"group": g.label, "churn_rate": g.rate, "low": g.low, "high": g.high, "n": g.n} for g in found],
        schema={"group": pl.String, "churn_rate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64},
    )
    return Table(rows, "groups", RATE_LABELS | {"group": _("Group")}, RATE_UNITS, how=how("churn_rate"))


def worst_caption(question: PageQuestion) -> str:
    """Under the title of the bars."""
    words = session.say(
        Text(_("Churn rate · number of customers beside each name · orange: surely above {whole}"), whole=question.whole.words)
    )
    return f"{words} · {session.say(_('click one to look at its customers'))}"


def card(question: PageQuestion) -> None:
    """The card of the groups that leave fastest; a click on one limits the other charts to it."""
    question = question.apart(_CHART)
    found = groups(question)
    with cards.card(worst_finding(question, found), worst_caption(question), worst_table(found), key="worst") as as_table:
        levels = [{g.dimension: g.level} for g in found[:_SHOWN]]
        clicks.picture(question.ds, _CHART, worst_chart(question, found), levels, as_table)
