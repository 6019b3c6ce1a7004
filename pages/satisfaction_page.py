"""What do customers say, and what follows?"""

import streamlit as st

from churn_dash.ui import footer, question
from churn_dash.ui.kinds import rated
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.reasons_why import satisfaction
from churn_dash.ui.reasons_why.views import view_control
from churn_dash.words import _

asked = question.current()
with errors_shown():
    if rated.nobody(asked):
        heading(question.where(_("Satisfaction"), asked), rated.NOBODY)
        footer.footer()
        st.stop()
    heading(question.where(_("Satisfaction"), asked), satisfaction.answer(asked.apart(*satisfaction.OUTCOMES)))
if asked.timeless:
    cards.needs_time(satisfaction.NEEDS_MONTHS)
    footer.footer()
    st.stop()

with errors_shown():
    view_control()(asked)
