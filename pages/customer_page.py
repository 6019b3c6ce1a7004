"""Why this customer?"""

import streamlit as st

from churn_dash.contract.few import ONE_LIST
from churn_dash.ui import footer, models, question
from churn_dash.ui.customer import customer, portrait, reasons, risk_path
from churn_dash.ui.lists import play_choice
from churn_dash.ui.parts import cards
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.parts.tiles import tiles
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.risk import risk
from churn_dash.ui.whatif import levers
from churn_dash.words import Text, _

asked = question.current()
with errors_shown():
    kept = models.model(asked.ds)
    if kept is not None:
        footer.note_model(risk.model_words(kept))
    chosen = customer.chooser(asked, kept)
    if not chosen:
        heading(customer.where(), _("Choose a customer to see the risk, its reasons, and what would change it."))
        if kept is None:
            cards.note(customer.why_no_risk(asked, kept))
    else:
        found = customer.person(asked, kept, chosen)
        top = st.empty()
        with top:
            heading(customer.where(chosen), customer.answer(found))
        customer.facts(asked, found)
        row = st.container()

        why = found.explanation
        left, right = st.columns([3, 2], gap="small")
        with right:
            if why is None:
                cards.note(customer.why_no_risk(asked, kept))
            else:
                reasons.waterfall_card(why)
        with row:
            tiles(customer.tiles(asked, found))
        with left:
            portrait.life_card(found.portrait)
        with right:
            if why is not None:
                with reasons.being_steadied(why):
                    found = customer.with_steady_reasons(asked, found)
                with top:
                    heading(customer.where(chosen), customer.answer(found))
                advice = play_choice.told(asked, found)
                reasons.words_card(found.explanation or why, play_choice.titles(advice), play_choice.product_line(advice))
                levers.levers_card(found)
        left, right = st.columns([3, 2], gap="small")
        with left:
            portrait.profile_card(found.portrait)
        with right:
            portrait.holdings_card(found.portrait)
        if why is not None and not asked.timeless:
            risk_path.path_card(asked, found)
        if asked.timeless:
            cards.needs_time(Text(ONE_LIST, what=_("How balances moved needs months: these data hold one row a customer")))
