"""What the page Satisfaction shows of the surveys: figures by wave, who answers, what follows, what goes with it."""

import polars as pl

from churn_dash.causes import drivers, satisfaction
from churn_dash.causes.drivers import Drivers
from churn_dash.causes.satisfaction import Satisfaction
from churn_dash.charts import Chart, Event, Mark, WavePoint, forest, waves
from churn_dash.charts.groups.effects import written
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures import Period
from churn_dash.store import shifted
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered, shown
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.reasons_why import complaints, surveys_after
from churn_dash.words import Count, Number, Ratio, Text, _

NEEDS_MONTHS = _("What customers say, and who leaves after it, needs a row a customer a month and questionnaires, complaints or balances.")


OUTCOMES = ("band", "nps", "answering", "wave")
"""Splits by what somebody answered: a click in one chooses by the very figures of the title and the tiles, which stay as they are."""


def found(question: PageQuestion) -> Satisfaction:
    """The surveys of the period. Raises ``NotPossible`` without them."""
    return answered(question, satisfaction)


def longer(question: PageQuestion) -> Satisfaction:
    """The surveys of the period and of the year before it, so that a trend can be seen."""
    return found(and_year_before(question))


def and_year_before(question: PageQuestion) -> PageQuestion:
    """The same question over its period and the year before it."""
    assert question.period is not None
    first = max(question.ds.measurable[0], shifted(question.period.start, -12))
    return question.over(Period(first, question.period.end))


def answer(question: PageQuestion) -> str:
    """The page's sentence: how many are satisfied, and whether the silent leave more; without questionnaires, how many complain."""
    try:
        whole = found(question).whole
    except NotPossible as problem:
        return session.say(problem) if "surveys" in question.ds.info.tables else _without_surveys(question)
    if not whole["csat_n"]:
        return session.say(Text(_("{n} questionnaires were sent and nobody answered."), n=Count(whole["sent"])))
    if whole["csat_n"] < TOO_FEW:
        return session.say(
            Text(_("Of {sent} customers asked, {n} answered: too few for a rate."), sent=Count(whole["sent"]), n=Count(whole["csat_n"]))
        )
    named: dict[str, object] = {"csat": Ratio(whole["csat"]), "response": Ratio(whole["response"])}
    try:
        f = surveys_after.found(question)
    except NotPossible:
        return session.say(Text(_("{csat} of those who answered are satisfied; {response} answered."), **named))
    told, silent = f.answering["share"]
    if told is None or silent is None:
        return session.say(Text(_("{csat} of those who answered are satisfied; {response} answered."), **named))
    named |= {"silent": Ratio(silent), "told": Ratio(told), "months": f.horizon}
    d = f.difference
    if d.low is None or d.high is None or d.low <= 0 <= d.high:
        alike = _("{csat} of those who answered are satisfied; {response} answered, and the silent left about as often as they did.")
        return session.say(Text(alike, **named))
    return session.say(
        Text(
            _(
                "{csat} of those who answered are satisfied; {response} answered, and of the silent {silent} left within "
                "{months} months, against {told}."
            ),
            **named,
        )
    )


def _without_surveys(question: PageQuestion) -> str:
    try:
        c = complaints.found(question)
    except NotPossible:
        return session.say(_("These data do not say what customers think of the bank."))
    return session.say(
        Text(_("{rate} complaints a month per 1,000 customers; nobody was asked how satisfied they are."), rate=Number(c.rate.value))
    )


def tiles(question: PageQuestion) -> list[Tile]:
    """Satisfied, mean, NPS and response, raw, with the weighted figure beneath."""
    whole = found(question).whole
    look = session.look()
    rows = [Tile(_("Satisfied (CSAT)"), _figure(whole, "csat", "ratio"), note=_weighted(whole, "csat", "ratio"))]
    rows.append(Tile(_("Mean, of 5"), _figure(whole, "csat_mean", "number"), note=_weighted(whole, "csat_mean", "number")))
    nps = written(whole["nps"], "number", look) if (whole["nps_n"] or 0) >= TOO_FEW else _figure(whole, "nps", "number")
    rows.append(Tile(_("NPS"), nps, note=_weighted(whole, "nps", "number")))
    sent = session.say(Text(_("{n} of {all} questionnaires"), n=Count(whole["answered"]), all=Count(whole["sent"])))
    rows.append(Tile(_("Answered"), _figure(whole, "response", "ratio"), note=sent))
    return rows


