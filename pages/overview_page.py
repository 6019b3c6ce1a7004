"""How are we doing?"""

import streamlit as st

from churn_dash.ui import question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.front import figures as standing
from churn_dash.ui.front import losses as money
from churn_dash.ui.front import overview, steps, stock
from churn_dash.ui.front import worst as groups
from churn_dash.ui.over_time import months
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tables import MONEY_LABELS, MONEY_UNITS, RATE_LABELS, RATE_UNITS, how
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
if not asked.ds.flagged:
    with errors_shown():
        heading(question.where(_("Overview"), asked), stock.answer(asked))
        tiles(stock.tiles(asked))
        stock.list_card(asked, "near_downgrade")
        stock.list_card(asked, "dormant")
        stock.due_card(asked)
        cards.needs_time(stock.NEEDED)
else:
    with errors_shown():
        heading(question.where(_("Overview"), asked), overview.answer(asked))
        tiles(standing.tiles(asked))

    with errors_shown():
        left, right = st.columns([2, 1], gap="small")
        with left:
            if asked.timeless:
                groups.card(asked)
            else:
                over = asked.apart(months.CHART)
                rows = months.monthly(over)
                table = cards.Table(rows, "churn-by-month", RATE_LABELS, RATE_UNITS, how=how("churn_rate"))
                with cards.card(months.trend_finding(over, rows), months.trend_caption(over), table, key="trend") as as_table:
                    clicks.picture(asked.ds, months.CHART, months.trend_chart(over, rows), months.levels(rows), as_table)
        with right, cards.card(_("What to do next"), _("Ordered by what is at stake"), key="next"):
            steps.drawn(steps.steps(asked))

    with errors_shown():
        if asked.timeless:
            cards.needs_time(_("One row a customer tells who has left, not when: churn over time and balances lost need months."))
        else:
            left, right = st.columns(2, gap="small")
            with left:
                groups.card(asked)
            with right:
                label, lost = money.money_rows(asked)
                table = cards.Table(lost, "balances-lost", {**MONEY_LABELS, "group": label}, MONEY_UNITS, how=how("aum_lost"), only=True)
                with cards.card(money.money_finding(lost), money.money_caption(), table, key="money"):
                    cards.shown(table)
