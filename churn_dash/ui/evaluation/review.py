"""The long-term review: policies, training, lessons, and the base of incentives."""

from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, Column, months
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.review.incentive import LABELS, LUCK, UNITS, Incentive, incentive
from churn_dash.evaluation.review.lessons import CAMPAIGN, KINDS, lessons, put
from churn_dash.evaluation.review.policies import policies
from churn_dash.evaluation.review.training import COURSES, Training, training
from churn_dash.retention.threshold import WAYS, in_force
from churn_dash.ui import cache, session
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.problems import shown
from churn_dash.words import Count, Number, Ratio, Text, _


def policy_table(one: Asked) -> Table:
    """Every version of the cuts, newest first."""
    rows = [
        (p.version, p.made[:10], p.who, p.high, p.medium, session.say(WAYS.get(p.by, p.by)) if p.high is not None else "—", p.why)
        for p in policies(one.records)
    ]
    labels = {
        "version": _("Version"),
        "made": _("When"),
        "who": _("Set by"),
        "high": _("High risk from"),
        "medium": _("Medium risk from"),
        "by": _("Found by"),
        "why": _("Why"),
    }
    kinds: dict[str, Any] = dict.fromkeys(labels, pl.String) | {"version": pl.Int64, "high": pl.Float64, "medium": pl.Float64}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "policies", labels, {"high": "ratio", "medium": "ratio"}, only=True)


def policy_now(one: Asked) -> str:
    """The cuts in force, in words; empty without a model."""
    workspace = session.workspace()
    kept = cache.model(workspace, one.question.ds)[0] if workspace is not None else None
    if kept is None:
        return ""
    cuts = in_force(kept, one.records)
    return session.say(Text(_("In force: high risk from {high}, medium from {medium}"), high=Ratio(cuts.high), medium=Ratio(cuts.medium)))


def policy_finding(table: Table) -> Text:
    """Title: how often the policy was changed."""
    if table.rows.is_empty():
        return Text(_("The usual cuts of risk are in force: nobody has changed them"))
    return Text(_("The cuts of risk were set {n} times, last on {day}"), n=Count(table.rows.height), day=table.rows["made"][0])


def trained(one: Asked) -> tuple[Training | None, ChurnDashError | None]:
    """The training of the period, or why it cannot be told."""
    q, period = one.question, one.measured.period
    try:
        return one.remembered(lambda: training(q.ds, period, q.scope), name="training"), None
    except ChurnDashError as problem:
        return None, problem


def training_finding(t: Training) -> Text:
    """Title: hours, and how many of the staff had any."""
    hours = Number(t.hours)
    if t.staff:
        return Text(
            _("{hours} hours of training; {n} of {all} members of staff had any"), hours=hours, n=Count(t.n_trained), all=Count(t.staff)
        )
    return Text(_("{hours} hours of training for {n} members of staff"), hours=hours, n=Count(t.n_trained))


def training_chart(t: Training) -> Chart:
    """Hours by month."""
    shown_ = [Column(float(h)) for h in t.months["hours"]]
    what = session.say(_("hours of training"))
    return cache.chart(months, t.months["month"].to_list(), shown_, unit="number", look=session.look(), what=what, height=220)


def training_table(t: Training) -> Table:
    """Hours and members of staff by kind of course."""
    kind = pl.col("kind").replace({k: session.say(w) for k, w in COURSES.items()} | {"": session.say(_("Unknown"))})
    labels = {"kind": _("Kind of course"), "hours": _("Hours"), "n": _("Staff trained")}
    return Table(t.kinds.with_columns(kind), "training", labels, {"hours": "decimal", "n": "count"})


def lesson_table(one: Asked) -> Table:
    """Lessons and cases, newest first."""
    rows = [
        (x.name, session.say(KINDS.get(x.kind, CAMPAIGN)), x.text, x.evidence or "—", x.who or "", (x.made or "")[:10])
        for x in lessons(one.records)
    ]
    labels = {
        "name": _("Name"),
        "kind": _("Kind"),
        "text": _("What was learned"),
        "evidence": _("Rests on"),
        "who": _("Set by"),
        "made": _("When"),
    }
    return Table(pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "lessons", labels, only=True)


