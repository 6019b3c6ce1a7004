"""What did the campaigns so far do, and what is to be done with them?"""

import streamlit as st

from churn_dash.campaigns.registered import Education
from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question, session
from churn_dash.ui.amounts.rests_on import rests_on
from churn_dash.ui.campaign import learning, register
from churn_dash.ui.front import stock
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.words import Text, _

asked = question.current()
if asked.timeless:
    heading(session.say(_("Campaigns so far")), Text(ONE_LIST, what=_("Campaigns of the workspace are judged on monthly data")))
    cards.needs_time(stock.NEEDED)
    st.stop()
with errors_shown():
    found = register.found(asked)
    heading(session.say(_("Campaigns so far")), register.answer(found))
    if not found.lines:
        cards.needs_time(_("Load the tables campaigns and campaign_assignments to see what each campaign did."))
    else:
        tiles(register.tiles(found))
        table = register.table(found)
        with cards.card(register.finding(found), register.REGISTER_CAPTION, table, key="so-far"):
            cards.shown(table)
            register.steps(found)
            st.caption(register.curse(found))
            rests_on(register.amounts(asked, found), "register")

left, right = st.columns(2, gap="small")
with left, errors_shown():
    talks = learning.talks(asked)
    if isinstance(talks, Education):
        table = learning.talks_table(talks)
        with cards.card(learning.talks_finding(talks), learning.TALKS_CAPTION, table, key="talks") as as_table:
            cards.picture(learning.talks_chart(talks), as_table, key="talks-picture")
    else:
        shown(talks)
with right, errors_shown():
    if found.lines:
        table = learning.lesson_table(found)
        with cards.card(learning.lesson_finding(found), learning.LESSON_CAPTION, table, key="lessons"):
            learning.lesson_form(asked, found)
            if table.rows.height:
                cards.shown(table)
