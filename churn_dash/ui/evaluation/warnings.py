"""What the Early warning page shows: how many alerts came true, which departures were announced, how long before. METHODS B4."""

from typing import Any

import polars as pl

from churn_dash.charts import Bar, Chart, WavePoint, bars, waves
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures.statistics.intervals import ends, wilson
from churn_dash.retention.warnings import AGAIN, LEAST_LEAD, Scorecard, Scorecards, Share, scorecard
from churn_dash.risk.scores.grades import GRADES
from churn_dash.ui import cache, session
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import Question
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import DASH

HORIZONS = ("30", "60", "90", "180")
_USUAL = "90"
_MOST_GROUPS = 12
HOW = _(
    "An alert is a warning that repeats none of the last {again} days, unless its grade rose. It came true if the customer left within "
    "the horizon; it is judged only when the horizon has passed. Announced: an alert within the horizon before the departure. In time: "
    "at least {lead} days before. Anybody: a customer watched on the same day, whether warned of or not. Ranges: 95%, Wilson."
)

_NOTHING_KNOWN = _(
    "Measured after whatever was done about the warnings: a customer who was kept counts as a false alarm, so the share that came true is "
    "understated. With a table of interventions the alerts left alone could be judged."
)
_ALL_ACTED_ON = _(
    "Nearly every alert was acted on ({n} were left alone): customers who were kept count as false alarms, so the share that came true is "
    "understated."
)
_LEFT_ALONE = _(
    "Of the {n} alerts on which nothing was done, {share} came true ({low} to {high}): a fair figure only if they were left alone by "
    "chance. Where something was done, a customer who was kept counts as a false alarm."
)


def how() -> str:
    """How the scorecard is worked out."""
    return session.say(Text(HOW, again=AGAIN, lead=LEAST_LEAD))


def horizon_control() -> int:
    """Choose within how many days an alert must come true."""
    words = {h: session.say(Text(_("{n} days"), n=h)) for h in HORIZONS}
    label, help_ = session.say(_("An alert must come true within")), how()
    return int(controls.choice(label, HORIZONS, key="warn-within", words=words.__getitem__, default=_USUAL, kind="segments", help=help_))


def group_control(question: Question) -> str | None:
    """Choose by what the scorecard is split."""
    known = {n: d for n, d in question.groupings.items() if len(d.values) <= _MOST_GROUPS or n == "branch_id"}
    if not known:
        return None
    usual = "branch_id" if "branch_id" in known else next(iter(known))
    words = {n: dimension_words(d) for n, d in known.items()}
    return controls.choice(
        session.say(_("Set side by side")), list(known), key="warn-by", words=words.__getitem__, default=usual, width=240
    )


def found(question: Question, by: str | None, horizon: int) -> tuple[Scorecards | None, NotPossible | None]:
    """The scorecard, remembered, or why there is none."""
    q = question

    def work(*_asked: Any) -> Scorecards:
        return scorecard(q.ds, by, q.filters, q.period, q.definition, scope=q.scope, horizon=horizon)

    try:
        return cache.worked_out(q.ds, q.scope, work, by, horizon, q.filters, str(q.period), q.definition, name="warnings"), None
    except NotPossible as problem:
        return None, problem


def answer(one: Scorecards) -> str:
    """The page's sentence: of the departures how many were announced and how early, of the alerts how many came true."""
    card = one.whole
    if card.recall is None or card.recall.n < TOO_FEW or card.precision.n < TOO_FEW:
        named = {"alerts": Count(card.precision.n), "left": Count(card.recall.n if card.recall else 0)}
        return session.say(Text(_("{alerts} alerts and {left} departures are too few to judge the warnings."), **named))
    shares = {"recall": Ratio(card.recall.rate), "precision": Ratio(card.precision.rate)}
    if card.median_lead is None:
        return session.say(Text(_("{recall} of the departures were announced; {precision} of the alerts came true."), **shares))
    told = _("{recall} of the departures were announced, half of those {days} days or more ahead; {precision} of the alerts came true.")
    return session.say(Text(told, days=Count(card.median_lead), **shares))


def _told(share: Share | None) -> str:
    return session.look().show(share.rate, "ratio") if share is not None and share.n >= TOO_FEW else DASH


def _spread(share: Share | None) -> str:
    if share is None or share.n < TOO_FEW:
        return session.say(Text(_("too few: {n}"), n=Count(share.n if share is not None else 0)))
    low, high = ends(wilson(share.hits, share.n))
    named = {"hits": Count(share.hits), "n": Count(share.n), "low": Ratio(low), "high": Ratio(high)}
    return session.say(Text(_("{hits} of {n}, {low} to {high}"), **named))


