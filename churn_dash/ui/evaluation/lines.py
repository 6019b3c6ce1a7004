"""The scorecard: a card an indicator, the table behind them, targets and owners, and the report to print."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from churn_dash.campaigns import FOOTNOTE
from churn_dash.charts import spark
from churn_dash.errors import ChurnDashError
from churn_dash.evaluation import INDICATORS, MARKS, VERDICTS, Line
from churn_dash.evaluation.actions.kept import register
from churn_dash.evaluation.actions.observed import observed
from churn_dash.evaluation.ledger.opened import ledger
from churn_dash.evaluation.targets.kept import history, parsed, put, written
from churn_dash.evaluation.targets.verdicts import Verdict
from churn_dash.report import evaluation_sheet
from churn_dash.ui import session
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import shown
from churn_dash.words import Text, _

_BADGES: dict[Verdict, tuple[str, str]] = {
    "met": ("check_circle", "blue"),
    "met_within_chance": ("contrast", "orange"),
    "missed_within_chance": ("incomplete_circle", "orange"),
    "missed": ("radio_button_unchecked", "orange"),
    "no_target": ("flag", "gray"),
    "undefined": ("remove", "gray"),
    "other_span": ("remove", "gray"),
}
CAPTION = _("Blue only where the target is met by the whole 95% range; a figure met or missed within chance says so")


def grid(one: Asked) -> None:
    """Draw a card for each line."""
    with st.grid(4, min_column_width=150, gap="small"):
        for line in one.card.lines:
            with st.container(border=True, height="stretch", gap="xsmall", key=f"line-{line.figure.key}"):
                _drawn(line)


def _drawn(line: Line) -> None:
    look, f, about = session.look(), line.figure, line.figure.indicator
    e, unit = f.estimate, about.unit
    spread = ""
    if e.low is not None and e.high is not None:
        spread = session.say(Text(_("{low} to {high}, n={n}"), low=look.show(e.low, unit), high=look.show(e.high, unit), n=f"{e.n:,}"))
    help_ = " · ".join(session.say(t) for t in (line.tag, f.note) if t is not None)
    st.markdown(safe(session.say(about.label)), help=safe(help_))
    value, line_ = look.show(e.value, unit), spark([s.value for s in f.trend])
    st.metric(session.say(about.label), value, label_visibility="collapsed", chart_data=line_, chart_type="area")
    if spread:
        st.caption(safe(spread))
    if e.value is None and f.why_not is not None:
        st.caption(safe(f"{session.say(f.why_not)} {session.say(about.needs)}"))
    _verdict(line)
    aimed = "—" if line.target.value is None else look.show(line.target.value, unit)
    owner = line.target.owner or session.say(_("no owner"))
    st.caption(safe(f"{session.say(Text(_('Target {target}'), target=aimed))} · {owner}"))


def _verdict(line: Line) -> None:
    """The verdict with its shape, in words that wrap on a telephone, and what the figure rests on."""
    icon, colour = _BADGES[line.verdict]
    words = [f":{colour}[:material/{icon}: **{safe(session.say(VERDICTS[line.verdict]))}**]"]
    if line.figure.tag is not None:
        colour = "blue" if line.figure.grade else "gray"
        words.append(f":{colour}[{safe(session.say(line.figure.tag))}]")
    st.markdown(" · ".join(words))


def table(one: Asked) -> Table:
    """The lines as rows, each figure in its own unit."""
    look, rows = session.look(), []
    for line in one.card.lines:
        f, about = line.figure, line.figure.indicator
        e = f.estimate
        spread = "—" if e.low is None or e.high is None else f"{look.show(e.low, about.unit)} – {look.show(e.high, about.unit)}"
        verdict = f"{MARKS[line.verdict]} {session.say(VERDICTS[line.verdict])}"
        why = f.why_not if e.value is None else f.note
        rows.append(
            {
                "indicator": session.say(about.label),
                "actual": look.show(e.value, about.unit),
                "range": spread,
                "target": look.show(line.target.value, about.unit),
                "verdict": verdict,
                "owner": line.target.owner or "—",
                "course": [s.value for s in f.trend if s.value is not None],
                "evidence": "—" if f.tag is None else session.say(f.tag),
                "n": e.n,
                "rule": session.say(line.tag),
                "note": session.say(why) if why is not None else "",
            }
        )
    texts = ("indicator", "actual", "range", "target", "verdict", "owner")
    kinds = dict.fromkeys(texts, pl.String()) | {"course": pl.List(pl.Float64), "evidence": pl.String(), "n": pl.Int64()}
    frame = pl.DataFrame(rows, schema=kinds | {"rule": pl.String(), "note": pl.String()})
    labels = {
        "indicator": _("Indicator"),
        "actual": _("Actual"),
        "range": _("95% range"),
        "target": _("Target"),
        "verdict": _("Verdict"),
        "owner": _("Owner"),
        "course": _("Course"),
        "evidence": _("Evidence"),
        "n": "n",
        "rule": _("How it is counted"),
        "note": _("Note"),
    }
    return Table(frame, "evaluation", labels, {"course": "line", "n": "count"}, how=session.say(FOOTNOTE))


def reports(one: Asked) -> None:
    """Buttons for the page to print, in both languages; it is made when somebody asks for it."""
    own = session.language()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for language in (own, "en" if own == "zh" else "zh"):
            label = session.say(_("One-page report")) if language == own else {"en": "In English", "zh": "中文版"}[language]
            st.download_button(
                label,
                _page(one, language),
                file_name=f"evaluation-{language}-v{one.question.ds.version}.html",
                mime="text/html",
                icon=":material/print:" if language == own else None,
                on_click="ignore",
                key=f"report-{language}",
                type="secondary" if language == own else "tertiary",
            )


def _page(one: Asked, language: str) -> Callable[[], bytes]:
    """Made outside the page's run: everything it needs is in hand."""
    q = one.question

    def made() -> bytes:
        seen = [observed(q.ds, a, q.definition, scope=q.scope) for a in register(one.records)]
        opened = ledger(q.ds, one.measured, one.held, q.scope)
        return evaluation_sheet.page(evaluation_sheet.sheet(q.ds, one.card, opened, seen), language).encode()

    return made


