"""What the page "Why they left" shows of the plan's hypotheses: each with its effect, its range and a verdict."""

import polars as pl

from churn_dash.causes import hypotheses
from churn_dash.causes.covariates import GROUPS
from churn_dash.causes.hypotheses import VERDICTS, Hypothesis, Tested
from churn_dash.charts import Chart, Mark, forest
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_PLAN = {1: _("leave more"), -1: _("leave less"), 0: _("either way")}


def tested(question: PageQuestion) -> Tested:
    """The hypotheses against the data. Raises ``NotPossible`` where too few left."""
    return answered(question, hypotheses)


def finding(t: Tested) -> str:
    """Title: how many of the plan's hypotheses the data support."""
    counts = {name: sum(1 for h in t.rows if h.verdict == name) for name in VERDICTS}
    named = {"yes": Count(counts["supported"]), "all": Count(len(t.rows)), "no": Count(counts["contradicted"])}
    return session.say(Text(_("The plan's hypotheses: {yes} of {all} supported, {no} contradicted, the rest cannot be told"), **named))


def caption(t: Tested) -> Text:
    """Under the title: what it rests on, and that it is no cause."""
    named = {"n": Count(t.customers), "events": Count(t.events), "months": Count(t.months)}
    if t.drawn_of is not None:
        words = _(
            "Risk of leaving in a month, other things held equal · {n} customers drawn from {all}, {events} departures, {months} months · "
            "association, not cause"
        )
        return Text(words, all=Count(t.drawn_of), **named)
    return Text(
        _(
            "Risk of leaving in a month, other things held equal · {n} customers, {events} departures, {months} months · "
            "association, not cause"
        ),
        **named,
    )


def _times(value: float | None) -> str:
    return "—" if value is None else f"×{value:.2f}"


def _figure(h: Hypothesis) -> str:
    return f"{_times(h.effect)} · {session.say(VERDICTS[h.verdict])}"


TABLE_CAPTION = _("What the plan says, what the data say, and why some cannot be told")


def _label(h: Hypothesis) -> str:
    return session.say(Text(_("{name}: {step}"), name=h.about.label, step=h.about.step))


def chart(t: Tested) -> Chart:
    """Times as likely to leave, for one step of each that can be tested; what too few months cannot tell stands in the table."""
    marks = [
        Mark(_label(h), h.effect, h.low, h.high, _figure(h), session.say(VERDICTS[h.verdict]), clear=h.verdict != "cannot_tell")
        for h in t.rows
        if h.effect is not None and h.months >= h.about.months
    ]
    less, more = session.say(_("leave less")), session.say(_("leave more"))
    return cache.chart(forest, marks, look=session.look(), what=session.say(_("Hypotheses")), less=less, more=more, none=1.0, log=True)


def table(t: Tested) -> Table:
    """Every hypothesis: what the plan says, what the data say, how surely."""
    rows = [
        (
            session.say(VERDICTS[h.verdict]),
            _label(h),
            session.say(_PLAN[h.about.direction]),
            _times(h.effect),
            session.say(Text(_("{low} to {high}"), low=_times(h.low), high=_times(h.high))) if h.effect is not None else "—",
            session.say(h.why) if h.why else "",
            _times(h.alone),
            session.say(GROUPS[h.about.group]),
        )
        for h in t.rows
    ]
    names = ("verdict", "what", "plan", "effect", "range", "why", "alone", "group")
    labels = {
        "group": _("Part of the plan"), "what": _("Hypothesis"), "plan": _("The plan says"), "verdict": _("The data say"),
        "effect": _("Times as likely"),
        "range": _("95% range"), "why": _("Why not"), "alone": _("Nothing held equal"),
    }  # fmt: skip
    how = Text(
        _(
            "One logit of leaving by month over all hypotheses together; customers as they stood four months before, so that moving out is "
            "no cause of leaving; the market a month before. Ranges count a customer's months (the market: a month's customers) together; "
            "p-values adjusted by Holm. Left out: {unknown} customer-months with something unknown, {quiet} after the customer had stopped "
            "using the bank."
        ),
        unknown=Count(t.left_out),
        quiet=Count(t.quiet),
    )
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return Table(frame, "hypotheses", labels, how=session.say(how), only=True)
