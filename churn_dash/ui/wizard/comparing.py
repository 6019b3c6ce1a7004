"""The fifth step: how the load meets what is published, and what would change. What is worked out for it is what gets published."""

import polars as pl
import streamlit as st

from churn_dash.contract import TABLES
from churn_dash.errors import ChurnDashError
from churn_dash.intake import Extract
from churn_dash.measures import METRICS, Headline, Outlook, outlook
from churn_dash.store import Workspace
from churn_dash.ui import places, session
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import progress
from churn_dash.ui.problems import shown
from churn_dash.ui.wizard import state
from churn_dash.words import Count, Text, _, show

CAPTION = _("The version before stays, and can be brought back")
MODES = {
    "append": _("Add to what is there"),
    "replace-months": _("Replace the months in the file"),
    "replace-all": _("Replace everything"),
}


def mode() -> str:
    """Draw the choice of how to load; only where something is published already."""
    if not _published():
        return "append"
    labels = {code: session.say(words) for code, words in MODES.items()}
    return str(st.selectbox(session.say(_("How to load")), list(MODES), format_func=labels.__getitem__, key="mode", width=300))


def _published() -> bool:
    there = places.opened(places.places().own)
    return there is not None and there.current() is not None


def compared(upload: state.Upload, extract: Extract, chosen: str) -> Outlook | None:
    """Draw the button that compares; what would change, kept until something else is chosen. Nothing to do for a first load."""
    if not _published():
        st.markdown(safe(session.say(_("Nothing is published yet: this becomes the first version."))))
        return None
    asked = f"{upload.asked} {chosen} {_served()}"
    found: Outlook | None = state.held("compare", asked)
    if found is not None:
        return found
    if st.button(session.say(_("Compare with what is published")), icon=":material/compare_arrows:", key="compare", type="primary"):
        left: Outlook | None = state.newest("compare")
        if left is not None:
            left.discard()
        try:
            with progress() as told:
                state.hold("compare", asked, outlook(_own(), extract, chosen, told))
            st.rerun()
        except ChurnDashError as problem:
            shown(problem)
    return None


def kept(upload: state.Upload) -> Outlook | None:
    """What was compared last of these files; None otherwise."""
    found: Outlook | None = state.newest("compare")
    return found if found is not None and state.held("check", upload.asked) is not None else None


def _own() -> Workspace:
    return places.usable(places.places().own)


def _served() -> int:
    current = _own().current()
    return current.version if current is not None else 0


def ready(found: Outlook | None) -> bool:
    """Whether publishing may be pressed: compared, or nothing to compare with."""
    return found is not None or not _published()


def drawn(found: Outlook, checked: Extract) -> None:
    """Draw what would change: a sentence, what speaks against it, and the headline figures."""
    known = {f.code for f in checked.findings} | {"published_differently"}
    c = found.comparison
    if not c.changes:
        st.markdown(safe(session.say(_("Nothing would change: these rows are published already."))))
        return
    told = Text(
        _("It becomes version {version}: {new} customers are new, {gone} are gone, {after} in all."),
        version=c.version,
        new=Count(c.customers_new),
        gone=Count(c.customers_gone),
        after=Count(c.customers_after),
    )
    st.markdown(safe(session.say(told)))
    conflicts = sum(r.n_conflict for r in c.rows)
    if conflicts:
        told = Text(
            _("{n} rows are published already with other values and would be set aside. To correct a month, choose: replace the months."),
            n=Count(conflicts),
        )
        st.markdown(f":orange[:material/warning:] {safe(session.say(told))}")
    for finding in c.findings:
        if finding.severity == "error" and finding.code not in known:
            st.markdown(f":orange[:material/error:] {safe(session.say(finding.sentence))}")
    st.dataframe(
        pl.DataFrame(
            [(session.say(METRICS[h.name].label), *_figures(h)) for h in found.headlines],
            schema=dict.fromkeys(("what", "before", "after", "same"), pl.String),
            orient="row",
        ),
        hide_index=True,
        placeholder="—",
        column_config={
            "what": st.column_config.TextColumn(session.say(_("Figure"))),
            "before": st.column_config.TextColumn(session.say(_("Published"))),
            "after": st.column_config.TextColumn(session.say(_("Afterwards"))),
            "same": st.column_config.TextColumn(
                session.say(_("Same period")), help=session.say(_("Afterwards, over the period that is published now"))
            ),
        },
    )


def _figures(h: Headline) -> tuple[str | None, ...]:
    unit, language = METRICS[h.name].unit, session.language()
    return tuple(None if v is None else show(v, unit, language) for v in (h.before, h.after, h.after_same_period))


def table(found: Outlook) -> Table:
    """Rows of each table and month that would change, for the menu of the card."""
    rows = pl.DataFrame(
        [
            (session.say(TABLES[r.table].label), r.month, r.n_before, r.n_after, r.n_new, r.n_changed, r.n_repeated, r.n_conflict, r.n_gone)
            for r in found.comparison.rows
        ],
        schema={"table": pl.String, "month": pl.Date}
        | dict.fromkeys(("before", "after", "new", "changed", "repeated", "conflict", "gone"), pl.Int64),
        orient="row",
    )
    labels = {
        "table": _("Table"),
        "month": _("Month"),
        "before": _("Rows before"),
        "after": _("Rows after"),
        "new": _("New"),
        "changed": _("Changed"),
        "repeated": _("Already there"),
        "conflict": _("Set aside: other values"),
        "gone": _("Gone"),
    }
    counts = dict.fromkeys(("before", "after", "new", "changed", "repeated", "conflict", "gone"), "count")
    return Table(rows, "what-would-change", labels, {"month": "month", **counts}, only=True)
