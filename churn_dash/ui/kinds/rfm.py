"""What the Behaviour page shows of recency, frequency and money: the grid, the kinds of customers, and the page's sentence."""

from dataclasses import dataclass

import polars as pl

from churn_dash.charts import Chart
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.segments.groups import rfm
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds.rated import Rated, grid_caption, grid_chart, grid_finding, rated_table, spread_finding
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS, how
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Count, Month, Ratio, Text, _

AXES = {"rf": ("r", "f"), "fm": ("f", "m"), "rm": ("r", "m")}
_AXES_WORDS = {"rf": _("Recency × frequency"), "fm": _("Frequency × money"), "rm": _("Recency × money")}
_MONEY_WORDS = {"balances": _("Balances"), "amount": _("Amount of transactions")}
_MONEY_AS_SIDE = {"balances": _("balances"), "amount": _("amount of transactions")}
_RECENCY = {
    5: _("active last month"),
    4: _("silent 1 month"),
    3: _("silent 2 months"),
    2: _("silent 3–5 months"),
    1: _("silent 6 months or more"),
}
_FREQUENCY = {1: _("rarest fifth"), 2: _("2nd fifth"), 3: _("3rd fifth"), 4: _("4th fifth"), 5: _("busiest fifth")}
_MONEY = {1: _("smallest fifth"), 2: _("2nd fifth"), 3: _("3rd fifth"), 4: _("4th fifth"), 5: _("largest fifth")}
_SCORES = {"r": _RECENCY, "f": _FREQUENCY, "m": _MONEY}
_SCORE_NAMES = {"r": _("Recency"), "f": _("Frequency"), "m": _("Money")}


@dataclass(frozen=True)
class Seen:
    """The scores of the customers, the figures of all of them together, and which two scores are crossed."""

    found: rfm.Rfm
    bank: dict[str, float | None]
    whole: Whole
    axes: str

    @property
    def row(self) -> str:
        """The score down the side."""
        return AXES[self.axes][0]

    @property
    def column(self) -> str:
        """The score across."""
        return AXES[self.axes][1]

    @property
    def rate(self) -> float | None:
        """The churn rate of everybody asked for."""
        return self.bank["churn_rate"]

    @property
    def kinds(self) -> Rated:
        """The kinds of customers with their churn."""
        return Rated(
            self.found.groups(), {c: session.say(label) for c, label in rfm.LABELS.items()}, self.rate, self.whole, "churn-by-rfm-kind"
        )

    def words(self, score: str) -> dict[int, str]:
        """What the values of a score stand for, those of recency from the most recent."""
        order = (5, 4, 3, 2, 1) if score == "r" else (1, 2, 3, 4, 5)
        return {i: session.say(_SCORES[score][i]) for i in order}


def axes_control() -> str:
    """Choose which two scores are crossed."""
    words = {code: session.say(text) for code, text in _AXES_WORDS.items()}
    return controls.choice(session.say(_("Crossed")), list(AXES), key="axes", words=words.__getitem__, kind="segments", default="fm")


def money_control() -> rfm.Money:
    """Choose what money is: balances or the amount of transactions."""
    words = {code: session.say(text) for code, text in _MONEY_WORDS.items()}
    picked = controls.choice(session.say(_("Money is")), list(words), key="money", words=words.__getitem__, kind="segments")
    return "amount" if picked == "amount" else "balances"


def seen(question: PageQuestion, axes: str, money: rfm.Money) -> Seen:
    """The scores for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition, money)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: rfm.rfm(q, money), *asked, name="rfm")
    return Seen(found, found.whole(), q.whole, axes)


def told(question: PageQuestion, axes: str, money: rfm.Money) -> tuple[str, Seen | None]:
    """The page's sentence and what it is about; where the data cannot tell, why not, and None."""
    try:
        one = seen(question, axes, money)
    except NotPossible as problem:
        return session.say(problem), None
    return answer(one), one


