"""The fourth step: every row read and checked; what is set aside and what was noticed, with what to do."""

from typing import Literal

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, Chart, bars
from churn_dash.errors import ChurnDashError
from churn_dash.intake import Extract, extract
from churn_dash.intake.findings import Finding
from churn_dash.intake.quarantine import by_reason, spoken
from churn_dash.ui import cache, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import progress
from churn_dash.ui.problems import shown
from churn_dash.ui.wizard import state
from churn_dash.words import Count, Ratio, Text, _

SEVERITIES = {"error": ("error", "orange"), "warning": ("warning", "orange"), "note": ("info", "gray")}
_MOST_SHOWN = 6
_HERE = {
    "personal": _("Answer the question beside it: leave the column out, or keep it."),
    "encoding": _("If letters look wrong in the preview, choose another encoding."),
    "month_incomplete": _("An incomplete month creates no departures. When it is whole, load it with: replace the months in the file."),
    "": _("Correct it in the table of columns, or ask the source."),
}


def checked(upload: state.Upload) -> Extract | None:
    """Draw the button that checks; the checked extract, kept until something else is said of the files."""
    found: Extract | None = state.held("check", upload.asked)
    kind: Literal["primary", "secondary"] = "secondary" if found is not None else "primary"
    words = session.say(_("Check the file"))
    if st.button(words, icon=":material/fact_check:", key="check", type=kind):
        try:
            with progress() as told:
                state.hold("check", upload.asked, extract(upload.sources, upload.options, told))
            st.rerun()
        except ChurnDashError as problem:
            state.forget("check")
            shown(problem)
    return found


def title(found: Extract) -> str:
    """The step's finding."""
    if not found.rows_quarantined:
        return session.say(_("No row had to be set aside"))
    return session.say(Text(_("{n} rows are set aside, none is dropped in silence"), n=Count(found.rows_quarantined)))


def caption(found: Extract) -> Text:
    """Under the title: the counts, which add up."""
    return Text(
        _("{total} rows in: {good} good, {aside} set aside, {repeated} repeated"),
        total=Count(found.rows_in),
        good=Count(found.rows_good),
        aside=Count(found.rows_quarantined),
        repeated=Count(found.rows_repeated),
    )


def reasons(found: Extract) -> pl.DataFrame:
    """What became of the rows set aside, as reasons and counts, most first."""
    if found.quarantine.is_empty():
        return pl.DataFrame(schema={"reason": pl.String, "n": pl.Int64})
    return by_reason(found.quarantine, session.language()).select("reason", "n")


def reasons_chart(found: Extract) -> Chart:
    """Rows set aside by reason."""
    rows = [Bar(reason, float(n)) for reason, n in reasons(found).head(8).iter_rows()]
    return cache.chart(bars, rows, unit="count", look=session.look(), what=session.say(_("rows set aside")), all_grey=True)


def aside_table(found: Extract) -> Table:
    """The rows set aside with their original cells, to be mended and loaded again."""
    rows = found.quarantine_rows if len(found.quarantine_rows) else found.quarantine
    return Table(spoken(rows, session.language()), "rows-set-aside", is_list=True, only=True)


def report_title(found: Extract) -> str:
    """The report's finding."""
    n = len([f for f in found.findings if f.severity != "note"])
    if n:
        return session.say(Text(_("{n} things to look at before publishing"), n=n))
    return session.say(_("Nothing speaks against publishing"))


def report(findings: tuple[Finding, ...], warnings: tuple[Text, ...] = ()) -> None:
    """Draw what was noticed, worst first: each with how often, for example where, and what to do."""
    ordered = sorted(findings, key=lambda f: list(SEVERITIES).index(f.severity))
    said = {session.say(f.sentence) for f in ordered}
    for finding in ordered[:_MOST_SHOWN]:
        _drawn(finding)
    if len(ordered) > _MOST_SHOWN:
        with st.expander(session.say(Text(_("{n} more findings"), n=len(ordered) - _MOST_SHOWN))):
            for finding in ordered[_MOST_SHOWN:]:
                _drawn(finding)
    for warning in warnings:
        if session.say(warning) not in said:
            st.markdown(f":gray[:material/info:] {safe(session.say(warning))}")


def _advice(finding: Finding) -> str | Text:
    """What to do here: an advice that names an option of the command line is said in the words of the page."""
    if finding.advice is None or "--" not in finding.advice.template:
        return finding.advice or ""
    return _HERE.get(finding.code, _HERE[""])


def _drawn(finding: Finding) -> None:
    icon, colour = SEVERITIES[finding.severity]
    with st.container(gap=None):
        st.markdown(f":{colour}[:material/{icon}:] {safe(session.say(finding.sentence))}")
        parts = []
        if finding.share is not None:
            parts.append(session.say(Text(_("{share} of those looked at"), share=Ratio(finding.share))))
        if finding.examples:
            parts.append(session.say(Text(_("for example {examples}"), examples=", ".join(finding.examples[:3]))))
        advice = _advice(finding)
        if advice:
            parts.append(session.say(advice))
        if parts:
            st.caption(safe(" · ".join(parts)))


def report_table(found: Extract) -> Table:
    """The findings as rows, for a download."""
    rows = pl.DataFrame(
        [
            (
                f.severity,
                f.table,
                f.column,
                session.say(f.sentence),
                f.count,
                f.share,
                ", ".join(f.examples),
                session.say(f.advice) if f.advice is not None else None,
            )
            for f in found.findings
        ],
        schema={
            "severity": pl.String,
            "table": pl.String,
            "column": pl.String,
            "finding": pl.String,
            "count": pl.Int64,
            "share": pl.Float64,
            "examples": pl.String,
            "advice": pl.String,
        },
        orient="row",
    )
    labels = {
        "severity": _("Weight"),
        "table": _("Table"),
        "column": _("Column"),
        "finding": _("Finding"),
        "count": _("How often"),
        "share": _("Share"),
        "examples": _("For example"),
        "advice": _("What to do"),
    }
    return Table(rows, "checks", labels, {"count": "count", "share": "ratio"}, is_list=True, only=True)
