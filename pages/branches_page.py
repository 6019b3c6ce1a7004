"""Which branches and managers lose more, or satisfy fewer, than their customers explain?"""

import streamlit as st

from churn_dash.store.lacking import who_left
from churn_dash.ui import question
from churn_dash.ui.front import stock
from churn_dash.ui.kinds import branches, rated
from churn_dash.ui.parts import cards, tiles
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
names = branches.offered(asked)
with errors_shown():
    if not asked.ds.flagged:
        heading(question.where(_("Branches"), asked), who_left(asked.ds))
        cards.needs_time(stock.NEEDED)
    elif not names:
        heading(question.where(_("Branches"), asked), _("These data name no branches and no relationship managers."))
        cards.note(_("Load the customers with their branch (branch_id, 机构号) or manager (rm_id, 客户经理), and they are compared here."))
    elif rated.nobody(asked):
        heading(question.where(_("Branches"), asked), rated.NOBODY)
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium"):
            by, how, of = branches.unit_control(asked, names)
        # The one picture of this page is of all units, whichever is clicked.
        asked = asked.apart(branches.CHART)
        found, why_not = branches.found(asked, by, how, of)
        with top:
            heading(question.where(_("Branches"), asked), branches.answer(asked, found, of) if found else why_not)
        if found:
            with top:
                tiles.tiles(branches.tiles(asked, found, of))
            left, right = st.columns([5, 4], gap="small")
            table = branches.ranking(asked, found, of)
            with left, cards.card(branches.finding(found), branches.caption(asked, found, of), table, key="funnel"):
                branches.picture(asked, found, of)
            with right, cards.card(branches.ranking_finding(found), branches.ranking_caption(found), table, key="units"):
                cards.shown(table, height=400)
