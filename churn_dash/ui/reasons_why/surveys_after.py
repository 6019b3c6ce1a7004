"""What the page Satisfaction shows of churn after a questionnaire: by what was said, and by who answered."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.causes import followed
from churn_dash.causes.after_answers import Followed
from churn_dash.charts import Bar, Chart, bars
from churn_dash.charts.groups.effects import written
from churn_dash.contract.few import TOO_FEW
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

GROUPS = {
    "answered": _("answered"),
    "silent": _("did not answer"),
    "low": _("dissatisfied (1–2)"),
    "middle": _("in between (3)"),
    "high": _("satisfied (4–5)"),
    "detractor": _("detractors (0–6)"),
    "passive": _("passives (7–8)"),
    "promoter": _("promoters (9–10)"),
    "fell": _("fell by a point or more"),
    "held": _("did not fall"),
}


def found(question: PageQuestion) -> Followed:
    """Who left after a questionnaire. Raises ``NotPossible`` where none can be followed."""
    return answered(question, followed)


def _bars(rows: pl.DataFrame) -> list[Bar]:
    """Groups of a follow-up as bars; small groups only with their count."""
    return [
        Bar(session.say(GROUPS[g]), share if n >= TOO_FEW else None, n, low, high)
        for g, n, share, low, high in rows.select("group", "n", "share", "low", "high").iter_rows()
    ]


def chart(rows: pl.DataFrame, f: Followed) -> Chart:
    """Churn of each group; orange where it is surely above the churn of everybody asked."""
    n, k = int(f.answering["n"].sum()), int(f.answering["left"].sum())
    bank = k / n if n >= TOO_FEW else None
    return cache.chart(
        bars,
        _bars(rows),
        unit="ratio",
        look=session.look(),
        what=session.say(_("churn after a questionnaire")),
        bank=bank,
        line=session.say(_("all asked")),
    )


def table(rows: pl.DataFrame, name: str) -> Table:
    """Groups of a follow-up as rows."""
    shown_rows = rows.with_columns(pl.Series("group", [session.say(GROUPS[g]) for g in rows["group"]], dtype=pl.String))
    labels = {"group": _("Group"), "n": _("Customers"), "left": _("Left"), "share": _("Share"), "low": RANGE_LABELS["low"]}
    units = {"n": "count", "left": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(shown_rows, name, {**labels, "high": RANGE_LABELS["high"]}, units, how=session.say(HOW))


HOW = _(
    "The last questionnaire of each customer, counted from the end of its month, of those still there then and "
    "followed for the whole time. "
    "An association: the dissatisfied may leave for other reasons too."
)


def caption(f: Followed) -> Text:
    """Under the title: the time counted, and how many questionnaires cannot be followed yet."""
    return Text(
        _("Left within {months} months after · {late} later questionnaires cannot be followed yet"),
        months=f.horizon,
        late=Count(f.too_late),
    )


def silent_finding(f: Followed) -> str:
    """Title: whether silent customers leave more than those who answer."""
    d = f.difference
    if d.value is None or d.low is None or d.high is None:
        return session.say(_("Who answers and who leaves"))
    named = {"difference": written(d.value, "ratio", session.look())}
    if d.low > 0:
        return session.say(Text(_("The silent leave more often than those who answer: {difference}"), **named))
    if d.high < 0:
        return session.say(Text(_("The silent leave less often than those who answer: {difference}"), **named))
    return session.say(Text(_("The silent leave about as often as those who answer: {difference}, within chance"), **named))


def _ends(groups: pl.DataFrame) -> tuple[float | None, float | None]:
    """The rates of the first and the last group; None of too few."""
    rates = groups.select(pl.when(pl.col("n") >= TOO_FEW).then(pl.col("share")))["share"]
    return rates[0], rates[-1]


def bands_finding(f: Followed) -> str:
    """Title: churn from the dissatisfied to the satisfied."""
    low, high = _ends(f.bands)
    if low is None or high is None:
        return session.say(_("Churn by satisfaction"))
    return session.say(Text(_("Of the dissatisfied {low} left, of the satisfied {high}"), low=Ratio(low), high=Ratio(high)))


def classes_finding(f: Followed) -> str:
    """Title: churn from detractors to promoters."""
    low, high = _ends(f.classes)
    if low is None or high is None:
        return session.say(_("Churn by recommendation"))
    return session.say(Text(_("Of detractors {low} left, of promoters {high}"), low=Ratio(low), high=Ratio(high)))


@dataclass(frozen=True)
class Split:
    """One way to set those asked side by side: its rows, its title, and the stem and key under which its table and card are known."""

    rows: Callable[[Followed], pl.DataFrame]
    finding: Callable[[Followed], str]
    stem: str
    key: str


SPLITS: dict[str, Split] = {
    "band": Split(lambda f: f.bands, bands_finding, "churn-by-satisfaction", "bands"),
    "nps": Split(lambda f: f.classes, classes_finding, "churn-by-recommendation", "classes"),
    "answering": Split(lambda f: f.answering, silent_finding, "churn-by-answering", "silent"),
}


def card(question: PageQuestion, name: str) -> None:
    """The card of one split; a click on a group limits the other charts to its customers, never its own."""
    split, f = SPLITS[name], found(question.apart(name))
    rows = split.rows(f)
    groups = [g if n else None for g, n in rows.select("group", "n").iter_rows()]
    with cards.card(split.finding(f), caption(f), table(rows, split.stem), key=split.key) as as_table:
        clicks.rows(question.ds, name, chart(rows, f), clicks.of_split(name, groups), as_table, f"{name}-picture")
