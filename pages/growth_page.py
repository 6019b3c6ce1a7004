"""Do we grow, and through which door do heads and money go?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.ui import question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.over_time import growth, months, overtime, products, trends
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(question.where(_("Growth"), asked), Text(ONE_LIST, what=_("Growth needs months: these data hold one row a customer")))
        cards.needs_time(_("Load an extract with a row a customer a month to see who came, who left, and what they brought and took."))
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            trends.definition_control(asked)
            grain = trends.grain_control()
            calendar = overtime.calendar_control(asked)
        asked = question.current()
        found = growth.grown(asked, grain)
        with top:
            heading(question.where(_("Growth"), asked), growth.answer(found))

        left, right = st.columns(2, gap="small")
        heads = growth.waterfall_table(found, money=False)
        with left, cards.card(growth.heads_finding(found), growth.heads_caption(found), heads, key="heads") as as_table:
            clicks.rows(asked.ds, "growth", growth.heads_chart(found), growth.heads_levels(found), as_table, "chart-1")
        money = growth.waterfall_table(found, money=True) if found.has_money else None
        with right, cards.card(growth.money_finding(found), growth.money_caption(found), money, key="money") as as_table:
            if found.has_money:
                cards.picture(growth.money_chart(found), as_table, key="chart-2")

        left, right = st.columns(2, gap="small")
        over = growth.grown(asked.apart(months.CHART, products.OVER_TIME), grain)
        caption = growth.over_time_caption(over)
        with left, cards.card(growth.over_time_finding(over, money=False), caption, growth.table(over), key="heads-time") as as_table:
            growth.over_time(over, money=False, as_table=as_table)
        if over.has_money:
            with right, cards.card(growth.over_time_finding(over, money=True), caption, growth.table(over), key="money-time") as as_table:
                growth.over_time(over, money=True, as_table=as_table)

        told = products.products(over.question, grain)
        if not told.names:
            cards.note(products.no_products(asked))
        else:
            for pair in products.PAIRS:
                for column, name in zip(st.columns(2, gap="small"), pair, strict=True):
                    with column:
                        products.card(told, name, calendar)
            with st.container(horizontal=True, gap="medium"):
                name, by = products.compare_controls(told)
            beside = products.products(asked.apart(products.GROUPS), grain)
            rows = products.compared(beside, name, by)
            table, title = products.compared_table(rows, name), products.compared_finding(beside, rows, name)
            with cards.card(title, PRODUCT_MEASURES[name].meaning, table, key="compared") as as_table:
                products.compared_picture(beside, rows, name, by, as_table)

        table = growth.table(found, only=True)
        with cards.card(_("All figures"), _("Every step of both sums, with the day on which a figure settles"), table, key="all"):
            cards.shown(table)
