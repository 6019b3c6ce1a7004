"""Whom to look after now?"""

import streamlit as st

from churn_dash.ui import question, session
from churn_dash.ui.lists import care, care_settings
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    top = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        first, second = st.container(width="content"), st.container(width="content")
        day = care.day_control(asked)
        cap = care.cap_control()
        settings = care_settings.control(asked)
        known = care.found(asked, day, cap, settings)
        with first:
            chosen = care.list_control(known)
        with second:
            found = care.owned(chosen.found) if chosen.found is not None else None
    with top:
        heading(care.where(asked, day), care.answer(found) if found is not None else session.say(chosen.trigger.label))
    if (warning := care.beyond(asked, day)) is not None:
        cards.note(session.say(warning))
    if chosen.problem is not None:
        shown(chosen.problem)
    if found is not None:
        tiles(care.tiles(found))
        table = care.table(found)
        with cards.card(care.title(found), care.caption(found), table, key="care-list"):
            if found.n:
                cards.shown(table, height="auto" if found.n < 10 else 420)

    left, right = st.columns([2, 3], gap="small") if found is not None and found.n else (None, st.container())
    if left is not None and found is not None:
        table = care.by_table(found)
        with left, cards.card(care.by_title(found), _("Rows, customers and money of each"), table, key="care-by"):
            cards.shown(table, height="auto" if table.rows.height < 10 else 420)
    table = care.every_table(known)
    with right, cards.card(care.every_title(known), _("Counts within the filters, on the chosen day"), table, key="care-every"):
        cards.shown(table, height=432)
    if care_settings.form(asked):
        st.rerun()