def not_counted(question: PageQuestion) -> list[Text]:
    """Under the figures: the questionnaires that count in none of them, and whom the weights cannot speak for."""
    s, said = found(question), []
    if s.outside:
        words = _(
            "{n} more questionnaires of these months are not counted: they went to people who were no customers then or are not chosen."
        )
        said.append(Text(words, n=Count(s.outside)))
    if s.cells_without_answer:
        words = _("{share} of the customers are of a tier and age from which nobody answered: the weights take the mean for them.")
        said.append(Text(words, share=Ratio(s.cells_without_answer)))
    return said


def _figure(whole: dict[str, float | None], name: str, unit: str) -> str:
    return shown(whole[name], int(whole[f"{name}_n"] or 0), unit)


def _weighted(whole: dict[str, float | None], name: str, unit: str) -> str:
    """The range and the weighted figure; nothing of too few."""
    if (whole[f"{name}_n"] or 0) < TOO_FEW:
        return ""
    look = session.look()
    ends = [look.show(whole[f"{name}{end}"], unit) for end in ("_low", "_high")]
    named = {"low": ends[0], "high": ends[1], "weighted": look.show(whole[f"{name}_weighted"], unit)}
    return session.say(Text(_("{low} to {high} · weighted {weighted}"), **named))


def wave_points(s: Satisfaction, name: str) -> list[WavePoint]:
    """A figure wave by wave."""
    columns = ("wave", name, f"{name}_low", f"{name}_high", f"{name}_n", f"{name}_weighted")
    return [WavePoint(*r) for r in s.waves.select(columns).iter_rows() if r[1] is not None]


def waves_chart(s: Satisfaction, name: str, unit: str, events: list[Event]) -> Chart:
    """A figure over the waves, improvements numbered."""
    return cache.chart(waves, wave_points(s, name), unit=unit, look=session.look(), what=session.say(WAVES[name]), events=events)


def waves_picture(question: PageQuestion, s: Satisfaction, name: str, unit: str, events: list[Event], as_table: bool) -> None:
    """The waves on the page: a click on one limits the other charts to those who answered in it."""
    chart = waves_chart(s, name, unit, events)
    months = [p.at for p in wave_points(s, name)]
    cells = clicks.of_split("wave", [f"{m:%Y-%m}" for m in months], name)
    levels = {m.isoformat(): level for m, level in zip(months, cells, strict=True) if level is not None}
    clicks.times(question.ds, "wave", chart, levels, as_table, key=name)


WAVES = {"csat": _("Satisfied customers"), "nps": _("NPS")}


def waves_finding(s: Satisfaction, name: str, unit: str) -> str:
    """Title of a figure over the waves: its first and last value, and whether they surely differ."""
    points = wave_points(s, name)
    if len(points) < 2:
        return session.say(WAVES[name])
    first, last = points[0], points[-1]
    if min(first.n, last.n) < TOO_FEW:
        return session.say(Text(_("{what}: too few answers in a wave to tell a change"), what=WAVES[name]))
    look = session.look()
    named = {"what": WAVES[name], "first": look.show(first.value, unit), "last": look.show(last.value, unit)}
    apart = None not in (first.low, first.high, last.low, last.high)
    if apart and last.low > first.high:  # type: ignore[operator]
        return session.say(Text(_("{what}: up from {first} to {last}"), **named))
    if apart and last.high < first.low:  # type: ignore[operator]
        return session.say(Text(_("{what}: down from {first} to {last}"), **named))
    return session.say(Text(_("{what}: {first} to {last}, no clear change"), **named))


WAVES_CAPTION = _("By wave of questionnaires, with 95% ranges")


