"""Is my extract in, and right?"""

import streamlit as st

from churn_dash.ui import session, templates, versions
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.ui.wizard import checking, choosing, comparing, matching, publishing, reading, remembering, standing, state
from churn_dash.words import _

top = st.container()
at = state.Standing()
with errors_shown():
    upload = choosing.chosen()
    if upload is not None:
        upload, known = remembering.remembered(upload)
        left, right = st.columns([3, 2], gap="small")
        with left, cards.card(_("The file as it is read"), choosing.files_words(upload), key="preview", tall=False):
            if known is not None:
                remembering.drawn(known)
            upload, found = reading.read(upload)
            st.caption(reading.words(found))
            reading.rows(found)
        at, problem = state.Standing("read", found), reading.unusable(found)
        if problem is not None:
            with right:
                shown(problem)
        else:
            with left, cards.card(matching.title(found), matching.caption(found), key="match", tall=False):
                upload = matching.matched(upload, found)
            with right, cards.card(_("Check, then publish"), _("Nothing is loaded until you publish"), key="check", tall=False):
                whole = known is None or remembering.complete(upload, known, found)
                checked = checking.checked(upload) if whole else None
            at = state.Standing("check", found, checked)
            if checked is not None:
                table = checking.aside_table(checked)
                with right, cards.card(checking.title(checked), checking.caption(checked), table, key="aside", tall=False):
                    if checked.rows_quarantined:
                        cards.picture(checking.reasons_chart(checked))
                with right, cards.card(checking.report_title(checked), "", checking.report_table(checked), "report", tall=False):
                    checking.report(checked.findings, checked.warnings)
                compared = comparing.kept(upload)
                differences = comparing.table(compared) if compared is not None else None
                with right, cards.card(_("Compare, then publish"), comparing.CAPTION, differences, key="publish", tall=False):
                    mode = comparing.mode()
                    compared = comparing.compared(upload, checked, mode)
                    if compared is not None:
                        comparing.drawn(compared, checked)
                    if comparing.ready(compared):
                        at = state.Standing("publish", found, checked)
                        publishing.published(upload, checked, mode, compared)

with top, errors_shown():
    loaded = None if at.found is not None else state.published()
    heading(session.say(_("Data")), standing.answer(at.found, at.checked, loaded))
    standing.steps("compare" if at.checked is not None and at.step == "check" else at.step)
    if loaded is not None:
        publishing.done(loaded)

with errors_shown():
    history, aside = versions.versions(), versions.kept_aside()
    columns = st.columns(2, gap="small") if aside is not None else [st.container()]
    if history is not None:
        with columns[0], cards.card(_("Published versions"), _("Each load makes a version; older ones stay"), history, key="versions"):
            cards.shown(history)
            versions.moving(session.workspace())
            versions.opening(session.workspace())
    if aside is not None:
        with (
            columns[-1],
            cards.card(_("Rows set aside by the newest version"), _("With the reason; mend and load them again"), aside, key="kept-aside"),
        ):
            cards.shown(aside, height="auto" if len(aside.rows) < 6 else 240)
    with st.container(border=True):
        st.markdown(f"#### {session.say(_('For the department that cuts the extract'))}")
        templates.templates()
