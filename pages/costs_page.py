"""What does it cost?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.store.lacking import who_left
from churn_dash.ui import question, session
from churn_dash.ui.amounts import assumptions, concentration, costs, losses, repute, swings
from churn_dash.ui.front import stock
from churn_dash.ui.parts import cards, tiles
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    if not asked.ds.flagged:
        heading(question.where(_("What it costs"), asked), who_left(asked.ds))
        cards.needs_time(stock.NEEDED)
    else:
        found, why_not = costs.found(asked)
        heading(question.where(_("What it costs"), asked), costs.answer(found) if found else why_not)
        if found:
            tiles.tiles(costs.tiles(found))

            left, right = st.columns([3, 2], gap="small")
            with left, cards.card(_("Every amount, opened"), _("Each with what it was worked out from, who set it and when"), key="opened"):
                share, told = repute.share(asked), repute.voices(asked)
                for i, one in enumerate([*costs.opened(found), *costs.standing(found, share, told)]):
                    with st.expander(safe(f"{one.label} · {one.value}"), expanded=i == 0):
                        st.markdown(safe(one.formula))
                        cards.worded(costs.inputs(found, one), assumptions.COLUMNS)
            table = assumptions.table(list(found.held.values()))
            caption = _("For everybody who looks at these data; each change is kept with name and day")
            with right, cards.card(_("Assumptions of this bank"), caption, table, key="assumptions"):
                cards.worded(table, assumptions.COLUMNS)
                with st.expander(session.say(_("Set them")), icon=":material/edit:"):
                    if assumptions.form(asked):
                        st.rerun()

            left, right = st.columns(2, gap="small")
            if found.costs.swings and found.costs.n:
                table = swings.table(found)
                with left, cards.card(swings.finding(found), swings.caption(), table, key="swings") as as_table:
                    cards.picture(swings.chart(found), as_table)
            if found.costs.concentration is not None:
                table = concentration.table(found)
                with right, cards.card(concentration.finding(found), concentration.caption(found), table, key="spread") as as_table:
                    concentration.picture(asked, found, as_table)

            if asked.timeless:
                cards.needs_time(
                    Text(ONE_LIST, what=_("Market share, detractors and complaints need months: these data hold one row a customer"))
                )
            else:
                with cards.card(repute.finding(share), _("Of the customers at the start of the period"), key="repute"):
                    tiles.tiles(repute.tiles(share, told))
                if by := losses.control(asked):
                    left, right = st.columns(2, gap="small")
                    with left, cards.card(losses.groups_finding(asked, by), losses.CAPTION, losses.groups_table(asked, by), key="losses"):
                        losses.groups(asked, by)
                    with (
                        right,
                        cards.card(losses.months_finding(asked), losses.MONTHS_CAPTION, losses.months_table(asked), key="losses-months"),
                    ):
                        losses.by_month(asked)
