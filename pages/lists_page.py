"""Whom to look after now?"""

import streamlit as st

from churn_dash.ui import question, session
from churn_dash.ui.action import lists
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
        day = lists.day_control(asked)
        cap = lists.cap_control()
        known = lists.found(asked, day, cap)
        with first:
            chosen = lists.list_control(known)
        with second:
            found = lists.owner_control(chosen.found) if chosen.found is not None else None
    with top:
        heading(lists.where(asked, day), lists.answer(found) if found is not None else session.say(chosen.trigger.label))
    if (warning := lists.beyond(asked, day)) is not None:
        cards.note(session.say(warning))
    if chosen.problem is not None:
        shown(chosen.problem)
    if found is not None:
        tiles(lists.tiles(found))
        table = lists.table(found)
        with cards.card(lists.title(found), lists.caption(found), table, key="care-list"):
            if found.n:
                cards.shown(table, height="auto" if found.n < 10 else 420)

    left, right = st.columns([2, 3], gap="small") if found is not None and found.n else (None, st.container())
    if left is not None and found is not None:
        table = lists.by_table(found)
        with left, cards.card(lists.by_title(found), _("Rows, customers and money of each"), table, key="care-by"):
            cards.shown(table, height="auto" if table.rows.height < 10 else 420)
    table = lists.every_table(known)
    with right, cards.card(lists.every_title(known), _("Counts within the filters, on the chosen day"), table, key="care-every"):
        cards.shown(table, height=432)
