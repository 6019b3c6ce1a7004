"""What does the plan's index say, under three weightings, and does it find who leaves?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import models, question
from churn_dash.ui.front import stock
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.risk_index import judging, people, tests, weights
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(
            question.where(_("Risk index"), asked),
            Text(ONE_LIST, what=_("The risk index needs months: these data hold one row a customer")),
        )
        more = _("Load an extract with a row a customer a month, and every customer gets an index from what was known at its end.")
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    else:
        one, kept = weights.found(asked), models.model(asked.ds)
        heading(weights.where(one), weights.answer(one))
        tiles(weights.tiles(one, kept))

        table = weights.weights_table(one)
        with cards.card(weights.weights_finding(one), weights.WEIGHTS_CAPTION, table, key="index-weights"):
            cards.shown(table)
            weights.remarks(one)

        left, right = st.columns(2, gap="small")
        beside = tests.against_model(asked, one, kept)
        title, caption, table = (
            tests.tests_finding(one, kept, beside),
            tests.tests_caption(one, beside),
            tests.tests_table(one, kept, beside),
        )
        with left, cards.card(title, caption, table, key="index-tests") as as_table:
            cards.picture(tests.tests_chart(one, kept), as_table)
        table = tests.agreement_table(one)
        with right, cards.card(tests.agreement_finding(one), weights.WHOLE, table, key="index-agreement"):
            cards.shown(table)

        way, rows = weights.way_control(one), people.customers(asked, one)
        left, right = st.columns(2, gap="small")
        title, caption, table = people.spread_finding(rows, way), people.spread_caption(rows, way), people.spread_table(one, rows, way)
        with left, cards.card(title, caption, table, key="index-spread") as as_table:
            cards.picture(people.spread_chart(one, rows, way), as_table)
        table = people.riskiest_table(one, rows, way)
        with right, cards.card(_("Highest index"), people.riskiest_caption(rows, way), table, key="index-list"):
            cards.shown(table, height=300)

        judging.judging_card(asked, one)
