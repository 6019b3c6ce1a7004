"""Who comes back, and whom to ask?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.evaluation.ledger.listed import back_opened, each_back_opened
from churn_dash.ui import question, session
from churn_dash.ui.amounts.rests_on import rests_on
from churn_dash.ui.campaign import winback, winback_cards, winback_list
from churn_dash.ui.front import stock
from churn_dash.ui.lists import handed_out, heard_enough
from churn_dash.ui.parts import cards, saving
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
if asked.timeless or not asked.ds.flagged:
    heading(question.where(_("Win-back"), asked), Text(ONE_LIST, what=_("Win-back needs months in which customers leave and come back")))
    cards.needs_time(stock.NEEDED)
    st.stop()
with errors_shown():
    top = st.container()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        since, bonus = winback.since_control(), winback.bonus_control()
        found = winback.found(asked, since, bonus)
    with top:
        heading(question.explained(winback.where(found), asked), winback.answer(found))
    tiles(winback.tiles(found))
    cards.note(winback.asked_note(found))

    left, right = st.columns(2, gap="small")
    table = winback_cards.cause_table(found)
    with left, cards.card(winback_cards.cause_finding(found), winback_cards.CAUSE_CAPTION, table, key="by-cause") as as_table:
        cards.picture(winback_cards.cause_chart(found), as_table, key="by-cause-picture")
    table = winback_cards.stay_table(found)
    with right, cards.card(winback_cards.stay_finding(found), winback_cards.STAY_CAPTION, table, key="durability") as as_table:
        cards.picture(winback_cards.stay_chart(found), as_table, key="durability-picture")

    chosen = winback_list.listed(asked)
    table = winback_list.list_table(asked, chosen)
    with cards.card(winback_list.list_finding(chosen), winback_list.list_caption(chosen), table, key="win-back-list"):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            mine = winback_list.owned(chosen)
            saving.offered(asked.ds, None, key="win-back", ids=lambda: winback_list.ids(mine))
        cards.shown(winback_list.list_table(asked, mine), height="auto" if mine.n < 10 else 420)
        if mine.n:
            st.caption(safe(session.say(heard_enough.marked(mine.rows["capped"]))))
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            winback_list.download(asked, mine)
            rests_on([back_opened(mine), each_back_opened(found)], "win-back")
    table = winback_list.handed_table(asked)
    if table.rows.height:
        with cards.card(handed_out.title(table), _("Every copy taken, by whom and when"), table, key="win-back-handed"):
            cards.shown(table)

    left, right = st.columns([3, 2], gap="small")
    table = winback_cards.strategy_table(found)
    with left, cards.card(_("Four strategies, as they were used"), winback_cards.STRATEGY_CAPTION, table, key="strategies"):
        cards.shown(table)
    table = winback_cards.counted_table(found)
    with right, cards.card(_("Who is counted"), winback_cards.counted_caption(found), table, key="counted"):
        cards.shown(table)
