"""What the page Satisfaction shows of complaints: how many, how they are settled, and who leaves after them."""

import polars as pl

from churn_dash.causes import after_complaint, complaints
from churn_dash.causes.after_complaint import AfterComplaint
from churn_dash.causes.complaints import Complaints
from churn_dash.charts import Bar, Chart, Mark, Series, bars, forest, trend
from churn_dash.charts.groups.effects import written
from churn_dash.contract.causes import COMPLAINT_LABELS
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered, shown
from churn_dash.ui.filtering import clicks
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Number, Ratio, Text, _

_STATES = {
    "all": _("All complaints"),
    "open": _("Still open at the end of the month"),
    "settled": _("Settled by then"),
    "informed": _("Settled, result told"),
    "not_informed": _("Settled, result not told"),
}


def found(question: PageQuestion) -> Complaints:
    """The complaints of the period. Raises ``NotPossible`` without the table."""
    return answered(question, complaints)


def after(question: PageQuestion) -> AfterComplaint:
    """Churn after a complaint."""
    return answered(question, after_complaint)


def tiles(question: PageQuestion) -> list[Tile]:
    """Complaint rate, time to settle, in time, reopened, result told."""
    c, look = found(question), session.look()
    days = "—" if c.median_days is None else session.say(Text(_("{n} days"), n=Number(c.median_days)))
    still = session.say(Text(_("{n} still open"), n=Count(c.open)))
    rate = _ranged(session.say(Text(_("a month per 1,000 customers, {n} in all"), n=Count(c.n))), c.rate, "number")
    return [
        Tile(_("Complaints"), look.show(c.rate.value, "number"), note=rate),
        Tile(_("Median to settle"), days, note=still),
        Tile(session.say(Text(_("Within {n} days"), n=c.sla_days)), shown(c.in_time.value, c.in_time.n), note=_n(c.in_time)),
        Tile(_("Reopened"), shown(c.reopened.value, c.reopened.n), note=_n(c.reopened)),
        Tile(_("Result told"), shown(c.informed.value, c.informed.n), note=_n(c.informed)),
    ]


def not_counted(question: PageQuestion) -> list[Text]:
    """Under the figures: the complaints that count in none of them, and those too young to be judged in time or not."""
    c, said = found(question), []
    if c.outside:
        words = _(
            "{n} more complaints of these months are not counted: they came from people who were no customers then or are not chosen."
        )
        said.append(Text(words, n=Count(c.outside)))
    if c.too_young:
        words = _("{n} complaints were made less than {days} days before the data end: whether they were settled in time is not known yet.")
        said.append(Text(words, n=Count(c.too_young), days=c.sla_days))
    return said


def _n(share: Estimate) -> str:
    """Of how many complaints a share is, and its range; where too few are shown, only of how many."""
    words = session.say(Text(_("of {n} complaints"), n=Count(share.n)))
    return _ranged(words, share, "ratio") if share.n >= TOO_FEW else words


def _ranged(words: str, figure: Estimate, unit: str) -> str:
    if figure.low is None or figure.high is None:
        return words
    look = session.look()
    ends = session.say(Text(_("{low} to {high}"), low=look.show(figure.low, unit), high=look.show(figure.high, unit)))
    return f"{ends} · {words}"


def category_words(name: str) -> str:
    """A category of complaints in words; a bank's own as it is written."""
    return session.say(COMPLAINT_LABELS[name]) if name in COMPLAINT_LABELS else name


def finding(c: Complaints) -> str:
    """Title of the categories: what most complaints are about."""
    if not c.n:
        return session.say(_("No complaints in these months"))
    top = c.categories.row(0, named=True)
    return session.say(Text(_("{share} of complaints are about: {what}"), share=Ratio(top["share"]), what=category_words(top["category"])))


def chart(c: Complaints) -> Chart:
    """Complaints by category."""
    rows = c.categories.head(8).select("category", "share", "n", "low", "high").iter_rows()
    marks = [Bar(category_words(k), s, n, lo, hi, c.n) for k, s, n, lo, hi in rows]
    return cache.chart(bars, marks, unit="ratio", look=session.look(), what=session.say(_("complaints")), all_grey=True)


def levels(c: Complaints) -> list[dict[str, str] | None]:
    """What a click on each category means."""
    return clicks.of_split("complaint", c.categories["category"].head(8).to_list())


def table(c: Complaints) -> Table:
    """Complaints by category, with how they are settled."""
    rows = c.categories.with_columns(pl.Series("category", [category_words(k) for k in c.categories["category"]], dtype=pl.String))
    labels = {
        "category": _("Category"), "n": _("Complaints"), "share": _("Share"), "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"],
        "median_days": _("Median days to settle"), "in_time": session.say(Text(_("Within {n} days"), n=c.sla_days)),
        "in_time_n": _("Old enough to tell"), "reopened": _("Reopened"), "informed": _("Result told"),
    }  # fmt: skip
    units = {"share": "bar", "low": "ratio", "high": "ratio", "in_time": "ratio", "reopened": "ratio", "informed": "ratio"}
    how = _("Median days count open complaints as not yet settled (Kaplan–Meier); within so many days, of complaints at least so old.")
    return Table(rows, "complaints", labels, {**units, "n": "count", "in_time_n": "count"}, how=session.say(how))


