"""The register of improvements: what was done, and how the figure that it watches went on."""

import datetime

import polars as pl
import streamlit as st

from churn_dash.charts import Chart, trend
from churn_dash.charts.ground.events import Event
from churn_dash.charts.over_time.trend import Series
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation.actions.kept import AREAS, LONGEST_NAME, Action, change_of, drop, put, register
from churn_dash.evaluation.actions.observed import DESCRIPTION, Observed, observed
from churn_dash.evaluation.actions.watched import PROCESSED, WATCHED, monthly, processes
from churn_dash.evaluation.review.lessons import lessons
from churn_dash.measures import Period
from churn_dash.report import evaluation_sheet
from churn_dash.ui import cache, session
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.over_time.overtime import events
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.words import Count, Text, _

DIRECTIONS = {"better": _("▲ better"), "worse": _("▼ worse"), "unclear": _("within chance"), "trend": _("its own trend"), "none": "—"}
CAPTION = _("Each with the figure that it watches, before and after, equally long; a description, never the measure's effect")


def seen(one: Asked) -> list[Observed]:
    """Every measure with what was observed."""
    q = one.question
    return [one.remembered(lambda a: observed(q.ds, a, q.definition, scope=q.scope), a, name="observed") for a in register(one.records)]


def finding(rows: list[Observed]) -> Text:
    """Title: how many measures are recorded, and of how many the figure moved."""
    own = [o for o in rows if not o.action.example]
    if not own:
        return Text(_("No improvement is recorded yet; four examples show how it looks"))
    better, worse = (sum(o.direction == way for o in own) for way in ("better", "worse"))
    return Text(
        _("{n} improvements: the figure of {better} moved the right way, of {worse} the wrong way"),
        n=Count(len(own)),
        better=Count(better),
        worse=Count(worse),
    )


def name_of(a: Action) -> str:
    """The name as the bank wrote it; of an example in the reader's language, and marked."""
    return session.say(Text(_("Example: {name}"), name=a.name)) if a.example else a.name


def table(rows: list[Observed]) -> Table:
    """A row a measure."""
    look, out = session.look(), []
    for o in rows:
        a, unit = o.action, o.watch.unit
        signed = "points" if unit == "ratio" else unit
        e = o.change
        spread = "—" if e.low is None or e.high is None else f"{look.show(e.low, signed)} – {look.show(e.high, signed)}"
        apart = o.series.apart.value if o.series is not None else None
        note = o.why_not or o.reading
        out.append(
            (
                name_of(a),
                a.date,
                a.owner or "—",
                session.say(o.watch.label),
                session.say(DIRECTIONS[o.course]),
                look.show(o.before.value, unit),
                look.show(o.after.value, unit),
                look.show(e.value, signed),
                spread,
                look.show(apart, signed),
                session.say(a.expected) or "—",
                look.show(a.expected_change, signed),
                look.show(o.of_expected.value, "ratio"),
                session.say(AREAS[a.area]),
                session.say(a.what),
                ", ".join(a.lessons),
                session.say(note) if note is not None else "",
            )
        )
    labels = {
        "name": _("Improvement"),
        "date": _("Since"),
        "owner": _("Owner"),
        "watch": _("Figure watched"),
        "direction": _("Reading"),
        "before": _("Before"),
        "after": _("After"),
        "change": _("Change"),
        "range": _("95% range"),
        "apart": _("Against its own course"),
        "expected": _("Expected"),
        "wanted": _("Expected change"),
        "came": _("Came of it"),
        "area": _("Chapter"),
        "what": _("What is done"),
        "lessons": _("Lessons"),
        "note": _("Note"),
    }
    kinds = {name: pl.Date() if name == "date" else pl.String() for name in labels}
    return Table(
        pl.DataFrame(out, schema=kinds, orient="row"), "improvements", labels, {"date": "date"}, only=True, how=session.say(DESCRIPTION)
    )


def chosen(rows: list[Observed]) -> Observed | None:
    """Choose one of the measures that can be observed; None where none can."""
    known = {o.action.name: o for o in rows if o.change.value is not None}
    if not known:
        return None
    name = controls.choice(
        session.say(_("Improvement")), list(known), key="improvement", words=lambda n: name_of(known[n].action), width=360
    )
    return known[name]


def watched_finding(o: Observed) -> Text:
    """Title of the picture: which way the figure went."""
    return Text(_("{what}: {direction}"), what=o.watch.label, direction=evaluation_sheet.DIRECTIONS[o.course])


def chart(one: Asked, o: Observed) -> Chart:
    """The figure by month, with the day on which the measure began, campaigns and changes of the definition."""
    q, months = one.question, one.question.ds.measurable
    period = Period(months[0], months[-1])
    rows = one.remembered(lambda key: monthly(q.over(period), key), o.action.watch, name="watched")
    assert o.action.date is not None
    label = session.say(o.watch.label)
    marks = [Event(o.action.date, name_of(o.action)), *events(q)]
    return cache.chart(trend, rows.select("month", "value"), [Series("value", label)], unit=o.watch.unit, look=session.look(), events=marks)


