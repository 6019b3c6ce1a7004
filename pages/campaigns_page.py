"""Did it work?"""

import streamlit as st

from churn_dash.ui import question, session
from churn_dash.ui.campaign import analyst, campaigns, drawn, evidence, ladder, looks, registered, uplift, withheld
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    known = campaigns.ids(asked)
    top = st.container()
    chosen, reason = campaigns.judged(asked, known)
    with top:
        if chosen is None:
            heading(session.say(_("Campaigns")), reason)
        else:
            heading(campaigns.where(chosen), campaigns.headline(chosen))
            campaigns.facts(chosen)

    if chosen is not None:
        judged = chosen.evaluation
        campaigns.verdict(chosen)
        registered.line(asked, chosen.campaign_id)
        looks.line(asked, chosen.campaign_id)
        drawn.line(asked, chosen)
        if judged.effects and judged.due and not judged.withheld:
            tiles(evidence.tiles(judged))
        gaps = campaigns.balance_of(asked, chosen.campaign_id) if chosen.campaign_id else ()
        left, right = st.columns([3, 2], gap="small") if gaps else (st.container(), None)
        with left:
            if judged.withheld:
                withheld.card(judged)
            else:
                evidence.effect_card(judged)
        if right is not None:
            caption = _("Gap between the groups beforehand, in standard deviations · inside the band they are alike")
            with right, cards.card(evidence.balance_finding(gaps), caption, evidence.balance_table(gaps), key="balance") as as_table:
                cards.picture(evidence.balance_chart(gaps), as_table)
        if ladder.has_path(judged):
            with cards.card(ladder.path_finding(judged), ladder.path_caption(judged), ladder.path_table(judged), key="path") as as_table:
                cards.picture(ladder.path_chart(judged), as_table)
        ladder.fold(judged)
        analyst.fold(judged)
        uplift.fold(asked, chosen)
        if chosen.campaign_id and not judged.withheld:
            found = campaigns.table_of(asked, chosen.campaign_id)
            caption, table = _("Eight indicators, target group and hold-out"), evidence.before_after_table(found)
            with cards.card(_("Before and after"), caption, table, key="before-after"):
                cards.shown(table)
                evidence.before_after_notes(found)

with errors_shown():
    if known:
        campaigns.to_register()