MONTHS_CAPTION = _("Complaints a month per 1,000 customers")


def months_finding(c: Complaints) -> str:
    """Title of the months: whether complaints surely rose or fell."""
    rows = c.months.drop_nulls("rate")
    if rows.height < 2:
        return session.say(_("Complaints month by month"))
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    named = {"first": Number(first["rate"]), "last": Number(last["rate"])}
    if last["rate_low"] > first["rate_high"]:
        return session.say(Text(_("Complaints rose from {first} to {last}"), **named))
    if last["rate_high"] < first["rate_low"]:
        return session.say(Text(_("Complaints fell from {first} to {last}"), **named))
    return session.say(Text(_("Complaints: {first} to {last}, no clear change"), **named))


def months_chart(question: PageQuestion, c: Complaints) -> Chart:
    """The complaint rate month by month."""
    series = [Series("rate", session.say(_("complaints")))]
    return cache.chart(trend, c.months, series, unit="number", look=session.look(), events=events(question), height=220)


def months_table(c: Complaints) -> Table:
    """The complaint rate month by month as rows."""
    labels = {
        "month": _("Month"), "n": _("Complaints"), "rate": _("Per 1,000 customers"), "rate_low": RANGE_LABELS["low"],
        "rate_high": RANGE_LABELS["high"], "rate_n": _("Customer-months"),
    }  # fmt: skip
    units = {"month": "month", "n": "count", "rate": "score", "rate_low": "score", "rate_high": "score", "rate_n": "count"}
    return Table(c.months, "complaints-by-month", labels, units)


def _name(group: str) -> str:
    if group in _STATES:
        return session.say(_STATES[group])
    return session.say(Text(_("About: {what}"), what=category_words(group.removeprefix("category:"))))


def after_finding(a: AfterComplaint) -> str:
    """Title: whether customers leave more after an open complaint than like customers without one."""
    d = dict(a.rows)["open"].difference
    if d.value is None or d.low is None or d.high is None:
        return session.say(_("Churn after a complaint"))
    named = {"difference": written(d.value, "ratio", session.look())}
    if d.low > 0:
        return session.say(Text(_("Where a complaint stays open, more leave than of like customers: {difference}"), **named))
    if d.high < 0:
        return session.say(Text(_("Where a complaint stays open, fewer leave than of like customers: {difference}"), **named))
    return session.say(Text(_("Where a complaint stays open, {difference} leave against like customers: within chance"), **named))


def after_caption(a: AfterComplaint) -> Text:
    """Under the title: what is compared with what."""
    n = dict(a.rows)["all"].n
    return Text(
        _(
            "Left within {months} months, against customers of the same month, tier, years and use without a complaint · "
            "{n} complaints · association"
        ),
        months=a.horizon,
        n=Count(n),
    )


def after_chart(a: AfterComplaint) -> Chart:
    """The difference to like customers without a complaint."""
    look = session.look()
    marks = []
    for group, d in a.rows:
        if d.n < TOO_FEW:
            continue
        both = session.say(Text(_("{lost} against {stayed}"), lost=Ratio(d.exposed), stayed=Ratio(d.others)))
        e = d.difference
        marks.append(Mark(_name(group), e.value, e.low, e.high, written(e.value, "ratio", look), both))
    less, more = session.say(_("leave less")), session.say(_("leave more"))
    return cache.chart(forest, marks, look=look, what=session.say(_("Churn after a complaint")), less=less, more=more)


def after_table(a: AfterComplaint) -> Table:
    """Every comparison as a row."""
    lines = [
        (_name(g), d.exposed, d.others, d.difference.value, d.difference.low, d.difference.high, d.n, d.n_others, d.unmatched)
        for g, d in a.rows
    ]
    kinds = {
        "group": pl.String, "exposed": pl.Float64, "others": pl.Float64, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64,
        "n": pl.Int64, "n_others": pl.Int64, "unmatched": pl.Int64,
    }  # fmt: skip
    labels = {
        "group": _("Complaints"), "exposed": _("Left after a complaint"), "others": _("Like customers without"),
        "difference": _("Difference"),
        "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"], "n": _("Compared"), "n_others": _("Customer-months without"),
        "unmatched": _("Without like customers"),
    }  # fmt: skip
    units = dict.fromkeys(("exposed", "others", "difference", "low", "high"), "ratio") | dict.fromkeys(
        ("n", "n_others", "unmatched"), "count"
    )
    how = Text(
        _("The first complaint of each customer; {again} later ones are left out, {late} cannot be followed for {months} months yet."),
        again=Count(a.first_only),
        late=Count(a.too_late),
        months=a.horizon,
    )
    return Table(pl.DataFrame(lines, schema=kinds, orient="row"), "after-a-complaint", labels, units, how=session.say(how))
