"""Of those who began together, who is still there?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.tenure import cohort_people, cohort_triangle, cohorts

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
    caption, table = cohort_triangle.caption(found), cohort_triangle.table(found)
    with left, cards.card(cohort_triangle.finding(found), caption, table, key="triangle") as as_table:
        cohort_people.picture(cohort_triangle.chart(found, cell.key), as_table, cohort_triangle.notes(found))
    with beside, cards.card(cohort_triangle.age_finding(found, cell.age), cohort_triangle.age_caption(found), key="age", tall=False):
        cards.picture(cohort_triangle.age_chart(found, cell.age))
    table, n = cohort_people.listed(asked, chosen, found, cell)
    with cards.card(cohort_people.title(found, cell), cohort_people.caption(n), table, key="people"):
        cohort_people.shown(asked, chosen, cell, table)