def form(one: Asked) -> bool:
    """Set a target or an owner; True when something was set. What cannot be is said in a sentence, and then nothing is set."""
    key = controls.choice(session.say(_("Indicator")), list(INDICATORS), key="target", words=lambda k: session.say(INDICATORS[k].label))
    now = one.targets[key]
    with st.form("targets", border=False):
        left, right = st.columns(2, gap="small")
        text = left.text_input(session.say(_("Target; empty: none")), written(key, now.value), key=f"target-{key}-{now.version}")
        owner = right.text_input(session.say(_("Owner")), now.owner, key=f"owner-{key}-{now.version}")
        why = left.text_input(session.say(_("Why")), key=f"why-{key}-{now.version}")
        who = right.text_input(session.say(_("Your name")), key="target-who", placeholder=session.say(_("kept with what you set")))
        pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
    if not pressed:
        return False
    try:
        value = parsed(key, text) if text.strip() else None
        after = put(one.records, key, value, owner, why, who.strip() or None, drop=value is None)
    except ChurnDashError as problem:
        shown(problem)
        return False
    return after.version != now.version


def versions(one: Asked) -> Table | None:
    """Who set what when, of the indicator chosen in the form; None before anybody has."""
    key = st.session_state["target"]
    found = history(one.records, key)
    if not found:
        return None
    rows = [
        (t.version, written(key, t.value) or "—", t.owner or "—", t.who or "—", (t.made or "")[:16].replace("T", " "), t.why) for t in found
    ]
    labels = {"version": _("Version"), "target": _("Target"), "owner": _("Owner"), "who": _("Set by"), "made": _("When"), "why": _("Why")}
    kinds = {"version": pl.Int64()} | dict.fromkeys(list(labels)[1:], pl.String())
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "target-versions", labels, only=True)


def footnote() -> None:
    """METHODS 0: where the indicators come from."""
    cards.note(FOOTNOTE)