def lesson_finding(table: Table) -> Text:
    """Title: how many lessons there are."""
    if table.rows.is_empty():
        return Text(_("No lesson is recorded yet"))
    return Text(_("Lessons and cases: {n}, the last: {name}"), n=Count(table.rows.height), name=table.rows["name"][0])


def lesson_form(one: Asked) -> bool:
    """Record a lesson; True when one was."""
    say = session.say
    with st.form("lesson", border=False, clear_on_submit=False):
        left, right = st.columns(2, gap="small")
        name = left.text_input(say(_("Name")), key="lesson-name")
        kind = right.selectbox(say(_("Kind")), list(KINDS), format_func=lambda k: say(KINDS[k]), key="lesson-kind")
        text = st.text_area(say(_("What was learned")), key="lesson-text", height=68)
        evidence = left.text_input(say(_("Rests on: a campaign, a page, a file")), key="lesson-evidence")
        who = right.text_input(say(_("Your name")), key="lesson-who", placeholder=say(_("kept with what you set")))
        pressed = st.form_submit_button(say(_("Save")), icon=":material/save:")
    if not pressed:
        return False
    try:
        put(one.records, name, text, evidence, kind, who.strip() or None)
    except ChurnDashError as problem:
        shown(problem)
        return False
    return True


def unit_control() -> str:
    """By branch or by manager."""
    return controls.choice(
        session.say(_("Split by")), list(UNITS), key="unit", words=lambda k: session.say(LABELS[k]), kind="segments", hidden=True
    )


def bases(one: Asked, by: str) -> Incentive:
    """The base of incentives."""
    q, m = one.question, one.measured
    return one.remembered(lambda unit: incentive(q.ds, m.pool, m.definition, unit, scope=q.scope), by, name="incentive")


def incentive_finding(found: Incentive) -> Text:
    """Title: for how many units there is a base, and of how many it is beyond chance."""
    if not found.rows:
        return Text(_("Nothing yet on which an incentive may rest"))
    enough, sure = sum(r.saves.value is not None for r in found.rows), sum(r.beyond_chance for r in found.rows)
    return Text(
        _("{n} of {all} have enough members for a figure; {sure} kept more than the hold-out beyond chance"),
        n=Count(enough),
        all=Count(len(found.rows)),
        sure=Count(sure),
    )


def incentive_caption(found: Incentive) -> Text:
    """Under the title: what is counted."""
    return Text(
        _("Customers kept beyond the hold-out's rate, never raw saves; at least {n} members in the target group and in the hold-out"),
        n=found.least,
    )


def incentive_table(found: Incentive) -> Table:
    """A row a branch or manager."""
    rows = [
        (
            r.unit,
            r.saves.value,
            r.saves.low,
            r.saves.high,
            r.shrunk.value,
            r.n,
            r.n_held_out,
            "—" if r.saves.value is None else session.say(_("yes") if r.beyond_chance else _("no")),
        )
        for r in found.rows
    ]
    labels = {
        "unit": LABELS[found.by],
        "saves": _("Kept beyond the hold-out"),
        "low": _("at least"),
        "high": _("at most"),
        "shrunk": _("Allowing for luck"),
        "n": _("Members"),
        "held": _("Held out"),
        "sure": _("Beyond chance"),
    }
    kinds: dict[str, Any] = dict.fromkeys(("saves", "low", "high", "shrunk"), pl.Float64) | {"n": pl.Int64, "held": pl.Int64}
    kinds = {name: kinds.get(name, pl.String) for name in labels}
    units = dict.fromkeys(("saves", "low", "high", "shrunk"), "decimal") | {"n": "count", "held": "count", "unit": "id"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), f"incentive-{found.by}", labels, units, only=True, how=session.say(LUCK))