def answer(one: Seen) -> str:
    """The page's sentence: the kind of customer that leaves fastest, and how much of the churn it is."""
    ranked, lost = one.kinds.ranked, one.bank["customers_lost"]
    if not one.bank["customers"]:
        return session.say(_("No customer matches these filters."))
    if not ranked or not lost:
        return session.say(_("No group here is large enough for a rate."))
    worst = ranked[0]
    named = {
        "group": one.kinds.word(str(worst["group"])),
        "rate": Ratio(worst["churn_rate"]),  # type: ignore[arg-type]
        "bank": Ratio(one.rate),
        "whole": one.whole.within,
        "size": Ratio(float(worst["customers"] or 0) / float(one.bank["customers"])),
        "share": Ratio(float(worst["customers_lost"] or 0) / lost),
    }
    return session.say(Text(_("{group}: {rate} left, {bank} {whole}; {size} of customers, {share} of those lost."), **named))


def grid(one: Seen) -> pl.DataFrame:
    """The crossed scores."""
    return one.found.grid(one.row, one.column)


def grid_picture(one: Seen) -> Chart:
    """The heat map."""
    return grid_chart(grid(one), one.row, one.column, (one.words(one.row), one.words(one.column)), one.rate, one.whole, row_height=62)


def picture(question: PageQuestion, one: Seen, as_table: bool) -> None:
    """The heat map on the page: a click on a cell limits the other charts to its customers."""
    known = set(grid(one).drop_nulls([one.row, one.column]).select(one.row, one.column).rows())
    how = f"{one.axes},{one.found.money}"
    cells = [[f"{r}-{c}" if (r, c) in known else None for c in one.words(one.column)] for r in one.words(one.row)]
    clicks.cells(question.ds, "rfm", grid_picture(one), [clicks.of_split("rfm", row, how) for row in cells], as_table, "rfm-picture")


def title(one: Seen) -> str:
    """Title of the heat map."""
    return grid_finding(grid(one), one.rate, one.whole)


def caption(one: Seen) -> str:
    """Under the title of the heat map."""
    b = one.found.behaviour
    sides = {"r": _("months of silence"), "f": _("number of transactions"), "m": _MONEY_AS_SIDE[one.found.money]}
    named = {"n": b.months, "month": Month(b.at), "row": sides[one.row], "column": sides[one.column]}
    made = Text(_("Down: {row}, across: {column}, of the {n} months before {month}"), **named)
    return grid_caption(session.say(made), one.whole)


def grid_table(one: Seen) -> Table:
    """The cells as rows, in words, with counts, rates and ranges."""
    rows = grid(one)
    sides = {s: [one.words(s).get(v, session.say(_("Unknown"))) for v in rows[s]] for s in (one.row, one.column)}
    shown = rows.select(
        *(pl.Series(s, words, dtype=pl.String) for s, words in sides.items()),
        "customers", "customers_lost", "churn_rate", "churn_rate_low", "churn_rate_high",
    )  # fmt: skip
    labels = {
        one.row: _SCORE_NAMES[one.row],
        one.column: _SCORE_NAMES[one.column],
        "customers": _("Customers"),
        "customers_lost": _("Customers lost"),
        "churn_rate": _("Churn rate"),
        "churn_rate_low": RANGE_LABELS["low"],
        "churn_rate_high": RANGE_LABELS["high"],
    }
    units = {
        "customers": "count",
        "customers_lost": "count",
        "churn_rate": "ratio",
        "churn_rate_low": "ratio",
        "churn_rate_high": "ratio",
    }
    return Table(shown, f"churn-by-{one.row}-and-{one.column}", labels, units, how=_how())


def kinds_table(one: Seen) -> Table:
    """The kinds as rows, balances included."""
    return rated_table(one.kinds)


def kinds_finding(one: Seen) -> str:
    """Title of the kinds: how much of the balances at stake the valuable ones who fall silent hold."""
    rows = {r["group"]: r for r in one.kinds.rows.to_dicts()}
    quiet = rows.get("valuable_silent")
    if quiet is not None and quiet["customers"] >= TOO_FEW and quiet["aum_start"] and quiet["churn_rate"] is not None:
        named = {"n": Count(quiet["customers"]), "rate": Ratio(quiet["churn_rate"])}
        return session.say(Text(_("{n} valuable customers had fallen silent; {rate} of them left"), **named))
    return spread_finding(one.kinds)


def _how() -> str:
    made = _(
        "Recency: months without a transaction up to the day. Frequency and money: the mean of the months before, in fifths of all "
        "customers, equal values together. Everybody has one score of each; a filter chooses whom to show and changes nobody's score."
    )
    return f"{session.say(made)} {how('churn_rate')}"
