"""Of those who began together, who is still there?"""

import streamlit as st

from churn_dash.ui import cards, cohort_people, cohorts, question
from churn_dash.ui.tiles import tiles

asked = question.current()
top = st.container()
chosen = cohorts.controls_drawn(asked)
found = cohorts.answered(asked, chosen, top)
if found is not None and chosen is not None:
    tiles(cohorts.tiles(found))
    left, right = st.columns([2, 1], gap="small")
    with right:
        beside = st.container()
        cell = cohort_people.cell_controls(found)
    caption, table = cohorts.triangle_caption(found), cohorts.triangle_table(found)
    with left, cards.card(cohorts.triangle_finding(found), caption, table, key="triangle") as as_table:
        cohort_people.picture(cohorts.triangle_chart(found, cell.key), as_table, cohorts.notes(found))
    with beside, cards.card(cohorts.age_finding(found, cell.age), cohorts.age_caption(cell.age), key="age", tall=False):
        cards.picture(cohorts.age_chart(found, cell.age))
    table, n = cohort_people.listed(asked, chosen, found, cell)
    with cards.card(cohort_people.title(found, cell), cohort_people.caption(n), table, key="people"):
        cohort_people.shown(asked, chosen, cell, table)
