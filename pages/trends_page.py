"""When do they leave?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question
from churn_dash.ui.filtering import clicks
from churn_dash.ui.front import stock
from churn_dash.ui.kinds import rated
from churn_dash.ui.over_time import months, official, overtime, trends
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(question.where(_("Trends"), asked), Text(ONE_LIST, what=_("Trends need months: these data hold one row a customer")))
        more = _("Load an extract with a row a customer a month to see churn, its reasons and new customers over time.")
        cards.needs_time(more if asked.ds.flagged else stock.NEEDED)
    if asked.timeless and asked.ds.flagged:
        named = trends.definitions(asked)
        with cards.card(trends.definitions_finding(named), table=trends.definitions_table(named), key="definitions") as as_table:
            clicks.rows(asked.ds, "lost_by", trends.definitions_chart(named), trends.definitions_levels(asked), as_table)
    if not asked.timeless and rated.nobody(asked, ever=True):
        heading(question.where(_("Trends"), asked), rated.NOBODY)
    elif not asked.timeless:
        top = st.container()
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            trends.definition_control(asked)
            grain = trends.grain_control()
            calendar = overtime.calendar_control(asked)
        asked = question.current()
        over = asked.apart(months.CHART)
        found = trends.over(over, grain)
        with top:
            heading(question.where(_("Trends"), asked), trends.answer(found))

        left, right = st.columns([2, 1], gap="small")
        table = trends.table(found, trends.BY_HEADS_AND_MONEY, "churn-over-time")
        with left, cards.card(trends.money_finding(found), trends.heads_caption(found), table, key="heads") as as_table:
            trends.picture(found, trends.BY_HEADS_AND_MONEY, as_table, whole=True, calendar=calendar)
        named = trends.definitions(asked)
        caption, table = (
            _("The same filters and months, each definition of the customers there by it; Definitions shows them on one base"),
            trends.definitions_table(named),
        )
        with right, cards.card(trends.definitions_finding(named), caption, table, key="definitions") as as_table:
            clicks.rows(asked.ds, "lost_by", trends.definitions_chart(named), trends.definitions_levels(asked), as_table)

        left, right = st.columns(2, gap="small")
        caption, table = (
            _("Churn by who decided, %; it adds up to the whole"),
            trends.table(found, trends.BY_REASON, "churn-by-reason"),
        )
        with left, cards.card(trends.reason_finding(found), caption, table, key="reasons") as as_table:
            trends.picture(found, trends.BY_REASON, as_table, calendar=calendar)
        new = trends.newcomers(over, grain)
        caption, table = trends.early_caption(new), trends.table(new, trends.EARLY, "early-churn")
        with right, cards.card(trends.early_finding(over), caption, table, key="early") as as_table:
            trends.picture(new, trends.EARLY, as_table)

        table = trends.table(found, trends.EVERYTHING, "trends", only=True)
        with cards.card(_("All figures"), _("With 95% ranges and the customers that each rests on"), table, key="all"):
            cards.shown(table)

with errors_shown():
    official.card(asked)
