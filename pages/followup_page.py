"""Who was to be called, who was, and what came of it?"""

import streamlit as st

from churn_dash.ui import models, question, session
from churn_dash.ui.campaign import evidence, followup, followup_cards, registered
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.words import _

asked = question.current()
with errors_shown():
    known = followup.known(asked)
    kept = models.model(asked.ds)
    heading(question.where(_("Lists and follow-up"), asked), session.say(followup.answer(known)))
    followup.just_done()
    with st.expander(session.say(_("Freeze the worklist")), icon=":material/ac_unit:", expanded=not known):
        if kept is None:
            st.caption(session.say(_("Without a risk model there is no worklist: train one on the Risk page.")))
        else:
            followup.freeze_form(asked, kept)

    if known:
        one = followup.chosen(known)
        followup.facts(one)
        registered.line(asked, one.list_id)
        left, right = st.columns(2, gap="small")
        caption = _("A sheet a manager; the hold-out is not in it, and every copy taken is on record")
        with left, cards.card(_("Hand the list out"), caption, key="hand-out"):
            followup.hand_out(asked, one)
        caption = _("Copies of several managers one after the other; what stands in no row is left as it is")
        with right, cards.card(followup_cards.entered_words(one), caption, key="come-back"):
            back = followup.returned(asked, one)
            if back is not None:
                followup.taken_over(asked, back)
                if back.refused:
                    cards.shown(followup_cards.refused_table(back))

        made = followup_cards.made(asked, one.list_id)
        st.markdown(safe(session.say(made.evaluation.verdict)))
        if made.evaluation.due and made.evaluation.effects and not made.evaluation.withheld:
            tiles(evidence.tiles(made.evaluation))
        if (paid := followup_cards.money_words(made)) is not None:
            st.caption(safe(session.say(paid)))
        if (rate := followup_cards.rate_words(asked, made)) is not None:
            st.markdown(f":blue[:material/verified:] {safe(session.say(rate))}")
        left, right = st.columns(2, gap="small")
        caption, table = _("Target group, share of those assigned · who stayed also in the hold-out"), followup_cards.funnel_table(made)
        with left, cards.card(followup_cards.funnel_title(made), caption, table, key="funnel") as as_table:
            cards.picture(followup_cards.funnel_chart(made), as_table)
        if made.as_assigned is not None and not made.evaluation.withheld:
            caption, table = _("Only the first was drawn at random · bar: 95% range"), followup_cards.effects_table(made)
            with right, cards.card(_("As assigned beside as treated"), caption, table, key="as-assigned") as as_table:
                cards.picture(followup_cards.effects_chart(made), as_table)
        caption, table = _("Association only: who was reached by what channel was not drawn at random"), followup_cards.channel_table(made)
        with cards.card(_("By channel"), caption, table, key="channels"):
            cards.shown(table)
        table = followup_cards.lists_table(known)
        with cards.card(_("Every frozen list"), _("With what was registered before the first call"), table, key="frozen-lists"):
            cards.shown(table)