def tiles(one: Scorecards) -> list[Tile]:
    """The row of figures."""
    card, look = one.whole, session.look()
    days = Text(_("{n} days"), n=Count(card.median_lead)) if card.median_lead is not None and len(card.leads) >= TOO_FEW else DASH
    early = Text(_("{n} in time, at least {days} days before"), n=_told(card.timely_recall), days=one.least_lead)
    timely = Text(_("{n} with at least {days} days to act"), n=_told(card.timely_precision), days=one.least_lead)
    per = look.show(card.alerts_per_leaver, "number") if card.precision.n >= TOO_FEW else DASH
    lift = Text(_("{times} times as often as for anybody ({base})"), times=look.show(card.lift, "number"), base=Ratio(card.base_rate))
    right = f"{_spread(card.precision)} · {session.say(timely)}"
    if card.lift is not None and card.precision.n >= TOO_FEW:
        right += f" · {session.say(lift)}"
    pending = Text(_("{n} alerts wait for their {days} days"), n=Count(card.n_pending), days=one.horizon)
    return [
        Tile(_("Departures announced"), _told(card.recall), note=f"{_spread(card.recall)} · {session.say(early)}"),
        Tile(_("Alerts come true"), _told(card.precision), note=right),
        Tile(_("Days ahead, median"), session.say(days), note=session.say(Text(_("{n} departures"), n=Count(len(card.leads))))),
        Tile(_("Alerts for each departure found"), per, note=session.say(pending)),
    ]


def honesty(one: Scorecards) -> str:
    """What acting on warnings does to these figures: precision of the alerts left alone, or that it is understated."""
    if not one.acted:
        return session.say(_NOTHING_KNOWN)
    if one.untouched is None or one.untouched.n < TOO_FEW:
        return session.say(Text(_ALL_ACTED_ON, n=Count(one.untouched.n if one.untouched is not None else 0)))
    low, high = ends(wilson(one.untouched.hits, one.untouched.n))
    spread = {"low": Ratio(low), "high": Ratio(high)}
    return session.say(Text(_LEFT_ALONE, n=Count(one.untouched.n), share=Ratio(one.untouched.rate), **spread))


def counted(one: Scorecards) -> str:
    """How many alerts there were, to whom, and which of the warnings count in no share."""
    card = one.whole
    told = _(
        "{alerts} alerts went to {share} of the customers watched; {after} of them came after the customer had left and are not judged. "
        "{repeats} more warnings only repeated an alert."
    )
    named = {"alerts": Count(card.n_alerts), "repeats": Count(card.n_repeats), "after": Count(card.n_after)}
    return session.say(Text(told, share=_told(card.alert_rate), **named))


def _bars(parts: list[tuple[str, Share | None]], bank: float | None, what: str) -> Chart:
    shown = []
    for name, share in parts:
        share = share or Share(0, 0)
        enough = share.n >= TOO_FEW
        low, high = ends(wilson(share.hits, share.n)) if enough else (None, None)
        shown.append(Bar(name, share.rate if enough else None, share.n, low, high))
    return cache.chart(bars, shown, unit="ratio", look=session.look(), what=session.say(what), bank=bank, better="up")


def _level(question: Question, by: str, level: str | None) -> str:
    return value_words(question.groupings[by], level) if level is not None else session.say(_("Unknown"))


def _ranked(question: Question, one: Scorecards, by: str) -> list[tuple[str, Scorecard]]:
    rows = [(_level(question, by, level), card) for level, card in one.by_level.items()]
    return sorted(rows, key=lambda row: -(row[1].recall.n if row[1].recall else 0))[:_MOST_GROUPS]


def groups_chart(question: Question, one: Scorecards, by: str) -> Chart:
    """Share of departures announced, a bar a group; the largest groups."""
    parts = [(name, card.recall) for name, card in _ranked(question, one, by)]
    return _bars(parts, one.whole.recall.rate if one.whole.recall else None, _("Departures announced"))


def groups_finding(question: Question, one: Scorecards, by: str) -> str:
    """Title of the groups: whether any is surely worse warned than the bank."""
    bank = one.whole.recall.rate if one.whole.recall else None
    worse = []
    for name, card in _ranked(question, one, by):
        if card.recall is None or card.recall.n < TOO_FEW or bank is None:
            continue
        spread = wilson(card.recall.hits, card.recall.n)
        if spread is not None and spread.high < bank:
            worse.append(name)
    if not worse:
        return session.say(_("No group is clearly worse warned than the bank"))
    return session.say(Text(_("Clearly fewer departures are announced at {names}"), names=", ".join(worse[:3])))


def sources_chart(one: Scorecards) -> Chart:
    """Share of alerts that came true, a bar a rule or model."""
    return _bars([(_source(s), c.precision) for s, c in one.by_source.items()], one.whole.precision.rate, _("Alerts come true"))


