"""Why did churn move?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.over_time import between, changes
from churn_dash.ui.parts import cards
from churn_dash.words import _

asked = question.current()
top = st.container()
chosen = changes.controls_drawn(asked)
found = changes.answered(asked, chosen, top)
if found is not None and chosen is not None:
    changes.paradox_note(found)
    left, right = st.columns(2, gap="small") if found.moved else (st.container(), None)
    with left, cards.card(changes.steps_finding(found), changes.steps_caption(found), key="steps"):
        cards.picture(changes.steps_chart(found), notes=between.note(asked, found))
    if right is not None:
        caption = _("What each group adds to the change, points · mix: its size, rates: how fast it left")
        groups = changes.everything(asked, chosen, found)
        with right, cards.card(changes.levels_finding(asked, groups), caption, key="levels"):
            changes.picture(asked, groups)
        table = changes.table(asked, groups)
        with cards.card(_("Every group, before and after"), _("The contributions add up to the change"), table, key="all-levels"):
            cards.shown(table)
