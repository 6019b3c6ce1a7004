"""What does the plan's index say, under three weightings, and does it find who leaves?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.action import index, index_tests, judging, models
from churn_dash.ui.action import index_people as people
from churn_dash.ui.front import stock
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(question.where(_("Risk index"), asked), _("The risk index needs months: these data hold one row a customer."))
        more = _("Load an extract with a row a customer a month, and every customer gets an index from what was known at its end.")
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    else:
        one, kept = index.found(asked), models.model(asked.ds)
        heading(index.where(one), index.answer(one))
        tiles(index.tiles(one, kept))

        table = index.weights_table(one)
        with cards.card(index.weights_finding(one), index.WEIGHTS_CAPTION, table, key="index-weights"):
            cards.shown(table)
            index.remarks(one)

        left, right = st.columns(2, gap="small")
        table = index_tests.tests_table(one, kept)
        with left, cards.card(index_tests.tests_finding(one, kept), index_tests.tests_caption(one), table, key="index-tests") as as_table:
            cards.picture(index_tests.tests_chart(one, kept), as_table)
        table = index_tests.agreement_table(one)
        with right, cards.card(index_tests.agreement_finding(one), index.WHOLE, table, key="index-agreement"):
            cards.shown(table)

        way, rows = index.way_control(one), people.customers(asked, one)
        left, right = st.columns(2, gap="small")
        title, caption, table = people.spread_finding(rows, way), people.spread_caption(rows, way), people.spread_table(one, rows, way)
        with left, cards.card(title, caption, table, key="index-spread") as as_table:
            cards.picture(people.spread_chart(one, rows, way), as_table)
        table = people.riskiest_table(one, rows, way)
        with right, cards.card(_("Highest index"), people.riskiest_caption(rows, way), table, key="index-list"):
            cards.shown(table, height=300)

        judging.judging_card(asked, one)
