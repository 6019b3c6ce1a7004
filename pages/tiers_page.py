"""Who is rising and who is falling?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import question, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.kinds import recovery, tiers
from churn_dash.ui.lists import heard_enough
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if asked.timeless:
        heading(
            question.where(_("Tiers"), asked), Text(ONE_LIST, what=_("Moves between tiers need months: these data hold one row a customer"))
        )
        cards.needs_time(_("Load an extract with a row a customer a month and month-average balances to see who moves up and down."))
    elif not tiers.told(asked):
        heading(question.where(_("Tiers"), asked), _("Moves between tiers need month-average balances, which these data do not hold."))
        cards.needs_time(_("Load an extract with a row a customer a month and month-average balances to see who moves up and down."))
    else:
        top = st.container()
        with st.container(horizontal=True, gap="medium"):
            rule = tiers.rule_control(asked)
            money = tiers.money_control()
        found, watched = tiers.moved(asked, rule), tiers.watch(asked, rule)
        with top:
            heading(question.where(_("Tiers"), asked), session.say(tiers.answer(found, watched)))
        tiles(tiers.tiles(found, watched, money))

        st.caption(safe(session.say(tiers.ruled(asked))))
        if found.matrix.height:
            left, right = st.columns(2, gap="small")
            all_moves = tiers.moved(asked.apart("tier_move"), rule)
            counted, table = tiers.caption(asked, all_moves), tiers.matrix_table(all_moves)
            with left, cards.card(tiers.matrix_title(all_moves, money), counted, table, key="tier-matrix") as as_table:
                clicks.cells(asked.ds, "tier_move", tiers.matrix_chart(all_moves, money), tiers.matrix_levels(all_moves), as_table)
            caption = _("Before the period on the left, at its end on the right · orange fell, blue rose")
            with right, cards.card(tiers.streams_title(all_moves, money), caption, table, key="tier-streams") as as_table:
                tiers.streams_picture(asked, all_moves, money, as_table)

        caption = _("Below the threshold of their tier · who can be kept and falls soonest first · with the notice to send")
        table = tiers.watch_table(watched)
        with cards.card(tiers.watch_title(watched), caption, table, key="tier-watch"):
            if watched.n:
                cards.shown(table, height="auto" if watched.n < 10 else 420)
                st.caption(safe(session.say(heard_enough.marked(watched.rows["capped"], watched.cap))))

with errors_shown():
    if not asked.timeless and tiers.told(asked):
        whole, months = recovery.recovered(asked)
        left, right = st.columns([3, 2], gap="small")
        table = recovery.table(months)
        with left, cards.card(recovery.title(whole), recovery.caption(whole), table, key="recovery") as as_table:
            if (chart := recovery.chart(asked, months)) is not None:
                cards.picture(chart, as_table, [note] if (note := recovery.note(months)) else [])
            elif not as_table:
                cards.shown(table)
        table = recovery.lottery_table(asked)
        with right, cards.card(recovery.lottery_title(months), recovery.lottery_caption(months), table, key="lottery"):
            cards.shown(table, height=320)
