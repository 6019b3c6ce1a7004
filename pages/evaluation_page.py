"""Are we managing it?"""

import streamlit as st

from churn_dash.evaluation.answers import answer
from churn_dash.ui.evaluation import asked
from churn_dash.ui.evaluation.views import VIEWS
from churn_dash.ui.over_time import trends
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import explained

with errors_shown():
    top = st.container()
    question = asked.whole()
    with st.container(horizontal=True, gap="medium"):
        view = asked.view_control()
        buttons = st.container()
    if not question.timeless:
        trends.definition_control(question)
    one, why_not = asked.asked(asked.whole())
    with top:
        heading(explained(asked.where(one), question), answer(one.card) if one else why_not)

    if one:
        VIEWS[view](one, buttons)