def waves_table(s: Satisfaction) -> Table:
    """Every wave with response rate, raw and weighted figures."""
    names = {
        "csat": _("Satisfied"), "csat_mean": _("Mean"), "nps": _("NPS"), "response": _("Answered, share"),
    }  # fmt: skip
    labels: dict[str, str] = {"wave": _("Wave"), "sent": _("Sent"), "answered": _("Answered")}
    units: dict[str, str] = {"wave": "month", "sent": "count", "answered": "count"}
    for name, label in names.items():
        unit = "ratio" if name in ("csat", "response") else "score"
        word = session.say(label)
        labels |= {name: word, f"{name}_low": session.say(Text(_("{metric}, 95% range from"), metric=word))}
        labels |= {f"{name}_high": session.say(Text(_("{metric}, 95% range to"), metric=word))}
        units |= {name: unit, f"{name}_low": unit, f"{name}_high": unit}
        if name != "response":
            labels |= {f"{name}_weighted": session.say(Text(_("{metric}, weighted by tier and age"), metric=word))}
            labels |= {f"{name}_response": session.say(Text(_("{metric}, weighted by who answers"), metric=word))}
            units |= {f"{name}_weighted": unit, f"{name}_response": unit}
    rows = s.waves.select([c for c in labels if c in s.waves.columns])
    rows = rows.with_columns(pl.col("sent", "answered").cast(pl.Int64))
    return Table(rows, "satisfaction", labels, units, how=session.say(WEIGHTS_HOW))


WEIGHTS_HOW = _(
    "Satisfied: answers 4 and 5 of 5. NPS: promoters (9–10) less detractors (0–6). Weighted by tier and age: to the customers who were "
    "there when the questionnaires went out. Weighted by who answers: by how often customers with an open complaint or without, who "
    "answered earlier questionnaires or did not, answer. Weights correct only what can be seen."
)


def driving(question: PageQuestion) -> Drivers:
    """What goes with satisfaction."""
    return answered(question, drivers)


def drivers_finding(d: Drivers) -> str:
    """Title: the item closest to satisfaction, or that they cannot be told apart."""
    first, *rest = d.rows
    if rest and first.rank_low is not None and rest[0].rank_high is not None and first.rank_low <= rest[0].rank_high:
        return session.say(_("No single item drives satisfaction: they move together"))
    return session.say(Text(_("{name} goes most closely with satisfaction"), name=first.label))


def drivers_caption(d: Drivers) -> Text:
    """Under the title: what the dots are."""
    return Text(
        _("Points of satisfaction with one point of each, the others held equal · {n} answers, {share} explained · association"),
        n=Count(d.n),
        share=Ratio(d.explained),
    )


def drivers_chart(d: Drivers) -> Chart:
    """Points of satisfaction for each item."""
    look = session.look()
    marks = []
    for r in d.rows:
        note = session.say(Text(_("rank correlation {rank}"), rank=Number(r.rank)))
        marks.append(Mark(session.say(r.label), r.points, r.points_low, r.points_high, written(r.points, "number", look), note))
    less, more = session.say(_("less satisfied")), session.say(_("more satisfied"))
    return cache.chart(forest, marks, look=look, what=session.say(_("Drivers of satisfaction")), less=less, more=more, worse="less")


def drivers_table(d: Drivers) -> Table:
    """Every item with both measures."""
    rows = pl.DataFrame(
        [(session.say(r.label), r.rank, r.rank_low, r.rank_high, r.points, r.points_low, r.points_high, r.n) for r in d.rows],
        schema=["name", "rank", "rank_low", "rank_high", "points", "points_low", "points_high", "n"],
        orient="row",
    )
    rank, points = session.say(_("Rank correlation")), session.say(_("Points of satisfaction"))
    labels = {"name": _("Item"), "rank": rank, "points": points, "n": _("Answers")}
    for name, word in (("rank", rank), ("points", points)):
        labels |= {f"{name}_low": session.say(Text(_("{metric}, 95% range from"), metric=word))}
        labels |= {f"{name}_high": session.say(Text(_("{metric}, 95% range to"), metric=word))}
    units = {c: "score" for c in rows.columns if c not in ("name", "n")}
    how = _("Spearman's rank correlation, and a linear model of all items together with ranges that count a customer's answers together.")
    return Table(rows, "drivers", labels, {**units, "n": "count"}, how=session.say(how))
