"""Is my extract in, and right?"""

import streamlit as st

from churn_dash.ui import cards, data, loading, session
from churn_dash.ui.headings import heading
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.words import _

top = st.container()
step, found, checked = 0, None, None
with errors_shown():
    files = loading.uploader()
    if files:
        step = 1
        chosen, found = loading.reading(loading.upload(files))
        left, right = st.columns([3, 2], gap="small")
        with left, cards.card(_("The file as it is read"), loading.preview_words(found), key="preview"):
            st.dataframe(found.rows.head(5), hide_index=True)
        problem = loading.unknown(found)
        if problem is not None:
            with right:
                shown(problem)
        else:
            with left, cards.card(loading.matched_words(found), _("The others are known by their names"), key="match"):
                chosen = loading.matching(chosen, found)
            with right, cards.card(_("Check, then publish"), _("Nothing is loaded until you publish"), key="check"):
                step, checked = 2, loading.check(chosen)
        if checked is not None:
            step = 4
            with right, cards.card(data.checked_words(checked), data.checked_caption(checked), data.aside_table(checked), key="aside"):
                if checked.rows_quarantined:
                    cards.picture(data.aside_chart(checked))
                data.checked_notes(checked)
                loading.publishing(checked)

with top, errors_shown():
    loaded = loading.published()
    heading(session.say(_("Data")), data.answer(step, found, checked, None if files else loaded))
    data.steps(step)
    if loaded is not None and not files:
        data.done(loaded)

with errors_shown():
    versions, aside = data.versions(), data.kept_aside()
    left, right = st.columns(2, gap="small") if aside is not None else (st.container(), None)
    if versions is not None:
        with left, cards.card(_("Published versions"), _("Each load makes a version; older ones stay"), versions, key="versions"):
            cards.shown(versions)
    if aside is not None and right is not None:
        with (
            right,
            cards.card(_("Rows set aside by the newest version"), _("With the reason; mend and load them again"), aside, key="kept-aside"),
        ):
            cards.shown(aside, height=240)
    with st.container(border=True):
        st.markdown(f"#### {session.say(_('For the department that cuts the extract'))}")
        data.templates()
