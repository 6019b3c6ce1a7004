"""Which groups do we follow?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.kinds import kept, saved
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
top, found, rule = st.container(), [], None
with errors_shown():
    found = saved.kept(asked)
with errors_shown():
    rule = saved.builder_card(asked)
with top, errors_shown():
    heading(question.where(_("Saved segments"), asked), saved.answer(asked, rule, found))
if found:
    with errors_shown():
        kept.list_card(asked, found)
    left, right = st.columns(2, gap="small")
    with left, errors_shown():
        saved.overlap_card(asked, found)
    with right, errors_shown():
        saved.tags_card(asked, found)
