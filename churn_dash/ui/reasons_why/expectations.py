"""What the page Satisfaction shows of the customers' expectations: the survey items, and what the data beside them say."""

import polars as pl

from churn_dash.causes import adoption, expectation_signs, expectations
from churn_dash.causes.adoption import USUAL, Adoption
from churn_dash.causes.expectation_signs import Sign, Signs
from churn_dash.causes.expectations import EXPECTED, Expectation
from churn_dash.charts import Bar, Chart, Mark, WavePoint, bars, forest, waves
from churn_dash.charts.groups.effects import written
from churn_dash.contract.causes import DEFICITS, EXPECTATIONS
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Month, Number, Ratio, Text, _

_MOST_GROUPS = 8


def expected(question: PageQuestion) -> tuple[Expectation, ...]:
    """The four expectations."""
    return answered(question, expectations)


def expectations_finding(rows: tuple[Expectation, ...]) -> str:
    """Title: the expectation that falls short most."""
    worst = min(rows, key=lambda e: e.gap.value if e.gap.value is not None else 9.0)
    if worst.gap.high is not None and worst.gap.high < 0:
        return session.say(
            Text(_("{name} falls short most: {gap} points"), name=worst.label, gap=written(worst.gap.value, "number", session.look()))
        )
    return session.say(_("No expectation clearly falls short"))


EXPECTATIONS_CAPTION = Text(_("Mean answer less {expected} of 5"), expected=Number(EXPECTED))


def expectations_chart(rows: tuple[Expectation, ...]) -> Chart:
    """The gap of each expectation."""
    look = session.look()
    marks = [
        Mark(
            session.say(e.label),
            e.gap.value,
            e.gap.low,
            e.gap.high,
            written(e.gap.value, "number", look),
            session.say(Text(_("{share} of answers below"), share=Ratio(e.unmet.value))),
        )
        for e in rows
    ]
    less, more = session.say(_("falls short")), session.say(_("is met"))
    return cache.chart(forest, marks, look=look, what=session.say(_("Expectations")), less=less, more=more, worse="less")


def expectations_table(rows: tuple[Expectation, ...]) -> Table:
    """Level, gap, and churn of those below and at what is expected."""

    lines = [
        (
            session.say(e.label),
            _spread(e.level, "number"),
            _spread(e.gap, "number"),
            _spread(e.unmet, "ratio"),
            _spread(e.left_unmet, "ratio"),
            _spread(e.left_met, "ratio"),
            _spread(e.difference, "points"),
        )
        for e in rows
    ]
    labels = {
        "name": _("Expectation"), "level": _("Mean, of 5"), "gap": _("Gap"), "unmet": _("Answers below"), "left_unmet": _("Left, if below"),
        "left_met": _("Left, if met"), "difference": _("Difference"),
    }  # fmt: skip
    return Table(pl.DataFrame(lines, schema=dict.fromkeys(labels, pl.String), orient="row"), "expectations", labels)


def _spread(e: Estimate, unit: str) -> str:
    look = session.look()
    if e.value is None:
        return "—"
    if e.low is None or e.high is None:
        return look.show(e.value, unit)
    ends = {"value": look.show(e.value, unit), "low": look.show(e.low, unit), "high": look.show(e.high, unit)}
    return session.say(Text(_("{value} ({low} to {high})"), **ends))


def signs(question: PageQuestion) -> Signs:
    """What the data beside the survey items say of each expectation and deficit."""
    return answered(question, expectation_signs)


def signs_finding(found: Signs) -> str:
    """Title: how many figures speak, and how many are lacking."""
    if not found.lacking:
        return session.say(Text(_("What the data themselves say of it: {n} figures"), n=len(found.signs)))
    named = {"n": len(found.signs), "lacking": len(found.lacking)}
    return session.say(Text(_("What the data themselves say of it: {n} figures; lacking data: {lacking}"), **named))


SIGNS_CAPTION = _("Beside the questionnaires, in the period and in as many months before it")


def signs_table(found: Signs) -> Table:
    """A row a figure: of which expectation or deficit, in the period and before; where few stand behind it, how many only."""
    about = {**EXPECTATIONS, **DEFICITS}

    def line(s: Sign) -> tuple[str, str, str, str, int]:
        label = Text(_("{label} (whole bank)"), label=session.say(s.label)) if s.whole_bank else s.label
        return session.say(about[s.about]), session.say(label), _firm(s.now, s.unit), _firm(s.before, s.unit), s.now.n

    labels = {
        "about": _("Expectation or deficit"),
        "label": _("Figure"),
        "now": _("In the period"),
        "before": _("Before"),
        "n": _("Rests on (n)"),
    }
    schema = {"about": pl.String, "label": pl.String, "now": pl.String, "before": pl.String, "n": pl.Int64}
    rows = pl.DataFrame([line(s) for s in found.signs], schema=schema, orient="row")
    return Table(rows, "expectation-signs", labels, {"n": "count"}, only=True, how=session.say(SIGNS_HOW))


SIGNS_HOW = _(
    "With 95% ranges where it is an estimate. Complaints, contacts and fees count of customers there in that month; times and cases are "
    "of the whole bank, since the table of processes names no customers. The age of a product runs from its first sale in the data."
)


def _firm(e: Estimate, unit: str) -> str:
    if e.value is not None and e.n < TOO_FEW:
        return session.say(Text(_("{n} only"), n=Count(e.n)))
    return _spread(e, unit)