def _source(name: str | None) -> str:
    return name if name is not None else session.say(_("Unknown"))


def sources_finding(one: Scorecards) -> str:
    """Title of the rules: the one that is right most often."""
    known = [(c.precision.rate or 0.0, _source(s)) for s, c in one.by_source.items() if c.precision.n >= TOO_FEW]
    if len(known) < 2:
        return session.say(_("How often each rule was right"))
    best = max(known)
    return session.say(Text(_("{name} is right most often: {share}"), name=best[1], share=Ratio(best[0])))


def months_chart(asked: Question, one: Scorecards) -> Chart:
    """Share of alerts that came true, month by month, of the months that can all be judged."""
    points = []
    for month, card in one.by_month.items():
        if card.n_pending or card.precision.n < TOO_FEW:
            continue
        low, high = ends(wilson(card.precision.hits, card.precision.n))
        points.append(WavePoint(month, card.precision.rate, low, high, card.precision.n))
    return cache.chart(waves, points, unit="ratio", look=session.look(), what=session.say(_("Alerts come true")), events=events(asked))


def months_finding(one: Scorecards) -> str:
    """Title of the months: whether the warnings are getting better."""
    known = [c.precision for c in one.by_month.values() if not c.n_pending and c.precision.n >= TOO_FEW]
    if len(known) < 2:
        return session.say(_("Too few months can be judged yet"))
    first, last = wilson(known[0].hits, known[0].n), wilson(known[-1].hits, known[-1].n)
    assert first is not None and last is not None
    if last.low > first.high:
        return session.say(_("The warnings have become clearly more precise"))
    if last.high < first.low:
        return session.say(_("The warnings have become clearly less precise"))
    return session.say(_("How precise the warnings are has not clearly changed"))


_OF_LEAVERS = ("recall", "recall_low", "recall_high", "recall_n", "timely_recall", "alerts_per_leaver")
_FIGURES = (
    "alerts", "precision", "precision_low", "precision_high", "precision_n", "timely_precision", "lift", *_OF_LEAVERS, "median_lead",
)  # fmt: skip
_LABELS = {
    "alerts": _("Alerts"),
    "precision": _("Come true"),
    "precision_low": RANGE_LABELS["low"],
    "precision_high": RANGE_LABELS["high"],
    "precision_n": _("Judged"),
    "timely_precision": _("Come true, in time"),
    "lift": _("Times as often as for anybody"),
    "recall": _("Announced"),
    "recall_low": RANGE_LABELS["low"],
    "recall_high": RANGE_LABELS["high"],
    "recall_n": _("Departures"),
    "alerts_per_leaver": _("Alerts a departure found"),
    "timely_recall": _("Announced in time"),
    "median_lead": _("Days ahead, median"),
    "pending": _("Not judged yet"),
}
_COUNTS = ("alerts", "precision_n", "recall_n", "pending")
_UNITS = (
    dict.fromkeys(_FIGURES, "ratio")
    | dict.fromkeys((*_COUNTS, "median_lead"), "count")
    | dict.fromkeys(("lift", "alerts_per_leaver"), "number")
)


def table(rows: list[tuple[str, Scorecard]], name: str, first: str, recall: bool = True) -> Table:
    """Scorecards as rows, each under its name."""
    wanted = [n for n in (*_FIGURES, "pending") if recall or n not in _OF_LEAVERS]
    told = [(label, card.as_json()) for label, card in rows]
    shown = [{"name": label, **{n: figures.get(n) for n in wanted}} for label, figures in told]
    kinds: dict[str, Any] = {"name": pl.String, **{n: pl.Int64 if n in _COUNTS else pl.Float64 for n in wanted}}
    return Table(pl.DataFrame(shown, schema=kinds), name, {"name": first, **_LABELS}, _UNITS, how=how())


def groups_table(question: Question, one: Scorecards, by: str) -> Table:
    """Every group as a row."""
    rows = [(_level(question, by, level), card) for level, card in one.by_level.items()]
    return table(rows, "warnings-by-group", dimension_words(question.groupings[by]))


def sources_table(one: Scorecards) -> Table:
    """Every rule and every grade as a row."""
    rows = [(_source(s), card) for s, card in one.by_source.items()]
    rows += [(session.say(GRADES.get(g or "", g or _("Unknown"))), card) for g, card in one.by_grade.items()]
    return table(rows, "warnings-by-rule", _("Rule, model or grade"), recall=False)


def months_table(one: Scorecards) -> Table:
    """Every month as a row."""
    return table([(f"{month:%Y-%m}", card) for month, card in one.by_month.items()], "warnings-by-month", _("Month"), recall=False)
