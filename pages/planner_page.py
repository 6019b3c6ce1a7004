"""Can this campaign be judged, and what does that cost?"""

import streamlit as st

from churn_dash.evaluation.ledger.campaigned import hold_out_opened
from churn_dash.ui import question, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.amounts.rests_on import rests_on
from churn_dash.ui.campaign import planner, rehearsal
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
top = st.container()
with errors_shown():
    with st.container(border=True):
        base = planner.base_control(asked)
        terms = planner.terms_control(asked, base)
    found, sentence = planner.told(asked, base, terms)
    with top:
        heading(session.say(_("Plan a campaign")), sentence)
    if found:
        with top:
            planner.facts(found)
        tiles(planner.tiles(found))
        table = planner.share_table(found)
        left, right = st.columns([3, 2], gap="small")
        with left, cards.card(planner.share_finding(found), planner.SHARE_CAPTION, table, key="hold-out") as as_table:
            cards.picture(planner.share_chart(found), as_table)
            st.caption(planner.assumptions(found, held(asked)))
            rests_on([hold_out_opened(found, held(asked))], "hold-out")
        table = planner.looks_table(found)
        with right, cards.card(planner.looks_finding(found), found.about_looks, table, key="looks"):
            cards.shown(table)
        with st.container(border=True, key="card-budget"):
            st.markdown(f"#### {session.say(_('A budget, and whom to call for it'))}")
            spent = planner.spending(asked)
            if spent is None:
                st.caption(session.say(_("Needs a trained model: train one on the page Risk.")))
            else:
                st.markdown(session.say(spent.words))
                cards.shown(planner.spending_table(spent), height="auto" if len(spent.rows) < 10 else 320)
with errors_shown():
    rehearsal.section(asked, base)
