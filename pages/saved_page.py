"""Which groups do we follow?"""

import streamlit as st

from churn_dash.ui import question, saved
from churn_dash.ui.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    top = st.container()
    found = saved.kept(asked)
    rule = saved.builder_card(asked)
    with top:
        heading(question.where(_("Saved segments"), asked), saved.answer(asked, rule, found))
    if found:
        saved.list_card(asked, found)
        left, right = st.columns(2, gap="small")
        with left:
            saved.overlap_card(asked, found)
        with right:
            saved.tags_card(asked, found)