_CAME = _("Of the change that was expected {value} came ({low} to {high}).")
_APART = _("From its own earlier course the months after lie {value} apart on average ({low} to {high}).")
_JUMPED = _("Against its own earlier course the figure jumped by {value} ({low} to {high}) when the measure began.")


def words(o: Observed) -> list[str]:
    """What the picture says, in sentences: before and after, against its own course, and what it is not."""
    look, unit = session.look(), o.watch.unit
    signed = "points" if unit == "ratio" else unit
    assert o.spans is not None
    n = o.spans[0].n_months
    e = o.change
    found = [
        Text(
            _("{n} months before {before}, {n} months after {after}: {change} ({low} to {high})."),
            n=n,
            before=look.show(o.before.value, unit),
            after=look.show(o.after.value, unit),
            change=look.show(e.value, signed),
            low=look.show(e.low, signed),
            high=look.show(e.high, signed),
        )
    ]
    if o.series is not None:
        for sentence, part in ((_APART, o.series.apart), (_JUMPED, o.series.level)):
            shown_part = {"value": part.value, "low": part.low, "high": part.high}
            found.append(Text(sentence, **{name: look.show(v, signed) for name, v in shown_part.items()}))
    came = o.of_expected
    if came.value is not None:
        parts = {"value": came.value, "low": came.low, "high": came.high}
        found.append(Text(_CAME, **{name: look.show(v, "ratio") for name, v in parts.items()}))
    if o.trend_alone or o.series is None:
        found += [o.reading] if o.reading is not None else []
    return [*(session.say(t) for t in found), session.say(DESCRIPTION)]


_NEW = "+"


def form(one: Asked) -> bool:
    """Add, change or put away a measure; True when something was recorded."""
    rows = {a.name: a for a in register(one.records)}
    options = [_NEW, *rows]
    say = session.say
    picked = controls.choice(
        say(_("Add or change")), options, key="change", words=lambda n: name_of(rows[n]) if n in rows else say(_("A new improvement"))
    )
    now = rows.get(picked, Action("", "", "service"))
    tag = f"{picked}-{now.version}"
    watches = [*WATCHED, *(f"{key}:{p}" for key in PROCESSED for p in processes(one.question.ds))]
    with st.form(f"improvement-{tag}", border=False):
        left, right = st.columns(2, gap="small")
        name = left.text_input(say(_("Name")), say(now.name), max_chars=LONGEST_NAME, disabled=picked in rows, key=f"improve-name-{tag}")
        owner = right.text_input(say(_("Owner")), now.owner, key=f"improve-owner-{tag}")
        area = left.selectbox(
            say(_("Chapter")), list(AREAS), list(AREAS).index(now.area), format_func=lambda k: say(AREAS[k]), key=f"improve-area-{tag}"
        )
        day = right.date_input(say(_("Since")), now.date, format="YYYY-MM-DD", key=f"improve-date-{tag}")
        what = left.text_area(say(_("What is done")), say(now.what), key=f"improve-what-{tag}", height=68)
        expected = right.text_area(say(_("Expected")), say(now.expected), key=f"improve-expected-{tag}", height=68)
        watch = left.selectbox(
            say(_("Figure watched")), watches, watches.index(now.watch), format_func=_watch_words, key=f"improve-watch-{tag}"
        )
        linked = right.multiselect(
            say(_("Lessons")),
            [one_.name for one_ in lessons(one.records)],
            list(now.lessons),
            key=f"improve-lessons-{tag}",
            placeholder="—",
        )
        hint = say(_("In the unit of the figure watched: -1.5, of a share 2pp"))
        change = right.text_input(say(_("Expected change")), _written(now), key=f"improve-change-{tag}", placeholder=hint)
        who = left.text_input(say(_("Your name")), key="improve-who", placeholder=say(_("kept with what you set")))
        with st.container(horizontal=True, gap="small"):
            saved = st.form_submit_button(say(_("Save")), icon=":material/save:")
            gone = picked in rows and st.form_submit_button(say(_("Put away")), icon=":material/archive:", type="tertiary")
    date = day if isinstance(day, datetime.date) else None
    try:
        if gone:
            drop(one.records, picked, who.strip() or None)
        elif saved:
            wanted = change_of(change, watch)
            called = picked if picked in rows else name
            put(one.records, called, what, area, owner, date, expected, watch, linked, who.strip() or None, wanted)
    except ChurnDashError as problem:
        shown(problem)
        return False
    return bool(saved or gone)


def _written(a: Action) -> str:
    """The expected change as it is typed."""
    if a.expected_change is None:
        return ""
    return f"{100 * a.expected_change:g}pp" if WATCHED[a.watch.partition(":")[0]].unit == "ratio" else f"{a.expected_change:g}"


def _watch_words(key: str) -> str:
    name, _colon, process = key.partition(":")
    label = session.say(WATCHED[name].label)
    return f"{label} · {process}" if process else label


def note(rows: list[Observed]) -> None:
    """Draw that the examples are no measures of this bank."""
    if any(o.action.example for o in rows):
        st.caption(
            safe(
                session.say(_("The examples are the four measures of the plan's sources. Change one to make it your own, or put it away."))
            )
        )
