"""What the Early warning page shows: how many alerts came true, which departures were announced, how long before. METHODS B4."""

from collections.abc import Sequence
from typing import Any

from churn_dash.charts import Bar, Chart, WavePoint, bars, waves
from churn_dash.contract.alarm_words import alarm_rule
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import NotPossible
from churn_dash.measures.statistics.intervals import ends, wilson
from churn_dash.retention.warnings import (
    AGAIN,
    LEAST_LEAD,
    Scorecards,
    Share,
    apart,
    judged_months,
    precision_trend,
    scorecard,
)
from churn_dash.ui import cache, session
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Points, Ratio, Text, _
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


def group_control(question: PageQuestion) -> str | None:
    """Choose by what the scorecard is split."""
    known = {n: d for n, d in question.groupings.items() if len(d.values) <= _MOST_GROUPS or n == "branch_id"}
    if not known:
        return None
    usual = "branch_id" if "branch_id" in known else next(iter(known))
    words = {n: dimension_words(d) for n, d in known.items()}
    return controls.choice(
        session.say(_("Set side by side")), list(known), key="warn-by", words=words.__getitem__, default=usual, width=240
    )


def found(question: PageQuestion, by: str | None, horizon: int) -> tuple[Scorecards | None, NotPossible | None]:
    """The scorecard, remembered, or why there is none."""
    q = question

    def work(*_asked: Any) -> Scorecards:
        return scorecard(q, by, horizon=horizon)

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
    ahead = [session.say(Text(_("{n} departures"), n=Count(len(card.leads))))]
    if card.median_lead is not None and len(card.leads) >= TOO_FEW and None not in card.median_lead_range:
        low, high = card.median_lead_range
        ahead.append(session.say(Text(_("{low} to {high} days"), low=Count(low), high=Count(high))))
    waits = [session.say(pending)]
    least, most = card.alerts_per_leaver_range
    if per != DASH and least is not None and most is not None:
        waits.insert(0, session.say(Text(_("{low} to {high}"), low=look.show(least, "number"), high=look.show(most, "number"))))
    return [
        Tile(_("Departures announced"), _told(card.recall), note=f"{_spread(card.recall)} · {session.say(early)}"),
        Tile(_("Alerts come true"), _told(card.precision), note=right),
        Tile(_("Days ahead, median"), session.say(days), note=" · ".join(ahead)),
        Tile(_("Alerts for each departure found"), per, note=" · ".join(waits)),
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


def _bars(parts: Sequence[tuple[str, Share | None, bool | None]], bank: float | None, what: str) -> Chart:
    shown = []
    for name, share, worse in parts:
        share = share or Share(0, 0)
        enough = share.n >= TOO_FEW
        low, high = ends(wilson(share.hits, share.n)) if enough else (None, None)
        shown.append(Bar(name, share.rate if enough else None, share.n, low, high, worse=worse))
    return cache.chart(bars, shown, unit="ratio", look=session.look(), what=session.say(what), bank=bank, better="up", ranges=True)


def level_words(question: PageQuestion, by: str, level: str | None) -> str:
    """What a group is called."""
    return value_words(question.groupings[by], level) if level is not None else session.say(_("Unknown"))


def _shown(one: Scorecards) -> list[str | None]:
    """The groups that are drawn: those clearly worse warned, then those with most departures."""
    beside = apart(one)
    order = sorted(one.by_level.items(), key=lambda row: (not beside[row[0]].worse, -(row[1].recall.n if row[1].recall else 0)))
    return [level for level, _card in order[:_MOST_GROUPS]]


def groups_chart(question: PageQuestion, one: Scorecards, by: str) -> Chart:
    """Share of departures announced, a bar a group."""
    beside = apart(one)
    parts = [(level_words(question, by, level), one.by_level[level].recall, beside[level].worse) for level in _shown(one)]
    return _bars(parts, one.whole.recall.rate if one.whole.recall else None, _("Departures announced"))


def groups_caption(one: Scorecards) -> Text:
    """Under the title of the groups: how many of them are drawn, and by what they are judged."""
    told = _(
        "Share of departures announced, with 95% ranges; {shown} of {n} groups shown, those with most departures first. Clearly: against "
        "all the others, by a range that holds for all {judged} groups that are large enough at once."
    )
    judged = sum(a.difference is not None for a in apart(one).values())
    return Text(told, shown=len(_shown(one)), n=Count(len(one.by_level)), judged=Count(judged))


def groups_finding(question: PageQuestion, one: Scorecards, by: str) -> str:
    """Title of the groups: whether any of all of them is surely worse warned than the others."""
    found = apart(one)
    judged = [level for level, a in found.items() if a.difference is not None]
    worse = sorted((level for level in judged if found[level].worse), key=lambda level: found[level].difference or 0.0)
    if not judged:
        return session.say(_("The groups are too small to be held against the others"))
    if not worse:
        return session.say(Text(_("None of the {n} groups judged is clearly worse warned than the rest"), n=Count(len(judged))))
    named = ", ".join(level_words(question, by, level) for level in worse[:3])
    return session.say(Text(_("Clearly fewer departures are announced at {names}"), names=named))


def sources_chart(one: Scorecards) -> Chart:
    """Share of alerts that came true, a bar a rule or model."""
    return _bars([(source_words(s), c.precision, None) for s, c in one.by_source.items()], one.whole.precision.rate, _("Alerts come true"))


def source_words(name: str | None) -> str:
    """What a rule or model is called."""
    return session.say(_("Unknown") if name is None else alarm_rule(name))


def sources_finding(one: Scorecards) -> str:
    """Title of the rules: the one that is right most often."""
    known = [(c.precision.rate or 0.0, source_words(s)) for s, c in one.by_source.items() if c.precision.n >= TOO_FEW]
    if len(known) < 2:
        return session.say(_("How often each rule was right"))
    best = max(known)
    return session.say(Text(_("{name} is right most often: {share}"), name=best[1], share=Ratio(best[0])))


def months_chart(asked: PageQuestion, one: Scorecards) -> Chart:
    """Share of alerts that came true, month by month, of the months that can all be judged."""
    points = []
    for month, card in judged_months(one).items():
        low, high = ends(wilson(card.precision.hits, card.precision.n))
        points.append(WavePoint(month, card.precision.rate, low, high, card.precision.n))
    return cache.chart(waves, points, unit="ratio", look=session.look(), what=session.say(_("Alerts come true")), events=events(asked))


def months_finding(one: Scorecards) -> str:
    """Title of the months: whether the warnings are getting better, by the line through all months that can be judged."""
    trend = precision_trend(one)
    if trend is None:
        return session.say(_("Too few months can be judged yet"))
    named = {"change": Points(abs(trend.slope)), "n": trend.n}
    if trend.low > 0:
        return session.say(Text(_("The warnings become more precise: by {change} a year over {n} months"), **named))
    if trend.high < 0:
        return session.say(Text(_("The warnings become less precise: by {change} a year over {n} months"), **named))
    return session.say(Text(_("Whether the warnings become more precise cannot be told from {n} months"), n=trend.n))


def months_caption(one: Scorecards) -> str:
    """Under that title: what is drawn, and the trend with its range."""
    drawn, trend = session.say(_("Share of alerts that came true, by the month in which they were given")), precision_trend(one)
    if trend is None:
        return drawn
    named = {"change": Points(trend.slope), "low": Points(trend.low), "high": Points(trend.high)}
    return f"{drawn} · " + session.say(Text(_("change in a year {change} ({low} to {high})"), **named))
