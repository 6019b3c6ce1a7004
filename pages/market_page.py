"""Is it the season, or the market?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds import rated
from churn_dash.ui.over_time import market, overtime, season, trends
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
if asked.timeless:
    heading(
        question.where(_("Season and market"), asked),
        Text(ONE_LIST, what=_("Season and market need months: these data hold one row a customer")),
    )
    cards.needs_time(_("Load an extract with a row a customer a month to see seasons, and how churn moved with the market."))
elif rated.nobody(asked, ever=True):
    heading(question.where(_("Season and market"), asked), rated.NOBODY)
else:
    top = st.container()
    with st.container(horizontal=True, gap="medium"):
        trends.definition_control(asked)
        name = season.measure_control(asked)
    row = st.container(horizontal=True, gap="medium")
    with row:
        calendar = overtime.calendar_control(asked)
    asked = question.current()
    over = asked.apart(season.CHART)
    found = season.season(over, name)
    with top:
        heading(question.where(_("Season and market"), asked), season.answer(found))

    if found.known:
        left, right = st.columns([3, 2], gap="small") if found.season.by_stl else (st.container(), st.container())
        table = season.line_table(found)
        with left, cards.card(season.line_finding(found), season.line_caption(found), table, key="season") as as_table:
            season.line(found, calendar, as_table)
        if found.season.by_stl:
            table = season.months_table(found)
            with right, cards.card(season.months_finding(found), season.months_caption(found), table, key="year") as as_table:
                cards.picture(season.months_chart(found), as_table, key="chart-2")

    with errors_shown():
        shown = market.around(over)
        left, right = st.columns(2, gap="small")
        table = market.table(shown)
        with left, cards.card(market.rates_finding(shown), market.rates_caption(shown), table, key="rates") as as_table:
            cards.picture(market.rates_chart(shown, calendar), as_table, key="chart-3")
        with row:
            series = market.series_control(shown)
        with right, cards.card(market.beside_finding(shown, series), market.beside_caption(shown, series), table, key="beside") as as_table:
            clicks.times(asked.ds, season.CHART, market.churn_chart(shown, calendar), season.levels(shown.rows), as_table, "chart-4")
            cards.picture(market.series_chart(shown, series, calendar), as_table, key="chart-5")

    left, right = st.columns([3, 2], gap="small")
    with left, errors_shown():
        table, title = market.due_table(asked), market.due_finding(asked)
        with cards.card(title, market.DUE, table, key="due") as as_table:
            cards.picture(market.due_chart(asked), as_table, key="chart-6")
    if found.known and found.season.by_stl:
        table = season.calendar_table(found)
        with right, cards.card(season.calendar_finding(found), season.CALENDAR, table, key="bands") as as_table:
            cards.picture(season.calendar_chart(found), as_table, key="chart-7")

    with errors_shown():
        offered = market.offers_table(asked)
        if offered is not None:
            with cards.card(market.offers_finding(offered), market.OFFERS, offered, key="offers"):
                cards.shown(offered)