def group_control(question: PageQuestion) -> str | None:
    """By what digital use is broken down."""
    known = {n: d for n, d in question.groupings.items() if len(d.values) <= _MOST_GROUPS}
    if not known:
        return None
    return controls.choice(
        session.say(_("Digital use by")),
        list(known),
        key="digital-by",
        words=lambda n: dimension_words(known[n]),
        default=USUAL,
        width=240,
    )


def adopted(question: PageQuestion, by: str | None) -> Adoption:
    """Digital use month by month and by group. Raises ``NotPossible`` where no month tells."""
    return answered(question, adoption, by)


def _levels(question: PageQuestion, found: Adoption) -> pl.DataFrame:
    return found.groups.filter(pl.col("group") != "")


def adoption_finding(question: PageQuestion, found: Adoption) -> str:
    """Title: the share now, and the group in which fewest log in."""
    now = found.months.row(-1, named=True)
    if now["n"] < TOO_FEW:
        return session.say(Text(_("Of {n} customers only it is known whether they log in"), n=Count(now["n"])))
    large = _levels(question, found).filter(pl.col("n") >= TOO_FEW).sort("share")
    if len(large) < 2:
        return session.say(Text(_("{share} of customers log in"), share=Ratio(now["share"])))
    low = large.row(0, named=True)
    known = question.groupings[found.by]
    named = {"share": Ratio(now["share"]), "group": value_words(known, low["group"]), "least": Ratio(low["share"])}
    return session.say(Text(_("{share} of customers log in; fewest in {group}: {least}"), **named))


def adoption_caption(found: Adoption) -> Text:
    """Under the title: the month, and of how many it is not known."""
    now = found.months.row(-1, named=True)
    return Text(
        _("Digital logins in {month}, 95% ranges in the table · not known of {n}"), month=Month(now["month"]), n=Count(now["unknown"])
    )


def adoption_picture(question: PageQuestion, found: Adoption, as_table: bool) -> None:
    """Bars by group: a click on one limits the other charts to it; orange where surely fewer log in than in the bank."""
    rows, known = _levels(question, found), question.groupings[found.by]
    drawn = [
        Bar(value_words(known, g), share if n >= TOO_FEW else None, n, low, high)
        for g, n, share, low, high in rows.select("group", "n", "share", "low", "high").iter_rows()
    ]
    whole = found.months.row(-1, named=True)
    bank = whole["share"] if whole["n"] >= TOO_FEW else None
    what = session.say(_("digital logins"))
    chart = cache.chart(bars, drawn, unit="ratio", look=session.look(), what=what, bank=bank, line=question.whole.line, better="up")
    clicks.rows(question.ds, "digital", chart, [{found.by: g} for g in rows["group"]], as_table, "digital-picture")


def adoption_table(question: PageQuestion, found: Adoption) -> Table:
    """The groups as rows."""
    known = question.groupings.get(found.by)
    words = [value_words(known, g) if known and g else g or session.say(_("not known")) for g in found.groups["group"]]
    rows = found.groups.select(pl.Series("group", words, dtype=pl.String), "n", "unknown", "used", "share", "low", "high")
    labels = {
        "group": dimension_words(known) if known else _("Group"), "n": _("Customers"), "unknown": _("Not known"), "used": _("Log in"),
        "share": _("Share"), **RANGE_LABELS,
    }  # fmt: skip
    units = {"n": "count", "unknown": "count", "used": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(rows, "digital-use", labels, units, how=session.say(ADOPTION_HOW))


ADOPTION_HOW = _(
    "Customers active at the start of the month who used digital banking in it, of those of whom it is known. Ranges: Wilson, 95%."
)


def trend_finding(found: Adoption) -> str:
    """Title of the months: from where to where, and whether they surely differ."""
    large = found.months.filter(pl.col("n") >= TOO_FEW)
    if len(large) < 2:
        return session.say(_("Digital use over time"))
    first, last = large.row(0, named=True), large.row(-1, named=True)
    named = {"first": Ratio(first["share"]), "last": Ratio(last["share"])}
    if last["low"] > first["high"]:
        return session.say(Text(_("Digital use rose from {first} to {last}"), **named))
    if last["high"] < first["low"]:
        return session.say(Text(_("Digital use fell from {first} to {last}"), **named))
    return session.say(Text(_("Digital use: {first} to {last}, no clear change"), **named))


TREND_CAPTION = _("Share of customers with digital logins by month, with 95% ranges")


def trend_chart(found: Adoption) -> Chart:
    """Digital use month by month."""
    large = found.months.filter(pl.col("n") >= TOO_FEW).select("month", "share", "low", "high", "n")
    return cache.chart(
        waves, [WavePoint(*r) for r in large.iter_rows()], unit="ratio", look=session.look(), what=session.say(_("Digital use"))
    )


def trend_table(found: Adoption) -> Table:
    """Every month."""
    rows = found.months.select("month", "n", "unknown", "used", "share", "low", "high")
    labels = {"month": _("Month"), "n": _("Customers"), "unknown": _("Not known"), "used": _("Log in"), "share": _("Share"), **RANGE_LABELS}
    units = {"month": "month", "n": "count", "unknown": "count", "used": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(rows, "digital-use-months", labels, units, how=session.say(ADOPTION_HOW))
