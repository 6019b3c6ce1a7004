"""What the Data page shows around a load: the steps, what became of the rows, the versions, the templates."""

import polars as pl
import streamlit as st

from churn_dash.charts import Bar, Chart, bars
from churn_dash.contract import TABLES
from churn_dash.intake import Extract, Preview
from churn_dash.intake.quarantine import spoken
from churn_dash.report import data_guide
from churn_dash.store import Loaded
from churn_dash.ui import cache, frame, loading, session
from churn_dash.ui.cards import Table
from churn_dash.ui.markdown import safe
from churn_dash.words import Count, Ratio, Text, _


def answer(step: int, found: Preview | None, checked: Extract | None, loaded: Loaded | None) -> str:
    """The page's sentence: where the load stands, or what is published."""
    if checked is not None:
        good = checked.rows_good + checked.rows_repeated
        named = {
            "n": Count(checked.rows_good),
            "share": Ratio(good / checked.rows_in if checked.rows_in else None),
            "aside": Count(checked.rows_quarantined),
        }
        if checked.rows_quarantined:
            return session.say(Text(_("{share} of the rows can be used; {aside} are set aside with reasons."), **named))
        return session.say(Text(_("All {n} rows can be used."), **named))
    if found is not None:
        unsure = sum(1 for m in found.mapping if m.confidence < 1.0)
        if loading.unknown(found) is not None:
            return session.say(_("The file cannot be loaded as it is."))
        return session.say(Text(_("{n} of {all} columns to look at, then check the file."), n=unsure, all=len(found.mapping)))
    if loaded is not None:
        return session.say(Text(_("Published as version {version}: {n} rows."), version=loaded.version, n=Count(loaded.rows_good)))
    ds = session.dataset()
    if ds is None:
        return session.say(_("No data have been loaded here yet."))
    last = ds.data_end
    if last is None:
        return session.say(Text(_("Version {version} holds one row a customer."), version=ds.version))
    return session.say(Text(_("Version {version} holds months up to {date}."), version=ds.version, date=last.isoformat()))


def steps(at: int) -> None:
    """Draw the five steps with the one that is next, and a bar."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            for i, words in enumerate(loading.STEPS):
                icon = "check_circle" if i < at else "radio_button_checked" if i == at else "radio_button_unchecked"
                text = f":material/{icon}: {i + 1} {session.say(words)}"
                st.markdown(f":gray[{text}]" if i > at else f"**{text}**" if i == at else text, width="content")
        st.progress(min(at / (len(loading.STEPS) - 1), 1.0))


def done(loaded: Loaded) -> None:
    """Draw what a load did, in counts that add up, and where to go on."""
    with st.container(border=True):
        named = {"total": loaded.rows_in, "good": loaded.rows_good, "aside": loaded.rows_quarantined, "repeated": loaded.rows_repeated}
        sentence = Text(
            _("{total} rows in the files: {good} good, {aside} set aside, {repeated} repeated."), **{k: Count(n) for k, n in named.items()}
        )
        st.markdown(f":blue[:material/check_circle:] {safe(session.say(sentence))}")
        if not loaded.published:
            st.markdown(safe(session.say(_("Nothing is new in these files, so no version was made."))))
        for warning in loaded.warnings:
            st.caption(safe(session.say(warning)))
        st.page_link(
            frame.page("overview"), label=session.say(_("See the overview")), icon=":material/arrow_forward:", icon_position="right"
        )


def checked_words(checked: Extract) -> str:
    """Title of the check."""
    if not checked.rows_quarantined:
        return session.say(_("No row had to be set aside"))
    return session.say(Text(_("{n} rows are set aside, none is dropped in silence"), n=Count(checked.rows_quarantined)))


def checked_caption(checked: Extract) -> Text:
    """Under the title of the check: the counts."""
    return Text(
        _("{total} rows in: {good} good, {aside} set aside, {repeated} repeated"),
        total=Count(checked.rows_in),
        good=Count(checked.rows_good),
        aside=Count(checked.rows_quarantined),
        repeated=Count(checked.rows_repeated),
    )


def aside_chart(checked: Extract) -> Chart:
    """Rows set aside by reason."""
    rows = [Bar(reason, float(n)) for reason, n in loading.counts(checked).head(8).iter_rows()]
    return cache.chart(bars, rows, unit="count", look=session.look(), what=session.say(_("rows set aside")), all_grey=True)


def aside_table(checked: Extract) -> Table:
    """The rows set aside with their original cells, to be mended and loaded again."""
    rows = checked.quarantine_rows if len(checked.quarantine_rows) else checked.quarantine
    return Table(spoken(rows, session.language()), "rows-set-aside", is_list=True, only=True)


def checked_notes(checked: Extract) -> None:
    """Draw what else was noticed."""
    for warning in checked.warnings:
        st.markdown(f":gray[:material/info:] {safe(session.say(warning))}")


def versions() -> Table | None:
    """The published versions, newest first; None while there is none."""
    found = session.workspace()
    listed = found.versions() if found is not None else []
    if not listed:
        return None
    rows = pl.DataFrame(
        [
            (
                v.version,
                v.created[:16].replace("T", " "),
                v.who,
                ", ".join(v.files),
                v.counts.get("rows_good"),
                v.counts.get("rows_quarantined"),
            )
            for v in listed
        ],
        schema={"version": pl.Int64, "created": pl.String, "who": pl.String, "files": pl.String, "good": pl.Int64, "aside": pl.Int64},
        orient="row",
    )
    labels = {
        "version": _("Version"),
        "created": _("Loaded on"),
        "who": _("By"),
        "files": _("Files"),
        "good": _("Rows good"),
        "aside": _("Set aside"),
    }
    return Table(rows, "versions", labels, {"good": "count", "aside": "count"}, only=True)


def kept_aside() -> Table | None:
    """The rows that the newest version set aside; None where there are none."""
    found = session.workspace()
    current = found.current() if found is not None else None
    if found is None or current is None or not current.quarantine:
        return None
    path = found.root / "quarantine" / current.quarantine
    if not path.exists():
        return None
    return Table(spoken(pl.read_parquet(path), session.language()), "rows-set-aside", is_list=True, only=True)


def templates() -> None:
    """Draw the downloads for the department that cuts the extract."""
    language = session.language()
    labels = {name: session.say(table.label) for name, table in TABLES.items()}
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.download_button(
            session.say(_("Guide to all tables (Excel)")),
            lambda: data_guide.workbook(language),
            file_name="churn-dash-extract-guide.xlsx",
            icon=":material/download:",
            on_click="ignore",
            key="guide",
        )
        name = st.selectbox(session.say(_("Empty table")), list(TABLES), format_func=labels.__getitem__, key="template", width=300)
        st.download_button(
            session.say(_("Headers (CSV)")),
            lambda: data_guide.template(TABLES[name], language),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="headers",
        )
